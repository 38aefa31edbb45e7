"""What the exercises on structured output have in common: texts, and the schema of a request.

What a function asks for is judged by the schema it sent, however it was made: by hand, by pydantic,
with `$ref` or without.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...scripted import SentRequest, Step, Usage, fails, tokens
from ...service_rules import violations
from ..assertions import was
from ..model import RequestView, Result, Value, Wrong, expect, short, wrong
from ..world import PRODUCTS

INTENTS = ("return", "exchange", "repair", "delivery", "cancel", "question")
NAMES = ("Ines Rowe", "Paul Ek", "Signe Madsen", "Owen Price", "Bea Marsh", "Joost Vis")
CITIES = ("Brixham", "Aarhus", "Bremen", "Utrecht", "Lille", "Bergen")
REVIEWS = (
    "The {product} came with a scratch, and at this price I had hoped for more.",
    "I wear out everything, but not the {product}. Worth every cent.",
    "Ordered the {product} on Monday, had it on Tuesday, and it fits as if made for me.",
    "Not bad, not good: the {product} is too wide for me, but well made.",
)


@dataclass(frozen=True)
class SchemaNode:
    """A part of a JSON schema, with its root to follow `$ref`, and its name for sentences."""

    schema: Mapping[str, Any]
    root: Mapping[str, Any]
    name: str

    def resolved(self) -> Mapping[str, Any]:
        """The schema that a `$ref` points to, or the schema itself."""
        found: Any = self.schema
        for _ in range(10):
            reference = found.get("$ref") if isinstance(found, Mapping) else None
            if not isinstance(reference, str):
                break
            found = self.root
            for step in reference.removeprefix("#/").split("/"):
                found = found.get(step) if isinstance(found, Mapping) and step else found
        return found if isinstance(found, Mapping) else {}

    def variants(self, depth: int = 0) -> Iterator[Mapping[str, Any]]:
        """Every schema that a value may have, without unions and lists of types."""
        schema = self.resolved()
        union = schema.get("anyOf")
        if isinstance(union, list) and depth < 10:
            for entry in union:
                yield from SchemaNode(entry, self.root, self.name).variants(depth + 1)
        elif isinstance(kinds := schema.get("type"), list):
            for kind in kinds:
                yield {**schema, "type": kind}
        else:
            yield schema

    def kinds(self) -> set[str]:
        """The JSON types that a value may have, `null` among them."""
        found = set()
        for variant in self.variants():
            values = variant.get("enum") or [variant[k] for k in ("const",) if k in variant]
            named = variant.get("type")
            found |= {named} if isinstance(named, str) else {json_type(v) for v in values}
        return found

    def values(self) -> set[Any] | None:
        """What the schema allows by name, without null; None when it allows anything."""
        found: set[Any] = set()
        for variant in self.variants():
            if variant.get("type") == "null":
                continue
            if "const" in variant:
                found.add(variant["const"])
            elif isinstance(variant.get("enum"), list):
                found |= {v for v in variant["enum"] if v is not None}
            else:
                return None
        return found

    def field(self, name: str) -> SchemaNode:
        """A field of an object; raises `Wrong` if there is none."""
        for variant in self.variants():
            fields = variant.get("properties")
            if isinstance(fields, Mapping) and isinstance(fields.get(name), Mapping):
                return SchemaNode(fields[name], self.root, f"the field {name}")
        have = ", ".join(str(k) for v in self.variants() for k in v.get("properties") or ())
        wrong(f"the schema of {self.name} has no field {name}; its fields are {have or 'none'}")

    def fields(self) -> list[str]:
        """Names of the fields of an object."""
        return [str(k) for v in self.variants() for k in v.get("properties") or ()]

    def has_fields(self, *want: str) -> None:
        """It is an object with exactly these fields."""
        have = self.fields()
        expect(
            set(have) == set(want),
            f"{self.name} has the fields {', '.join(have) or 'none'} in the schema, and "
            f"{', '.join(want)} {was(len(want))} expected",
        )

    def entry(self) -> SchemaNode:
        """The schema of a list's entries; raises `Wrong` if it is not a list."""
        for variant in self.variants():
            if variant.get("type") == "array" and isinstance(variant.get("items"), Mapping):
                return SchemaNode(variant["items"], self.root, f"an entry of {self.name}")
        wrong(f"{self.name} isn't a list in the schema, but {short(dict(self.resolved()), 80)}")

    def allows_only(self, want: Sequence[Any]) -> None:
        """It allows exactly these values, by name."""
        have = self.values()
        if have is None:
            wrong(
                f"{self.name} may be any {' or '.join(sorted(self.kinds()))} in the schema, and "
                f"only {short(list(want))} was expected"
            )
        expect(
            have == set(want),
            f"{self.name} may be {short(sorted(have, key=str))} in the schema, and exactly "
            f"{short(list(want))} was expected",
        )

    def is_of(self, *want: str) -> None:
        """It has these JSON types."""
        have = self.kinds()
        expect(
            have == set(want),
            f"{self.name} is {' or '.join(sorted(have)) or 'anything'} in the schema, and "
            f"{' or '.join(want)} was expected",
        )

    def ranges(self, least: int, most: int) -> None:
        """Its numbers run from `least` to `most`, both included."""
        values = self.values()
        if values is not None:
            self.allows_only(range(least, most + 1))
            return
        for variant in self.variants():
            if variant.get("type") in ("integer", "number"):
                low = variant.get("minimum", variant.get("exclusiveMinimum", -99) + 1)
                high = variant.get("maximum", variant.get("exclusiveMaximum", 99) - 1)
                expect(
                    (low, high) == (least, most),
                    f"{self.name} has no range from {least} to {most} in the schema: "
                    f"{short(dict(variant))}",
                )


