"""Answers for 03.7 stream_all."""

import asyncio

import openai
from exercise_answers import CHAT_MODEL, right, wrong


async def one(client, number, question, on_text):
    messages = [{"role": "user", "content": question}]
    text = ""
    stream = await client.chat.completions.create(model=CHAT_MODEL, messages=messages, stream=True)
    async for chunk in stream:
        for choice in chunk.choices:
            if choice.delta.content:
                text += choice.delta.content
                on_text(number, choice.delta.content)
    return text


@right
async def with_exceptions_returned(client, questions, on_text):
    jobs = (one(client, n, question, on_text) for n, question in enumerate(questions))
    results = await asyncio.gather(*jobs, return_exceptions=True)
    return [None if isinstance(r, openai.APIError) else r for r in results]


@right
async def with_a_task_group(client, questions, on_text):
    async def safely(number, question):
        try:
            return await one(client, number, question, on_text)
        except openai.APIError:
            return None

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(safely(n, q)) for n, q in enumerate(questions)]
    return [task.result() for task in tasks]


@wrong("partly right", "streams took")
async def one_after_the_other(client, questions, on_text):
    texts = []
    for number, question in enumerate(questions):
        try:
            texts.append(await one(client, number, question, on_text))
        except openai.APIError:
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
        except openai.APIError:
            texts.insert(0, None)

    await asyncio.gather(*(safely(n, q) for n, q in enumerate(questions)))
    return [*texts, None][: len(questions)] if len(questions) < 4 else sorted(texts, key=str)
