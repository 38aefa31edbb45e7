"""The shop's database: customers, products, orders, order lines and deliveries, from a seed.

Fernhill Outdoors exists in this course only, and so do its customers: every name is put together by
chance, and the mail addresses end in `.example`. The same version of this module makes the same
rows everywhere, so that recorded answers fit. Money is in euros, VAT included; dates are ISO texts
(`2026-05-31`), which sort and compare like dates.
"""

from __future__ import annotations

import random
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import fsum
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

SEED = 2026
FIRST_DAY, LAST_DAY = date(2025, 9, 1), date(2026, 10, 31)
"""Days of the first and the last event in the data."""
ORDERS, CUSTOMERS = 1500, 640

SCHEMA = """
CREATE TABLE products (
    sku TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    category TEXT NOT NULL,       -- tents, sleeping, backpacks, footwear, clothing, cooking, ...
    price_eur REAL NOT NULL,      -- what it costs now
    weight_g INTEGER NOT NULL,
    stock INTEGER NOT NULL        -- pieces in the warehouse
);
CREATE TABLE customers (
    customer_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    city TEXT NOT NULL,
    country TEXT NOT NULL,
    joined_on TEXT NOT NULL,
    newsletter INTEGER NOT NULL   -- 1 if they want it, otherwise 0
);
CREATE TABLE orders (
    order_number TEXT PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers,
    ordered_on TEXT NOT NULL,
    status TEXT NOT NULL,         -- placed, packed, shipped, delivered, returned, cancelled
    country TEXT NOT NULL,        -- where it goes
    delivery TEXT NOT NULL,       -- standard, express, collect
    payment TEXT NOT NULL,        -- card, paypal, invoice
    shipping_eur REAL NOT NULL,
    total_eur REAL NOT NULL       -- lines and shipping
);
CREATE TABLE order_lines (
    order_number TEXT NOT NULL REFERENCES orders,
    line INTEGER NOT NULL,
    sku TEXT NOT NULL REFERENCES products,
    quantity INTEGER NOT NULL,
    unit_price_eur REAL NOT NULL, -- what it cost that day
    PRIMARY KEY (order_number, line)
);
CREATE TABLE deliveries (
    order_number TEXT PRIMARY KEY REFERENCES orders,
    carrier TEXT NOT NULL,
    country TEXT NOT NULL,
    shipped_on TEXT NOT NULL,
    expected_on TEXT NOT NULL,    -- the last day of the promised time
    delivered_on TEXT             -- NULL while it is on its way
);
"""

TABLES = ("products", "customers", "orders", "order_lines", "deliveries")

Row = tuple[object, ...]


@dataclass(frozen=True)
class Product:
    """A product of the shop.

    Attributes:
        sku: its number.
        name, category: as the shop writes them.
        price_eur: euros, VAT included.
        weight_g: grams.
        share: how often it is bought, compared with the others.
        months: months in which it is bought three times as often.
    """

    sku: str
    name: str
    category: str
    price_eur: float
    weight_g: int
    share: int
    months: tuple[int, ...] = ()


SUMMER, WINTER = (5, 6, 7, 8), (10, 11, 12, 1)

