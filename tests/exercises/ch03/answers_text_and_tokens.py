"""Answers for 03.2 text_and_tokens."""

from exercise_answers import CHAT_MODEL, right, wrong


def send(client, question, **more):
    messages = [{"role": "user", "content": question}]
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages, stream=True, **more)


def text_of(chunk):
    return "".join(choice.delta.content or "" for choice in chunk.choices)


@right
def adds_them_up(client, question):
    chunks = list(send(client, question, stream_options={"include_usage": True}))
    used = [chunk.usage for chunk in chunks if chunk.usage]
    total = used[-1].prompt_tokens + used[-1].completion_tokens if used else None
    return "".join(map(text_of, chunks)), total


@wrong("partly right", "Request 1 has no stream_options")
def does_not_ask(client, question):
    text, total = "", None
    for chunk in send(client, question):
        text += text_of(chunk)
        total = chunk.usage.total_tokens if chunk.usage else total
    return text, total


@wrong("partly right", "(no chunk had a usage)")
def unknown_is_zero(client, question):
    text, total = "", 0
    for chunk in send(client, question, stream_options={"include_usage": True}):
        text += text_of(chunk)
        total = chunk.usage.total_tokens if chunk.usage else total
    return text, total


@wrong("raised", "It raised AttributeError: 'NoneType' object has no attribute 'total_tokens'")
def every_chunk_has_a_usage(client, question):
    text, total = "", None
    for chunk in send(client, question, stream_options={"include_usage": True}):
        text += text_of(chunk)
        total = chunk.usage.total_tokens
    return text, total


@wrong("partly right", "was expected")
def counts_pieces(client, question):
    chunks = list(send(client, question, stream_options={"include_usage": True}))
    return "".join(map(text_of, chunks)), len(chunks)


@right
def with_the_helper(client, question):
    text, total = "", None
    with client.chat.completions.stream(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": question}],
        stream_options={"include_usage": True},
    ) as stream:
        for event in stream:
            if event.type == "content.delta":
                text += event.delta
            elif event.type == "chunk" and event.chunk.usage:
                total = event.chunk.usage.total_tokens
    return [text, total]


@right
def from_dictionaries(client, question):
    chunks = [c.to_dict() for c in send(client, question, stream_options={"include_usage": True})]
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    usage = next((chunk["usage"] for chunk in chunks if chunk.get("usage")), {})
    return "".join(d.get("content") or "" for d in deltas), usage.get("total_tokens")


@wrong("partly right", "No user message of request 1 has the question")
def asks_something_else(client, question):
    return adds_them_up(client, "Hello")


@wrong("partly right", "was expected")
def counts_the_answer_only(client, question):
    text, total = "", None
    for chunk in send(client, question, stream_options={"include_usage": True}):
        text += text_of(chunk)
        total = chunk.usage.completion_tokens if chunk.usage else total
    return text, total


@wrong("wrong", "Request 1 has no stream")
def does_not_stream(client, question):
    messages = [{"role": "user", "content": question}]
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return response.choices[0].message.content, response.usage.total_tokens
