"""Answers for 01.10 move_to_responses."""

from typing import Any

from exercise_answers import right, wrong

GONE = {"n", "seed", "stop", "presence_penalty", "frequency_penalty", "logit_bias"}
RENAMED = {"messages": "input", "max_completion_tokens": "max_output_tokens"}


def refuse(request):
    for name in GONE & set(request):
        raise ValueError(f"no {name} in Responses")


@right
def instructions_apart(client, request):
    refuse(request)
    first, *others = request["messages"]
    made: dict[str, Any] = {
        str(RENAMED.get(k, k)): v for k, v in request.items() if k != "messages"
    }
    effort = made.pop("reasoning_effort", None)
    if effort:
        made["reasoning"] = {"effort": effort}
    made.setdefault("store", False)
    return client.responses.create(**made, instructions=first["content"], input=others).output_text


def translate(request) -> dict[str, Any]:
    made: dict[str, Any] = {str(RENAMED.get(k, k)): v for k, v in request.items()}
    if "reasoning_effort" in made:
        made["reasoning"] = {"effort": made.pop("reasoning_effort")}
    return made


@wrong("partly right", "Request 1 has no store, and False was expected")
def stores(client, request):
    refuse(request)
    return client.responses.create(**translate(request)).output_text


@wrong("partly right", "and True was expected (the request sets store)")
def never_stores(client, request):
    refuse(request)
    made = {**translate(request), "store": False}
    return client.responses.create(**made).output_text


@wrong("partly right", "and ValueError was expected (the old request has seed=7)")
def drops_silently(client, request):
    kept = {k: v for k, v in request.items() if k not in GONE}
    return client.responses.create(**translate(kept), store=False).output_text


@wrong("partly right", "It raised TypeError: ")
def only_the_messages(client, request):
    refuse(request)
    made: dict[str, Any] = {**request, "input": request["messages"], "store": False}
    del made["messages"]
    return client.responses.create(**made).output_text


@wrong("partly right", "Message 1 of request 1 is user: ")
def last_message_only(client, request):
    refuse(request)
    made: dict[str, Any] = {
        **translate(request),
        "store": False,
        "input": request["messages"][-1]["content"],
    }
    return client.responses.create(**made).output_text


@wrong("partly right", "It removed 'messages' from the caller's request")
def takes_the_request_apart(client, request):
    refuse(request)
    request["input"] = request.pop("messages")
    if "max_completion_tokens" in request:
        request["max_output_tokens"] = request.pop("max_completion_tokens")
    if "reasoning_effort" in request:
        request["reasoning"] = {"effort": request.pop("reasoning_effort")}
    return client.responses.create(**request, store=False).output_text


@wrong("wrong", "Request 1 went to /chat/completions, and /responses was expected")
def does_not_move(client, request):
    return client.chat.completions.create(**request).choices[0].message.content
