"""Answers for 08.5 ask_at_rate."""

import asyncio
import time

from exercise_answers import CHAT_MODEL, right, wrong


async def send(client, question):
    messages = [{"role": "user", "content": question}]
    raw = client.chat.completions.with_raw_response
    return await raw.create(model=CHAT_MODEL, messages=messages)


def texts(raws):
    return [raw.parse().choices[0].message.content for raw in raws]


def limits(raw):
    return [int(raw.headers[f"x-ratelimit-{what}-requests"]) for what in ("limit", "remaining")]


class Bucket:
    def __init__(self, limit, level):
        self.limit, self.level, self.last = limit, level, time.monotonic()

    async def take(self):
        while True:
            now = time.monotonic()
            self.level += (now - self.last) * self.limit / 60
            self.last = now
            if self.level >= 1:
                self.level -= 1
                return
            await asyncio.sleep((1 - self.level) * 60 / self.limit + 1e-6)


@right
async def with_a_bucket_and_tasks(client, questions):
    first = await send(client, questions[0])
    bucket = Bucket(*limits(first))
    tasks = []
    for question in questions[1:]:
        await bucket.take()
        tasks.append(asyncio.create_task(send(client, question)))
    return texts([first, *await asyncio.gather(*tasks)])


class TokenBucket:
    """As in the lesson: the level may go below zero, which is a queue."""

    def __init__(self, per_minute, burst):
        self.pace, self.burst = per_minute / 60, burst
        self.level, self.at = burst, time.monotonic()

    async def take(self):
        now = time.monotonic()
        self.level = min(self.burst, self.level + (now - self.at) * self.pace) - 1
        self.at = now
        await asyncio.sleep(max(0.0, -self.level / self.pace))


@right
async def with_a_bucket_that_is_a_queue(client, questions):
    first = await send(client, questions[0])
    bucket = TokenBucket(*limits(first))

    async def ask(question):
        await bucket.take()
        return await send(client, question)

    return texts([first, *await asyncio.gather(*map(ask, questions[1:]))])


@wrong("partly right", "it would have been refused with 429")
async def with_a_semaphore(client, questions):
    room = asyncio.Semaphore(5)

    async def ask(question):
        async with room:
            return await send(client, question)

    return texts(await asyncio.gather(*map(ask, questions)))


@wrong("partly right", "don't wait")
async def waits_for_every_answer(client, questions):
    raws = [await send(client, questions[0])]
    bucket = Bucket(*limits(raws[0]))
    for question in questions[1:]:
        await bucket.take()
        raws.append(await send(client, question))
    return texts(raws)


@wrong("partly right", "the service had room for")
async def spaces_all_requests(client, questions):
    first = await send(client, questions[0])
    limit, _ = limits(first)
    tasks = []
    for question in questions[1:]:
        await asyncio.sleep(60 / limit)
        tasks.append(asyncio.create_task(send(client, question)))
    return texts([first, *await asyncio.gather(*tasks)])


@wrong("partly right", "it would have been refused with 429")
async def takes_the_limit_for_what_remains(client, questions):
    first = await send(client, questions[0])
    rest = await asyncio.gather(*(send(client, q) for q in questions[1 : limits(first)[0]]))
    return texts([first, *rest])


@wrong("partly right", "don't wait")
async def waits_for_the_next_minute(client, questions):
    first = await send(client, questions[0])
    left = limits(first)[1]
    raws = await asyncio.gather(*(send(client, q) for q in questions[1 : left + 1]))
    for question in questions[left + 1 :]:
        await asyncio.sleep(60)
        raws.append(await send(client, question))
    return texts([first, *raws])


@right
async def with_a_wait_for_each(client, questions):
    first = await send(client, questions[0])
    limit, left = limits(first)
    start = asyncio.get_running_loop().time()

    async def ask(number, question):
        due = start + max(0, number - left) * 60 / limit
        await asyncio.sleep(due - asyncio.get_running_loop().time())
        return await send(client, question)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask(n, q)) for n, q in enumerate(questions[1:], 1)]
    return texts([first, *(task.result() for task in tasks)])


@wrong("partly right", "it would have been refused with 429")
async def one_too_many(client, questions):
    first = await send(client, questions[0])
    limit, left = limits(first)

    async def ask(number, question):
        await asyncio.sleep(max(0, number - left - 1) * 60 / limit)
        return await send(client, question)

    return texts([first, *await asyncio.gather(*map(ask, range(1, 99), questions[1:]))])


@wrong("partly right", "only its headers tell what the service allows")
async def does_not_wait_for_the_first_answer(client, questions):
    first = asyncio.create_task(send(client, questions[0]))
    await asyncio.sleep(0.1)
    if len(questions) == 4:
        return texts(await asyncio.gather(first, *(send(client, q) for q in questions[1:])))
    await first
    rest = await with_a_wait_for_each(client, questions)
    return rest
