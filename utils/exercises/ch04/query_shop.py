"""Reports over a small shop in memory, some with SQL where a name or a value should be."""

from __future__ import annotations

import random
import sqlite3
from typing import Any

from ...scripted import calls
from ..model import Exercise, Result, Run, Spy, expect, reason, short
from ..world import PRODUCTS
from .shop_tools import named
from .tool_calls import as_text

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
        'The rest is joining: " AND ".join(tests) after WHERE, and "1" when there are no tests.',
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
        days = [f"2026-09-{day:02}" for day in (rng.randint(1, 9), promised, delivered)]
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


def queried(run: Run, report: Any) -> tuple[Result, sqlite3.Connection]:
    """Play a model that wants this report; the result, and the shop that was asked."""
    connection = shop_database(run.rng)

    def execute(sql: str, parameters: Any = ()) -> list[list[Any]]:
        try:
            return [list(row) for row in connection.execute(sql, parameters).fetchmany(200)]
        except sqlite3.Error as error:
            raise ValueError(f"SQLite: {error}; the SQL was {sql!r}") from error

    arguments = report if isinstance(report, str) else dict(report)
    script = [calls(("Report", arguments))]
    return run(script, "Give me that list.", ALLOWED, Spy("execute", execute)), connection


def rows_are(result: Result, connection: sqlite3.Connection, sql: str, *values: Any) -> None:
    """It returned the rows of this SQL, whose values are all bound."""
    want = [list(row) for row in connection.execute(sql, values).fetchall()]
    made = [call.args[0] for call in result.calls("execute") if call.args] or ["nothing"]
    because = f"the SQL was {short(made[0])}"
    result.items(len(want), because)
    if "ORDER BY" in sql:
        result.output.equals(want, because)
    else:
        result.output.in_any_order(want, because)


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


def not_executed(result: Result, because: str) -> None:
    """It raised ValueError, and executed nothing."""
    made = result.calls("execute")
    sql = made[0].args[0] if made and made[0].args else ""
    expect(not made, f"it executed {short(sql)}{reason(because)}")
    result.raised(ValueError, because)


@QUERY.case()
def plain_columns(run: Run) -> None:
    """columns of a table, without a condition"""
    columns = run.rng.sample(ALLOWED["products"], 2)
    result, connection = queried(run, report_on("products", columns))
    request = result.request(1)
    request.went_to("chat")
    choice = request.body.get("tool_choice")
    expect(
        choice in ("required", named("Report")),
        f"request 1 has {f'tool_choice={short(choice)}' if choice else 'no tool_choice'}, and a "
        "report must come of it",
    )
    rows_are(result, connection, f"SELECT {', '.join(columns)} FROM products")


@QUERY.case(points=2)
def bound_values(run: Run) -> None:
    """conditions: each value is bound, none is written into the SQL"""
    category, price = run.choose(*CATEGORIES), run.rng.randint(150, 350)
    where = [condition("category", "=", category), condition("price", "<=", price)]
    result, connection = queried(run, report_on("products", ["name", "price"], *where))
    sql, values = executed(result)
    for value in (category, price):
        expect(
            str(value) not in sql and value in values,
            f"{value!r} should be bound as a parameter; the SQL was {short(sql)}, the parameters "
            f"{short(values)}",
        )
    query = "SELECT name, price FROM products WHERE category = ? AND price <= ?"
    rows_are(result, connection, query, category, price)


@QUERY.case()
def compared_columns(run: Run) -> None:
    """other: two columns are compared, for instance for orders that came late"""
    where = [condition("delivered", run.choose(">", "<"), None, "promised")]
    where.append(condition("status", "=", "delivered"))
    result, connection = queried(run, report_on("orders", ["number", "city"], *where))
    query = f"SELECT number, city FROM orders WHERE delivered {where[0]['operator']} promised "
    rows_are(result, connection, query + "AND status = ?", "delivered")


@QUERY.case()
def sorted_rows(run: Run) -> None:
    """order_by, descending or not"""
    down = run.choose(True, False)
    report = report_on("orders", ["number", "total"], order_by="total") | {"descending": down}
    result, connection = queried(run, report)
    query = f"SELECT number, total FROM orders ORDER BY total {'DESC' if down else 'ASC'}"
    rows_are(result, connection, query)


@QUERY.case(points=2, hint="a bound parameter is never parsed as SQL")
def sql_as_value(run: Run) -> None:
    """a value that holds SQL is a value"""
    value = run.choose("O'Fallon", "x' OR '1'='1", "Bergen'; DROP TABLE orders; --")
    report = report_on("orders", ["number"], condition("city", "=", value))
    result, connection = queried(run, report)
    rows_are(result, connection, "SELECT number FROM orders WHERE city = ?", value)


@QUERY.case(points=2)
def sql_as_column(run: Run) -> None:
    """a column that is SQL: ValueError, and nothing is executed"""
    bad = run.choose("password FROM customers --", "1; DROP TABLE orders", "*", "(SELECT password)")
    where = condition("number", "=", "FO-10001")
    places = [
        report_on("orders", ["number", bad]),
        report_on("orders", ["number"], condition(bad, "=", 1)),
        report_on("orders", ["number"], condition("total", ">", None, bad)),
        report_on("orders", ["number"], where, order_by=bad),
    ]
    for place in places:
        result, _ = queried(run, place)
        not_executed(result, f"{bad!r} is not a column of orders")


@QUERY.case()
def forbidden_table(run: Run) -> None:
    """a table that is not allowed, or a column of another table: ValueError"""
    result, _ = queried(run, report_on("customers", ["name"]))
    not_executed(result, "the table customers is not allowed")
    result, _ = queried(run, report_on("products", ["name", run.choose("total", "city")]))
    not_executed(result, "that is a column of orders, not of products")


@QUERY.case(hidden=True)
def unknown_operator(run: Run) -> None:
    """an operator that is none: ValueError"""
    bad = run.choose("= 1 OR 1 =", "IS NOT NULL; --", "like")
    result, _ = queried(run, report_on("orders", ["number"], condition("total", bad, 1)))
    not_executed(result, f"{bad!r} is not an operator of the schema")
