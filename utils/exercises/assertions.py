"""What cases say about values, with sentences that name the first difference.

A `Value` is what a function returned, or a part of that, together with the words for it:

>>> log = Value({"outcome": "ok", "status": 201}, "the log entry")
>>> log.field("outcome").equals("ok")
>>> log.field("status").equals(200, "the service answered")
Traceback (most recent call last):
    ...
utils.exercises.assertions.Wrong: 'status' in the log entry is 201, and 200 was expected (the \
service answered)

Keys are quoted, so that a sentence never gives them a capital letter. Sentences start in lower
case and have no period at the end.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeGuard

from .plain import Described, alike, short

BRIEF = 60
"""Characters up to which two values are shown whole, instead of where they first differ."""


class Wrong(Exception):
    """A case is not met; the message is a sentence for the learner.

    Attributes:
        cause: What several cases may fail for alike; by default the message itself.
        hint: What helps with this very assertion; see `model.hinting`.
        about_case: Whether it is about what the case asks for, so that the case's hint helps. It
            is not if the function raised or returned something of the wrong kind.
    """

    def __init__(self, message: str = "", *, cause: str = "", about_case: bool = True) -> None:
        super().__init__(message)
        self.cause = cause or message
        self.about_case = about_case
        self.hint: str | None = None


def wrong(sentence: str, *, cause: str = "") -> NoReturn:
    """Say that the case is not met; with a `cause`, for a reason that is not the case's own."""
    raise Wrong(sentence, cause=cause, about_case=not cause)


def expect(condition: object, sentence: str) -> None:
    """Raise `Wrong(sentence)` unless `condition` holds."""
    if not condition:
        raise Wrong(sentence)


def reason(because: str) -> str:
    """The end of a sentence: ` (the stream was cut)`, or nothing."""
    return f" ({because})" if because else ""


def count(number: int, noun: str) -> str:
    """`no requests`, `1 request`, `2 requests`."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def was(number: int) -> str:
    """`was` or `were`, for so many things."""
    return "were" if number > 1 else "was"


def expected(number: int) -> str:
    """`none was expected`, `1 was expected`, `2 were expected`."""
    return f"{number or 'none'} {was(number)} expected"


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def same(a: Any, b: Any) -> bool:
    """Whether two values are equal, floats up to the ninth digit; True is not 1."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if _is_number(a) and _is_number(b):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b


def _kind(value: Any) -> str:
    """What a learner would call the kind of a value; None can be the answer, so it has none."""
    for kind, name in ((dict, "a dictionary"), (list, "a list"), (Described, "an object")):
        if isinstance(value, kind):
            return name
    return ""


