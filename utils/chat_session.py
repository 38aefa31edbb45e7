"""A conversation that keeps its own history in order: `ChatSession`, with a window, notes and pins.

```python
session = ChatSession(sync_client, CHAT_MODEL, "You are the help desk of an outdoor shop.")
print(session.ask("Hello, I am Ingrid. A pole of my Skarn 2 broke."))
print(session.ask("What does a new one cost?"))
```

The file needs nothing but the standard library and `openai`: copy it to use it elsewhere.
"""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import openai
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletionMessageParam as Message

VERSION = 1
"""The version of what `ChatSession.to_json` writes."""

TOO_LONG = "context_length_exceeded"
"""The code of the error that a request gets if it is longer than the model's context window."""


class NoAnswer(Exception):
    """The model gave no complete answer. The history of the session is as before.

    Attributes:
        finish_reason: how the answer ended, None if it has no end.
        text: what there is of it, or the text of the refusal.
    """

    def __init__(self, finish_reason: str | None, text: str, refused: bool = False) -> None:
        ending = "was refused" if refused else f"ended with {finish_reason!r}"
        super().__init__(f"the answer {ending}, so this turn isn't in the history")
        self.finish_reason, self.text = finish_reason, text


@dataclass
class Window:
    """Keeps the newest whole turns that fit into a budget.

    Attributes:
        budget: tokens that the turns may have together.
        count: counts the tokens of messages.
        drop_to: tokens to go down to when the budget is exceeded; None for the budget itself. With
            about half of it, the window moves rarely, and the beginning of the request stays the
            same for several turns, which a prompt cache rewards.
    """

    budget: int
    count: Callable[[Sequence[Message]], int]
    drop_to: int | None = None

    def first(self, turns: Sequence[Message], first: int) -> int:
        """The index of the first message to send, if `first` was it so far."""
        if first < len(turns) and self.count(turns[first:]) > self.budget:
            limit = self.budget if self.drop_to is None else self.drop_to
            while first < len(turns) and self.count(turns[first:]) > limit:
                first += 2
        return first


@dataclass
class Summary:
    """Notes about the turns that are no longer sent, which a model writes.

    Attributes:
        wish: asks for the notes; a transcript follows it.
        settings: parameters of its requests.
        speakers: what the transcript calls the roles.
        text: the notes so far.
        covered: messages of the history that are in them.
    """

    wish: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    speakers: Mapping[str, str] = field(
        default_factory=lambda: {"user": "Customer", "assistant": "Shop"}
    )
    text: str = ""
    covered: int = 0

    def request(self, turns: Sequence[Message]) -> list[Message]:
        """The messages that ask for notes about these turns, and keep the older notes."""
        told = [f"{self.speakers[m['role']]}: {m.get('content')}" for m in turns]
        if self.text:
            told.insert(0, f"Notes so far:\n{self.text}\n\nThe chat since then:")
        return [{"role": "user", "content": f"{self.wish}\n\n" + "\n".join(told)}]


@dataclass
class Pins:
    """Short notes on what each message of the user says, kept for good.

    Attributes:
        instructions: ask for the notes on one message.
        examples: messages and their notes, as turns.
        settings: parameters of its requests.
        nothing: what the model writes if there is nothing to note.
        pinned: the notes so far.
        covered: messages of the history that have been read.
    """

    instructions: str
    examples: Sequence[Message] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    nothing: str = "nothing"
    pinned: list[str] = field(default_factory=list)
    covered: int = 0

    def request(self, message: Message) -> list[Message]:
        """The messages that ask for notes on one message."""
        return [{"role": "developer", "content": self.instructions}, *self.examples, message]


