"""No list, an empty list, one name and several names of tools."""

from __future__ import annotations

from ...scripted import Step, calls, says
from ..model import Exercise, Result, Run, Wrong
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
from .tool_calls import asks, offered

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
    tools = [
        {**given, "function": {**given["function"], "description": f"{n} {run.rng.random():.3f}"}}
        for n, given in enumerate(FOUR)
    ]
    result = run(script, run.choose(*QUESTIONS), tools, names)
    asks(offered(result, 1, tools), result.call.args[0])
    result.sent(1)
    return result


@CHOOSE.case()
def no_list(run: Run) -> None:
    """no list: the model decides"""
    for call in (stock_call(run), order_call(run)):
        result = chosen(run, None, [calls(call)])
        result.returned([call.name])
        result.request(1).has_default("tool_choice", "auto", "the model decides")


@CHOOSE.case()
def empty_list(run: Run) -> None:
    """an empty list: no tool"""
    name = name_of(run.choose(*FOUR))
    chosen(run, [name], [calls((name, {}))]).returned([name], "the model called it")
    result = chosen(run, [], [says(run.choose(*ANSWERS))])
    result.request(1).has("tool_choice", "none")
    result.returned([], "the model answered in words")


@CHOOSE.case()
def one_name(run: Run) -> None:
    """one name: this tool"""
    for given in run.rng.sample(FOUR, 3):
        name = name_of(given)
        result = chosen(run, [name], [calls((name, {}))])
        if not requires(result, [name]):
            result.request(1).has("tool_choice", named(name))
        result.returned([name])


@CHOOSE.case(points=2)
def several_names(run: Run) -> None:
    """several names: at least one of these"""
    for size in (2, 3):
        names = [name_of(given) for given in run.rng.sample(FOUR, size)]
        made = run.rng.sample(names, 2)
        result = chosen(run, names, [calls(*((name, {}) for name in made))])
        allows(result, "required", names)
        result.returned(made)


def requires(result: Result, names: list[str]) -> bool:
    """Whether the request allows these tools and requires a call: the same as naming the one."""
    try:
        allows(result, "required", names)
    except Wrong:
        return False
    return True


@CHOOSE.case()
def unknown_name(run: Run) -> None:
    """a name that no tool has: ValueError, and no request"""
    known = [name_of(given) for given in FOUR]
    for bad in ("stock", f"drop_tables_{run.rng.randint(1, 9)}", "FIND_ORDER"):
        for names in ([bad], [known[0], bad], [bad, known[1], known[2]]):
            chosen(run, [n for n in names if n != bad] or None, [calls((known[0], {}))])
            result = run([says("?")], run.choose(*QUESTIONS), FOUR, names)
            result.raised(ValueError, f"there is no tool {bad}")
            result.sent(0)


@CHOOSE.case(hidden=True)
def other_names(run: Run) -> None:
    """other names of tools, in another order"""
    names = [name_of(given) for given in run.rng.sample(FOUR, 3)]
    result = chosen(run, names, [calls(*((name, {}) for name in names[::-1]))])
    allows(result, "required", names)
    result.returned(names[::-1])