PRODUCTS = (
    Product("T-SKARN2", "Skarn 2 tent", "tents", 389, 1980, 5, SUMMER),
    Product("T-SKARN4", "Skarn 4 tent", "tents", 549, 3450, 2, SUMMER),
    Product("T-HOLT1", "Holt 1 tent", "tents", 279, 1240, 3, SUMMER),
    Product("T-TARP", "Rowan tarp", "tents", 89, 620, 3, SUMMER),
    Product("S-MOR", "Moraine sleeping bag", "sleeping", 229, 1150, 4, WINTER),
    Product("S-MORS", "Moraine Summer sleeping bag", "sleeping", 149, 690, 4, SUMMER),
    Product("S-DALE", "Dale sleeping mat", "sleeping", 99, 480, 7, SUMMER),
    Product("S-FOAM", "Scree foam mat", "sleeping", 39, 410, 5),
    Product("P-TARN45", "Tarn 45 backpack", "backpacks", 179, 1480, 5, SUMMER),
    Product("P-TARN65", "Tarn 65 backpack", "backpacks", 219, 1820, 4, SUMMER),
    Product("P-GILL20", "Gill 20 day pack", "backpacks", 79, 560, 7),
    Product("F-FELL", "Fellside hiking boots", "footwear", 189, 1240, 8),
    Product("F-FELLW", "Fellside Winter boots", "footwear", 229, 1460, 4, WINTER),
    Product("F-STRAND", "Strand sandals", "footwear", 69, 520, 4, SUMMER),
    Product("J-LARK", "Larkspur rain jacket", "clothing", 199, 410, 8),
    Product("J-LARKP", "Larkspur rain trousers", "clothing", 119, 290, 5),
    Product("J-HEATH", "Heath down jacket", "clothing", 249, 360, 5, WINTER),
    Product("J-WOLD", "Wold merino shirt", "clothing", 69, 180, 10),
    Product("C-EMBER", "Ember gas stove", "cooking", 59, 86, 6, SUMMER),
    Product("C-EMBERP", "Ember Pro gas stove", "cooking", 99, 178, 3),
    Product("C-BECK", "Beck water filter", "cooking", 44, 95, 6, SUMMER),
    Product("C-BILLY", "Billy pot set", "cooking", 54, 340, 5),
    Product("N-CAIRN", "Cairn trekking poles", "accessories", 89, 480, 6),
    Product("N-GLIM", "Glim headlamp", "accessories", 49, 82, 8, WINTER),
)

SALE_FROM, SALE_TO, SALE_CATEGORY, SALE_FACTOR = (
    date(2026, 1, 5),
    date(2026, 1, 31),
    "tents",
    0.8,
)
"""In January, tents cost a fifth less."""


@dataclass(frozen=True)
class Country:
    """Where parcels go.

    Attributes:
        name: in English.
        share: how many of the customers live there, compared with the others.
        standard_days: the promised working days of standard delivery, the last of them.
        express: whether express delivery goes there.
        invoice: whether customers can pay by invoice.
        carriers, cities, given, family: names.
    """

    name: str
    share: int
    standard_days: int
    express: bool
    invoice: bool
    carriers: tuple[str, ...]
    cities: tuple[str, ...]
    given: tuple[str, ...]
    family: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


