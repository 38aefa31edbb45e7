"""A widget that shows an answer while it streams, with a button that stops it.

It paints at most `per_second` times a second, however fast pieces arrive, and Stop closes the
connection: the task that reads the stream is canceled, and on its way out it closes the response.
"""

from __future__ import annotations

import asyncio
import html
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import openai
from openai import AsyncStream
from openai.types.chat import ChatCompletionChunk

from . import live_markdown
from .live_view import LiveView, State
from .timing import StreamTiming

OpenStream = Callable[[], Awaitable[AsyncStream[ChatCompletionChunk]]]

WORDS: dict[State, str] = {
    "ready": "Not started.",
    "waiting": "Waiting for the first word ...",
    "streaming": "Streaming ...",
    "complete": "Complete.",
    "cut off": "Cut off: the answer has no proper end.",
    "stopped": "Stopped: the connection is closed.",
    "broken": "Broken: this is what arrived.",
}
BOX = (
    "border:1px solid #767676;border-radius:6px;padding:.4em .9em;min-height:5.5em;"
    "max-width:46em;overflow-wrap:anywhere"
)


class Throttle:
    """Says when the page may be painted, at most `per_second` times a second.

    Args:
        per_second: the limit.
        clock: returns seconds; by default `time.monotonic`.
    """

    def __init__(self, per_second: float, clock: Callable[[], float] | None = None) -> None:
        if per_second <= 0:
            raise ValueError(f"per_second is {per_second}, and it must be above 0")
        self.pause = 1 / per_second
        self.clock = clock or (lambda: time.monotonic())
        self.last: float | None = None

    def wait(self) -> float:
        """Seconds until the next paint is allowed, 0 if it is allowed now."""
        if self.last is None:
            return 0.0
        return max(0.0, self.last + self.pause - self.clock())

    def painted(self) -> None:
        """Note that the page was painted just now."""
        self.last = self.clock()


class StreamView(LiveView[str]):
    """An answer that grows in the page.

    ```python
    def open_stream():
        return client.chat.completions.create(model=CHAT_MODEL, messages=messages, stream=True)

    view = StreamView(open_stream)
    view.start()
    view
    ```

    Args:
        open_stream: sends the request with an `AsyncOpenAI` and returns its stream.
        per_second: how often the page is painted at most.
        render: makes HTML of the text so far; it must be safe for any text.
        still: HTML to show where widgets do not run, such as on a site.
        paint: called with the HTML of every paint, in place of the widget.

    Attributes:
        text: what has arrived.
        paints: how often the page was painted.
    """

    words = WORDS
    described = "an answer with a stop button"
    refusal = "This view is streaming already. Stop it first, or make another one."

    def __init__(
        self,
        open_stream: OpenStream,
        *,
        per_second: float = 20,
        render: Callable[[str], str] = live_markdown.render,
        still: str = "",
        paint: Callable[[str], object] | None = None,
    ) -> None:
        super().__init__(still, paint)
        self.open_stream = open_stream
        self.render = render
        self.text = ""
        self.paints = 0
        self._throttle = Throttle(per_second)
        self._later: asyncio.TimerHandle | None = None
        self._stopping = False

    def stop(self) -> None:
        """Close the connection; what has arrived stays. Nothing happens if nothing is read."""
        if self._task and self.running and not self._stopping:
            self._stopping = True
            self._task.cancel()

    def _clear(self) -> None:
        self.text, self._stopping = "", False

    async def _run(self) -> str:
        try:
            await self._settle(await self._read_stream())
        except asyncio.CancelledError:
            self._enter("stopped")
            if not self._stopping:  # somebody else cancels: pass it on
                raise
        except openai.APIError as error:
            self.problem = f"{type(error).__name__}: {error}"
            await self._settle("broken")
        except Exception as error:
            self.problem = f"{type(error).__name__}: {error}"
            self._enter("broken")
            raise
        return self.text

    async def _read_stream(self) -> State:
        """Read to the end, and say whether it was one."""
        finish_reason = None
        async with await self.open_stream() as stream:
            async for chunk in stream:
                for choice in chunk.choices:
                    finish_reason = choice.finish_reason or finish_reason
                    if choice.delta.content:
                        self.text += choice.delta.content
                        self.state = "streaming"
                        self._paint_when_allowed()
        return "complete" if finish_reason == "stop" else "cut off"

    async def _settle(self, state: State) -> None:
        """Enter the last state as soon as painting is allowed."""
        self._cancel_later()
        await asyncio.sleep(self._throttle.wait())
        self._enter(state)

    def _cancel_later(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None

    def _paint_when_allowed(self) -> None:
        wait = self._throttle.wait()
        if not wait:
            self._paint_now()
        elif self._later is None:
            self._later = asyncio.get_running_loop().call_later(wait, self._paint_now)

    def _paint_now(self) -> None:
        self._cancel_later()
        self._throttle.painted()
        self.paints += 1
        super()._paint_now()

    def _content(self) -> str:
        return self.html

    @property
    def html(self) -> str:
        """The page: the text so far and the state in words."""
        return frame(self.render(self.text), self.note)

    def _build(self) -> Any:
        import ipywidgets

        stop = ipywidgets.Button(description="Stop", icon="stop")
        again = ipywidgets.Button(description="Again", icon="repeat")
        stop.on_click(lambda _: self.stop())
        again.on_click(lambda _: self.start())
        return ipywidgets.VBox([ipywidgets.HTML(), ipywidgets.HBox([stop, again])])

    def _update(self) -> None:
        page, stop, again = self._box.children[0], *self._box.children[1].children
        page.value = self.html
        stop.disabled, again.disabled = not self.running, self.running


def frame(content: str, note: str) -> str:
    """A box with an answer and a line about it. `content` is HTML, `note` is text."""
    return (
        f'<div style="{BOX}">{content}</div>'
        f'<p style="margin:.2em .2em .8em;font-size:90%">{html.escape(note)}</p>'
    )


def filmstrip(timing: StreamTiming, moments: Sequence[float]) -> str:
    """What the widget showed at some moments of a recorded stream: its static picture, as HTML.

    Args:
        timing: the recorded stream.
        moments: seconds since the request.
    """
    frames = []
    for moment in moments:
        text = timing.text_by(moment)
        state: State = "streaming" if text else "waiting"
        if moment >= timing.total:
            state = "complete"
        note = f"After {moment:.1f} seconds. {WORDS[state]}"
        frames.append(frame(live_markdown.render(text), note))
    return "\n".join(frames)
