"""The widget that streams: how often it paints, how it ends, and what Stop does on the wire."""

from __future__ import annotations

from itertools import pairwise

import pytest

from utils.scripted import ScriptedAPI, fails, says, streams
from utils.show.stream_view import StreamView, Throttle, filmstrip
from utils.show.timing import StreamTiming

MESSAGES = [{"role": "user", "content": "How do I break in boots?"}]


def view_of(api: ScriptedAPI, paint=lambda page: None, **options) -> StreamView:
    client = api.async_client(max_retries=0, timeout=30)

    def open_stream():
        return client.chat.completions.create(model="m", messages=MESSAGES, stream=True)  # type: ignore[arg-type]

    return StreamView(open_stream, paint=paint, **options)


def test_it_shows_the_whole_answer():
    api = ScriptedAPI([streams("Wear", " **them**", " indoors.")])
    pages: list[str] = []
    view = view_of(api, pages.append)
    with api.simulated_time():
        assert api.run(view.finished()) == "Wear **them** indoors."
    assert view.state == "complete"
    assert "Wear <strong>them</strong> indoors." in pages[-1]
    assert "Complete." in pages[-1]
    assert api.requests[0].closed


@pytest.mark.parametrize("every", [0.001, 0.004, 0.02, 0.049, 0.2])
@pytest.mark.parametrize("per_second", [5, 20])
def test_it_never_paints_more_often_than_allowed(every: float, per_second: float):
    api = ScriptedAPI([streams(*[f"{n} " for n in range(120)], every=every)])
    painted: list[float] = []
    view = view_of(api, lambda page: painted.append(api.clock.now), per_second=per_second)
    with api.simulated_time():
        api.run(view.finished())
    assert len(painted) == view.paints >= 2
    assert min(b - a for a, b in pairwise(painted)) >= 1 / per_second - 1e-6


def test_a_piece_before_a_long_pause_is_shown_without_waiting_for_the_next():
    api = ScriptedAPI([streams("one", " two", " three", every=0.01, end="stall")])
    shown: list[tuple[float, str]] = []
    view = view_of(api, lambda page: shown.append((api.clock.now, page)))
    with api.simulated_time():
        api.run(view.finished())
    assert any("one two three" in page and at < 0.2 for at, page in shown)
    assert view.state == "broken"


def test_stop_closes_the_connection_and_keeps_the_text():
    api = ScriptedAPI([streams(*["a", "b", "c", "d", "e", "f", "g", "h"], every=0.5)])
    view = view_of(api, lambda page: view.stop() if len(view.text) == 3 else None)
    with api.simulated_time():
        assert api.run(view.finished()) == "abc"
    sent = api.requests[0]
    assert view.state == "stopped"
    assert sent.closed
    assert sent.parts_read == 4  # the role and three pieces; nothing was read to throw it away


def test_stop_before_the_first_word_closes_the_connection():
    api = ScriptedAPI([streams("late", every=60)])

    async def press() -> str:
        import asyncio

        task = view.start()
        await asyncio.sleep(5)
        view.stop()
        return await task

    view = view_of(api)
    with api.simulated_time():
        assert api.run(press()) == ""
    assert view.state == "stopped"
    assert api.requests[0].closed


def test_stop_after_the_last_piece_leaves_a_complete_answer():
    api = ScriptedAPI([streams("Wear", " them")])
    view = view_of(api, lambda page: view.stop() if "Complete" in page else None)
    with api.simulated_time():
        assert api.run(view.finished()) == "Wear them"
    assert view.state == "complete"


def test_stop_when_nothing_streams_does_nothing():
    view = view_of(ScriptedAPI([]))
    view.stop()
    assert view.state == "ready"


def test_being_canceled_by_somebody_else_is_passed_on():
    import asyncio

    api = ScriptedAPI([streams("late", every=60)])
    view = view_of(api)

    async def cancel() -> None:
        task = view.start()
        await asyncio.sleep(1)
        task.cancel()
        await task

    with api.simulated_time(), pytest.raises(asyncio.CancelledError):
        api.run(cancel())
    assert api.requests[0].closed


