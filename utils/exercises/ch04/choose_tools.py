"""No list, an empty list, one name and several names of tools."""

from __future__ import annotations

from ...scripted import Step, calls, says
from ..model import Exercise, Result, Run
from .shop_tools import (
    ANSWERS,
    LATE,
    ORDER,
    QUESTIONS,
    RETURNS,
    STOCK,
    allows,
    name_of,
    named,
    order_call,
    stock_call,
)
from .tool_calls import offered

CHOOSE = Exercise(
    id="04.7",
    function="choose_tools",
    title="restrict which tools the model may call",
    difficulty="easy",
    covers=["C2"],
    hints=[
        "Make tool_choice first, by the length of names. The tools stay the same, always.",
        'No names: "none". One: {"type": "function", "function": {"name": name}}.',
        'Several: {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [...]}},'
        " with one entry for each name, in the form that names a single tool.",
    ],
)

FOUR = [STOCK, ORDER, RETURNS, LATE]


def chosen(run: Run, names: list[str] | None, script: list[Step]) -> Result:
    """Play a question that may use the tools of these names."""
    result = run(script, run.choose(*QUESTIONS), FOUR, names)
    offered(result, 1, FOUR)
    return result


@CHOOSE.case()
def no_list(run: Run) -> None:
    """no list: the model decides"""
    call = run.choose(stock_call, order_call)(run)
    result = chosen(run, None, [calls(call)])
    result.returned([call.name])
    result.request(1).has_default("tool_choice", "auto", "the model decides")


@CHOOSE.case()
def empty_list(run: Run) -> None:
    """an empty list: no tool"""
    result = chosen(run, [], [says(run.choose(*ANSWERS))])
    result.request(1).has("tool_choice", "none")
    result.returned([], "the model answered in words")


@CHOOSE.case()
def one_name(run: Run) -> None:
    """one name: this tool"""
    name = name_of(run.choose(*FOUR))
    result = chosen(run, [name], [calls((name, {}))])
    result.request(1).has("tool_choice", named(name))
    result.returned([name])


@CHOOSE.case(points=2)
def several_names(run: Run) -> None:
    """several names: at least one of these"""
    names = [name_of(given) for given in run.rng.sample(FOUR, run.rng.randint(2, 3))]
    made = run.rng.sample(names, 2)
    result = chosen(run, names, [calls(*((name, {}) for name in made))])
    allows(result, "required", names)
    result.returned(made)


@CHOOSE.case(hidden=True)
def unknown_name(run: Run) -> None:
    """a name that no tool has: ValueError, and no request"""
    names = [name_of(STOCK), run.choose("stock", "drop_tables", "FIND_ORDER")]
    result = run([says("?")], run.choose(*QUESTIONS), FOUR, names)
    result.raised(ValueError, f"there is no tool {names[1]}")
    result.sent(0)