@dataclass(frozen=True)
class Value:
    """A value and the words for it.

    Attributes:
        value: Plain data (see `plain`).
        owner: What it belongs to, `the log entry`; empty for what the function returned.
        path: Where it is in there, `'rows'[2]`; empty for the whole.
    """

    value: Any
    owner: str = ""
    path: str = ""

    @property
    def name(self) -> str:
        """The value in a sentence: `'first'`, `item [2] of the result`."""
        if not self.path:
            return self.owner or "what it returned"
        if self.path.startswith("["):
            return f"item {self.path} of {self.owner or 'the result'}"
        return self.path + (f" in {self.owner}" if self.owner else "")

    def _is(self, what: str) -> str:
        """`it returned ...`, or `'first' is ...`."""
        return f"{self.name} is {what}" if self.path or self.owner else f"it returned {what}"

    def _has(self, what: str) -> str:
        return f"{self.name} has {what}" if self.path or self.owner else f"it returned {what}"

    def _part(self, key: Any) -> Value:
        """The part under a key, or at an index."""
        first = not self.path and isinstance(self.value, dict)
        path = repr(key) if first else f"{self.path}[{key!r}]"
        return Value(self.value[key], self.owner, path)

    # -- parts -----------------------------------------------------------------------------------

    def _unlike(self, wanted: str) -> NoReturn:
        """Say that the value is not of the kind that was expected."""
        said = f"and {wanted} was expected"
        wrong(f"{self._is(short(self.value))}, {said}", cause=f"{self.name}: {said}")

    def dictionary(self) -> dict[Any, Any]:
        """The value, which has to be a dictionary, or an object of the SDK that is like one."""
        if isinstance(self.value, Described) and self.value.from_sdk:
            return alike(self.value)
        if not isinstance(self.value, dict):
            self._unlike("a dictionary")
        return self.value

    def text(self) -> str:
        """The value, which has to be text."""
        if not isinstance(self.value, str):
            self._unlike("text")
        return self.value

    def number(self) -> float:
        """The value, which has to be a number."""
        if not _is_number(self.value):
            self._unlike("a number")
        return self.value

    def field(self, key: str, because: str = "") -> Value:
        """The value under a key of a dictionary."""
        whole = Value(self.dictionary(), self.owner, self.path)
        if key not in whole.value:
            wrong(f"{whole._lacks(key)}{reason(because)}")
        return whole._part(key)

    def _lacks(self, key: Any) -> str:
        whole = self.name if self.path or self.owner else "the dictionary that it returned"
        there = f", only {_listed(self.value)}" if self.value else ": it is empty"
        return f"{whole} has no {key!r}{there}"

    def items(self, number: int | None = None, because: str = "") -> list[Value]:
        """The items of a list or tuple; so many, if `number` is given."""
        if not isinstance(self.value, list | tuple):
            self._unlike("a list")
        if number is not None and len(self.value) != number:
            wrong(f"{self._counted(number)}{reason(because)}")
        return [self._part(index) for index in range(len(self.value))]

    def _counted(self, wanted: int) -> str:
        have = self._has(count(len(self.value), "item"))
        return f"{have}, and {expected(wanted)}"

    def json(self) -> Value:
        """The value, which has to be JSON, as what it says."""
        try:
            read = json.loads(self.text())
        except ValueError:
            wrong(f"{self._is(short(self.value))}, which is not JSON")
        return Value(read, self.name if self.path or self.owner else "the JSON that it returned")

    # -- assertions ------------------------------------------------------------------------------

    def equals(self, want: Any, because: str = "") -> None:
        """It is `want`. Tuples and lists are alike; floats may differ in the ninth digit."""
        difference = self.difference(want)
        if difference:
            have, wanted = alike(self.value), alike(want)
            other = f"{self.name}: {_kind(wanted)}" if _kind(have) != _kind(wanted) else ""
            raise Wrong(f"{difference}{reason(because)}", cause=other)

    def is_none(self, because: str = "") -> None:
        """It is None."""
        self.equals(None, because)

    def is_close(self, want: float, because: str = "", within: float = 1e-6) -> None:
        """It is a number that is at most `within` away from `want`."""
        if not _is_number(self.value):
            wrong(f"{self._is(short(self.value))}, and {want:.4g} was expected{reason(because)}")
        if not abs(self.value - want) <= within:
            have, wanted = told_apart(self.value, want)
            wrong(f"{self._is(have)}, and {wanted} was expected{reason(because)}")

    def contains(self, part: str, because: str = "") -> None:
        """It is text that has this part."""
        if part not in self.text():
            wrong(f"{self._is(short(self.value))}, without {short(part)}{reason(because)}")

    def has_keys(self, *want: str) -> None:
        """It is a dictionary with exactly these keys."""
        have = self.dictionary()
        if have.keys() != set(want):
            keys = f"the keys {_listed(have)}" if have else "no keys"
            whole = self.name if self.path or self.owner else "the dictionary that it returned"
            wrong(f"{whole} has {keys}, and {_listed(want)} {was(len(want))} expected")

    def in_any_order(self, want: Sequence[Any], because: str = "") -> None:
        """It is a list of these items, in whatever order."""
        left = [alike(item.value) for item in self.items()]
        for wanted in want:
            found = next((n for n, have in enumerate(left) if same(have, alike(wanted))), None)
            if found is None:
                have = short(self.value)
                wrong(f"{self._is(have)}, which lacks {short(wanted)}{reason(because)}")
            del left[found]
        if left:
            many = f"has {short(left[0])}, which was not expected{reason(because)}"
            wrong(f"{self._is(short(self.value))}, which {many}")

    def difference(self, want: Any) -> str:
        """A sentence about the first difference from `want`, empty if there is none."""
        have, wanted = alike(self.value), alike(want)
        if same(have, wanted):
            return ""
        if isinstance(have, dict) and isinstance(wanted, dict):
            return Value(have, self.owner, self.path)._other_keys(wanted)
        brief = len(short(self.value)) <= BRIEF and len(short(want)) <= BRIEF
        if isinstance(have, list) and isinstance(wanted, list) and not brief:
            return Value(have, self.owner, self.path)._other_items(wanted)
        first, second = short(self.value), short(want)
        if isinstance(have, str) and isinstance(wanted, str) and not brief:
            first, second = parted(have, wanted)
        elif _is_number(have) and _is_number(wanted):
            first, second = told_apart(have, wanted)
        return f"{self._is(first)}, and {second} was expected"

    def _other_keys(self, want: dict[Any, Any]) -> str:
        for key, wanted in want.items():
            if key not in self.value:
                return f"{self._lacks(key)}; {short(wanted)} was expected there"
            inner = self._part(key).difference(wanted)
            if inner:
                return inner
        extra = next(key for key in self.value if key not in want)
        part = self._part(extra)
        return f"{part.name} is {short(part.value)}, and no such key was expected"

    def _other_items(self, want: list[Any]) -> str:
        have: Sequence[Any] = self.value
        for index, wanted in enumerate(want[: len(have)]):
            inner = self._part(index).difference(wanted)
            if inner:
                return inner if len(have) == len(want) else f"{inner}; {self._counted(len(want))}"
        if len(have) < len(want):
            place = " at the end" if have else ""
            return f"{self._counted(len(want))}: {short(want[len(have)])} is missing{place}"
        return f"{self._counted(len(want))}: {short(have[len(want)])} is too many"


