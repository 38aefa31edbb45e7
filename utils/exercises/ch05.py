"""Exercises of chapter 5: JSON mode, strict schemas, answers without an object, repair, pipelines.

What a function asks for is judged by the schema it sent, however it was made: by hand, by pydantic,
with `$ref` or without.
"""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import openai
from jiter import from_json
from pydantic import ValidationError

from ..scripted import (
    SentRequest,
    Step,
    Usage,
    calls,
    drops,
    fails,
    filtered,
    refuses,
    says,
    says_json,
    streams,
    tokens,
    truncated,
)
from ..service_rules import violations
from .model import Exercise, RequestView, Result, Run, expect, short, wrong
from .world import PRODUCTS

INTENTS = ("return", "exchange", "repair", "delivery", "cancel", "question")
OTHER_INTENTS = ("gift card", "invoice", "press", "réclamation", "club", "school trip")
SENTIMENTS = ("positive", "mixed", "negative")
TOPICS = ("quality", "fit", "price", "delivery")
NAMES = ("Ines Rowe", "Paul Ek", "Signe Madsen", "Owen Price", "Bea Marsh", "Joost Vis")
CITIES = ("Brixham", "Aarhus", "Bremen", "Utrecht", "Lille", "Bergen")
SPECS = (
    ("weight", "1,980 g"),
    ("color", "moss green"),
    ("persons", "2"),
    ("poles", "aluminum, set B"),
    ("season", "3"),
    ("packed size", "46 x 15 cm"),
    ("floor", "70 denier nylon"),
)
REVIEWS = (
    "The {product} came with a scratch, and at this price I had hoped for more.",
    "I wear out everything, but not the {product}. Worth every cent.",
    "Ordered the {product} on Monday, had it on Tuesday, and it fits as if made for me.",
    "Not bad, not good: the {product} is too wide for me, but well made.",
)


# -- what was asked for ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
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
                yield from Node(entry, self.root, self.name).variants(depth + 1)
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

    def field(self, name: str) -> Node:
        """A field of an object; raises `Wrong` if there is none."""
        for variant in self.variants():
            fields = variant.get("properties")
            if isinstance(fields, Mapping) and isinstance(fields.get(name), Mapping):
                return Node(fields[name], self.root, f"the field {name}")
        have = ", ".join(str(k) for v in self.variants() for k in v.get("properties") or ())
        wrong(f"the schema of {self.name} has no field {name}; its fields are {have or 'none'}")

    def fields(self) -> list[str]:
        """Names of the fields of an object."""
        return [str(k) for v in self.variants() for k in v.get("properties") or ()]

    def entry(self) -> Node:
        """The schema of a list's entries; raises `Wrong` if it is no list."""
        for variant in self.variants():
            if variant.get("type") == "array" and isinstance(variant.get("items"), Mapping):
                return Node(variant["items"], self.root, f"an entry of {self.name}")
        wrong(f"{self.name} is no list in the schema, but {short(dict(self.resolved()), 80)}")

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


def schema_sent(view: RequestView) -> Node:
    """The strict schema of the answer that a request asks for; raises `Wrong` if there is none."""
    if view.sent.endpoint == "responses":
        text = view.body.get("text")
        place, asked = "text.format", text.get("format") if isinstance(text, dict) else None
        inner = asked
    else:
        place, asked = "response_format", view.body.get("response_format")
        inner = asked.get("json_schema") if isinstance(asked, dict) else None
    if not isinstance(asked, dict) or asked.get("type") != "json_schema":
        have = f"{place}={short(asked)}" if asked is not None else f"no {place}"
        wrong(f"request {view.number} has {have}, and one of type json_schema was expected")
    schema = inner.get("schema") if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or not isinstance(schema, dict):
        wrong(f"request {view.number} has a {place} without a schema: {short(asked)}")
    expect(
        inner.get("strict") is True,
        f"the schema of request {view.number} is not strict: without strict=True the service may "
        "answer with anything",
    )
    return Node(schema, schema, str(inner.get("name", "the answer")))


def strictly(step: Step) -> Callable[[SentRequest], Step]:
    """The step, or the error of a service that refuses the schema of the request."""

    def answer(sent: SentRequest) -> Step:
        for violation in violations(sent.path, sent.json):
            said = violation.refusal
            return fails(said.status, said.message, code=said.code, param=said.param)
        return step

    return answer


def asks_with(result: Result, text: str, number: int = 1) -> None:
    """The request carries this text."""
    expect(
        text in result.request(number).text(),
        f"the text {short(text, 60)} is not in request {number}",
    )


def sends_back(result: Result, number: int, answer: str, *names: str) -> None:
    """The request repeats the one before, then the bad answer, then what is wrong with it."""
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
    told = "\n".join(m.text for m in added[said[0] + 1 :])
    expect(told, f"request {number} ends with the bad answer, and does not say what is wrong")
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


# -- JSON mode ------------------------------------------------------------------------------------

ASK_JSON = Exercise(
    id="05.1",
    function="ask_json",
    title="JSON mode, and what it does not promise",
    difficulty="easy",
    covers=["D1"],
    points=6,
    hints=[
        'JSON mode is response_format={"type": "json_object"}, and a message has to say JSON.',
        "JSON mode promises JSON, not your JSON: name the two keys in a message, and look whether "
        "the object has them.",
        'finish_reason "length" means that the text is cut off. content may be None: '
        'json.loads(content or "null").',
    ],
)


