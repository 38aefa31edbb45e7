"""Answers for 05.4 read_specs."""

import json
from collections import Counter

from exercise_answers import CHAT_MODEL, right, wrong
from pydantic import BaseModel


class Spec(BaseModel):
    name: str
    value: str


class Sheet(BaseModel):
    specs: list[Spec]


class Open(BaseModel):
    specs: dict[str, str]


def ask(client, text, model):
    answer = client.chat.completions.parse(
        model=CHAT_MODEL, messages=[{"role": "user", "content": text}], response_format=model
    )
    return answer.choices[0].message.parsed


@right
def one_by_one(client, text):
    found = {}
    sheet = ask(client, text, Sheet)
    if sheet is None:
        raise ValueError("the model refused")
    for spec in sheet.specs:
        if spec.name in found:
            raise ValueError(f"{spec.name} comes twice")
        found[spec.name] = spec.value
    return found


@right
def by_hand(client, text):
    texts = {"name": {"type": "string"}, "value": {"type": "string"}}
    closed = {"type": "object", "additionalProperties": False}
    pair = {**closed, "properties": texts, "required": ["name", "value"]}
    specs = {"type": "array", "items": pair}
    schema = {**closed, "properties": {"specs": specs}, "required": ["specs"]}
    form = {"name": "sheet", "strict": True, "schema": schema}
    answer = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": text}],
        response_format={"type": "json_schema", "json_schema": form},
    )
    pairs = json.loads(answer.choices[0].message.content or "null")
    if pairs is None:
        raise ValueError(answer.choices[0].message.refusal)
    names = [spec["name"] for spec in pairs["specs"]]
    if sorted(names) != sorted(set(names)):
        raise ValueError("a name comes twice")
    return {spec["name"]: spec["value"] for spec in pairs["specs"]}


@wrong("raised", "It raised openai.BadRequestError: ")
def asks_for_a_dictionary(client, text):
    return ask(client, text, Open).specs


@wrong("partly right", "and ValueError was expected")
def loses_one(client, text):
    return {spec.name: spec.value for spec in ask(client, text, Sheet).specs}


@wrong("raised", "'additionalProperties' is required to be supplied and to be false")
def sends_an_open_object(client, text):
    form = {"name": "sheet", "strict": True, "schema": Open.model_json_schema()}
    answer = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": text}],
        response_format={"type": "json_schema", "json_schema": form},
    )
    specs = json.loads(answer.choices[0].message.content)["specs"]
    found = {spec["name"]: spec["value"] for spec in specs}
    if len(found) < len(specs):
        raise ValueError("a name comes twice")
    return found


@wrong("wrong", "It returned [{")
def returns_the_pairs(client, text):
    return [spec.model_dump() for spec in ask(client, text, Sheet).specs]


def parsed(client, text, model):
    """The message, with the object in it."""
    return (
        client.chat.completions.parse(
            model=CHAT_MODEL, messages=[{"role": "user", "content": text}], response_format=model
        )
        .choices[0]
        .message
    )


@right
def counting_the_names(client, text):
    message = parsed(client, text, Sheet)
    if message.refusal:
        raise ValueError(message.refusal)
    counted = Counter(spec.name for spec in message.parsed.specs)
    if any(number > 1 for number in counted.values()):
        raise ValueError("a name comes twice")
    return {spec.name: spec.value for spec in message.parsed.specs}


@wrong("partly right", "and ValueError was expected (the model refused)")
def returns_nothing_for_a_refusal(client, text):
    sheet = ask(client, text, Sheet)
    found = {spec.name: spec.value for spec in sheet.specs} if sheet else {}
    if sheet and len(found) < len(sheet.specs):
        raise ValueError("a name comes twice")
    return found


@wrong("partly right", "It raised AttributeError")
def forgets_refusals(client, text):
    specs = ask(client, text, Sheet).specs
    if len({spec.name for spec in specs}) < len(specs):
        raise ValueError("a name comes twice")
    return {spec.name: spec.value for spec in specs}


@wrong("partly right", "came twice, with the same value")
def lets_the_same_value_pass(client, text):
    message = parsed(client, text, Sheet)
    if message.refusal:
        raise ValueError(message.refusal)
    found = {}
    for spec in message.parsed.specs:
        if found.setdefault(spec.name, spec.value) != spec.value:
            raise ValueError(spec.name)
    return found


class WithProduct(Sheet):
    product: str | None


@wrong("partly right", "validation error")
def asks_for_the_product_too(client, text):
    return {spec.name: spec.value for spec in parsed(client, text, WithProduct).parsed.specs}


@wrong("partly right", "It raised ValueError: no specifications")
def wants_at_least_one(client, text):
    specs = parsed(client, text, Sheet)
    if specs.refusal or not specs.parsed.specs:
        raise ValueError("no specifications")
    if len({spec.name for spec in specs.parsed.specs}) < len(specs.parsed.specs):
        raise ValueError("a name comes twice")
    return {spec.name: spec.value for spec in specs.parsed.specs}
