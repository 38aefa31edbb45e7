"""What the exercises on tools have in common: the tools of the shop, and calls of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...scripted import SentRequest, Step, calls, says
from ..model import Result, Run, Spy
from ..world import PRODUCTS
from .tool_calls import MadeCall, a_call, tool

STORES = ("Brixham", "Bristol")
QUESTIONS = (
    "Do you have the Skarn 2 tent in Bristol?",
    "Can I still collect a pair of boots today?",
    "Where are my two parcels?",
    "Please look up my orders.",
    "How many Ember gas stoves are left?",
)
ANSWERS = (
    "We have it in both stores.",
    "It left our warehouse this morning.",
    "There are three left, all of them in Bristol.",
    "Both orders are on their way.",
    "You can collect it today until six.",
)
STOCK = tool(
    "check_stock", "Count the pieces of a product in a store.", product="string", store="string"
)
ORDER = tool("find_order", "Look up an order by its number.", order="string")
RETURNS = tool("list_returns", "List the returns of a customer.", customer="string")
LATE = tool("list_late_orders", "List orders that are late.", days="integer")
CANCEL = tool("cancel_order", "Cancel an order.", order="string")
REFUND = tool("refund", "Pay money back for an order.", order="string", euros="number")
READING = [STOCK, ORDER]


def name_of(given: Mapping[str, Any]) -> str:
    """The name of a tool."""
    return given["function"]["name"]


def an_order(run: Run) -> str:
    """The number of an order."""
    return f"FO-{run.rng.randint(10_001, 12_400)}"


def stock_call(run: Run) -> MadeCall:
    """A call of `check_stock` for some product."""
    arguments = {"product": run.choose(*PRODUCTS), "store": run.choose(*STORES)}
    return a_call(run, "check_stock", arguments)


def order_call(run: Run) -> MadeCall:
    """A call of `find_order` for some order."""
    return a_call(run, "find_order", {"order": an_order(run)})


def some_messages(run: Run) -> list[dict[str, Any]]:
    """A conversation that ends with a customer's question."""
    customer = f"You talk to customer C-{run.rng.randint(100, 999)}. Use the tools."
    return [
        {"role": "developer", "content": customer},
        {"role": "user", "content": run.choose(*QUESTIONS)},
    ]


def some_reading(run: Run) -> list[dict[str, Any]]:
    """The tools for reading, in the words of this run."""
    words = f"Ask only for customer C-{run.rng.randint(100, 999)}."
    return [{**given, "function": {**given["function"], "description": words}} for given in READING]


def shop(run: Run) -> dict[str, Spy]:
    """The shop's functions for reading, with values of this run."""
    pieces = {(product, store): run.rng.randint(0, 40) for product in PRODUCTS for store in STORES}
    status = run.choose("placed", "packed", "shipped", "delivered")

    def check_stock(product: str, store: str) -> dict[str, Any]:
        return {"product": product, "store": store, "pieces": pieces.get((product, store), 0)}

    def find_order(order: str) -> dict[str, Any]:
        return {"order": order, "status": status, "city": "Brest — Malmö"}

    made = (check_stock, find_order)
    return {function.__name__: Spy(function.__name__, function) for function in made}


def chain(run: Run, length: int) -> list[MadeCall]:
    """So many calls of tools that read."""
    return [run.choose(stock_call, order_call)(run) for _ in range(length)]


def insists(run: Run, answer: str) -> Callable[[SentRequest], Step]:
    """A model that calls a tool whenever it may, and answers only if it may not."""

    def step(sent: SentRequest) -> Step:
        return says(answer) if sent.json.get("tool_choice") == "none" else calls(stock_call(run))

    return step


def named(name: str) -> dict[str, Any]:
    """How `tool_choice` names one tool."""
    return {"type": "function", "function": {"name": name}}


def allows(result: Result, mode: str, names: Sequence[str]) -> None:
    """The only request has these as its allowed tools, in any order."""
    choice = result.request(1).field("tool_choice")
    choice.has_keys("type", "allowed_tools")
    choice.field("type").equals("allowed_tools")
    allowed = choice.field("allowed_tools")
    allowed.has_keys("mode", "tools")
    allowed.field("mode").equals(mode)
    allowed.field("tools").in_any_order([named(name) for name in names])