def changed(before: Any, after: Any, name: str) -> str:
    """How a value was changed, `removed 'seed' from the settings`; empty if it was not."""
    if same(alike(before), alike(after)):
        return ""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *after]:
            if key not in after:
                return f"removed {key!r} from {name}"
            if key not in before:
                return f"added {key!r} to {name}"
            if not same(alike(before[key]), alike(after[key])):
                return f"changed {key!r} in {name} from {short(before[key])} to {short(after[key])}"
    if isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            return (
                f"changed {name}, which had {count(len(before), 'item')} and now has {len(after)}"
            )
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            if not same(alike(old), alike(new)):
                return f"changed item [{index}] of {name} from {short(old)} to {short(new)}"
    return f"changed {name} from {short(before)} to {short(after)}"


def _listed(keys: Any) -> str:
    return ", ".join(short(key) for key in keys)


def told_apart(have: float, want: float) -> tuple[str, str]:
    """Two different numbers, with as many digits as it takes to see that they differ."""
    for digits in range(4, 17):
        first, second = f"{have:.{digits}g}", f"{want:.{digits}g}"
        if first != second:
            return first, second
    return repr(have), repr(want)


def parted(have: str, want: str, width: int = BRIEF) -> tuple[str, str]:
    """The part of two long texts around the first character that differs, quoted."""
    pairs = enumerate(zip(have, want, strict=False))
    at = next((n for n, (a, b) in pairs if a != b), min(len(have), len(want)))
    start = max(0, at - width // 3)
    if start < 4:
        start = 0

    def quoted(text: str) -> str:
        part = text[start : start + width]
        return repr(f"{'...' * (start > 0)}{part}{'...' * (start + width < len(text))}")

    return quoted(have), quoted(want)
