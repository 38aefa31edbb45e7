"""Answers for 03.7 stream_all."""

import asyncio
import json

import openai
from exercise_answers import CHAT_MODEL, right, wrong


async def one(client, number, question, on_text):
    """The text of a complete answer; raises for every other one."""
    messages = [{"role": "user", "content": question}]
    text, reason = "", None
    stream = await client.chat.completions.create(model=CHAT_MODEL, messages=messages, stream=True)
    async for chunk in stream:
        for choice in chunk.choices:
            reason = choice.finish_reason or reason
            if choice.delta.content:
                text += choice.delta.content
                on_text(number, choice.delta.content)
    if reason != "stop":
        raise ValueError(f"finish_reason {reason}")
    return text


FAILURES = (openai.APIError, ValueError)


@right
async def with_exceptions_returned(client, questions, on_text):
    jobs = (one(client, n, question, on_text) for n, question in enumerate(questions))
    results = await asyncio.gather(*jobs, return_exceptions=True)
    return [None if isinstance(r, FAILURES) else r for r in results]


@right
async def with_a_task_group(client, questions, on_text):
    async def safely(number, question):
        try:
            return await one(client, number, question, on_text)
        except FAILURES:
            return None

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(safely(n, q)) for n, q in enumerate(questions)]
    return [task.result() for task in tasks]


@right
async def with_the_helper(client, questions, on_text):
    texts = [None] * len(questions)

    async def fill(number):
        messages = [{"role": "user", "content": questions[number]}]
        async with client.chat.completions.stream(model=CHAT_MODEL, messages=messages) as stream:
            async for event in stream:
                if event.type == "content.delta" and event.delta:
                    on_text(number=number, text=event.delta)
            choice = (await stream.get_final_completion()).choices[0]
        if choice.finish_reason == "stop":
            texts[number] = choice.message.content

    await asyncio.gather(*map(fill, range(len(questions))), return_exceptions=True)
    return texts


@wrong("partly right", "streams took")
async def one_after_the_other(client, questions, on_text):
    texts = []
    for number, question in enumerate(questions):
        try:
            texts.append(await one(client, number, question, on_text))
        except FAILURES:
            texts.append(None)
    return texts


@wrong("partly right", "It raised openai.APIConnectionError")
async def lets_one_failure_end_all(client, questions, on_text):
    jobs = (one(client, n, question, on_text) for n, question in enumerate(questions))
    return list(await asyncio.gather(*jobs))


@wrong("partly right", "what it passed on for question 0 has 1 item, and")
async def passes_on_whole_texts(client, questions, on_text):
    jobs = (one(client, n, q, lambda *_: None) for n, q in enumerate(questions))
    results = await asyncio.gather(*jobs, return_exceptions=True)
    texts = [r if isinstance(r, str) else None for r in results]
    for number, text in enumerate(texts):
        on_text(number, text)
    return texts


@wrong("partly right", "was expected")
async def in_the_order_of_finishing(client, questions, on_text):
    texts = []

    async def safely(number, question):
        try:
            texts.insert(0, await one(client, number, question, on_text))
        except FAILURES:
            texts.insert(0, None)

    await asyncio.gather(*(safely(n, q) for n, q in enumerate(questions)))
    return texts


async def gathered(client, questions, on_text, good=("stop",), catch=FAILURES, held=False):
    """A right answer, but for what is given."""

    async def safely(number, question):
        messages = [{"role": "user", "content": question}]
        text, reason, pieces = "", None, []
        try:
            stream = await client.chat.completions.create(
                model=CHAT_MODEL, messages=messages, stream=True
            )
            async for chunk in stream:
                for choice in chunk.choices:
                    reason = choice.finish_reason or reason
                    if choice.delta.content:
                        text += choice.delta.content
                        pieces.append(choice.delta.content)
                        if not held:
                            on_text(number, choice.delta.content)
        except catch:
            return None
        for piece in pieces if held else []:
            on_text(number, piece)
        return text if reason in good else None

    return await asyncio.gather(*(safely(n, q) for n, q in enumerate(questions)))


@wrong("partly right", "and it arrived after")
async def holds_the_pieces_back(client, questions, on_text):
    return await gathered(client, questions, on_text, held=True)


@wrong("partly right", "had no finish_reason)")
async def trusts_silence(client, questions, on_text):
    return await gathered(client, questions, on_text, good=("stop", None))


@wrong("partly right", "was length)")
async def takes_a_cut_answer_for_whole(client, questions, on_text):
    return await gathered(client, questions, on_text, good=("stop", "length"))


@wrong("partly right", "was content_filter)")
async def takes_a_filtered_answer_for_whole(client, questions, on_text):
    return await gathered(client, questions, on_text, good=("stop", "content_filter"))


@wrong("partly right", "It raised JSONDecodeError")
async def catches_errors_of_the_sdk_only(client, questions, on_text):
    return await gathered(client, questions, on_text, catch=openai.APIError)


@wrong("partly right", "It raised openai.APIError: The server had an error")
async def catches_broken_connections_only(client, questions, on_text):
    catch = (openai.APIConnectionError, json.JSONDecodeError)
    return await gathered(client, questions, on_text, catch=catch)


@wrong("partly right", "What it passed on for question 0 has no items")
async def counts_from_one(client, questions, on_text):
    return await gathered(client, questions, lambda n, text: on_text(n + 1, text))


@wrong("wrong", "was expected")
async def asks_something_else(client, questions, on_text):
    return await gathered(client, ["Hello"] * len(questions), on_text)