@pytest.mark.parametrize(
    ("end", "state", "problem"),
    [
        ("cut", "cut off", ""),
        ("drop", "broken", "APIConnectionError"),
        ("error", "broken", "APIError"),
        ("stall", "broken", "APITimeoutError"),
    ],
)
def test_a_bad_end_is_named_and_the_text_stays(end, state: str, problem: str):
    api = ScriptedAPI([streams("Wear", " them", end=end)])
    pages: list[str] = []
    view = view_of(api, pages.append)
    with api.simulated_time():
        assert api.run(view.finished()) == "Wear them"
    assert view.state == state
    assert view.problem.startswith(problem)
    assert "Wear them" in pages[-1]
    assert problem in pages[-1]


def test_a_refused_request_is_named():
    api = ScriptedAPI([fails(401)])
    view = view_of(api)
    with api.simulated_time():
        api.run(view.finished())
    assert (view.state, view.problem.partition(":")[0]) == ("broken", "AuthenticationError")


def test_it_can_stream_again():
    api = ScriptedAPI([streams("one"), says("two")])
    view = view_of(api)

    async def twice() -> list[str]:
        first = await view.start()
        return [first, await view.start()]

    with api.simulated_time():
        assert api.run(twice()) == ["one", "two"]


def test_it_refuses_to_start_twice_at_once():
    api = ScriptedAPI([streams("one", every=1)])
    view = view_of(api)

    async def twice() -> None:
        view.start()
        with pytest.raises(RuntimeError, match="streaming already"):
            view.start()
        await view.finished()

    with api.simulated_time():
        api.run(twice())


def test_html_of_a_model_is_shown_as_text():
    api = ScriptedAPI([streams("<script>", "alert(1)", "</script>")])
    pages: list[str] = []
    view = view_of(api, pages.append)
    with api.simulated_time():
        api.run(view.finished())
    assert "<script" not in "".join(pages)


def test_the_widget_has_its_page_and_buttons_that_fit_the_state():
    api = ScriptedAPI([streams("Wear", " them", " indoors", every=0.5)])
    view = view_of(api, None)  # type: ignore[arg-type]
    page, buttons = view.widget().children
    stop, again = buttons.children
    seen: list[tuple[bool, bool]] = []
    page.observe(lambda change: seen.append((stop.disabled, again.disabled)), "value")
    assert (stop.disabled, again.disabled) == (True, False)

    async def press() -> str:
        import asyncio

        task = view.start()
        await asyncio.sleep(1.2)
        assert (stop.disabled, again.disabled) == (False, True)
        stop.click()
        return await task

    with api.simulated_time():
        assert api.run(press()) == "Wear them"
    assert "Stopped" in page.value
    assert (stop.disabled, again.disabled) == (True, False)
    assert api.requests[0].closed


def test_what_is_shown_without_a_kernel_is_the_filmstrip():
    view = view_of(ScriptedAPI([]), still="<p>still</p>")
    bundle = view._repr_mimebundle_()
    assert bundle["text/html"] == "<p>still</p>"
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_the_filmstrip_shows_what_had_arrived():
    timing = StreamTiming((1.0, 2.0), ("**Wear", "** them"), 3.0, 4)
    waiting, growing, complete = filmstrip(timing, [0.5, 1.0, 3.0]).split("\n<div")
    assert "After 0.5 seconds. Waiting" in waiting
    assert "<strong>Wear</strong>" in growing
    assert "Streaming" in growing
    assert "<strong>Wear</strong> them" in complete
    assert "Complete." in complete


def test_a_throttle_lets_through_at_its_pace():
    now = 10.0
    throttle = Throttle(20, clock=lambda: now)
    assert throttle.wait() == 0
    throttle.painted()
    assert throttle.wait() == pytest.approx(0.05)
    now = 10.06
    assert throttle.wait() == 0


@pytest.mark.parametrize("per_second", [0, -1])
def test_a_throttle_needs_a_pace(per_second: float):
    with pytest.raises(ValueError, match="above 0"):
        Throttle(per_second)
