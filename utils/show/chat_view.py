"""A chat in the page: type a question, press Enter, and the answer streams in.

What is shown is a `ChatSession`: a turn that is complete joins its history, and a turn that is
stopped, refused or broken stays on the page until the next question, and is not in the history.
"""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable, Sequence
from typing import Any

import openai
from openai import AsyncOpenAI, AsyncStream
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletionChunk

from .. import models
from ..charges import usage_totals
from ..chat_session import TOO_LONG, ChatSession, NoAnswer
from ..costs import UsageTotals
from ..recordings import RecordingMissing
from . import live_markdown
from .live_view import State
from .stream_view import StreamView

WORDS: dict[State, str] = {
    "ready": "",
    "waiting": "Waiting for the first word ...",
    "streaming": "Streaming ...",
    "complete": "",
    "cut off": "This answer isn't complete, so the turn isn't in the history.",
    "refused": "The model refused, so this turn isn't in the history.",
    "stopped": "Stopped: this turn isn't in the history.",
    "broken": "This turn failed and isn't in the history.",
}
NOT_RECORDED = (
    "The recording has no answer to this question in this conversation. Switch to local or live "
    "mode to ask your own questions."
)
BUBBLE = (
    "border:1px solid #767676;border-radius:10px;padding:.3em .8em;margin:.35em 0;"
    "max-width:34em;width:fit-content;overflow-wrap:anywhere"
)
LINE = "margin:.2em 0 .6em;font-size:90%"


def used(usages: Sequence[CompletionUsage]) -> UsageTotals:
    """Tokens of some answers, and which of them get the discount for cached input."""
    total = UsageTotals()
    for usage in usages:
        total += UsageTotals(requests=1) + usage_totals(usage.to_dict())
    return total


def bubble(who: str, content: str) -> str:
    """One message of the chat. `content` is HTML."""
    side = "margin-left:auto;" if who == "You" else ""
    return (
        f'<div style="{BUBBLE};{side}"><span style="font-size:80%">{who}</span>'
        f"<div>{content}</div></div>"
    )


