"""Reports over a small shop in memory, some with SQL where a name or a value should be."""

from __future__ import annotations

import json
import random
import sqlite3
from typing import Any

from ...scripted import calls
from ..model import Exercise, Result, Run, Spy, Wrong, expect, reason, short
from ..world import PRODUCTS
from .shop_tools import allows, named
from .tool_calls import as_text, asks

QUERY = Exercise(
    id="04.10",
    function="query_shop",
    title="turn a report into safe SQL",
    difficulty="stretch",
    covers=["C3"],
    hints=[
        "parse() with the tool pydantic_function_tool(Report) gives you the report as "
        "tool_calls[0].function.parsed_arguments. It is valid; whether it is allowed, you decide.",
        "Names cannot be bound, so they must be on the list: "
        "report.names() <= set(allowed.get(report.table, [])), or else ValueError.",
        'A value becomes a "?" in the SQL and goes into the parameters. A condition with other '
        "compares with that column, and has no parameter.",
        'The rest is joining: " AND ".join(tests) after WHERE, and "1" when there are no tests. '
        "A value of None needs IS and IS NOT in the place of = and !=.",
    ],
)

ALLOWED = {
    "orders": ["number", "status", "city", "total", "ordered", "promised", "delivered"],
    "products": ["sku", "name", "category", "price", "weight"],
}
CATEGORIES = ("tents", "sleeping", "backpacks")
OPCODES = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}