def _order_mail(run: Run) -> tuple[str, dict[str, Any]]:
    found = {"product": run.choose(*PRODUCTS), "quantity": run.rng.randint(2, 9)}
    mail = f"Hello, {found['quantity']} of the {found['product']} please. {run.choose(*NAMES)}"
    return mail, found


@ASK_JSON.case("it asks in JSON mode and returns the object", points=2)
def _(run: Run) -> None:
    mail, found = _order_mail(run)
    result = run([says_json(found)], mail)
    result.returned(found)
    result.sent(1)
    view = result.request(1)
    view.went_to("chat")
    view.has("response_format", {"type": "json_object"})
    asks_with(result, mail)
    for key in found:
        expect(key in view.text(), f"no message says that the object should have the key {key}")


@ASK_JSON.case("an answer that is cut off gives None", hint="look at finish_reason")
def _(run: Run) -> None:
    mail, found = _order_mail(run)
    text = json.dumps(found)
    run([truncated(text[: run.rng.randint(3, len(text) - 3)])], mail).returned(
        None, "finish_reason was length"
    )


@ASK_JSON.case("an object with other keys gives None")
def _(run: Run) -> None:
    mail, found = _order_mail(run)
    other = run.choose({"item": found["product"], "amount": 1}, {"product": found["product"]}, {})
    run([says_json(other)], mail).returned(None, f"the object was {short(other)}")


@ASK_JSON.case("a refusal gives None")
def _(run: Run) -> None:
    mail, _ = _order_mail(run)
    run([refuses()], mail).returned(None, "content was None")


@ASK_JSON.case("a list, or no JSON at all, gives None", hidden=True)
def _(run: Run) -> None:
    mail, found = _order_mail(run)
    for text in (json.dumps([found]), f"Sure! {json.dumps(found)}", '"product and quantity"'):
        run([says(text)], mail).returned(None, f"the answer was {short(text)}")


# -- a schema by hand -----------------------------------------------------------------------------

SORT_MAIL = Exercise(
    id="05.2",
    function="sort_by_intent",
    title="a strict schema by hand",
    difficulty="easy",
    covers=["D1"],
    points=5,
    hints=[
        'response_format={"type": "json_schema", "json_schema": {"name": ..., "strict": True, '
        '"schema": {...}}}',
        'The values of a text are named by {"type": "string", "enum": [...]}.',
        "A strict schema lists every key in required, and says additionalProperties: False.",
    ],
)


def _sorted(run: Run, intents: Sequence[str]) -> tuple[Result, str, dict[str, Any]]:
    chosen = run.rng.sample(intents, run.rng.randint(3, 5))
    found = {"intent": run.choose(*chosen), "urgent": run.choose(True, False)}
    mail = f"This is {run.choose(*NAMES)} about the {run.choose(*PRODUCTS)}. Please call me."
    return run([strictly(says_json(found))], mail, chosen), mail, found


@SORT_MAIL.case("it returns what the model found")
def _(run: Run) -> None:
    result, mail, found = _sorted(run, INTENTS)
    result.returned(found)
    result.sent(1)
    asks_with(result, mail)


@SORT_MAIL.case("the schema is strict, and the service would take it", points=2)
def _(run: Run) -> None:
    result, _, _ = _sorted(run, INTENTS)
    result.finished()
    schema = schema_sent(result.request(1))
    have = sorted(schema.fields())
    expect(
        have == ["intent", "urgent"],
        f"the fields of the schema are {short(have)}, and intent and urgent were expected",
    )
    schema.field("urgent").is_of("boolean")


@SORT_MAIL.case("intent can only be one of those given", hint="enum")
def _(run: Run) -> None:
    result, _, _ = _sorted(run, INTENTS)
    result.finished()
    schema_sent(result.request(1)).field("intent").allows_only(result.call.args[1])


@SORT_MAIL.case("intents that nobody thought of before", hidden=True)
def _(run: Run) -> None:
    result, _, found = _sorted(run, OTHER_INTENTS)
    result.returned(found)
    schema_sent(result.request(1)).field("intent").allows_only(result.call.args[1])


# -- parse ----------------------------------------------------------------------------------------

READ_REVIEW = Exercise(
    id="05.3",
    function="read_review",
    title="a pydantic model with Literal, a range and an optional field",
    difficulty="easy",
    covers=["D1"],
    points=7,
    hints=[
        "class Review(BaseModel) may stand inside the function. Comments in it do not reach the "
        "model; types do.",
        'Literal["positive", "mixed", "negative"] for one of three texts, list[Literal[...]] for '
        "some of them.",
        "stars: int | None = Field(ge=1, le=5)",
        "client.chat.completions.parse(..., response_format=Review), then "
        "choices[0].message.parsed.model_dump().",
    ],
)


def _reviewed(run: Run, **changed: Any) -> tuple[Result, str, dict[str, Any]]:
    text, product = review_of(run.rng)
    found = {
        "product": product,
        "sentiment": run.choose(*SENTIMENTS),
        "stars": run.choose(1, 2, 3, 4, 5),
        "topics": run.rng.sample(TOPICS, 2),
        **changed,
    }
    return run([strictly(says_json(found))], text), text, found