class ChatView(StreamView):
    """A chat with a session.

    ```python
    session = ChatSession(sync_client, CHAT_MODEL, "You are the help desk of an outdoor shop.")
    ChatView(session, client)
    ```

    Args:
        session: keeps the history; notes that it makes are made with its own client.
        client: streams the answers.
        suggestions: questions to choose from while typing.
        per_second: how often the page is painted at most.
        render: makes HTML of an answer; it must be safe for any text.
        paint: called with the HTML of every paint, in place of the widget.

    Attributes:
        session: the conversation.
        question: the last question.
        text: what has arrived of the answer to it.
    """

    words = WORDS
    described = "a chat with a box to type in and a stop button"
    refusal = "An answer is still streaming. Stop it first, or wait for its end."

    def __init__(
        self,
        session: ChatSession,
        client: AsyncOpenAI,
        *,
        suggestions: Sequence[str] = (),
        per_second: float = 20,
        render: Callable[[str], str] = live_markdown.render,
        paint: Callable[[str], object] | None = None,
    ) -> None:
        super().__init__(self._open, per_second=per_second, render=render, paint=paint)
        self.session, self.client = session, client
        self.suggestions = tuple(suggestions)
        self.question = ""

    def ask(self, question: str) -> asyncio.Task[str]:
        """Send a question; the task returns what arrived of the answer.

        Raises:
            RuntimeError: if an answer is still streaming.
            ValueError: if there is nothing to ask.
        """
        if self.running:
            raise RuntimeError(self.refusal)
        if not question.strip():
            raise ValueError("the question is empty; type one first")
        self.question = question.strip()
        return self.start()

    def start(self) -> asyncio.Task[str]:
        """Send the last question again.

        Raises:
            RuntimeError: if an answer is still streaming, or nothing has been asked yet.
        """
        if not self.question:
            raise RuntimeError("Nothing has been asked yet. Call ask with a question.")
        return super().start()

    def clear(self) -> None:
        """Begin a new chat. Nothing happens while an answer is streaming."""
        if not self.running:
            self.session.clear()
            self.question = self.text = self.problem = ""
            self._enter("ready")

    async def _open(self) -> AsyncStream[ChatCompletionChunk]:
        """Send the request, with as much of the history as the model can take."""
        session = self.session
        if session.summary or session.pins:  # these send requests, which would hold up the page
            await asyncio.to_thread(session.remember)
        else:
            session.remember()
        while True:
            try:
                return await self.client.chat.completions.create(
                    model=session.model,
                    messages=session.to_send(self.question),
                    stream=True,
                    stream_options={"include_usage": True},
                    **session.settings,
                )
            except openai.BadRequestError as error:
                if error.code != TOO_LONG or not session.shorten():
                    raise

    async def _read_stream(self) -> State:
        finish_reason, refusal = None, ""
        try:
            async with await self.open_stream() as stream:
                async for chunk in stream:
                    self.session.count(chunk.usage)
                    for choice in chunk.choices:
                        finish_reason = choice.finish_reason or finish_reason
                        refusal += choice.delta.refusal or ""
                        if choice.delta.content:
                            self.text += choice.delta.content
                            self.state = "streaming"
                            self._paint_when_allowed()
            self.session.keep(self.question, self.text, finish_reason, refusal)
        except RecordingMissing:
            self.problem = NOT_RECORDED
            return "broken"
        except NoAnswer as error:
            self.problem = refusal or f"It ended with {error.finish_reason!r}."
            return "refused" if refusal else "cut off"
        return "complete"

    @property
    def html(self) -> str:
        """The page: the history, the turn that is not in it, the state and the cost."""
        shown = []
        for message in self.session.turns:
            text = str(message.get("content"))
            mine = message["role"] == "user"
            shown.append(bubble("You" if mine else "Assistant", self._told(text, mine)))
        if self.state not in ("ready", "complete"):
            shown.append(bubble("You", self._told(self.question, True)))
            if self.text:
                shown.append(bubble("Assistant", self._told(self.text, False)))
        note = f'<p style="{LINE}">{html.escape(self.note)}</p>' if self.note else ""
        return (
            f'<div style="max-width:46em">{"".join(shown)}{note}'
            f'<p style="{LINE}">{html.escape(self.bill)}</p></div>'
        )

    def _told(self, text: str, mine: bool) -> str:
        if mine:
            return html.escape(text).replace("\n", "<br>")
        return self.render(text).replace("<p>", '<p style="margin:.2em 0">')

    @property
    def bill(self) -> str:
        """What the chat has cost so far, at the prices of the live model."""
        total, model = used(self.session.usages), models.CHAT_MODELS[0]
        cost = total.cost(model, models.EMBED_MODELS[0])
        answers = f"{total.requests} answer{'' if total.requests == 1 else 's'}"
        return (
            f"So far: {answers}, {total.input_tokens:,} tokens in, {total.output_tokens:,} out; "
            f"${cost:.6f} at the prices of {model.id}."
        )

    def _build(self) -> Any:
        import ipywidgets

        layout = ipywidgets.Layout(width="min(46em, 100%)")
        box = ipywidgets.Combobox(
            placeholder="Type a question, and press Enter",
            options=self.suggestions,
            layout=layout,
        )
        send = ipywidgets.Button(description="Send", icon="paper-plane")
        stop = ipywidgets.Button(description="Stop", icon="stop")
        box.on_msg(self._entered)
        fresh = ipywidgets.Button(description="New chat", icon="trash")
        send.on_click(lambda _: self._send())
        stop.on_click(lambda _: self.stop())
        fresh.on_click(lambda _: self.clear())
        return ipywidgets.VBox([ipywidgets.HTML(), box, ipywidgets.HBox([send, stop, fresh])])

    def _entered(self, _: Any, content: Any, buffers: Any) -> None:
        """A message of the box: somebody pressed Enter in it."""
        if content.get("event") == "submit":
            self._send()

    def _send(self) -> None:
        """Ask what is in the box, unless there is nothing, or an answer is streaming."""
        box = self._box.children[1]
        question, idle = str(box.value), not self.running
        if idle and question.strip():
            box.value = ""
            self.ask(question)

    def _update(self) -> None:
        page, _, buttons = self._box.children
        send, stop, fresh = buttons.children
        page.value = self.html
        send.disabled = fresh.disabled = self.running
        stop.disabled = not self.running

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        """The widget, and the chat as it is now where there is no kernel."""
        self.still = self.html
        return super()._repr_mimebundle_(**options)
