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


@wrong("partly right", "and True was expected (the request sets store=True)")
def never_stores(client, request):
    refuse(request)
    made = {**translate(request), "store": False}
    return client.responses.create(**made).output_text


@wrong("partly right", "and ValueError was expected (the old request has n=3)")
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


@right
def with_a_table_of_names(client, request):
    gone = [name for name in sorted(GONE) if name in request]
    if gone:
        raise ValueError(f"not in the Responses API: {', '.join(gone)}")
    made: dict[str, Any] = {"store": False}
    for name, value in request.items():
        match name:
            case "messages":
                made["input"] = [{"type": "message", **message} for message in value]
            case "reasoning_effort":
                made["reasoning"] = {"effort": value, "summary": None}
            case "max_completion_tokens":
                made["max_output_tokens"] = value
            case _:
                made[name] = value
    response = client.responses.create(**made)
    items = [item for item in response.output if item.type == "message"]
    return "".join(part.text for item in items for part in item.content)


@right
def with_pop_on_a_copy(client, request):
    copy = dict(request)
    refuse(copy)
    effort = copy.pop("reasoning_effort", None)
    cap = copy.pop("max_completion_tokens", None)
    more: dict[str, Any] = {"reasoning": {"effort": effort}} if effort else {}
    if cap is not None:
        more["max_output_tokens"] = cap
    if "store" not in copy:
        more["store"] = False
    return client.responses.create(input=copy.pop("messages"), **copy, **more).output_text


def moved(client, request, gone=GONE, **more):
    """A right translation, but for the names in `gone`, and what is added."""
    for name in gone & set(request):
        raise ValueError(f"no {name} in Responses")
    return client.responses.create(**{"store": False, **translate(request), **more}).output_text


@wrong("partly right", "(the old request has frequency_penalty=")
def forgets_two_names(client, request):
    return moved(client, request, GONE - {"frequency_penalty", "logit_bias"})


@wrong("partly right", "The message of the ValueError is ")
def does_not_name_it(client, request):
    if GONE & set(request):
        raise ValueError("this request can't be translated")
    return moved(client, request)


@wrong("raised", "It raised ValueError: no n, seed, stop")
def always_raises(client, request):
    raise ValueError(
        f"no n, seed, stop, presence_penalty, frequency_penalty, logit_bias: {request}"
    )


@wrong("partly right", "It sent 1 request, and none was expected")
def sends_before_it_looks(client, request):
    kept = {k: v for k, v in request.items() if k not in GONE}
    text = moved(client, kept)
    refuse(request)
    return text


@wrong("partly right", "Request 1 has no service_tier")
def keeps_what_it_knows(client, request):
    refuse(request)
    known = ("model", "messages", "temperature", "top_p", "metadata", "store")
    more = {k: request[k] for k in ("max_completion_tokens", "reasoning_effort") if k in request}
    return moved(client, {**{k: request[k] for k in known if k in request}, **more})


@wrong("wrong", "Request 1 has model='simulated', and ")
def another_model(client, request):
    return moved(client, request, model="simulated")
