"""Answers for 05.4 read_specs."""

import json

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
    for spec in ask(client, text, Sheet).specs:
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
    found = {}
    for spec in json.loads(answer.choices[0].message.content)["specs"]:
        if found.setdefault(spec["name"], spec["value"]) is not spec["value"]:
            raise ValueError(spec["name"])
    return found


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


@wrong("partly right", "It returned [{")
def returns_the_pairs(client, text):
    return [spec.model_dump() for spec in ask(client, text, Sheet).specs]