def json_type(value: Any) -> str:
    """The name that JSON schema has for the type of a value."""
    kinds = {bool: "boolean", str: "string", int: "integer", float: "number", type(None): "null"}
    return kinds.get(type(value), "object")


def format_sent(request: RequestView) -> Value:
    """The format of the answer that a request asks for, in either API."""
    if request.sent.endpoint == "responses":
        return request.field("text").field("format")
    return request.field("response_format")


def schema_sent(request: RequestView) -> SchemaNode:
    """The strict schema of the answer that a request asks for; raises `Wrong` if there is none."""
    number, flat = request.number, request.sent.endpoint == "responses"
    place = "text.format" if flat else "response_format"
    try:
        asked = format_sent(request).value
    except Wrong:
        wrong(f"request {number} has no {place}, and one of type json_schema was expected")
    if not isinstance(asked, dict) or asked.get("type") != "json_schema":
        have = f"{place}={short(asked)}"
        wrong(f"request {number} has {have}, and one of type json_schema was expected")
    inner = asked if flat else asked.get("json_schema")
    schema = inner.get("schema") if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or not isinstance(schema, dict):
        home = "directly in text.format" if flat else "in response_format['json_schema']"
        wrong(
            f"request {number} has no schema where the service looks for it: name, strict, and "
            f"schema belong {home}"
        )
    if inner.get("strict") is not True:
        what = "has no strict" if "strict" not in inner else f"has strict={inner['strict']!r}"
        nested = schema.get("strict") is True or asked.get("strict") is True
        where = ", but not where the service looks for it" if nested else ""
        wrong(
            f"the format of request {number} {what}{where}: without strict=True beside the schema "
            "the service may answer with anything"
        )
    return SchemaNode(schema, schema, str(inner.get("name", "the answer")))


def strictly(step: Step) -> Callable[[SentRequest], Step]:
    """The step, or the error of a service that refuses the schema of the request."""

    def answer(sent: SentRequest) -> Step:
        for violation in violations(sent.path, sent.json):
            said = violation.refusal
            return fails(said.status, said.message, code=said.code, param=said.param)
        return step

    return answer


def sends_back(result: Result, number: int, answer: str, *names: str) -> None:
    """The request repeats the one before, then the bad answer, then what is wrong with it.

    Args:
        number: The request's number, from 1.
        answer: The text of the bad answer.
        names: Words that the user message after the bad answer has to have.
    """
    before = [m.raw for m in result.request(number - 1).messages]
    messages = result.request(number).messages
    expect(
        [m.raw for m in messages[: len(before)]] == before,
        f"request {number} does not begin with the messages of request {number - 1}",
    )
    added = messages[len(before) :]
    said = [n for n, m in enumerate(added) if m.role == "assistant" and answer in m.text]
    expect(
        said,
        f"the bad answer {short(answer, 60)} is not among the messages of request {number} as an "
        "assistant message",
    )
    after = added[said[0] + 1 :]
    expect(after, f"request {number} ends with the bad answer, and does not say what is wrong")
    roles = sorted({message.role for message in after} - {"user"})
    expect(
        not roles,
        f"what request {number} says after the bad answer is a {' and '.join(roles)} message, and "
        "a user message was expected",
    )
    told = "\n".join(message.text for message in after)
    for name in names:
        expect(
            name in told,
            f"what request {number} says after the bad answer does not name {name}: "
            f"{short(told, 80)}",
        )


def usage_of(rng: random.Random) -> Usage:
    """Random tokens of an answer."""
    return tokens(rng.randint(60, 400), rng.randint(8, 90))


def total(*used: Usage) -> int:
    """Tokens of several answers together."""
    return sum(usage.prompt + usage.completion for usage in used)


def review_of(rng: random.Random) -> tuple[str, str]:
    """A review and the product it is about."""
    product = rng.choice(PRODUCTS)
    return rng.choice(REVIEWS).format(product=product), product