@READ_REVIEW.case("it returns the fields as a dictionary")
def _(run: Run) -> None:
    result, text, found = _reviewed(run)
    result.returned(found)
    result.sent(1)
    asks_with(result, text)


@READ_REVIEW.case("sentiment is one of three, in the schema", hint="Literal")
def _(run: Run) -> None:
    result, _, _ = _reviewed(run)
    result.finished()
    schema = schema_sent(result.request(1))
    schema.field("product").is_of("string")
    schema.field("sentiment").allows_only(SENTIMENTS)


@READ_REVIEW.case("stars run from 1 to 5, or are null", hint="int | None, and Field(ge=, le=)")
def _(run: Run) -> None:
    result, _, _ = _reviewed(run)
    result.finished()
    stars = schema_sent(result.request(1)).field("stars")
    stars.is_of("integer", "null")
    stars.ranges(1, 5)


@READ_REVIEW.case("topics is a list of four known words")
def _(run: Run) -> None:
    result, _, _ = _reviewed(run)
    result.finished()
    schema_sent(result.request(1)).field("topics").entry().allows_only(TOPICS)


@READ_REVIEW.case("a review without stars has None there")
def _(run: Run) -> None:
    result, _, found = _reviewed(run, stars=None, topics=[])
    result.returned(found, "the model answered null")


@READ_REVIEW.case(
    "an answer that breaks the model raises ValidationError",
    points=2,
    hint="a server that ignores the schema may answer so; pydantic checks it again",
)
def _(run: Run) -> None:
    bad = run.choose({"stars": run.rng.randint(6, 99)}, {"sentiment": "meh"}, {"topics": ["smell"]})
    result, _, _ = _reviewed(run, **bad)
    result.raised(ValidationError, f"the answer had {short(bad)}")


# -- what strict mode refuses ---------------------------------------------------------------------

READ_SPECS = Exercise(
    id="05.4",
    function="read_specs",
    title="a dictionary as a list of pairs",
    difficulty="medium",
    covers=["D1"],
    points=6,
    hints=[
        "dict[str, str] becomes an object with open keys, and a strict schema has none.",
        "Ask for a model with one field, specs: list[Spec], and put the dictionary together "
        "yourself.",
        "A dictionary keeps one value for a name, so compare its length with that of the list.",
    ],
)


def _sheet(run: Run, pairs: Sequence[tuple[str, str]]) -> Result:
    product = run.choose(*PRODUCTS)
    facts = ", ".join(f"{name}: {value}" for name, value in pairs) or "no details yet"
    text = f"{product} ({run.rng.randint(1, 9)}): {facts}"
    answer = {"specs": [{"name": name, "value": value} for name, value in pairs]}
    result = run([strictly(says_json(answer))], text)
    if result.outcome.failure is None:
        asks_with(result, text)
    return result


@READ_SPECS.case("it returns a dictionary of names and values", points=2)
def _(run: Run) -> None:
    pairs = run.rng.sample(SPECS, run.rng.randint(3, 5))
    result = _sheet(run, pairs)
    result.returned(dict(pairs))
    result.sent(1)


@READ_SPECS.case("the schema is strict, and has no open object", points=2)
def _(run: Run) -> None:
    result = _sheet(run, run.rng.sample(SPECS, 3))
    result.finished()
    pair = schema_sent(result.request(1)).field("specs").entry()
    have = sorted(pair.fields())
    expect(
        have == ["name", "value"],
        f"an entry of specs has the fields {short(have)}, and name and value were expected",
    )
    pair.field("name").is_of("string")
    pair.field("value").is_of("string")


@READ_SPECS.case("a name that comes twice raises ValueError")
def _(run: Run) -> None:
    pairs = run.rng.sample(SPECS, 3)
    again = (pairs[run.rng.randrange(3)][0], f"{run.rng.randint(2, 99)}")
    result = _sheet(run, [*pairs, again])
    result.raised(ValueError, f"{again[0]} came twice, and a dictionary keeps one of them")


@READ_SPECS.case("a sheet without specifications gives an empty dictionary", hidden=True)
def _(run: Run) -> None:
    _sheet(run, []).returned({})


# -- no object ------------------------------------------------------------------------------------

WHY = Exercise(
    id="05.5",
    function="read_or_say_why",
    title="refused, cut off, filtered, and what it cost",
    difficulty="medium",
    covers=["D1", "F1"],
    points=7,
    hints=[
        "parse() has three ways to bring no object. Two of them are exceptions.",
        "openai.LengthFinishReasonError and openai.ContentFilterFinishReasonError both have the "
        "completion they are about, with its usage, in .completion.",
        "A refusal is no exception: message.parsed is None, and message.refusal has a text.",
    ],
)


def _why(run: Run, step: Step) -> tuple[Result, str]:
    text, _ = review_of(run.rng)
    return run([step], text), text


@WHY.case("a record is ok")
def _(run: Run) -> None:
    used, stars = usage_of(run.rng), run.rng.randint(1, 5)
    text, product = review_of(run.rng)
    record = {"product": product, "stars": stars}
    result = run([says_json(record, usage=used)], text)
    result.returned({"status": "ok", "record": record, "tokens": total(used)})
    result.sent(1)
    asks_with(result, text)
    schema_sent(result.request(1)).field("stars").ranges(1, 5)


