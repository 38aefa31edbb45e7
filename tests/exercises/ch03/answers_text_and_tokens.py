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