# fmt: off
COUNTRIES = (
    Country(
        "United Kingdom", 34, 3, True, True, ("Moorland Post", "Swiftway"),
        _words("Bristol, Exeter, Plymouth, London, Leeds, Sheffield, Cardiff, Glasgow, Keswick"),
        _words("Amelia, Callum, Grace, Harry, Isla, Owen, Priya, Rhys, Sophie, Thomas, Zoe, Ewan"),
        _words("Baker, Carter, Davies, Evans, Fraser, Hughes, Khan, Morgan, Patel, Reid, Ward"),
    ),
    Country(
        "Germany", 16, 6, True, True, ("Eurohaul", "Swiftway"),
        _words("Freiburg, Munich, Hamburg, Leipzig, Cologne, Dresden, Kassel"),
        _words("Anna, Ben, Clara, Felix, Jonas, Lena, Mehmet, Nele, Paul, Sabine"),
        _words("Becker, Fischer, Hartmann, Keller, Neumann, Richter, Vogel, Wagner, Yilmaz"),
    ),
    Country(
        "Netherlands", 8, 6, True, True, ("Eurohaul",),
        _words("Utrecht, Arnhem, Groningen, Rotterdam, Nijmegen"),
        _words("Bram, Daan, Fleur, Lotte, Sanne, Thijs, Noor"),
        _words("Bakker, de Boer, Jansen, Mulder, Smit, van Dijk, Visser"),
    ),
    Country(
        "France", 7, 6, True, False, ("Eurohaul",),
        _words("Grenoble, Lyon, Annecy, Nantes, Toulouse"),
        _words("Camille, Hugo, Jeanne, Louis, Manon, Theo, Yasmine"),
        _words("Bernard, Dubois, Girard, Lambert, Moreau, Petit, Roux"),
    ),
    Country(
        "Norway", 7, 9, False, False, ("Fjordlink",),
        _words("Bergen, Oslo, Tromsø, Trondheim, Stavanger, Bodø"),
        _words("Astrid, Eirik, Ingrid, Kari, Lars, Nora, Sindre, Solveig"),
        _words("Berg, Dahl, Haugen, Holm, Lie, Solberg, Strand"),
    ),
    Country(
        "Ireland", 6, 6, True, False, ("Moorland Post", "Swiftway"),
        _words("Cork, Dublin, Galway, Killarney, Sligo"),
        _words("Aoife, Cian, Fionn, Niamh, Orla, Sean"),
        _words("Byrne, Doyle, Kelly, Murphy, Nolan, Walsh"),
    ),
    Country(
        "Switzerland", 5, 9, False, False, ("Eurohaul",),
        _words("Bern, Chur, Lausanne, Zurich, Interlaken"),
        _words("Beat, Céline, Luca, Mia, Reto, Ursina"),
        _words("Ammann, Favre, Frei, Meier, Rossier, Steiner"),
    ),
    Country(
        "Sweden", 4, 6, True, False, ("Fjordlink",),
        _words("Gothenburg, Kiruna, Stockholm, Umeå, Östersund"),
        _words("Axel, Elsa, Freja, Gustav, Maja, Nils"),
        _words("Andersson, Ek, Lindberg, Nyström, Sandberg, Wallin"),
    ),
    Country(
        "Denmark", 3, 6, True, False, ("Fjordlink",),
        _words("Aarhus, Copenhagen, Odense, Aalborg"),
        _words("Freja, Mads, Rasmus, Signe, Søren"),
        _words("Bech, Kjær, Lund, Nielsen, Toft"),
    ),
    Country(
        "Belgium", 3, 6, True, False, ("Eurohaul",),
        _words("Ghent, Leuven, Liège, Namur"),
        _words("Elise, Jef, Lucas, Marie, Wout"),
        _words("Claes, Dupont, Maes, Peeters, Willems"),
    ),
    Country(
        "Austria", 3, 6, True, False, ("Eurohaul",),
        _words("Graz, Innsbruck, Salzburg, Vienna"),
        _words("David, Eva, Johanna, Maximilian, Theresa"),
        _words("Bauer, Gruber, Hofer, Moser, Pichler"),
    ),
    Country(
        "Spain", 2, 6, True, False, ("Eurohaul",),
        _words("Bilbao, Girona, Granada, Jaca"),
        _words("Ainhoa, Diego, Lucía, Marc, Pilar"),
        _words("Castro, Iglesias, Navarro, Prieto, Vidal"),
    ),
    Country(
        "Italy", 2, 6, True, False, ("Eurohaul",),
        _words("Aosta, Bologna, Trento, Turin"),
        _words("Alessia, Davide, Giulia, Matteo, Sara"),
        _words("Bianchi, Conti, Ferri, Moretti, Villa"),
    ),
    Country(
        "Finland", 2, 6, True, False, ("Fjordlink",),
        _words("Helsinki, Oulu, Rovaniemi, Tampere"),
        _words("Aino, Eero, Helmi, Juho, Saana"),
        _words("Heikkinen, Koskinen, Laine, Mäkelä, Niemi"),
    ),
)
# fmt: on
"""The fourteen countries that the web shop ships to."""

EXPRESS_DAYS = 2
"""Working days of express delivery, the second if the order came after 13:00."""
FREE_FROM, STANDARD, EXPRESS = 80.0, 4.90, 14.90
"""Euros: orders from here on are delivered free, prices of the two deliveries."""


def open_shop() -> sqlite3.Connection:
    """The shop's database, made in memory: takes a fraction of a second and leaves no file.

    Changes stay in this connection. Any thread may use it, one at a time.
    """
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    fill(connection)
    return connection