@WHY.case("a refusal is refused", points=2, hint="message.refusal")
def _(run: Run) -> None:
    used = usage_of(run.rng)
    result, _ = _why(run, refuses(usage=used))
    result.returned(
        {"status": "refused", "record": None, "tokens": total(used)}, "the model refused"
    )


def _cut(run: Run, text: str) -> None:
    used = usage_of(run.rng)
    result, _ = _why(run, truncated(text, usage=used))
    result.returned(
        {"status": "cut off", "record": None, "tokens": total(used)}, "finish_reason was length"
    )


@WHY.case("an answer at the cap is cut off, and its tokens count", points=2)
def _(run: Run) -> None:
    _cut(run, f'{{"product": "{run.choose(*PRODUCTS)[:5]}')


@WHY.case("an answer that was filtered is filtered, and its tokens count")
def _(run: Run) -> None:
    used = usage_of(run.rng)
    result, _ = _why(run, filtered(usage=used))
    result.returned(
        {"status": "filtered", "record": None, "tokens": total(used)},
        "finish_reason was content_filter",
    )


@WHY.case("a cap that was eaten up before the first brace is cut off, too", hidden=True)
def _(run: Run) -> None:
    _cut(run, "")


# -- one repair round -----------------------------------------------------------------------------

REPAIR = Exercise(
    id="05.6",
    function="extract_with_repair",
    title="send the validation error back, once",
    difficulty="stretch",
    covers=["D1"],
    points=10,
    hints=[
        "parse() validates and throws the answer away. create() with the same schema leaves it to "
        "you: Return.model_validate_json(answer, context={...}).",
        "The schema by hand needs Return.model_json_schema(), which is closed because of "
        'extra="forbid" in its config.',
        "The second request has the messages of the first, then the bad answer as an assistant "
        "message, then the text of the ValidationError as a user message.",
        "for _ in range(2): return at the first answer that is valid, or that is no answer at all; "
        "return None after the loop.",
    ],
)


def _return(run: Run, **changed: Any) -> dict[str, Any]:
    bought = run.rng.randint(2, 9)
    base = {"product": "", "bought": bought, "returned": run.rng.randint(1, bought)}
    return {**base, **changed}


def _shelf(run: Run) -> tuple[list[str], str, str]:
    """The catalog, a product in it, and a mail."""
    catalog: list[str] = [*run.rng.sample(PRODUCTS, 4)]
    mail = f"{run.choose(*NAMES)}, {run.choose(*CITIES)}: two of them come back to you. Thanks."
    return catalog, catalog[run.rng.randrange(4)], mail


def _impossible(run: Run, product: str) -> dict[str, Any]:
    bought = run.rng.randint(1, 4)
    return {"product": product, "bought": bought, "returned": bought + run.rng.randint(1, 5)}


@REPAIR.case("a valid answer takes one request")
def _(run: Run) -> None:
    catalog, product, mail = _shelf(run)
    found = _return(run, product=product)
    result = run([says_json(found)], mail, catalog)
    result.returned(found)
    result.sent(1)
    asks_with(result, mail)
    schema = schema_sent(result.request(1))
    for name in ("bought", "returned"):
        schema.field(name).is_of("integer")


@REPAIR.case(
    "an answer that cannot be gets sent back, with the error",
    points=3,
    hint="the bad answer as an assistant message, then the error as a user message",
)
def _(run: Run) -> None:
    catalog, product, mail = _shelf(run)
    bad, good = _impossible(run, product), _return(run, product=product)
    result = run([says_json(bad), says_json(good)], mail, catalog)
    result.sent(2, "the first answer was not valid")
    sends_back(result, 2, json.dumps(bad), "bought")
    schema_sent(result.request(2))
    result.returned(good)


@REPAIR.case("a product that is not in the catalog gets sent back, too", points=2)
def _(run: Run) -> None:
    catalog, product, mail = _shelf(run)
    other = next(p for p in PRODUCTS if p not in catalog)
    bad, good = _return(run, product=other), _return(run, product=product)
    result = run([says_json(bad), says_json(good)], mail, catalog)
    result.returned(good, f"the first answer had {other}, which is not in the catalog")
    sends_back(result, 2, json.dumps(bad), "catalog")


@REPAIR.case("after the second bad answer it gives up")
def _(run: Run) -> None:
    catalog, product, mail = _shelf(run)
    steps = [says_json(_impossible(run, product)) for _ in range(2)]
    result = run(steps, mail, catalog)
    result.returned(None, "the repaired answer was not valid either")
    result.sent(2)


@REPAIR.case("a refusal is not argued with")
def _(run: Run) -> None:
    catalog, _, mail = _shelf(run)
    result = run([refuses()], mail, catalog)
    result.returned(None, "the model refused")
    result.sent(1)


@REPAIR.case("an answer that is cut off is not sent back", hint="look at finish_reason")
def _(run: Run) -> None:
    catalog, product, mail = _shelf(run)
    text = json.dumps(_return(run, product=product))
    result = run([truncated(text[: run.rng.randint(5, len(text) - 5)])], mail, catalog)
    result.returned(None, "finish_reason was length, and the cap is the same the next time")
    result.sent(1)


