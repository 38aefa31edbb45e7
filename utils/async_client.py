"""openai.AsyncOpenAI whose requests leave in the order in which they were made.

Before the first request of an asynchronous client, the SDK finds out in a thread which platform it
runs on, and every task that is waiting for that goes on when its own thread is done: requests made
at the same time overtake each other, differently on each version of Python and on each machine
(openai 3.52 to 3.57, `AsyncAPIClient.request`). That does no harm to a program, but recordings and
simulated answers are given out in the order in which requests arrive. So the clients of this course
know their platform from the start.
"""

from __future__ import annotations

from typing import Any

from openai import AsyncOpenAI, _base_client


class OrderedAsyncOpenAI(AsyncOpenAI):
    """An `openai.AsyncOpenAI` that knows its platform, and so do its copies (`with_options`).

    Requests reach the transport in the order in which their tasks start, which for
    `asyncio.gather(a, b, c)` and for a `TaskGroup` is the order in which they are given.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        find = getattr(_base_client, "get_platform", None)  # not public: it may go
        if find is not None:
            self._platform = find()
