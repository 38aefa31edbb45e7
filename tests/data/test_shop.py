"""The shop's database: the same rows everywhere, no row that contradicts another."""

import hashlib
import json
import sqlite3
from datetime import date

import pytest

from chapters.data import make_shop
from utils.settings import ROOT
from utils.shop import (
    COUNTRIES,
    FIRST_DAY,
    FREE_FROM,
    LAST_DAY,
    PRODUCTS,
    TABLES,
    fill,
    make_rows,
    open_shop,
    working_days_after,
    write_shop,
)

SHA256 = "515ad31f57d0be4a2161ccb5ca025443181cdf5a02f8a6dbb4ad7bcef6a86dea"
"""Of all rows. Answers recorded from the database, and the questions' answers, belong to it."""


@pytest.fixture(scope="module")
def shop():
    connection = open_shop()
    yield connection
    connection.close()


def all_of(shop: sqlite3.Connection, sql: str) -> list[tuple]:
    return shop.execute(sql).fetchall()


def test_rows_are_those_that_answers_were_recorded_from():
    text = json.dumps(make_rows(), ensure_ascii=False, sort_keys=True)
    assert hashlib.sha256(text.encode()).hexdigest() == SHA256


def test_another_seed_makes_other_rows():
    connection = sqlite3.connect(":memory:")
    fill(connection, seed=1)
    assert all_of(connection, "SELECT * FROM orders") != make_rows()["orders"]