@REPAIR.case("a field of the wrong type gets sent back", hidden=True)
def _(run: Run) -> None:
    catalog, product, mail = _shelf(run)
    bad, good = _return(run, product=product, bought="some"), _return(run, product=product)
    result = run([says_json(bad), says_json(good)], mail, catalog)
    result.returned(good)
    sends_back(result, 2, json.dumps(bad), "bought")


# -- an object that fills itself ------------------------------------------------------------------

FILL = Exercise(
    id="05.7",
    function="fill_form",
    title="partial objects from a stream",
    difficulty="medium",
    covers=["D1", "B2"],
    points=8,
    hints=[
        "with client.chat.completions.stream(..., response_format=Order) as stream: its events of "
        "type content.delta have what can be said so far in .parsed.",
        "Append event.parsed if there is something in it and it is not what you appended last.",
        "content.done comes only when the answer ended with stop: its .parsed is the Order. The "
        "text of a stream that stops early is not to be trusted.",
        "The cap, a broken connection and an error event raise openai.OpenAIError out of the loop; "
        "an object that breaks the model raises ValueError.",
    ],
)


def _form(run: Run) -> tuple[str, dict[str, Any], list[str]]:
    """A mail, the record in it, and its JSON in pieces."""
    record = {
        "customer": run.choose(*NAMES),
        "city": run.choose(*CITIES),
        "product": run.choose(*PRODUCTS),
        "quantity": run.rng.randint(10, 99),
    }
    mail = f"Please send {record['quantity']} pieces to {record['customer']}, {record['city']}."
    text = json.dumps(record)
    size = run.rng.randint(3, 6)
    return mail, record, [text[i : i + size] for i in range(0, len(text), size)]


def _states(pieces: Sequence[str]) -> list[Any]:
    """What the SDK's helper makes of the growing text, each state once, without empty ones."""
    made: list[Any] = []
    text = ""
    for piece in pieces:
        text += piece
        state = from_json(text.encode(), partial_mode=True) if text.strip() else None
        if state and state != (made[-1] if made else None):
            made.append(state)
    return made


def _filled(result: Result, states: Sequence[Any], record: Any, because: str = "") -> None:
    value = result.value
    expect(
        isinstance(value, dict) and value.keys() == {"states", "record"},
        f"it returned {short(value)}, and a dictionary of states and record was expected",
    )
    have = value["states"]
    expect(isinstance(have, list), f"states is {short(have)}, and a list was expected")
    twice = [b for a, b in itertools.pairwise(have) if a == b]
    expect(not twice, f"states has the same state twice in a row: {short(twice[:1])}")
    expect(all(have), f"states has an empty state: {short(have)}")
    expect(
        have == list(states),
        f"states has {len(have)} states, and {len(states)} were expected; its last one is "
        f"{short(have[-1:])}, and {short(list(states[-1:]))} was expected",
    )
    reason = f" ({because})" if because else ""
    expect(
        value["record"] == record,
        f"record is {short(value['record'])}, and {short(record)} was expected{reason}",
    )


@FILL.case("every state of the form, and the record at the end", points=3)
def _(run: Run) -> None:
    mail, record, pieces = _form(run)
    result = run([streams(*pieces)], mail)
    _filled(result, _states(pieces), record)
    result.sent(1)
    result.request(1).has("stream", True)
    asks_with(result, mail)
    schema_sent(result.request(1)).field("quantity").is_of("integer")


