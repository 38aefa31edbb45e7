"""Answers for 05.7 fill_form."""

from contextlib import suppress
from typing import Any

import openai
from exercise_answers import CHAT_MODEL, right, wrong
from jiter import from_json
from pydantic import BaseModel, ValidationError


class Order(BaseModel):
    customer: str
    city: str
    product: str
    quantity: int


def helper(client, text) -> Any:
    return client.chat.completions.stream(
        model=CHAT_MODEL, messages=[{"role": "user", "content": text}], response_format=Order
    )


@right
def without_the_helper(client, text):
    schema = Order.model_json_schema() | {"additionalProperties": False}
    form = {"name": "Order", "strict": True, "schema": schema}
    whole, reason, states = "", None, []
    try:
        for chunk in client.chat.completions.create(
            model=CHAT_MODEL,
            messages=[{"role": "user", "content": text}],
            response_format={"type": "json_schema", "json_schema": form},
            stream=True,
        ):
            for choice in chunk.choices:
                whole += choice.delta.content or ""
                reason = choice.finish_reason or reason
                state = from_json(whole.encode(), partial_mode=True) if whole else {}
                if state and state not in states[-1:]:
                    states.append(state)
        record = Order.model_validate_json(whole).model_dump() if reason == "stop" else None
    except (openai.APIError, ValidationError):
        record = None
    return {"states": states, "record": record}


@wrong("partly right", "'states' has the same state twice in a row")
def keeps_every_event(client, text):
    states, record = [], None
    try:
        with helper(client, text) as stream:
            for event in stream:
                if event.type == "content.delta" and event.parsed:
                    states.append(event.parsed)
                elif event.type == "content.done":
                    record = event.parsed.model_dump() if event.parsed else None
    except (openai.OpenAIError, ValueError):
        pass
    return {"states": states, "record": record}


@wrong("partly right", "(no chunk had a finish_reason)")
def trusts_the_last_state(client, text):
    states = []
    try:
        with helper(client, text) as stream:
            for event in stream:
                if event.type == "content.delta" and event.parsed not in (None, {}, *states[-1:]):
                    states.append(event.parsed)
        record = Order(**states[-1]).model_dump()
    except (openai.OpenAIError, ValueError):
        record = None
    return {"states": states, "record": record}


@wrong("partly right", "It raised openai.LengthFinishReasonError")
def does_not_expect_the_cap(client, text):
    states, record = [], None
    try:
        with helper(client, text) as stream:
            for event in stream:
                if event.type == "content.delta" and event.parsed not in (None, {}, *states[-1:]):
                    states.append(event.parsed)
                elif event.type == "content.done":
                    record = event.parsed.model_dump() if event.parsed else None
    except (openai.APIError, ValueError):
        pass
    return {"states": states, "record": record}


@wrong("partly right", "'states' has no items")
def loses_the_states(client, text):
    states, record = [], None
    try:
        with helper(client, text) as stream:
            for event in stream:
                if event.type == "content.delta" and event.parsed not in (None, {}, *states[-1:]):
                    states.append(event.parsed)
                elif event.type == "content.done":
                    record = event.parsed.model_dump() if event.parsed else None
    except (openai.OpenAIError, ValueError):
        return {"states": [], "record": None}
    return {"states": states, "record": record}


@wrong("wrong", "'states' has 1 item, and")
def does_not_stream(client, text):
    try:
        answer = client.chat.completions.parse(
            model=CHAT_MODEL,
            messages=[{"role": "user", "content": text}],
            response_format=Order,
        )
        record = answer.choices[0].message.parsed.model_dump()
    except (openai.OpenAIError, ValueError):
        return {"states": [], "record": None}
    return {"states": [record], "record": record}


@wrong("partly right", "'states' has an empty state")
def shows_empty_forms(client, text):
    states, record = [], None
    try:
        with helper(client, text) as stream:
            for event in stream:
                if event.type == "content.delta" and event.parsed not in (None, *states[-1:]):
                    states.append(event.parsed)
                elif event.type == "content.done":
                    record = event.parsed.model_dump() if event.parsed else None
    except (openai.OpenAIError, ValueError):
        pass
    return {"states": states, "record": record}


@right
def from_raw_chunks(client, text):
    schema = Order.model_json_schema() | {"additionalProperties": False}
    form = {"name": "order", "strict": True, "schema": schema}
    states, record, answer, finish = [], None, "", None
    try:
        with client.chat.completions.create(
            model=CHAT_MODEL,
            messages=[{"role": "user", "content": text}],
            response_format={"type": "json_schema", "json_schema": form},
            stream=True,
        ) as stream:
            for chunk in stream:
                for choice in chunk.choices:
                    answer += choice.delta.content or ""
                    finish = choice.finish_reason or finish
                state = from_json(answer.encode(), partial_mode=True) if answer else None
                if state and state != (states or [None])[-1]:
                    states.append(state)
        if finish == "stop":
            record = Order.model_validate_json(answer).model_dump()
    except (openai.APIError, ValueError):
        pass
    return {"states": states, "record": record}


@right
def with_the_final_completion(client, text):
    states, last = [], None
    manager = client.chat.completions.stream(
        model=CHAT_MODEL, messages=[{"role": "user", "content": text}], response_format=Order
    )
    try:
        with manager as stream:
            for event in stream:
                if event.type == "content.delta" and event.parsed and event.parsed != last:
                    last = event.parsed
                    states.append(last)
            choice = stream.get_final_completion().choices[0]
    except (openai.OpenAIError, ValueError):
        return {"states": states, "record": None}
    whole = choice.finish_reason == "stop" and choice.message.parsed
    return {"states": states, "record": choice.message.parsed.model_dump() if whole else None}


@wrong("partly right", "and None was expected (finish_reason was length)")
def takes_the_last_state(client, text):
    made = with_the_final_completion(client, text)
    whole = made["states"] and len(made["states"][-1]) == 4
    return made | {"record": made["record"] or (made["states"][-1] if whole else None)}


@wrong("partly right", "It raised ValidationError")
def catches_only_errors_of_the_sdk(client, text):
    states, record = [], None
    with (
        suppress(openai.OpenAIError),
        client.chat.completions.stream(
            model=CHAT_MODEL, messages=[{"role": "user", "content": text}], response_format=Order
        ) as stream,
    ):
        for event in stream:
            if event.type == "content.delta" and event.parsed and event.parsed not in states:
                states.append(event.parsed)
            elif event.type == "content.done":
                record = event.parsed.model_dump()
    return {"states": states, "record": record}
