"""Answers for 04.10 query_shop."""

import json
from typing import Any, Literal

import openai
from exercise_answers import CHAT_MODEL, right, wrong
from pydantic import BaseModel


class Condition(BaseModel):
    column: str
    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    value: str | int | float | None
    other: str | None


class Report(BaseModel):
    table: str
    columns: list[str]
    where: list[Condition]
    order_by: str | None
    descending: bool


def asked(client, question, model: Any = Report):
    completion = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": question}],
        tools=[openai.pydantic_function_tool(Report)],
        tool_choice={"type": "function", "function": {"name": "Report"}},
        reasoning_effort="none",
    )
    arguments = completion.choices[0].message.tool_calls[0].function.arguments
    return model.model_validate_json(arguments)


def mentioned(report):
    names = [*report.columns, *(w.column for w in report.where)]
    names += [w.other for w in report.where if w.other is not None]
    return [*names, *([report.order_by] if report.order_by is not None else [])]


def check(report, allowed):
    if not report.columns:
        raise ValueError("no columns")
    if report.table not in allowed:
        raise ValueError(f"no table {report.table}")
    for name in mentioned(report):
        if name not in allowed[report.table]:
            raise ValueError(f"no column {name} in {report.table}")


def order_of(report):
    if report.order_by is None:
        return ""
    return f" ORDER BY {report.order_by} {'DESC' if report.descending else 'ASC'}"


def statement(report, order=None):
    parts, values = [], []
    for test in report.where:
        if test.other is None and test.value is None and test.operator in ("=", "!="):
            parts.append(f'"{test.column}" IS {"NOT " if test.operator == "!=" else ""}NULL')
        elif test.other is None:
            parts.append(f'"{test.column}" {test.operator} ?')
            values.append(test.value)
        else:
            parts.append(f'"{test.column}" {test.operator} "{test.other}"')
    sql = f"SELECT {', '.join(report.columns)} FROM {report.table}"
    if parts:
        sql += f" WHERE {' AND '.join(parts)}"
    return sql + (order_of(report) if order is None else order), values


@right
def with_quoted_names(client, question, allowed, execute):
    report = asked(client, question)
    check(report, allowed)
    return execute(*statement(report))


@wrong("partly right", "should be bound as a parameter")
def writes_values_into_the_sql(client, question, allowed, execute):
    report = asked(client, question)
    check(report, allowed)
    tests = [
        f"{w.column} {w.operator} {w.other or json.dumps(w.value)}".replace('"', "'")
        for w in report.where
    ]
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    sql = f"SELECT {', '.join(report.columns)} FROM {report.table}{where}{order_of(report)}"
    return execute(sql, [])


@wrong("partly right", "is not a column of orders")
def trusts_the_schema(client, question, allowed, execute):
    return execute(*statement(asked(client, question)))


@wrong("partly right", "that is a column of orders, not of products")
def mixes_the_columns_of_all_tables(client, question, allowed, execute):
    report = asked(client, question)
    every = [column for columns in allowed.values() for column in columns]
    check(report, dict.fromkeys(allowed, every))
    return execute(*statement(report))


@wrong("partly right", "is not a column of orders")
def looks_at_the_columns_only(client, question, allowed, execute):
    report = asked(client, question)
    check(report.model_copy(update={"where": [], "order_by": None}), allowed)
    return execute(*statement(report))


@wrong("partly right", "expected (the SQL was")
def binds_the_other_column(client, question, allowed, execute):
    report = asked(client, question)
    check(report, allowed)
    tests = [f"{w.column} {w.operator} ?" for w in report.where]
    values = [w.other or w.value for w in report.where]
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    sql = f"SELECT {', '.join(report.columns)} FROM {report.table}{where}{order_of(report)}"
    return execute(sql, values)


@wrong("partly right", "expected (the SQL was")
def forgets_the_order(client, question, allowed, execute):
    report = asked(client, question)
    check(report, allowed)
    return execute(*statement(report, order=""))


class Loose(BaseModel):
    class Condition(BaseModel):
        column: str
        operator: str
        value: str | int | float | None
        other: str | None

    table: str
    columns: list[str]
    where: list[Condition]
    order_by: str | None
    descending: bool


@wrong("partly right", "isn't an operator of the schema")
def takes_any_operator(client, question, allowed, execute):
    report = asked(client, question, Loose)
    check(report, allowed)
    return execute(*statement(report))


@wrong("partly right", "and a report must come of it")
def leaves_it_to_the_model(client, question, allowed, execute):
    completion = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": question}],
        tools=[openai.pydantic_function_tool(Report)],
        reasoning_effort="none",
    )
    arguments = completion.choices[0].message.tool_calls[0].function.arguments
    report = Report.model_validate_json(arguments)
    check(report, allowed)
    return execute(*statement(report))


@right
def with_named_parameters(client, question, allowed, execute):
    report = asked(client, question)
    check(report, allowed)
    tests, values = [], {}
    for number, test in enumerate(report.where):
        operator = test.operator
        if test.other is not None:
            tests.append(f"{test.column} {operator} {test.other}")
            continue
        if test.value is None:
            operator = {"=": "IS", "!=": "IS NOT"}[operator]
        values[f"v{number}"] = test.value
        tests.append(f"{test.column} {operator} :v{number}")
    where = f"WHERE {' AND '.join(tests)}" if tests else ""
    sql = f"SELECT {', '.join(report.columns)} FROM {report.table} {where} {order_of(report)}"
    return execute(sql=sql, parameters=values)


@right
def with_parse(client, question, allowed, execute):
    completion = client.chat.completions.parse(
        model=CHAT_MODEL,
        messages=[
            {"role": "developer", "content": "Reports."},
            {"role": "user", "content": question},
        ],
        tools=[openai.pydantic_function_tool(Report)],
        tool_choice="required",
        reasoning_effort="none",
    )
    [call] = completion.choices[0].message.tool_calls
    report = call.function.parsed_arguments
    check(report, allowed)
    return [tuple(row) for row in execute(*statement(report))]


@wrong("partly right", "It returned no items, and ")
def compares_with_nothing_by_equality(client, question, allowed, execute):
    report = asked(client, question)
    check(report, allowed)
    tests = [f"{w.column} {w.operator} {w.other or '?'}" for w in report.where] or ["1"]
    sql = f"SELECT {', '.join(report.columns)} FROM {report.table} WHERE {' AND '.join(tests)}"
    return execute(sql + order_of(report), [w.value for w in report.where if not w.other])


@wrong("partly right", "(the report has no columns)")
def takes_no_columns_for_columns(client, question, allowed, execute):
    report = asked(client, question)
    check(report.model_copy(update={"columns": report.columns or ["number"]}), allowed)
    return execute(*statement(report))


@wrong("partly right", "Item [0] of the result is ")
def always_sorts_up(client, question, allowed, execute):
    report = asked(client, question).model_copy(update={"descending": False})
    check(report, allowed)
    return execute(*statement(report))


@wrong("partly right", "items, and")
def joins_conditions_with_or(client, question, allowed, execute):
    report = asked(client, question)
    check(report, allowed)
    sql, values = statement(report)
    return execute(sql.replace(" AND ", " OR "), values)


@wrong("partly right", "The conversation in request 1 begins with user: 'Hello'")
def asks_something_else(client, question, allowed, execute):
    return with_quoted_names(client, "Hello", allowed, execute)


@wrong("raised", "It raised ValueError: nothing is allowed")
def allows_nothing(client, question, allowed, execute):
    asked(client, question)
    raise ValueError("nothing is allowed")
