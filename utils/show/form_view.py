"""A form that fills itself while a model writes the object, and that a person corrects and saves.

The fields come from the model's JSON schema. A field is filled when its value is complete, which
is known when the next one begins: a number that is still being written may grow another digit.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import openai
from jiter import from_json
from pydantic import BaseModel, ValidationError

from .live_view import LiveView, State
from .timing import StreamTiming

WORDS: dict[State, str] = {
    "ready": "Not started.",
    "waiting": "Waiting for the first field ...",
    "filling": "Filling ...",
    "complete": "Complete. Check it, then save.",
    "cut off": "Cut off: the object has no proper end.",
    "refused": "The model refused.",
    "broken": "Broken: this is what arrived.",
}
UNKNOWN = "…"
"""What an empty field shows: an unticked box would already say no."""


@dataclass(frozen=True)
class Field:
    """One field of the form.

    Attributes:
        name: the key.
        choices: the values that it can have, None for free text.
        many: whether it is a list.
    """

    name: str
    choices: tuple[Any, ...] | None = None
    many: bool = False


def form_fields(model: type[BaseModel]) -> list[Field]:
    """The fields of a form for a pydantic model, in the order in which they are written."""
    schema = model.model_json_schema()
    found = []
    for name, value in schema["properties"].items():
        value = _resolved(value, schema)
        many = value.get("type") == "array"
        inner = _resolved(value["items"], schema) if many else value
        found.append(Field(name, _choices(inner, schema), many))
    return found


def _resolved(value: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema in the place of a reference to it."""
    if "$ref" in value:
        return schema["$defs"][value["$ref"].rpartition("/")[2]]
    return value


def _choices(value: dict[str, Any], schema: dict[str, Any]) -> tuple[Any, ...] | None:
    """All values a schema allows, if they are few."""
    if "anyOf" in value:
        parts = [_choices(_resolved(part, schema), schema) for part in value["anyOf"]]
        if any(part is None for part in parts):
            return None
        return tuple(one for part in parts for one in part or ())
    if "const" in value:
        return (value["const"],)
    if "enum" in value:
        return tuple(value["enum"])
    if value.get("type") == "boolean":
        return (True, False)
    if value.get("type") == "null":
        return (None,)
    if value.get("type") == "integer" and value.get("maximum", 99) - value.get("minimum", -99) < 10:
        return tuple(range(value["minimum"], value["maximum"] + 1))
    return None


def shown(value: object) -> str:
    """A value as a person reads it."""
    words = {True: "yes", False: "no", None: "none given"}
    if value is None or isinstance(value, bool):
        return words[value]
    if isinstance(value, dict):
        return ", ".join(f"{name} {shown(one)}" for name, one in value.items())
    if isinstance(value, list):
        glue = "; " if any(isinstance(one, dict) for one in value) else ", "
        return glue.join(map(shown, value)) or "none"
    return str(value)


def settled(partial: Mapping[str, Any], complete: bool) -> dict[str, Any]:
    """The fields that cannot change any more: all but the last, until the object is complete."""
    known = list(partial.items())
    return dict(known if complete else known[:-1])


def known_times(timing: StreamTiming) -> list[tuple[str, float, float]]:
    """For each field of a recorded object, seconds until its key came and until it was complete."""
    names = (
        [str(name) for name in from_json(timing.text.encode(), partial_mode=True)]
        if timing.pieces
        else []
    )
    begins: dict[str, float] = {}
    text = ""
    for at, piece in zip(timing.at, timing.pieces, strict=True):
        text += piece
        for name in names:
            if f'"{name}":' in text:
                begins.setdefault(name, at)
    ends = [*list(begins.values())[1:], timing.at[-1] if timing.at else timing.total]
    return [(name, at, end) for (name, at), end in zip(begins.items(), ends, strict=True)]


def form_html(
    fields: Sequence[Field], values: Mapping[str, Any], growing: str | None, note: str
) -> str:
    """The form as plain HTML, for pages where widgets do not run.

    Args:
        fields: the rows.
        values: what is known.
        growing: the field that is being written.
        note: a line below the form.
    """
    rows = []
    for field in fields:
        text = shown(values[field.name]) if field.name in values else UNKNOWN
        if field.name == growing and field.name not in values:
            text = "writing ..."
        weight = "600" if field.name in values else "400"
        rows.append(
            f'<tr><th scope="row" style="text-align:left;width:8em;padding-right:1em">'
            f"{html.escape(field.name)}</th>"
            f'<td style="text-align:left;font-weight:{weight}">{html.escape(text)}</td></tr>'
        )
    return (
        '<table style="width:26em;margin:.3em 0 1em">'
        '<caption style="text-align:left;font-style:italic">'
        f"{html.escape(note)}</caption><tbody>{''.join(rows)}</tbody></table>"
    )


def filmstrip(model: type[BaseModel], timing: StreamTiming, moments: Sequence[float]) -> str:
    """What the form showed at some moments of a recorded stream: its static picture, as HTML.

    Args:
        model: of the object.
        timing: the recorded stream.
        moments: seconds since the request.
    """
    frames = []
    for moment in moments:
        text = timing.text_by(moment)
        partial = from_json(text.encode(), partial_mode="trailing-strings") if text.strip() else {}
        complete = moment >= timing.total
        state: State = "complete" if complete else "filling" if partial else "waiting"
        growing = None if complete or not partial else list(partial)[-1]
        note = f"After {moment:.1f} seconds. {WORDS[state]}"
        frames.append(form_html(form_fields(model), settled(partial, complete), growing, note))
    return "\n".join(frames)


