"""The form that fills itself: which fields are known when, how it ends, and what is saved."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel
from pydantic import Field as Limits

from utils.scripted import ScriptedAPI, refuses, streams
from utils.show.form_view import FormView, filmstrip, form_fields, known_times, settled
from utils.show.timing import StreamTiming

MESSAGES = [{"role": "user", "content": "..."}]


class Product(str, Enum):  # noqa: UP042
    GLIM = "Glim headlamp"
    DALE = "Dale sleeping mat"


class Part(BaseModel):
    product: Product
    quantity: int


class Review(BaseModel):
    product: Product
    stars: Annotated[int, Limits(ge=1, le=5)] | None
    topics: list[Literal["fit", "price"]]
    reply: bool
    parts: list[Part]
    grams: int


PIECES = (
    '{"product": "Glim head',
    'lamp", "stars": 4',
    ', "topics": ["fit"',
    ', "price"], "reply": false, ',
    '"parts": [{"product": "Glim headlamp", "quantity": 2}], "grams": 8',
    "2}",
)
WHOLE: dict[str, Any] = {
    "product": "Glim headlamp",
    "stars": 4,
    "topics": ["fit", "price"],
    "reply": False,
    "parts": [{"product": "Glim headlamp", "quantity": 2}],
    "grams": 82,
}


def view_of(api: ScriptedAPI, **options: Any) -> FormView:
    client = api.async_client(max_retries=0, timeout=30)

    def open_stream():
        return client.chat.completions.stream(
            model="m",
            messages=MESSAGES,  # type: ignore[arg-type]
            response_format=Review,
        )

    return FormView(Review, open_stream, **options)


def filled(*pieces: str, **options: Any) -> tuple[FormView, list[dict[str, Any]]]:
    """A form after a simulated stream, and what it showed on the way."""
    api = ScriptedAPI([streams(*pieces, **options)])
    seen: list[dict[str, Any]] = []
    view = view_of(api, paint=seen.append)
    with api.simulated_time():
        api.run(view.finished())
    return view, seen


def test_the_fields_offer_what_the_types_allow():
    product, stars, topics, reply, parts, grams = form_fields(Review)
    assert product.choices == ("Glim headlamp", "Dale sleeping mat")
    assert stars.choices == (1, 2, 3, 4, 5, None)
    assert (topics.choices, topics.many) == (("fit", "price"), True)
    assert reply.choices == (True, False)
    assert (parts.choices, parts.many) == (None, True)
    assert (grams.choices, grams.many) == (None, False)


def test_it_ends_with_the_whole_object():
    view, seen = filled(*PIECES)
    assert view.state == "complete"
    assert view.values == WHOLE == seen[-1]


def test_a_field_is_shown_when_the_next_one_has_begun_and_never_half():
    _, seen = filled(*PIECES)
    assert all(values[name] == WHOLE[name] for values in seen for name in values)
    names = [list(values) for values in seen]
    assert names == sorted(names, key=len)


@pytest.mark.parametrize(
    ("options", "state"),
    [
        ({"end": "cut"}, "cut off"),
        ({"finish_reason": "length"}, "cut off"),
        ({"end": "drop"}, "broken"),
        ({"end": "error"}, "broken"),
        ({"finish_reason": "content_filter"}, "broken"),
    ],
)
def test_a_bad_end_keeps_what_was_known_and_is_named(options: dict[str, Any], state: str):
    view, _ = filled(*PIECES[:4], **options)
    assert view.state == state
    assert view.values["product"] == "Glim headlamp"
    assert view.save() is None


def test_a_value_that_the_model_does_not_allow_breaks_it():
    view, _ = filled(*PIECES[:1], 'lamp", "stars": 9}')
    assert view.state == "broken"
    assert "ValidationError" in view.problem


def test_a_refusal_is_no_form():
    api = ScriptedAPI([refuses("No.")])
    view = view_of(api)
    with api.simulated_time():
        api.run(view.finished())
    assert (view.state, view.values) == ("refused", {})


def test_saving_checks_what_a_person_left():
    view, _ = filled(*PIECES)
    assert isinstance(view.save(), Review)
    assert view.save({**WHOLE, "stars": 6}) is None
    assert view.problem.startswith("stars")
    assert view.saved is None
    assert isinstance(view.save({**WHOLE, "stars": None}), Review)
    assert view.problem == ""


def test_it_refuses_to_be_filled_twice_at_once():
    api = ScriptedAPI([streams(*PIECES, every=1)])
    view = view_of(api)

    async def twice() -> None:
        view.start()
        with pytest.raises(RuntimeError, match="already"):
            view.start()
        await view.finished()

    with api.simulated_time():
        api.run(twice())


def test_the_widget_fills_waits_and_saves():
    api = ScriptedAPI([streams(*PIECES, every=0.5)])
    view = view_of(api)
    *inputs, buttons, note = view.widget().children
    product, stars, topics, reply, _, grams = inputs
    save, again = buttons.children
    assert save.disabled

    async def watch() -> None:
        import asyncio

        task = view.start()
        await asyncio.sleep(1.2)
        assert (product.value, stars.value, reply.value) == ("Glim headlamp", "…", "…")
        assert product.disabled
        assert again.disabled
        await task

    with api.simulated_time():
        api.run(watch())
    assert (stars.value, reply.value, topics.value) == (4, False, ["fit", "price"])
    assert grams.value == "82"
    assert not save.disabled
    assert not product.disabled
    stars.value = 2
    topics.value = ["fit"]
    save.click()
    assert isinstance(view.saved, Review)
    assert (view.saved.stars, view.saved.topics, view.saved.grams) == (2, ["fit"], 82)
    assert "Saved." in note.value
    grams.value = "heavy"
    save.click()
    assert view.saved is None
    assert "Not saved. grams" in note.value


def test_markup_of_a_model_is_shown_as_text():
    class Name(BaseModel):
        name: str

    timing = StreamTiming((1.0,), ('{"name": "<script>alert(1)</script>"}',), 2.0, 2)
    assert "<script" not in filmstrip(Name, timing, [2.0])


def test_without_a_kernel_the_filmstrip_is_shown():
    view = view_of(ScriptedAPI([]), still="<p>still</p>")
    bundle = view._repr_mimebundle_()
    assert bundle["text/html"] == "<p>still</p>"
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_the_filmstrip_shows_what_was_known():
    timing = StreamTiming(tuple(range(1, 7)), PIECES, 7.0, 9)
    waiting, second, complete = filmstrip(Review, timing, [0.5, 2.0, 7.0]).split("\n<table")
    assert "Waiting for the first field" in waiting
    assert "Glim headlamp" in second
    assert "writing ..." in second
    assert ">4<" not in second
    assert ">4<" in complete
    assert "Glim headlamp, quantity 2" in complete


def test_known_times_end_where_the_next_field_begins():
    timing = StreamTiming((1.0, 2.0, 3.0), ('{"a": "x', '", "b": 1', "2}"), 4.0, 5)
    assert known_times(timing) == [("a", 1.0, 2.0), ("b", 2.0, 3.0)]


def test_a_field_begins_with_its_key_though_its_value_is_late():
    timing = StreamTiming((1.0, 2.0, 3.0), ('{"a": 1, "b":', " tr", "ue}"), 4.0, 5)
    assert known_times(timing) == [("a", 1.0, 1.0), ("b", 1.0, 3.0)]


def test_the_last_field_counts_only_when_the_object_is_complete():
    assert settled({"a": 1, "b": 8}, complete=False) == {"a": 1}
    assert settled({"a": 1, "b": 8}, complete=True) == {"a": 1, "b": 8}
    assert settled({}, complete=False) == {}