def shop_database(rng: random.Random) -> sqlite3.Connection:
    """A small shop in memory, in which nothing can be changed once it is made."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.execute("CREATE TABLE products (sku, name, category, price, weight)")
    connection.execute(
        "CREATE TABLE orders (number, status, city, total, ordered, promised, delivered)"
    )
    connection.execute("CREATE TABLE customers (name, mail, password)")
    for number in range(30):
        name, category = rng.choice(PRODUCTS), rng.choice(CATEGORIES)
        price, weight = rng.randint(39, 549) + number / 100, rng.randint(80, 3400)
        row = (f"P-{number:03}", name, category, price, weight)
        connection.execute("INSERT INTO products VALUES (?, ?, ?, ?, ?)", row)
        status = rng.choice(("placed", "packed", "shipped", "delivered"))
        promised, delivered = rng.randint(10, 28), rng.randint(10, 28)
        days: list[str | None] = [f"2026-09-{day:02}" for day in (1 + number % 9, promised)]
        days.append(None if number % 5 == 0 else f"2026-09-{delivered:02}")
        total = rng.randint(30, 900) + number / 100
        order = (f"FO-{10_001 + number}", status, rng.choice(("Bergen", "Brest", "O'Fallon")))
        connection.execute(
            "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?)", (*order, total, *days)
        )
    connection.execute("INSERT INTO customers VALUES ('Lena Holm', 'lena@example.com', 'secret')")
    connection.commit()
    connection.set_authorizer(
        lambda action, *_: sqlite3.SQLITE_OK if action in OPCODES else sqlite3.SQLITE_DENY
    )
    connection.set_progress_handler(lambda: 1, 2_000_000)
    return connection


def condition(column: str, operator: str, value: Any = None, other: str | None = None) -> Any:
    """A condition of a report."""
    return {"column": column, "operator": operator, "value": value, "other": other}


def report_on(table: str, columns: list[str], *where: Any, order_by: str | None = None) -> Any:
    """The arguments of the call that the model makes."""
    return {
        "table": table,
        "columns": columns,
        "where": list(where),
        "order_by": order_by,
        "descending": order_by is not None,
    }


def queried(
    run: Run, report: Any, allowed: dict[str, list[str]] | None = None
) -> tuple[Result, sqlite3.Connection]:
    """Play a model that wants this report; the result, and the shop that was asked."""
    connection = shop_database(run.rng)

    def execute(sql: str, parameters: Any = ()) -> list[list[Any]]:
        try:
            return [list(row) for row in connection.execute(sql, parameters).fetchmany(200)]
        except sqlite3.Error as error:
            raise ValueError(f"SQLite: {error}; the SQL was {sql!r}") from error

    arguments = report if isinstance(report, str) else dict(report)
    question = f"Give me list {run.rng.randint(100, 999)}."
    step = calls(("Report", arguments))
    result = run([step], question, allowed or ALLOWED, Spy("execute", execute))
    return result, connection


def rows_are(run: Run, report: Any, sql: str, *values: Any) -> Result:
    """Play this report, which has to return the rows of this SQL, with all values bound."""
    result, connection = queried(run, report)
    want = [list(row) for row in connection.execute(sql, values).fetchall()]
    made = [call.args[0] for call in result.calls("execute") if call.args] or ["nothing"]
    because = f"the SQL was {short(made[0])}"
    result.items(len(want), because)
    if "ORDER BY" in sql:
        result.output.equals(want, because)
    else:
        result.output.in_any_order(want, because)
    result.called("execute", 1)
    result.sent(1)
    return result


def executed(result: Result) -> tuple[str, list[Any]]:
    """The one SQL statement that it executed, with its parameters."""
    result.finished()
    [made] = result.called("execute", 1)
    given = [*made.args, *made.kwargs.values()]
    expect(
        len(given) == 2 and isinstance(given[0], str) and isinstance(given[1], list | tuple | dict),
        f"it called {as_text('execute', given, {})}, and SQL and a list of values were expected",
    )
    values = given[1].values() if isinstance(given[1], dict) else given[1]
    return given[0], list(values)


def not_executed(
    run: Run, report: Any, because: str, allowed: dict[str, list[str]] | None = None
) -> None:
    """Play this report, which raises ValueError, and executes nothing."""
    result, _ = queried(run, report, allowed)
    made = result.calls("execute")
    sql = made[0].args[0] if made and made[0].args else ""
    expect(not made, f"it executed {short(sql)}{reason(because)}")
    result.raised(ValueError, because)


def good_report(run: Run) -> None:
    """Play a report that is allowed."""
    rows_are(run, report_on("products", ["sku", "price"]), "SELECT sku, price FROM products")


@QUERY.case()
def plain_columns(run: Run) -> None:
    """columns of a table, without a condition"""
    for size in (1, 2, 3, len(ALLOWED["products"])):
        columns = run.rng.sample(ALLOWED["products"], size)
        report = report_on("products", columns)
        rows_are(run, report, f"SELECT {', '.join(columns)} FROM products")


@QUERY.case()
def forces_report(run: Run) -> None:
    """the request asks the question, and makes the model call Report"""
    for _ in range(2):
        report = report_on("orders", ["number"])
        result = rows_are(run, report, "SELECT number FROM orders")
        request = result.request(1)
        request.went_to("chat")
        asks(request, result.call.args[0])
        [given] = request.field("tools").items(1)
        given.field("function").field("name").equals("Report")
        choice = request.body.get("tool_choice")
        try:
            allows(result, "required", ["Report"])
        except Wrong:
            expect(
                choice in ("required", named("Report")),
                f"request 1 has {f'tool_choice={short(choice)}' if choice else 'no tool_choice'}, "
                "and a report must come of it",
            )


@QUERY.case(points=2)
def bound_values(run: Run) -> None:
    """conditions: all of them hold, and each value is bound, none written into the SQL"""
    category, price = run.choose(*CATEGORIES), run.rng.randint(150, 350)
    where = [condition("category", "=", category), condition("price", "<=", price)]
    report = report_on("products", ["name", "price"], *where)
    query = "SELECT name, price FROM products WHERE category = ? AND price <= ?"
    sql, values = executed(rows_are(run, report, query, category, price))
    for value in (category, price):
        expect(
            str(value) not in sql and value in values,
            f"{value!r} should be bound as a parameter; the SQL was {short(sql)}, the parameters "
            f"{short(values)}",
        )
    for operator in ("=", "!=", "<", "<=", ">", ">="):
        report = report_on("products", ["sku"], condition("category", operator, "sleeping"))
        rows_are(run, report, f"SELECT sku FROM products WHERE category {operator} 'sleeping'")


@QUERY.case()
def compared_columns(run: Run) -> None:
    """other: two columns are compared, for instance for orders that came late"""
    for operator in ("=", "!=", "<", "<=", ">", ">="):
        where = [condition("delivered", operator, None, "promised")]
        where.append(condition("status", "=", "delivered"))
        report = report_on("orders", ["number", "city"], *where)
        query = f"SELECT number, city FROM orders WHERE delivered {operator} promised "
        rows_are(run, report, query + "AND status = ?", "delivered")


@QUERY.case(hint='SQL compares with nothing by IS: "delivered IS ?" also takes None as a value.')
def missing_values(run: Run) -> None:
    """a value of None finds the rows without a value, or with != those that have one"""
    for operator, words in (("=", "IS NULL"), ("!=", "IS NOT NULL")):
        where = [condition("delivered", operator), condition("status", "!=", "placed")]
        report = report_on("orders", ["number"], *where)
        query = f"SELECT number FROM orders WHERE delivered {words} AND status != 'placed'"
        rows_are(run, report, query)
    where = condition("delivered", "!=", "2026-09-12")
    query = "SELECT number FROM orders WHERE delivered != '2026-09-12'"
    rows_are(run, report_on("orders", ["number"], where), query)


@QUERY.case()
def sorted_rows(run: Run) -> None:
    """order_by, descending or not"""
    for down in (True, False):
        report = report_on("orders", ["number", "total"], order_by="total") | {"descending": down}
        query = f"SELECT number, total FROM orders ORDER BY total {'DESC' if down else 'ASC'}"
        rows_are(run, report, query)
    unsorted = report_on("orders", ["number"]) | {"descending": True}
    rows_are(run, unsorted, "SELECT number FROM orders")


@QUERY.case(points=2, hint="A bound parameter is never parsed as SQL.")
def sql_as_value(run: Run) -> None:
    """a value that holds SQL is a value"""
    for value in ("O'Fallon", "x' OR '1'='1", "Bergen'; DROP TABLE orders; --"):
        report = report_on("orders", ["number"], condition("city", "=", value))
        rows_are(run, report, "SELECT number FROM orders WHERE city = ?", value)


@QUERY.case(points=2)
def sql_as_column(run: Run) -> None:
    """a column that is SQL: ValueError, and nothing is executed"""
    good_report(run)
    where = condition("number", "=", "FO-10001")
    for bad in ("password FROM customers --", "1; DROP TABLE orders", "*", "(SELECT password)"):
        for place in (
            report_on("orders", ["number", bad]),
            report_on("orders", ["number"], condition(bad, "=", 1)),
            report_on("orders", ["number"], condition("total", ">", None, bad)),
            report_on("orders", ["number"], where, order_by=bad),
        ):
            not_executed(run, place, f"{bad!r} is not a column of orders")


@QUERY.case()
def forbidden_table(run: Run) -> None:
    """a table that isn't allowed, or a column of another table: ValueError"""
    good_report(run)
    for table in ("customers", "sqlite_master", "orders; --", "orders, customers"):
        not_executed(run, report_on(table, ["name"]), f"the table {table} isn't allowed")
        not_executed(run, report_on(table, ["number"]), f"the table {table} isn't allowed")
    for table, columns in ALLOWED.items():
        because = f"only the column {columns[0]} of {table} is allowed"
        not_executed(run, report_on(table, columns[:2]), because, {table: columns[:1]})
    because = "that is a column of orders, not of products"
    not_executed(run, report_on("products", ["name", run.choose("total", "city")]), because)


