"""What the widgets over a stream have in common: a task in the background, its state, a page."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, Literal, TypeVar

Begun = Literal["ready", "waiting", "streaming", "filling"]
Over = Literal["complete", "cut off", "stopped", "refused", "broken"]
State = Begun | Over
Result = TypeVar("Result")


class LiveView(ABC, Generic[Result]):
    """A widget that shows what a stream brings, while it comes.

    A subclass reads the stream in `_run`, calls `_enter` on every change, and draws itself.

    Args:
        still: HTML to show where widgets do not run, such as on a site.
        paint: called after every change, with what `_content` returns.

    Attributes:
        state: what is going on.
        problem: what went wrong, in words; empty if nothing did.
    """

    words: ClassVar[Mapping[State, str]]
    """Each state in words."""

    described: ClassVar[str]
    """What the widget is, for a place that shows text only."""

    refusal: ClassVar[str]
    """The message when it is started twice at once."""

    def __init__(self, still: str, paint: Callable[[Any], object] | None) -> None:
        self.still = still
        self.state: State = "ready"
        self.problem = ""
        self._paint = paint
        self._box: Any = None
        self._task: asyncio.Task[Result] | None = None

    def start(self) -> asyncio.Task[Result]:
        """Begin to read in the background; the task returns what was read.

        Raises:
            RuntimeError: if it is being read already.
        """
        if self._task is not None and not self._task.done():
            raise RuntimeError(self.refusal)
        self.problem = ""
        self._clear()
        self._enter("waiting")
        self._task = asyncio.get_running_loop().create_task(self._run())
        return self._task

    async def finished(self) -> Result:
        """Wait for the end, however it comes, and return what was read."""
        return await (self._task or self.start())

    def widget(self) -> Any:
        """The page with its buttons, as an ipywidgets box."""
        if self._box is None:
            self._box = self._build()
            self._update()
        return self._box

    @property
    def running(self) -> bool:
        """Whether a stream is being read."""
        return self.state in ("waiting", "streaming", "filling")

    @property
    def note(self) -> str:
        """The state in words, and what went wrong."""
        return f"{self.words[self.state]} {self.problem}".strip()

    def _enter(self, state: State) -> None:
        """Change the state and paint it."""
        self.state = state
        self._paint_now()

    def _paint_now(self) -> None:
        if self._paint is not None:
            self._paint(self._content())
        if self._box is not None:
            self._update()

    @abstractmethod
    def _clear(self) -> None:
        """Forget what an earlier stream has brought."""

    @abstractmethod
    async def _run(self) -> Result:
        """Read the stream to its end, however it comes."""

    @abstractmethod
    def _content(self) -> Any:
        """What there is now, for the function `paint`."""

    @abstractmethod
    def _build(self) -> Any:
        """Make the ipywidgets box."""

    @abstractmethod
    def _update(self) -> None:
        """Bring the box up to date."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.described}, {self.state}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """The widget, and what to show where there is no kernel."""
        live = self.widget()._repr_mimebundle_() or {}
        still = {"text/html": self.still} if self.still else {}
        return {**live, "text/plain": f"{type(self).__name__}: {self.described}", **still}