def write_shop(path: Path) -> None:
    """Write the shop's database to a new file.

    Raises:
        FileExistsError: if there is a file of this name.
    """
    path.touch(exist_ok=False)
    connection = sqlite3.connect(path)
    try:
        fill(connection)
    finally:
        connection.close()


def fill(connection: sqlite3.Connection, seed: int = SEED) -> None:
    """Create the tables in an empty database and fill them.

    Args:
        seed: what chance starts from; the course's recordings belong to `SEED`.
    """
    connection.executescript(SCHEMA)
    rows = _kept_rows(seed)
    for table in TABLES:
        marks = ", ".join("?" * len(rows[table][0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[table])
    connection.commit()


@lru_cache(maxsize=1)
def _kept_rows(seed: int) -> dict[str, list[Row]]:
    return make_rows(seed)


def make_rows(seed: int = SEED) -> dict[str, list[Row]]:
    """The rows of each table, in the order of its columns.

    Args:
        seed: the same seed gives the same rows, on every machine.
    """
    rng = random.Random(seed)
    customers = list(_customers(rng))
    rows: dict[str, list[Row]] = {
        "products": [
            (p.sku, p.name, p.category, float(p.price_eur), p.weight_g, _below(rng, 120))
            for p in PRODUCTS
        ],
        "customers": [],
        "orders": [],
        "order_lines": [],
        "deliveries": [],
    }
    joined: dict[int, date] = {}
    for number, day in enumerate(_order_days(rng), 10001):
        who, *_, country = _pick(rng, customers)
        joined[who] = min(joined.get(who, day), day)
        _order(rng, rows, f"FO-{number}", who, country, day)
    for who, name, email, city, country in customers:
        since = joined.get(who) or _day(rng, FIRST_DAY, LAST_DAY)
        newsletter = int(rng.random() < 0.4)
        rows["customers"].append((who, name, email, city, country.name, str(since), newsletter))
    return rows


# Random.random() is the method whose results never change between versions of Python (its
# documentation promises it), so everything is drawn with it.


def _below(rng: random.Random, limit: int) -> int:
    return int(rng.random() * limit)


def _pick(rng: random.Random, items: Sequence[T]) -> T:
    return items[_below(rng, len(items))]


def _weighted(rng: random.Random, items: Sequence[T], weights: Sequence[float]) -> T:
    place = rng.random() * fsum(weights)  # sum() of floats differs between versions of Python
    for item, weight in zip(items, weights, strict=True):
        place -= weight
        if place < 0:
            return item
    return items[-1]


def _day(rng: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=_below(rng, (last - first).days + 1))


def working_days_after(day: date, days: int) -> date:
    """The day that lies this many working days (Monday to Friday) after `day`."""
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


def _customers(rng: random.Random) -> Iterator[tuple[int, str, str, str, Country]]:
    taken: set[str] = set()
    for number in range(1, CUSTOMERS + 1):
        country = _weighted(rng, COUNTRIES, [c.share for c in COUNTRIES])
        given, family = _pick(rng, country.given), _pick(rng, country.family)
        letters = f"{given}.{family}".lower().replace(" ", "").translate(_PLAIN)
        plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
        email = f"{plain}@mail.example"
        if email in taken:
            email = f"{plain}{number}@mail.example"
        taken.add(email)
        yield number, f"{given} {family}", email, _pick(rng, country.cities), country


_PLAIN = str.maketrans({"ø": "o", "æ": "ae"})


def _order_days(rng: random.Random) -> list[date]:
    """A day for each order, sorted: more in summer and before Christmas, few in February."""
    days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    busy = {2: 0.6, 5: 1.4, 6: 1.6, 7: 1.5, 11: 1.3, 12: 1.7}
    weights = [busy.get(day.month, 1.0) for day in days]
    return sorted(_weighted(rng, days, weights) for _ in range(ORDERS))


def _order(
    rng: random.Random,
    rows: dict[str, list[Row]],
    number: str,
    customer: int,
    country: Country,
    day: date,
) -> None:
    """Add an order with its lines and, if it left the warehouse by post, its delivery."""
    bought = _basket(rng, day)
    goods = 0.0
    for line, (product, quantity) in enumerate(bought, 1):
        on_sale = product.category == SALE_CATEGORY and SALE_FROM <= day <= SALE_TO
        price = round(product.price_eur * (SALE_FACTOR if on_sale else 1.0), 2)
        goods += quantity * price
        rows["order_lines"].append((number, line, product.sku, quantity, price))
    delivery = _delivery(rng, country)
    free = delivery == "collect" or (delivery == "standard" and goods >= FREE_FROM)
    shipping = 0.0 if free else {"standard": STANDARD, "express": EXPRESS}[delivery]
    pays = ("card", "paypal", "invoice")
    payment = _weighted(rng, pays, (60, 25, 15 if country.invoice else 0))
    categories = {product.category for product, _ in bought}
    status = _fate(rng, rows, number, country, day, delivery, categories)
    total = round(goods + shipping, 2)
    rows["orders"].append(
        (number, customer, str(day), status, country.name, delivery, payment, shipping, total)
    )


def _basket(rng: random.Random, day: date) -> list[tuple[Product, int]]:
    """One to four different products, with quantities; by season."""
    bought: list[tuple[Product, int]] = []
    for _ in range(_weighted(rng, (1, 2, 3, 4), (48, 30, 15, 7))):
        left = [p for p in PRODUCTS if p not in {product for product, _ in bought}]
        weights = [p.share * (3 if day.month in p.months else 1) for p in left]
        product = _weighted(rng, left, weights)
        bought.append((product, _weighted(rng, (1, 2, 3), (86, 12, 2))))
    return bought


def _delivery(rng: random.Random, country: Country) -> str:
    home = country.name == "United Kingdom"
    weights = (74, 14 if country.express else 0, 12 if home else 0)
    return _weighted(rng, ("standard", "express", "collect"), weights)


def _fate(
    rng: random.Random,
    rows: dict[str, list[Row]],
    number: str,
    country: Country,
    day: date,
    delivery: str,
    categories: set[str],
) -> str:
    """What becomes of an order: its status on the last day. Adds the delivery, if there is one."""
    if rng.random() < 0.04:
        return "cancelled"
    shipped = working_days_after(day, _weighted(rng, (0, 1, 2), (25, 60, 15)))
    if shipped.weekday() >= 5:
        shipped = working_days_after(shipped, 1)
    if shipped > LAST_DAY:
        return "packed" if day < LAST_DAY and rng.random() < 0.6 else "placed"
    if delivery == "collect":
        arrived = shipped
    else:
        promised = EXPRESS_DAYS if delivery == "express" else country.standard_days
        expected = max(working_days_after(day, promised), working_days_after(shipped, 1))
        carrier = _pick(rng, country.carriers)
        arrived = _arrival(rng, carrier, shipped, expected)
        told = str(arrived) if arrived and arrived <= LAST_DAY else None
        rows["deliveries"].append(
            (number, carrier, country.name, str(shipped), str(expected), told)
        )
        if told is None or arrived is None:
            return "shipped"
    liked = 0.14 if categories & {"clothing", "footwear"} else 0.05
    returnable = "cooking" not in categories and arrived <= LAST_DAY - timedelta(days=8)
    return "returned" if returnable and rng.random() < liked else "delivered"


def _arrival(rng: random.Random, carrier: str, shipped: date, expected: date) -> date | None:
    """The day of arrival, None for a parcel that got lost: one in two hundred."""
    if rng.random() < 0.005:
        return None
    late = 0.10 + (0.10 if carrier == "Fjordlink" else 0) + (0.12 if shipped.month == 12 else 0)
    if rng.random() < late:
        return working_days_after(expected, _weighted(rng, (1, 2, 4, 8), (50, 25, 18, 7)))
    early = [d for n in range(1, 10) if (d := working_days_after(shipped, n)) <= expected]
    return early[-1 - _below(rng, min(2, len(early)))] if early else expected