def _half(run: Run, because: str, **how: Any) -> None:
    mail, _, pieces = _form(run)
    kept = pieces[: run.rng.randint(len(pieces) // 2, len(pieces) - 1)]
    _filled(run([streams(*kept, **how)], mail), _states(kept), None, because)


@FILL.case("an answer at the cap keeps its states and has no record")
def _(run: Run) -> None:
    _half(run, "finish_reason was length", finish_reason="length")


@FILL.case("a connection that breaks keeps its states and has no record")
def _(run: Run) -> None:
    end = run.choose("drop", "error")
    _half(run, "the connection broke" if end == "drop" else "an event said error", end=end)


@FILL.case(
    "a stream that just stops has no record, however whole it looks",
    points=2,
    hint="no chunk had a finish_reason",
)
def _(run: Run) -> None:
    mail, _, pieces = _form(run)
    result = run([streams(*pieces, end="cut")], mail)
    _filled(result, _states(pieces), None, "no chunk had a finish_reason")


@FILL.case("an object that breaks the model is no record", hidden=True)
def _(run: Run) -> None:
    mail, record, _ = _form(run)
    pieces = [json.dumps({**record, "quantity": "many"})]
    result = run([streams(*pieces)], mail)
    _filled(result, _states(pieces), None, "quantity was no number")


# -- tools or structured output -------------------------------------------------------------------

ACT = Exercise(
    id="05.8",
    function="act_or_answer",
    title="a tool and a schema in one request",
    difficulty="medium",
    covers=["D1", "C2"],
    points=7,
    hints=[
        "parse() takes tools and response_format together. "
        "openai.pydantic_function_tool(OpenReturn, name=...) makes a strict tool.",
        'Function tools on Chat Completions need reasoning_effort="none".',
        "message.tool_calls is None when the model answered. Otherwise the first call has its "
        "name and its arguments, as JSON, in .function.",
        "parallel_tool_calls=False keeps it at one action a mail.",
    ],
)


def _act(run: Run, step: Step) -> tuple[Result, str]:
    mail = f"{run.choose(*NAMES)}: about my order FO-{run.rng.randint(10001, 19999)}, please help."
    result = run([step], mail)
    result.finished()
    asks_with(result, mail)
    return result, mail


def _opened(run: Run) -> dict[str, Any]:
    order = f"FO-{run.rng.randint(10001, 19999)}"
    return {"order": order, "reason": run.choose("too small", "broken", "not needed")}


@ACT.case("a call gives the tool's name and arguments", points=2)
def _(run: Run) -> None:
    arguments = _opened(run)
    result, _ = _act(run, calls(("open_return", arguments)))
    result.returned({"tool": "open_return", "arguments": arguments})
    result.sent(1)


@ACT.case("an answer gives its fields")
def _(run: Run) -> None:
    text = f"We keep it for {run.rng.randint(2, 14)} days."
    answer = {"reply": text, "needs_human": run.choose(True, False)}
    result, _ = _act(run, says_json(answer))
    result.returned({"answer": answer}, "there was no tool call")


@ACT.case("the tool and the answer are both strict", points=2)
def _(run: Run) -> None:
    answer = {"reply": run.choose("Yes.", "No.", "On Monday."), "needs_human": False}
    result, _ = _act(run, says_json(answer))
    view = result.request(1)
    view.went_to("chat")
    schema_sent(view).field("needs_human").is_of("boolean")
    offered = view.get("tools", list, "a list with the tool open_return")
    functions = [t.get("function", {}) for t in offered if isinstance(t, dict)]
    named = [f for f in functions if f.get("name") == "open_return"]
    have = ", ".join(str(f.get("name")) for f in functions)
    expect(named, f"no tool is called open_return; offered were {have or 'none'}")
    expect(named[0].get("strict") is True, "the tool open_return is not strict")
    inner = named[0].get("parameters") or {}
    fields = sorted(Node(inner, inner, "open_return").fields())
    expect(
        fields == ["order", "reason"],
        f"the parameters of open_return are {short(fields)}, and order and reason were expected",
    )


@ACT.case("it allows one call at most")
def _(run: Run) -> None:
    result, _ = _act(run, calls(("open_return", _opened(run))))
    result.request(1).has("parallel_tool_calls", False)


@ACT.case("a refusal has neither", hidden=True)
def _(run: Run) -> None:
    result, _ = _act(run, refuses())
    result.returned({"answer": None}, "the model refused")


# -- Responses ------------------------------------------------------------------------------------

RESPONSES = Exercise(
    id="05.9",
    function="read_review_r",
    title="the same in Responses: look at the status first",
    difficulty="medium",
    covers=["D1", "A7"],
    points=8,
    hints=[
        "responses.parse() raises pydantic's ValidationError for a text that was cut off, and you "
        "no longer see why. responses.create() with text={...} gives you the response.",
        'text={"format": {"type": "json_schema", "name": ..., "strict": True, "schema": ...}}: '
        "flat, without json_schema around it.",
        'status is "incomplete" with incomplete_details.reason "max_output_tokens" or '
        '"content_filter". Only then look at the output.',
        "A refusal is a part of type refusal in the content of a message; output_text is empty "
        "then. Review.model_validate_json(response.output_text) does the rest.",
    ],
)


def _responded(run: Run, step: Step) -> Result:
    text, _ = review_of(run.rng)
    result = run([step], text)
    result.finished()
    asks_with(result, text)
    return result


@RESPONSES.case("a record is ok", points=2)
def _(run: Run) -> None:
    record = {"product": run.choose(*PRODUCTS), "stars": run.rng.randint(1, 5)}
    result = _responded(run, says_json(record))
    result.returned({"status": "ok", "record": record})
    result.sent(1)
    result.request(1).went_to("responses")
    schema_sent(result.request(1)).field("stars").ranges(1, 5)


@RESPONSES.case("a text that was cut off is cut off", points=2, hint="response.status")
def _(run: Run) -> None:
    result = _responded(run, truncated(f'{{"product": "{run.choose(*PRODUCTS)[:6]}'))
    result.returned({"status": "cut off", "record": None}, "the reason was max_output_tokens")


@RESPONSES.case("a cap that reasoning ate up is cut off, too")
def _(run: Run) -> None:
    used = tokens(run.rng.randint(40, 90), 64, reasoning=64)
    result = _responded(run, truncated("", usage=used))
    result.returned(
        {"status": "cut off", "record": None}, "there was no message, only a reasoning item"
    )


@RESPONSES.case("a refusal is refused", hint="a part of type refusal")
def _(run: Run) -> None:
    _responded(run, refuses()).returned(
        {"status": "refused", "record": None}, "the message had a part of type refusal"
    )


@RESPONSES.case("an answer that was filtered is filtered")
def _(run: Run) -> None:
    result = _responded(run, filtered(f'{{"product": "{run.choose(*PRODUCTS)[:4]}'))
    result.returned({"status": "filtered", "record": None}, "the reason was content_filter")


@RESPONSES.case("a complete answer that breaks the model is invalid", hidden=True)
def _(run: Run) -> None:
    record = {"product": run.choose(*PRODUCTS), "stars": run.rng.randint(6, 99)}
    result = _responded(run, says_json(record))
    result.returned({"status": "invalid", "record": None}, f"stars was {record['stars']}")


# -- the pipeline ---------------------------------------------------------------------------------

PIPELINE = Exercise(
    id="05.10",
    function="extract_all",
    title="a pipeline with a validation report",
    difficulty="stretch",
    covers=["D1", "F1", "G2"],
    points=16,
    client={"max_retries": 0},
    seconds=10.0,
    hints=[
        "Write the method for one request first: it sends messages with create() and the strict "
        "schema of Request, adds usage.total_tokens to self.tokens, and returns the choice.",
        "add() is the repair round of exercise 05.6 with places to note things down: self.records, "
        "self.repaired, self.failed.",
        "Count problems from error.errors(): each has a loc, a tuple whose first entry is the "
        "field. It is empty when the answer is no JSON at all.",
        "Tokens are spent whether or not the answer is valid: add them before you look at it.",
        'except openai.AuthenticationError: raise, then except openai.APIError: "error". The first '
        "would hit every mail, the second is about one.",
    ],
)


@dataclass
class Mail:
    """A mail of the scenario: the steps that answer its requests, one after the other."""

    id: str
    text: str
    steps: list[Step]
    used: list[Usage] = field(default_factory=list)


class Desk:
    """Mails to extract, answered by what is in the request, so that their order is free."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.mails: list[Mail] = []
        self.played = Counter[str]()

    def record(self) -> dict[str, Any]:
        """A valid record."""
        rng = self.run.rng
        order = rng.choice([f"FO-{rng.randint(10001, 19999)}", None])
        return {"intent": rng.choice(INTENTS), "order": order, "quantity": rng.randint(1, 9)}

    def bad(self) -> tuple[dict[str, Any], list[str]]:
        """A record that breaks the model, and the fields that do."""
        rng = self.run.rng
        changes = {
            "intent": rng.choice(["complaint", "refund", "hello"]),
            "order": rng.choice(["1234", "order 12", "FO-77"]),
            "quantity": rng.choice([0, 10, 44]),
        }
        names = rng.sample(list(changes), rng.choice([1, 1, 2]))
        return {**self.record(), **{name: changes[name] for name in names}}, names

    def mail(self, *kinds: Any) -> Mail:
        """Add a mail whose requests are answered so: a dictionary, or what makes a step."""
        rng = self.run.rng
        number = len(self.mails) + 1
        text = (
            f"Mail {number} of {rng.choice(NAMES)} from {rng.choice(CITIES)}, about the "
            f"{rng.choice(PRODUCTS)} that I got in week {rng.randint(10, 40)}."
        )
        made = Mail(f"M{rng.randint(10, 99)}{number}", text, [])
        for kind in kinds:
            if isinstance(kind, Step):
                made.steps.append(kind)
                continue
            used = usage_of(rng)
            made.used.append(used)
            step: Any = kind(usage=used) if callable(kind) else says_json(kind, usage=used)
            made.steps.append(step)
        self.mails.append(made)
        return made

    def answer(self, sent: SentRequest) -> Step:
        """The next step of the mail that the request is about."""
        about = [mail for mail in self.mails if mail.text in sent.text()]
        if len(about) != 1:
            return fails(400, f"This request is about {len(about)} mails (simulated).")
        mail = about[0]
        number = self.played[mail.id]
        self.played[mail.id] += 1
        if number >= len(mail.steps):
            return fails(400, f"Mail {mail.id} was asked for once too often (simulated).")
        return mail.steps[number]

    def play(self) -> Result:
        """Let the function extract all mails; it may send as many requests as are scripted."""
        count = sum(len(mail.steps) for mail in self.mails)
        asked = [{"id": mail.id, "text": mail.text} for mail in self.mails]
        result = self.run([self.answer] * count, asked)
        for number, sent in enumerate(result.requests, 1):
            about = [mail.id for mail in self.mails if mail.text in sent.text()]
            expect(about, f"request {number} has none of the mails in it")
            expect(
                len(about) == 1,
                f"request {number} has the mails {', '.join(about)} in it, and each mail is a "
                "conversation of its own",
            )
        return result

    def requests_about(self, result: Result, mail: Mail) -> list[int]:
        """Numbers, from 1, of the requests that are about a mail."""
        return [n + 1 for n, sent in enumerate(result.requests) if mail.text in sent.text()]

    def tokens(self) -> int:
        """Tokens of all answers of all mails."""
        return total(*(used for mail in self.mails for used in mail.used))


def _said(result: Result, name: str, want: Any, because: str = "") -> None:
    value = result.value
    expect(isinstance(value, dict), f"it returned {short(value)}, and a dictionary was expected")
    expect(name in value, f"the report has no {name}; its keys are {', '.join(map(str, value))}")
    have = value[name]
    reason = f" ({because})" if because else ""
    if isinstance(have, dict) and isinstance(want, dict):
        for key in [*want, *(key for key in have if key not in want)]:
            here = f"{short(have[key])} for {key}" if key in have else f"nothing for {key}"
            there = f"{short(want[key])}" if key in want else "nothing"
            expect(
                key in have and key in want and have[key] == want[key],
                f"in the report, {name} has {here}, and {there} was expected{reason}",
            )
    expect(
        have == want,
        f"in the report, {name} is {short(have)}, and {short(want)} was expected{reason}",
    )


@PIPELINE.case("valid mails: one request each, and a record each", points=2)
def _(run: Run) -> None:
    desk = Desk(run)
    records = [desk.record() for _ in range(run.rng.randint(3, 4))]
    mails = [desk.mail(record) for record in records]
    result = desk.play()
    _said(result, "records", {m.id: r for m, r in zip(mails, records, strict=True)})
    _said(result, "failed", {})
    _said(result, "repaired", [])
    result.sent(len(mails))
    schema_sent(result.request(1)).field("intent").allows_only(INTENTS)


@PIPELINE.case("an invalid answer is sent back once, and counts as repaired", points=2)
def _(run: Run) -> None:
    desk = Desk(run)
    bad, names = desk.bad()
    good, other = desk.record(), desk.record()
    repaired, valid = desk.mail(bad, good), desk.mail(other)
    result = desk.play()
    _said(result, "records", {repaired.id: good, valid.id: other})
    _said(result, "repaired", [repaired.id])
    numbers = desk.requests_about(result, repaired)
    expect(numbers == [1, 2], f"the requests about the first mail are {numbers}, not 1 and 2")
    sends_back(result, 2, json.dumps(bad), *names)


@PIPELINE.case("a mail that stays invalid fails, and the next one is read", points=2)
def _(run: Run) -> None:
    desk = Desk(run)
    hopeless, good = desk.mail(desk.bad()[0], desk.bad()[0]), desk.record()
    valid = desk.mail(good)
    result = desk.play()
    _said(result, "failed", {hopeless.id: "invalid"}, "both answers broke the model")
    _said(result, "records", {valid.id: good})
    result.sent(3)


@PIPELINE.case("refused, cut off and filtered mails fail without a second request", points=2)
def _(run: Run) -> None:
    desk = Desk(run)
    text = json.dumps(desk.record())[: run.rng.randint(5, 20)]
    refused = desk.mail(refuses)
    cut = desk.mail(lambda usage: truncated(text, usage=usage))
    stopped = desk.mail(filtered)
    good = desk.record()
    valid = desk.mail(good)
    result = desk.play()
    _said(result, "failed", {refused.id: "refused", cut.id: "cut off", stopped.id: "filtered"})
    _said(result, "records", {valid.id: good})
    result.sent(4)


@PIPELINE.case("an error of the service fails one mail, not the batch", points=2)
def _(run: Run) -> None:
    desk = Desk(run)
    failing = [fails(500), fails(400), drops()]
    first, good = desk.mail(run.choose(*failing)), desk.record()
    valid, last = desk.mail(good), desk.mail(run.choose(*failing))
    result = desk.play()
    _said(result, "failed", {first.id: "error", last.id: "error"}, "the service had an error")
    _said(result, "records", {valid.id: good})


@PIPELINE.case("problems are counted for each field")
def _(run: Run) -> None:
    desk = Desk(run)
    want = Counter[str]()
    for again in (True, False, False):
        bad, names = desk.bad()
        want.update(names)
        second: Any = desk.record()
        if again:
            second, names = desk.bad()
            want.update(names)
        desk.mail(bad, second)
    _said(desk.play(), "problems", dict(want), "each answer that was not valid counts")


@PIPELINE.case("an answer that is no JSON is sent back, and counts under JSON")
def _(run: Run) -> None:
    desk = Desk(run)
    good, text = desk.record(), run.choose("Of course! Which mail?", "intent: return", "{'a': 1}")
    mail = desk.mail(lambda usage: says(text, usage=usage), good)
    result = desk.play()
    _said(result, "records", {mail.id: good})
    _said(result, "problems", {"JSON": 1}, "the error of such an answer has an empty loc")


@PIPELINE.case("tokens are those of all requests, good and bad", hint="add them up first")
def _(run: Run) -> None:
    desk = Desk(run)
    desk.mail(desk.record())
    desk.mail(desk.bad()[0], desk.record())
    desk.mail(refuses)
    desk.mail(lambda usage: truncated("{", usage=usage))
    _said(desk.play(), "tokens", desk.tokens())


@PIPELINE.case("a wrong key is let out at once")
def _(run: Run) -> None:
    desk = Desk(run)
    for _ in range(3):
        desk.mail(fails(401))
    result = desk.play()
    result.raised(openai.AuthenticationError, "it would hit every mail")
    result.sent(1)


@PIPELINE.case("a batch in which everything happens", points=2, hidden=True)
def _(run: Run) -> None:
    desk = Desk(run)
    good = [desk.record() for _ in range(3)]
    bad = [desk.bad()[0] for _ in range(3)]
    ids = [
        desk.mail(refuses).id,
        desk.mail(good[0]).id,
        desk.mail(bad[0], refuses).id,
        desk.mail(bad[1], good[1]).id,
        desk.mail(fails(503)).id,
        desk.mail(bad[2], fails(500)).id,
        desk.mail(good[2]).id,
    ]
    result = desk.play()
    _said(result, "records", {ids[1]: good[0], ids[3]: good[1], ids[6]: good[2]})
    _said(result, "repaired", [ids[3]])
    _said(
        result,
        "failed",
        {ids[0]: "refused", ids[2]: "refused", ids[4]: "error", ids[5]: "error"},
    )
    _said(result, "tokens", desk.tokens())