def test_there_are_a_few_thousand_rows(shop: sqlite3.Connection):
    counts = {table: all_of(shop, f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}
    assert counts["orders"] == 1500
    assert counts["products"] == len(PRODUCTS) == 24
    assert 5000 < sum(counts.values()) < 8000
    assert len(all_of(shop, "SELECT DISTINCT country FROM orders")) == len(COUNTRIES) == 14


@pytest.mark.parametrize(
    ("contradiction", "sql"),
    [
        (
            "a total that is not the sum of its lines and the shipping",
            "SELECT o.order_number FROM orders o JOIN order_lines l USING (order_number) "
            "GROUP BY 1 HAVING abs(o.total_eur - o.shipping_eur - "
            "sum(l.quantity * l.unit_price_eur)) > 0.005",
        ),
        (
            "an order without lines",
            "SELECT 1 FROM orders WHERE order_number NOT IN (SELECT order_number FROM order_lines)",
        ),
        (
            "a parcel of an order that never left",
            "SELECT 1 FROM deliveries JOIN orders USING (order_number) "
            "WHERE status IN ('placed', 'packed', 'cancelled') OR delivery = 'collect'",
        ),
        (
            "a parcel on its way whose order is not shipped, or the other way round",
            "SELECT 1 FROM deliveries JOIN orders USING (order_number) "
            "WHERE (delivered_on IS NULL) != (status = 'shipped')",
        ),
        (
            "a parcel to another country than the order's",
            "SELECT 1 FROM deliveries d JOIN orders o USING (order_number) "
            "WHERE d.country != o.country",
        ),
        (
            "an order to another country than the customer's",
            "SELECT 1 FROM customers c JOIN orders o USING (customer_id) "
            "WHERE c.country != o.country",
        ),
        (
            "an order before its customer joined",
            "SELECT 1 FROM customers JOIN orders USING (customer_id) WHERE ordered_on < joined_on",
        ),
        (
            "a parcel that left before the order, or arrived before it left",
            "SELECT 1 FROM deliveries JOIN orders USING (order_number) "
            "WHERE shipped_on < ordered_on OR delivered_on <= shipped_on "
            "OR expected_on <= shipped_on",
        ),
        (
            "express delivery where there is none",
            "SELECT 1 FROM orders WHERE delivery = 'express' "
            "AND country IN ('Norway', 'Switzerland')",
        ),
        (
            "collected in a store from abroad",
            "SELECT 1 FROM orders WHERE delivery = 'collect' AND country != 'United Kingdom'",
        ),
        (
            "an invoice where the shop takes none",
            "SELECT 1 FROM orders WHERE payment = 'invoice' "
            "AND country NOT IN ('United Kingdom', 'Germany', 'Netherlands')",
        ),
        (
            "standard delivery at a wrong price",
            "SELECT 1 FROM orders WHERE delivery = 'standard' AND shipping_eur != "
            f"CASE WHEN total_eur - shipping_eur >= {FREE_FROM} THEN 0 ELSE 4.9 END",
        ),
        (
            "a returned stove or water filter",
            "SELECT 1 FROM orders JOIN order_lines USING (order_number) "
            "JOIN products USING (sku) WHERE status = 'returned' AND category = 'cooking'",
        ),
        (
            "a price that is neither the product's nor the January sale's",
            "SELECT 1 FROM order_lines JOIN products USING (sku) JOIN orders USING (order_number) "
            "WHERE unit_price_eur != price_eur AND NOT (category = 'tents' "
            "AND ordered_on BETWEEN '2026-01-05' AND '2026-01-31')",
        ),
    ],
)
def test_no_row_contradicts_another(shop: sqlite3.Connection, contradiction: str, sql: str):
    assert not all_of(shop, sql), contradiction


def test_there_are_returns_cancelled_orders_and_late_and_lost_parcels(shop: sqlite3.Connection):
    counts = dict(all_of(shop, "SELECT status, count(*) FROM orders GROUP BY 1"))
    assert set(counts) == {"placed", "packed", "shipped", "delivered", "returned", "cancelled"}
    assert 50 < counts["returned"] < 200
    assert 30 < counts["cancelled"] < 100
    late, lost = all_of(
        shop,
        "SELECT sum(delivered_on > expected_on), "
        "sum(delivered_on IS NULL AND expected_on < '2026-10-01') FROM deliveries",
    )[0]
    assert 100 < late < 250
    assert 3 < lost < 20


def test_dates_are_within_the_data_s_time(shop: sqlite3.Connection):
    days = all_of(
        shop,
        "SELECT min(ordered_on), max(ordered_on), (SELECT max(delivered_on) FROM deliveries), "
        "(SELECT min(joined_on) FROM customers) FROM orders",
    )[0]
    assert all(FIRST_DAY <= date.fromisoformat(day) <= LAST_DAY for day in days)


def test_mail_addresses_are_plain_and_belong_to_nobody(shop: sqlite3.Connection):
    for (address,) in all_of(shop, "SELECT email FROM customers"):
        assert address.isascii()
        assert address.endswith("@mail.example")
        assert " " not in address


def test_working_days_leave_out_weekends():
    friday = date(2026, 10, 30)
    assert working_days_after(friday, 1) == date(2026, 11, 2)
    assert working_days_after(friday, 6) == date(2026, 11, 9)
    assert working_days_after(date(2026, 10, 31), 1) == date(2026, 11, 2)


def test_changes_stay_in_their_connection():
    one, other = open_shop(), open_shop()
    one.execute("DELETE FROM orders")
    assert all_of(other, "SELECT count(*) FROM orders") == [(1500,)]


def test_a_file_is_written_once(tmp_path, capsys):
    path = tmp_path / "shop.sqlite"
    make_shop.main([str(path)])
    with sqlite3.connect(path) as connection:
        assert all_of(connection, "SELECT * FROM orders") == make_rows()["orders"]
    connection.close()
    with pytest.raises(SystemExit, match="is there already"):
        make_shop.main([str(path)])
    with pytest.raises(FileExistsError):
        write_shop(path)


QUESTIONS = json.loads((ROOT / "chapters" / "data" / "query_questions.json").read_text("utf-8"))


def test_there_are_twenty_questions():
    assert len({q["question"] for q in QUESTIONS}) == len(QUESTIONS) == 20


@pytest.mark.parametrize("entry", QUESTIONS, ids=lambda q: q["id"])
def test_the_reference_sql_gives_the_answer(shop: sqlite3.Connection, entry: dict):
    rows = [list(row) for row in all_of(shop, entry["sql"])]
    assert rows == entry["answer"]
    assert 1 <= len(rows) <= 12
    if entry["ordered"]:
        assert "ORDER BY" in entry["sql"]


@pytest.mark.parametrize("entry", QUESTIONS, ids=lambda q: q["id"])
def test_each_question_can_be_asked_with_one_query(shop: sqlite3.Connection, entry: dict):
    """By hand, so that a wrong answer is the model's and not the tool's."""
    query, values = entry["query"], []
    sql = f"SELECT {', '.join(query['columns'])} FROM {query['table']} WHERE 1"
    for part in query["conditions"]:
        value, operator = part["value"], part["operator"]
        if value is None:
            sql += f" AND {part['column']} IS NULL"
        elif isinstance(value, dict):
            sql += f" AND {part['column']} {operator} {value['column_name']}"
        else:
            sql += f" AND {part['column']} {operator} ?"
            values.append(value)
    if query["order_by"]:
        sql += f" ORDER BY {query['order_by']['column']} {query['order_by']['direction']}"
    sql += f" LIMIT {query['limit'] or -1}"
    rows = [list(row) for row in shop.execute(sql, values)]
    assert rows == entry["answer"] if entry["ordered"] else sorted(rows) == sorted(entry["answer"])
