"""Answers for 08.4 ask_many."""

import asyncio
from contextlib import suppress

from exercise_answers import CHAT_MODEL, right, wrong


async def send(client, question):
    return (await client.responses.create(model=CHAT_MODEL, input=question)).output_text


def said(result):
    if isinstance(result, str):
        return result
    canceled = isinstance(result, asyncio.CancelledError | TimeoutError)
    return "canceled" if canceled else type(result).__name__


@right
async def with_tasks_that_are_canceled(client, questions, at_once, seconds):
    room = asyncio.Semaphore(at_once)

    async def ask(question):
        async with room:
            return await send(client, question)

    tasks = [asyncio.create_task(ask(question)) for question in questions]
    await asyncio.wait(tasks, timeout=seconds)
    for task in tasks:
        task.cancel()
    return [said(r) for r in await asyncio.gather(*tasks, return_exceptions=True)]


@right
async def with_workers_and_a_queue(client, questions, at_once, seconds):
    results = ["canceled"] * len(questions)
    todo = list(enumerate(questions))

    async def work():
        while todo:
            number, question = todo.pop(0)
            try:
                results[number] = await send(client, question)
            except Exception as error:
                results[number] = type(error).__name__

    workers = asyncio.gather(*(work() for _ in range(at_once)))
    with suppress(TimeoutError):
        await asyncio.wait_for(workers, seconds)
    return results


@wrong("partly right", "requests were open at once, and")
async def all_at_once(client, questions, at_once, seconds):
    tasks = [asyncio.create_task(send(client, question)) for question in questions]
    await asyncio.wait(tasks, timeout=seconds)
    for task in tasks:
        task.cancel()
    return [said(r) for r in await asyncio.gather(*tasks, return_exceptions=True)]


@wrong("partly right", "requests were open at the same time")
async def one_after_the_other(client, questions, at_once, seconds):
    results = ["canceled"] * len(questions)
    try:
        async with asyncio.timeout(seconds):
            for number, question in enumerate(questions):
                try:
                    results[number] = await send(client, question)
                except Exception as error:
                    results[number] = type(error).__name__
    except TimeoutError:
        pass
    return results


@wrong("partly right", "s were enough (")
async def in_batches(client, questions, at_once, seconds):
    results = []
    try:
        async with asyncio.timeout(seconds):
            for start in range(0, len(questions), at_once):
                batch = [send(client, q) for q in questions[start : start + at_once]]
                results += await asyncio.gather(*batch, return_exceptions=True)
    except TimeoutError:
        pass
    results += [TimeoutError()] * (len(questions) - len(results))
    return [said(result) for result in results]


@wrong("partly right", "It raised openai.")
async def lets_one_failure_end_all(client, questions, at_once, seconds):
    room = asyncio.Semaphore(at_once)

    async def ask(question):
        try:
            async with asyncio.timeout(seconds), room:
                return await send(client, question)
        except TimeoutError:
            return "canceled"

    return await asyncio.gather(*map(ask, questions))


@wrong("partly right", "It ended after")
async def never_cancels(client, questions, at_once, seconds):
    room = asyncio.Semaphore(at_once)
    late = asyncio.get_running_loop().time() + seconds

    async def ask(question):
        async with room:
            if asyncio.get_running_loop().time() > late:
                return "canceled"
            answer = await send(client, question)
            return "canceled" if asyncio.get_running_loop().time() > late else answer

    results = await asyncio.gather(*map(ask, questions), return_exceptions=True)
    return [said(result) for result in results]


@wrong("partly right", "was expected (after 5.9 s)")
async def gives_each_request_the_whole_time(client, questions, at_once, seconds):
    room = asyncio.Semaphore(at_once)

    async def ask(question):
        async with room, asyncio.timeout(seconds):
            return await send(client, question)

    results = await asyncio.gather(*map(ask, questions), return_exceptions=True)
    return [said(result) for result in results]


@right
async def with_a_task_group(client, questions, at_once, seconds):
    room, results = asyncio.Semaphore(at_once), ["canceled"] * len(questions)

    async def ask(number, question):
        try:
            async with room:
                results[number] = await send(client, question)
        except Exception as error:
            results[number] = type(error).__name__

    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            for number, question in enumerate(questions):
                group.create_task(ask(number, question))
    return results


@wrong("partly right", "still running: cancel what is open")
async def cancels_nothing(client, questions, at_once, seconds):
    room = asyncio.Semaphore(at_once)

    async def ask(question):
        async with room:
            return await send(client, question)

    tasks = [asyncio.create_task(ask(question)) for question in questions]
    await asyncio.wait(tasks, timeout=seconds)
    return [said(t.exception() or t.result()) if t.done() else "canceled" for t in tasks]


@wrong("partly right", "still running: cancel what is open")
async def shields_its_requests(client, questions, at_once, seconds):
    room = asyncio.Semaphore(at_once)

    async def ask(question):
        async with room:
            return await asyncio.shield(send(client, question))

    tasks = [asyncio.create_task(ask(question)) for question in questions]
    await asyncio.wait(tasks, timeout=seconds)
    for task in tasks:
        task.cancel()
    return [said(r) for r in await asyncio.gather(*tasks, return_exceptions=True)]
