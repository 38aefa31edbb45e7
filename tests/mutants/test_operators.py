"""Every operator, on a function of a few lines."""

from __future__ import annotations

import ast
import textwrap

import pytest

from utils.mutants.mutation import mutants_in
from utils.mutants.operators import OPERATORS

EXAMPLES: dict[str, tuple[str, list[str]]] = {
    "argument ignored": (
        "def f(client, text: str, tries: int, rows): return 1",
        ["text = 'something else'", "tries = 41", "rows = (lambda *_, **__: None) if callable"],
    ),
    "argument always that of the first call": (
        "def f(client, text): return 1",
        ["text = first('text', text)"],
    ),
    "arguments swapped": (
        "def f(client, a: str, b: str, n: int): return 1",
        ["def f(client, [-a: str, b-]{+b: str, a+}: str, n: int):"],
    ),
    "constant returned": ("return text", ["return [-text-]{+None+}"]),
    "number changed": ("wait(3)", ["wait([-3-]{+4+})", "wait([-3-]{+2+})"]),
    "true and false exchanged": ("ask(stream=True)", ["ask(stream=[-True-]{+False+})"]),
    "text replaced": (
        "ask('user', 'two words', '')",
        [
            "ask('[-user-]', 'two words', '')",
            "ask('user', '[-two words-]{+x+}', '')",
            "ask('user', 'two words', '{+x+}')",
        ],
    ),
    "part of a text dropped": ("f'{a} and {b}'", ["f'[-{a}-] and {b}'", "f'{a} and [-{b}-]'"]),
    "key dropped": ("{'a': 1, 'b': 2}", ["{[-'a': 1, -]'b': 2}", "{'a': 1[-, 'b': 2-]}"]),
    "element dropped": (
        "[a, b]\nfor x in (1, 2): pass\nf((3, 4))",
        ["[[-a, -]b]", "[a[-, b-]]", "for x in ([-1, 2-]{+2,+}):", "for x in (1,[- 2-]):"],
    ),
    "field dropped": ("class A:\n    a: int\n    b: int", ["[-a: int-]", "[-b: int-]"]),
    "slice opened": ("x[1:2]", ["x[[-1-]:2]", "x[1:[-2-]]"]),
    "copy removed": (
        "[*old, new]\n{**old, 'a': 1}\n[*old]",
        ["old.extend([new]) or old", "old.update({'a': 1}) or old"],
    ),
    "name exchanged for its counterpart": (
        "max(a.prompt_tokens, b)",
        ["[-max-]{+min+}(", "a.[-prompt_tokens-]{+completion_tokens+}"],
    ),
    "boundary moved": ("a > b\na == b", ["a >{+=+} b"]),
    "comparison turned around": (
        "a is None\na > b\na in b",
        ["a is {+not +}None", "a {+not +}in b"],
    ),
    "and and or exchanged": ("a and b", ["a [-and-]{+or+} b"]),
    "condition dropped": ("a or b", ["[-a or -]b", "a[- or b-]"]),
    "not removed": ("not a\n-a", ["[-not -]a"]),
    "arithmetic changed": (
        "a + b\nx -= 1\ny += [1]\nf'{a}' + 'b'",
        ["a [-+-]{+-+} b", "x [---]{+++}= 1"],
    ),
    "branch forced": (
        "if a: b\nwhile a: b\nb if a else c",
        ["if [-a-]{+(a,)+}:", "if [-a-]{+not (a,)+}:", "while [-a-]{+not (a,)+}:"],
    ),
    "filter dropped": ("[a for a in b if a]", ["[a for a in b[- if a-]]"]),
    "loop cut": (
        "for a in b:\n    c\n[a for a in b]",
        ["c{+ / break+}", "[a for a in b]{+[:1]+}"],
    ),
    "keyword dropped": ("ask(a, b=1)", ["ask(a[-, b=1-])"]),
    "default dropped": (
        "a.get('b', 1)\ngetattr(a, 'b', 1)\na.get(b)",
        ["a.get('b'[-, 1-])", "getattr(a, 'b'[-, 1-])"],
    ),
    "call removed": (
        "a.strip()\nlist(b)\nmax(c, d)\nask(a)",
        ["a[-.strip()-]", "[-list(b)-]{+b+}", "[-max(c, d)-]{+c+}", "[-max(c, d)-]{+d+}"],
    ),
    "statement dropped": (
        "a = 1\nb = 1\nb = 2\nc.d = 3\nask()\nraise A",
        ["[-b = 1-]", "[-b = 2-]", "[-c.d = 3-]", "[-ask()-]", "[-raise A-]"],
    ),
    "jump removed": ("for a in b:\n    break\nreturn a", ["[-break-]", "[-return -]a"]),
    "cause dropped": ("raise A from b\nraise C", ["raise A[- from b-]"]),
    "with dropped": (
        "with a: b\nwith c as d: e",
        ["[-with a-]{+if True+}:", "d = c"],
    ),
    "except dropped": ("try: a\nexcept B: c", ["[-try: / except B: / c-]{+if True:+}"]),
    "except widened": ("try: a\nexcept B: c", ["except [-B-]{+Exception+}:"]),
    "except narrowed": (
        "try: a\nexcept (B, C): c",
        ["except ([-B, C-]{+C,+}):", "except (B,[- C-]):"],
    ),
    "finally dropped": ("try: a\nfinally: b", ["[-try: / finally: / b-]{+if True:+}"]),
}


def changes_of(operator: str, source: str) -> list[str]:
    """The changes of one operator in a source, each on one line."""
    inside = source if source.startswith("def f(") else f"def f():\n{textwrap.indent(source, '  ')}"
    tree = ast.parse(inside)
    made = mutants_in("99.1", tree, range(1, len(inside.splitlines()) + 1))
    return [mutant.change for mutant in made if mutant.operator == operator]


def test_every_operator_has_an_example():
    assert EXAMPLES.keys() == OPERATORS.keys()


@pytest.mark.parametrize("operator", EXAMPLES)
def test_an_operator_changes_what_its_example_says(operator: str):
    source, expected = EXAMPLES[operator]
    found = changes_of(operator, source)
    for part in expected:
        assert any(part in change for change in found), (part, found)
    if operator not in ("branch forced", "except dropped", "with dropped"):
        assert len(found) == len(expected), found


@pytest.mark.parametrize(
    ("operator", "source"),
    [
        ("text replaced", '"""What it does."""'),
        ("text replaced", "raise A('its wording is free')"),
        ("text replaced", "f'{a:.2f} is fixed'"),
        ("text replaced", "a: 'B' = c"),
        ("number changed", "a.choices[0]"),
        ("number changed", "a in (408, 409)"),  # dropping an element says the same
        ("statement dropped", "a = 1"),  # would be a NameError, which is no mistake to look for
        ("argument ignored", "def f(client): return 1"),
    ],
)
def test_what_stays_as_it_is(operator: str, source: str):
    assert changes_of(operator, source) == []


def test_only_the_lines_of_the_solution_change():
    source = "a = 1\nb = 2\nc = 3\n"
    made = mutants_in("99.1", ast.parse(source), range(2, 3))
    assert {mutant.change for mutant in made} == {"b = [-2-]{+3+}", "b = [-2-]{+1+}"}


def test_the_tree_is_whole_again_afterwards():
    tree = ast.parse("def f(a):\n    return {'a': a, **b}\n")
    before = ast.dump(tree)
    mutants_in("99.1", tree, range(1, 3))
    assert ast.dump(tree) == before