class FormView(LiveView[dict[str, Any]]):
    """A form that fills itself.

    ```python
    class Review(BaseModel):
        product: str
        stars: int

    def open_stream():
        return client.chat.completions.stream(
            model=CHAT_MODEL, messages=messages, response_format=Review
        )

    view = FormView(Review, open_stream)
    view.start()
    view
    ```

    Args:
        model: the pydantic model of the object.
        open_stream: returns the SDK's stream helper of an `AsyncOpenAI`, not yet entered.
        still: HTML to show where widgets do not run.
        paint: called after every change, with the values so far.

    Attributes:
        values: the fields that are filled.
        growing: the field that is being written, None before and after.
        saved: the object a person saved, None before.
    """

    words = WORDS
    described = "a form that fills itself"
    refusal = "This form is being filled already. Wait for its end."

    def __init__(
        self,
        model: type[BaseModel],
        open_stream: Callable[[], Any],
        *,
        still: str = "",
        paint: Callable[[dict[str, Any]], object] | None = None,
    ) -> None:
        super().__init__(still, paint)
        self.model = model
        self.fields = form_fields(model)
        self.open_stream = open_stream
        self.values: dict[str, Any] = {}
        self.growing: str | None = None
        self.saved: BaseModel | None = None
        self._inputs: dict[str, Any] = {}

    def _clear(self) -> None:
        self.values, self.growing, self.saved = {}, None, None

    async def _run(self) -> dict[str, Any]:
        try:
            self._enter(await self._read())
        except openai.LengthFinishReasonError:
            self._enter("cut off")
        except (openai.OpenAIError, ValidationError) as error:
            self.problem = f"{type(error).__name__}: {error}".partition("\n")[0]
            self._enter("broken")
        return self.values

    async def _read(self) -> State:
        """Read to the end, and say which one it was."""
        state: State = "cut off"
        async with self.open_stream() as stream:
            async for event in stream:
                if event.type == "content.delta" and event.parsed:
                    self._show(event.parsed)
                elif event.type == "refusal.done":
                    self.problem, state = event.refusal, "refused"
                elif event.type == "content.done" and event.parsed is not None:
                    self.values = event.parsed.model_dump(mode="json")
                    state = "complete"
        return state

    def _show(self, partial: Any) -> None:
        known, growing = settled(partial, False), list(partial)[-1]
        if (known, growing) != (self.values, self.growing):
            self.values, self.growing = known, growing
            self._enter("filling")

    def _paint_now(self) -> None:
        if not self.running:
            self.growing = None
        super()._paint_now()

    def _content(self) -> dict[str, Any]:
        return dict(self.values)

    def save(self, values: Mapping[str, Any] | None = None) -> BaseModel | None:
        """Check the form, as a person left it, and keep the object; None if it is not valid.

        Args:
            values: all fields; by default those in the form.
        """
        try:
            self.saved = self.model.model_validate(self.values if values is None else dict(values))
            self.problem = ""
        except ValidationError as error:
            first = error.errors()[0]
            self.saved = None
            self.problem = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        return self.saved

    def _build(self) -> Any:
        import ipywidgets

        self._note = ipywidgets.HTML()
        for field in self.fields:
            self._inputs[field.name] = self._input(field)
        self._save = ipywidgets.Button(description="Save", icon="check")
        self._again = ipywidgets.Button(description="Again", icon="repeat")
        self._save.on_click(lambda _: self._save_inputs())
        self._again.on_click(lambda _: self.start())
        buttons = ipywidgets.HBox([self._save, self._again])
        return ipywidgets.VBox([*self._inputs.values(), buttons, self._note])

    def _input(self, field: Field) -> Any:
        import ipywidgets

        if field.many and field.choices is not None:
            return ipywidgets.TagsInput(allowed_tags=list(map(str, field.choices)))
        if field.many or field.choices is None:
            return ipywidgets.Text(description=field.name, placeholder=UNKNOWN)
        options = [(UNKNOWN, UNKNOWN), *((shown(choice), choice) for choice in field.choices)]
        return ipywidgets.Dropdown(description=field.name, options=options, value=UNKNOWN)

    def _update(self) -> None:
        done = not self.running
        for field in self.fields:
            box, known = self._inputs[field.name], field.name in self.values
            value = self.values.get(field.name)
            if field.many and field.choices is not None:
                box.value = list(map(str, value or ()))
            elif field.many or field.choices is None:
                box.value = shown(value) if known else ""
                box.placeholder = "writing ..." if field.name == self.growing else UNKNOWN
            else:
                box.value = value if known else UNKNOWN
            if hasattr(box, "disabled"):
                box.disabled = not done or (field.many and field.choices is None)
        self._again.disabled = not done
        self._save.disabled = self.state != "complete"
        self._note.value = html.escape(self.note)

    def _save_inputs(self) -> None:
        """Take over what a person changed, and save it."""
        changed = dict(self.values)
        for field in self.fields:
            box = self._inputs[field.name]
            if field.many and field.choices is not None:
                changed[field.name] = list(box.value)
            elif not field.many and box.value not in (UNKNOWN, shown(changed.get(field.name))):
                changed[field.name] = box.value
        self.save(changed)
        words = "Saved." if self.saved else f"Not saved. {self.problem}"
        self._note.value = html.escape(words)

    def __repr__(self) -> str:
        return f"<FormView: a form of {self.model.__name__}, {self.state}>"