@QUERY.case()
def no_report(run: Run) -> None:
    """arguments that aren't a valid Report, or that name no columns: ValueError"""
    good_report(run)
    report = report_on("orders", ["number"])
    for bad in ("= 1 OR 1 =", "IS NOT NULL; --", "like"):
        where = condition("total", bad, 1)
        because = f"{bad!r} isn't an operator of the schema"
        not_executed(run, report_on("orders", ["number"], where), because)
    for key in report:
        left = {name: value for name, value in report.items() if name != key}
        not_executed(run, left, f"the report has no {key}")
    not_executed(run, json.dumps(report)[:-9], "the arguments aren't valid JSON")
    not_executed(run, {**report, "columns": []}, "the report has no columns")


@QUERY.case(hidden=True)
def everything_at_once(run: Run) -> None:
    """conditions of all kinds, in order"""
    where = [
        condition("delivered", ">=", None, "promised"),
        condition("city", "!=", "Brest"),
        condition("total", ">", run.rng.randint(50, 300)),
    ]
    report = report_on("orders", ["total", "number"], *where, order_by="total")
    query = (
        "SELECT total, number FROM orders WHERE delivered >= promised AND city != ? AND total > ? "
        "ORDER BY total DESC"
    )
    rows_are(run, report, query, "Brest", where[2]["value"])
