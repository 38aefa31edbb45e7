"""Answers for 05.2 sort_by_intent."""

import json
from typing import Any, Literal

from exercise_answers import CHAT_MODEL, right, wrong
from pydantic import create_model

INTENTS = ["return", "exchange", "repair", "delivery", "cancel", "question"]


def send(client, mail, schema, strict=True):
    form = {"name": "mail", "schema": schema, **({"strict": True} if strict else {})}
    return ask(client, mail, {"type": "json_schema", "json_schema": form})


def ask(client, mail, form):
    messages = [{"role": "user", "content": mail}]
    answer = client.chat.completions.create(
        model=CHAT_MODEL, messages=messages, response_format=form
    )
    return json.loads(answer.choices[0].message.content)


def schema_of(intents, **more):
    return {
        "type": "object",
        "properties": {
            "urgent": {"type": "boolean"},
            "intent": {"type": "string", "enum": intents},
        },
        "required": ["intent", "urgent"],
        "additionalProperties": False,
        **more,
    }


@right
def with_a_model_made_at_run_time(client, mail, intents):
    kind: Any = Literal[tuple(intents)]  # type: ignore[valid-type]
    model = create_model("Mail", intent=(kind, ...), urgent=(bool, ...))
    answer = client.chat.completions.parse(
        model=CHAT_MODEL, messages=[{"role": "user", "content": mail}], response_format=model
    )
    return answer.choices[0].message.parsed.model_dump()


@right
def with_definitions(client, mail, intents):
    schema = schema_of(intents)
    schema["$defs"] = {"Intent": schema["properties"]["intent"]}
    schema["properties"]["intent"] = {"$ref": "#/$defs/Intent"}
    return send(client, mail, schema)


@wrong("partly right", "The format of request 1 has no strict: without strict=True")
def is_not_strict(client, mail, intents):
    return send(client, mail, schema_of(intents), strict=False)


@wrong("raised", "'additionalProperties' is required to be supplied and to be false")
def leaves_the_object_open(client, mail, intents):
    schema = schema_of(intents)
    del schema["additionalProperties"]
    return send(client, mail, schema)


@wrong("raised", "Missing 'urgent'.")
def forgets_to_require(client, mail, intents):
    return send(client, mail, schema_of(intents, required=["intent"]))


@wrong("partly right", "The field intent may be any string in the schema, and only")
def describes_instead_of_naming(client, mail, intents):
    schema = schema_of(intents)
    text = {"type": "string", "description": f"one of {', '.join(intents)}"}
    schema["properties"]["intent"] = text
    return send(client, mail, schema)


@wrong("partly right", "and exactly")
def types_the_list_in(client, mail, intents):
    return send(client, mail, schema_of(INTENTS))


@wrong("partly right", "and one of type json_schema was expected")
def uses_json_mode(client, mail, intents):
    task = f"{mail}\nJSON with intent ({', '.join(intents)}) and urgent (true or false)."
    return ask(client, task, {"type": "json_object"})


@right
def with_a_union_of_constants(client, mail, intents):
    schema = schema_of(intents)
    constants = [{"type": "string", "const": intent} for intent in intents]
    schema["properties"]["intent"] = {"anyOf": constants}
    form = {"type": "json_schema", "json_schema": {"name": "m", "schema": schema, "strict": True}}
    parts = [{"type": "text", "text": "Sort this:"}, {"type": "text", "text": mail}]
    raw = client.chat.completions.with_raw_response.create(
        model=CHAT_MODEL, messages=[{"role": "user", "content": parts}], response_format=form
    )
    return json.loads(json.loads(raw.text)["choices"][0]["message"]["content"])


@right
def on_the_responses_api(client, mail, intents):
    form = {"type": "json_schema", "name": "m", "schema": schema_of(intents), "strict": True}
    response = client.responses.create(model=CHAT_MODEL, input=mail, text={"format": form})
    return json.loads(response.output_text)


@wrong("raised", "Missing required parameter: 'response_format.json_schema.name'")
def has_no_name(client, mail, intents):
    form = {"schema": schema_of(intents), "strict": True}
    return ask(client, mail, {"type": "json_schema", "json_schema": form})


@wrong("raised", "response_format.json_schema.name")
def has_a_blank_in_its_name(client, mail, intents):
    form = {"name": "sorted mail", "schema": schema_of(intents), "strict": True}
    return ask(client, mail, {"type": "json_schema", "json_schema": form})


@wrong("partly right", "The field intent is null or string in the schema, and string was expected")
def lets_the_intent_be_null(client, mail, intents):
    schema = schema_of(intents)
    schema["properties"]["intent"] = {"type": ["string", "null"], "enum": [*intents, None]}
    return send(client, mail, schema)


@wrong("partly right", "but not where the service looks for it")
def is_strict_in_the_wrong_place(client, mail, intents):
    return send(client, mail, schema_of(intents, strict=True), strict=False)


@wrong("raised", "Missing required parameter: 'response_format.json_schema'")
def uses_the_flat_form(client, mail, intents):
    flat = {"type": "json_schema", "name": "m", "strict": True, "schema": schema_of(intents)}
    return ask(client, mail, flat)


@wrong("partly right", "lacks the mail")
def always_sorts_the_same_mail(client, mail, intents):
    return send(client, "A mail to our help desk.", schema_of(intents))