class ChatSession:
    """One conversation: complete turns, and nothing else.

    A turn is kept when its answer is complete. A call that fails, a refusal, and an answer that is
    cut off or filtered leave the history as it was. If the request is longer than the model's
    context window, the oldest turns are left out, and it is sent again.

    Args:
        client: sends the requests.
        model: the id of the model.
        instructions: the developer message; it is sent with every request, and never saved.
        window: how much of the history is sent; everything if None.
        summary: notes about what the window leaves out.
        pins: notes on what the user says.
        heading: what stands between the instructions and the notes.
        settings: parameters of the requests, such as `max_completion_tokens`.

    Attributes:
        turns: the history, a question and an answer in turn.
        first: the index of the first message that is still sent.
        usages: what each answer used, also those that wrote notes or were not kept.
    """

    def __init__(
        self,
        client: openai.OpenAI,
        model: str,
        instructions: str,
        *,
        window: Window | None = None,
        summary: Summary | None = None,
        pins: Pins | None = None,
        heading: str = "What the customer said earlier:",
        **settings: Any,
    ) -> None:
        self.client, self.model, self.instructions = client, model, instructions
        self.window, self.summary, self.pins = window, summary, pins
        self.heading, self.settings = heading, settings
        self.turns: list[Message] = []
        self.first = 0
        self.usages: list[CompletionUsage] = []
        self._remembering = threading.Lock()

    # -- asking ----------------------------------------------------------------------------------

    def ask(self, question: str) -> str:
        """Ask, and keep the turn if the answer is complete.

        Raises:
            NoAnswer: if the answer is refused, filtered, or cut off.
            openai.APIError: if the call fails.
        """
        self.remember()
        while True:
            try:
                response = self.client.chat.completions.create(
                    model=self.model, messages=self.to_send(question), **self.settings
                )
                break
            except openai.BadRequestError as error:
                if error.code != TOO_LONG or not self.shorten():
                    raise
        self.count(response.usage)
        choice = response.choices[0]
        message = choice.message
        return self.keep(question, message.content, choice.finish_reason, message.refusal)

    def to_send(self, question: str) -> list[Message]:
        """The messages of the next request: instructions with notes, recent turns, question."""
        notes = [self.summary.text] if self.summary and self.summary.text else []
        notes += self.pins.pinned if self.pins else []
        told = "\n".join([f"{self.instructions}\n\n{self.heading}", *notes])
        return [
            {"role": "developer", "content": told if notes else self.instructions},
            *self.turns[self.first :],
            {"role": "user", "content": question},
        ]

    def keep(
        self, question: str, answer: str | None, finish_reason: str | None, refusal: str | None
    ) -> str:
        """Append the turn to the history, and return the answer.

        Raises:
            NoAnswer: if the answer isn't complete; nothing is appended then.
        """
        if refusal:
            raise NoAnswer(finish_reason, refusal, refused=True)
        if finish_reason != "stop" or not answer:
            raise NoAnswer(finish_reason, answer or "")
        self.turns.append({"role": "user", "content": question})
        self.turns.append({"role": "assistant", "content": answer})
        return answer

    def count(self, usage: CompletionUsage | None) -> None:
        """Add up what an answer used; some servers don't say."""
        if usage is not None:
            self.usages.append(usage)

    def shorten(self) -> bool:
        """Leave out one more turn from now on; False if there is none left to leave out."""
        if self.first >= len(self.turns):
            return False
        self.first += 2
        return True

    # -- remembering -----------------------------------------------------------------------------

    def remember(self) -> None:
        """Move the window, and bring summary and pins up to date.

        `ask` calls this. Call it yourself after an answer, and the requests for notes run while
        the user reads. A request for notes that fails is made again the next time: it never costs
        the user an answer.
        """
        with self._remembering:
            if self.window:
                self.first = self.window.first(self.turns, self.first)
            if self.pins:
                self._pin(self.pins)
            if self.summary and self.summary.covered < self.first:
                self._summarize(self.summary, self.first)

    def _pin(self, pins: Pins) -> None:
        while pins.covered < len(self.turns):
            text = self._noted(pins.request(self.turns[pins.covered]), pins.settings)
            if text is None:
                return
            pins.covered += 2
            if text != pins.nothing:
                pins.pinned.append(text)

    def _summarize(self, summary: Summary, upto: int) -> None:
        request = summary.request(self.turns[summary.covered : upto])
        if (text := self._noted(request, summary.settings)) is not None:
            summary.text, summary.covered = text, upto

    def _noted(self, messages: list[Message], settings: Mapping[str, Any]) -> str | None:
        """What a model notes; None if the call fails, or brings no complete answer."""
        try:
            response = self.client.chat.completions.create(
                model=self.model, messages=messages, **settings
            )
        except openai.APIError:
            return None
        self.count(response.usage)
        choice = response.choices[0]
        complete = choice.finish_reason == "stop" and not choice.message.refusal
        return (choice.message.content or None) if complete else None

    # -- keeping ---------------------------------------------------------------------------------

    def to_json(self) -> str:
        """The history and the notes, as JSON. Client, instructions and settings aren't in it."""
        saved: dict[str, Any] = {"version": VERSION, "messages": self.turns, "first": self.first}
        if self.summary:
            saved["summary"] = {"text": self.summary.text, "covered": self.summary.covered}
        if self.pins:
            saved["pins"] = {"pinned": self.pins.pinned, "covered": self.pins.covered}
        return json.dumps(saved, ensure_ascii=False)

    def load(self, text: str) -> ChatSession:
        """Continue a saved conversation in the place of the present one, and return the session.

        A question at the end that was never answered is dropped.

        Raises:
            ValueError: if the text is not a conversation of this version.
        """
        saved = json.loads(text)
        found = saved.get("version") if isinstance(saved, dict) else None
        if found != VERSION:
            raise ValueError(f"the text has version {found}, and this code reads version {VERSION}")
        turns = [m for m in saved.get("messages", ()) if m["role"] in ("user", "assistant")]
        self.turns = turns[: len(turns) - len(turns) % 2]
        self.first = min(saved.get("first", 0), len(self.turns))
        if self.summary:
            notes = saved.get("summary", {"text": "", "covered": 0})
            self.summary.text, self.summary.covered = notes["text"], notes["covered"]
        if self.pins:
            notes = saved.get("pins", {"pinned": [], "covered": 0})
            self.pins.pinned, self.pins.covered = list(notes["pinned"]), notes["covered"]
        return self

    def clear(self) -> None:
        """Begin again: no history, no notes, nothing used."""
        self.turns, self.first, self.usages = [], 0, []
        if self.summary:
            self.summary.text, self.summary.covered = "", 0
        if self.pins:
            self.pins.pinned, self.pins.covered = [], 0

    def branch(self) -> ChatSession:
        """A session that continues from here on its own. Its usage begins at zero."""
        other = ChatSession(
            self.client,
            self.model,
            self.instructions,
            window=self.window,
            summary=copy.deepcopy(self.summary),
            pins=copy.deepcopy(self.pins),
            heading=self.heading,
            **self.settings,
        )
        other.turns, other.first = list(self.turns), self.first
        return other
