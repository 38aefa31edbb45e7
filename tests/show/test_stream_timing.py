"""Timings of recorded streams, and what the figures say about them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from utils.recordings import (
    Ended,
    Origin,
    RecordingFile,
    RecordingMissing,
    Request,
    Response,
    interaction,
    write,
)
from utils.show import stream_figures
from utils.show.stream_figures import count_paints
from utils.show.timing import (
    StreamTiming,
    characters_painted,
    faster,
    paint_times,
    reader,
    recorded_streams,
    timing_of,
    words_at,
)

TIMING = StreamTiming((1.0, 1.5, 3.0), ("Wear", " them in", "doors."), 4.0, 6)


def chat_event(content: str | None) -> str:
    choices = [] if content is None else [{"index": 0, "delta": {"content": content}}]
    return "data: " + json.dumps({"choices": choices}) + "\n\n"


def test_only_pieces_of_text_count():
    events = [
        (900, chat_event("")),
        (1000, chat_event("Wear")),
        (1250, chat_event(" them")),
        (1300, chat_event(None)),
        (1300, "data: [DONE]\n\n"),
    ]
    timing = timing_of(Response(status=200, ms=1310, events=events))
    assert timing.at == (1.0, 1.25)
    assert timing.text == "Wear them"
    assert (timing.first, timing.total, timing.events, timing.ended) == (1.0, 1.31, 5, None)
    assert timing.gaps == [0.25]


def test_responses_events_are_read_too():
    delta = {"type": "response.output_text.delta", "delta": "Hello"}
    events = [
        (5, 'event: response.created\ndata: {"type": "response.created"}\n\n'),
        (700, f"event: response.output_text.delta\ndata: {json.dumps(delta)}\n\n"),
    ]
    timing = timing_of(Response(status=200, ms=800, events=events))
    assert (timing.at, timing.pieces) == ((0.7,), ("Hello",))


def test_a_separator_of_lines_inside_the_text_does_not_end_an_event():
    event = 'data: {"choices":[{"delta":{"content":"one\u2028two"}}]}\n\n'
    timing = timing_of(Response(status=200, ms=200, events=[(100, event)]))
    assert timing.pieces == ("one\u2028two",)


def test_a_stream_without_text_has_its_end_as_first():
    timing = timing_of(Response(status=200, ms=800, events=[(5, "data: [DONE]\n\n")]))
    assert (timing.first, timing.gaps, words_at(timing)) == (0.8, [], [])


@pytest.fixture
def chapter(recordings: Path) -> str:
    def made(text: str, ended: Ended | None = None, **body: object):
        request = Request(method="POST", path="/chat/completions", body={"stream": True, **body})
        events = [(100, chat_event(text))]
        return interaction(request, Response(status=200, ms=200, events=events, ended=ended))

    whole = interaction(
        Request(method="POST", path="/chat/completions", body={"seed": 1}),
        Response(status=200, json={}),  # type: ignore[call-arg]
    )
    found = [made("one", seed=1), made("two", seed=2), made("again", seed=1), whole]
    found.append(made("capped", seed=4, n=2))
    found.append(made("left", Ended(how="closed by reader"), seed=3))
    origin = Origin(provider="local", chat_model="m", recorded="2026-11-21T00:00:00Z")
    file = RecordingFile(format=1, lesson="03_streaming", origin=origin, interactions=found)
    write(recordings / "03_streaming.json", file)
    return "03_streaming"


def test_streams_are_found_by_the_parameters_of_their_request(chapter: str):
    assert [t.text for t in recorded_streams(chapter, seed=1)] == ["one", "again"]
    assert [t.text for t in recorded_streams(chapter, seed=2, model="any")] == ["two"]


def test_a_request_with_more_parameters_is_another_request(chapter: str):
    assert [t.text for t in recorded_streams(chapter, seed=4, n=2)] == ["capped"]
    with pytest.raises(RecordingMissing):
        recorded_streams(chapter, seed=4)


def test_a_stream_that_was_left_says_so(chapter: str):
    assert recorded_streams(chapter, seed=3)[0].ended == "closed by reader"


def test_a_changed_request_has_no_timing(chapter: str):
    with pytest.raises(RecordingMissing, match=r"03_streaming\.json has no stream .* seed"):
        recorded_streams(chapter, seed=99)


def test_a_word_has_arrived_when_all_of_it_is_there():
    # "Wear" may still grow, so it is whole only when the space after it has come.
    assert words_at(TIMING) == [1.5, 1.5, 3.0]


def test_a_reader_of_a_stream_starts_earlier_and_is_done_earlier():
    late = reader(TIMING, streamed=False, words_per_minute=60)
    early = reader(TIMING, streamed=True, words_per_minute=60)
    assert (late.blank, late.read, late.done) == (4.0, (5.0, 6.0, 7.0), 7.0)
    assert (early.blank, early.read, early.done) == (1.5, (2.5, 3.5, 4.5), 4.5)


def test_a_reader_waits_for_words_that_have_not_arrived():
    quick = reader(TIMING, streamed=True, words_per_minute=600)
    assert quick.read == pytest.approx((1.6, 1.7, 3.1))


def test_paints_are_never_closer_than_the_limit_and_show_the_end():
    at = [0.0, 0.01, 0.02, 0.3, 0.31]
    paints = paint_times(at, per_second=10)
    assert paints == pytest.approx([0.0, 0.1, 0.3, 0.4])
    assert paints[-1] >= at[-1]


def test_slow_pieces_are_painted_when_they_come():
    assert paint_times([0.0, 1.0, 2.5], per_second=10) == [0.0, 1.0, 2.5]
    assert paint_times([], per_second=10) == []


def test_painting_every_piece_draws_the_text_again_and_again():
    assert characters_painted(TIMING, TIMING.at) == 4 + 12 + 18
    assert characters_painted(TIMING, [3.0]) == 18


def test_faster_keeps_the_text_and_shortens_the_times():
    quick = faster(TIMING, 2)
    assert (quick.at, quick.total, quick.text) == ((0.5, 0.75, 1.5), 2.0, TIMING.text)


def test_the_limit_matters_more_the_faster_the_model():
    pieces = tuple(f"word{n} " for n in range(100))
    timing = StreamTiming(tuple(n / 10 for n in range(100)), pieces, 10.0, 100)
    slow, quick, fast = count_paints(timing, factors=(1, 4, 16), per_second=20)
    assert slow.each == quick.each == fast.each == slow.limited == 100
    assert [row.rate for row in (slow, quick, fast)] == pytest.approx([10, 40, 160])
    assert quick.limited == pytest.approx(50, abs=1)
    assert fast.limited == pytest.approx(14, abs=1)
    assert slow.drawn_each == slow.drawn_limited == fast.drawn_each
    assert fast.drawn_limited < quick.drawn_limited < slow.drawn_limited


GROUPS = {"in": [("5", TIMING)], "out": [("9", TIMING)]}
PICTURES = {
    "gaps": lambda: stream_figures.gaps(TIMING),
    "split": lambda: stream_figures.split(GROUPS),
    "wait": lambda: stream_figures.wait(TIMING),
    "paints": lambda: stream_figures.paints(TIMING, (1, 4)),
    "lanes": lambda: stream_figures.lanes({"a": TIMING, "b": TIMING}),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_figure_names_its_axes_and_says_what_it_shows(name: str):
    picture = PICTURES[name]()
    assert any(axes.get_xlabel() for axes in picture.figure.axes)
    assert len(picture.alt.split()) > 8
    drawn = picture.png()
    assert drawn.startswith(b"\x89PNG")
    assert drawn == PICTURES[name]().png()


def test_the_gaps_figure_draws_milliseconds():
    picture = stream_figures.gaps(TIMING)
    lines = picture.figure.axes[0].collections[0]
    heights = [segment[1][1] for segment in lines.get_segments()]  # type: ignore[attr-defined]
    assert heights == pytest.approx([500, 1500]) == picture.data
    assert "1000 ms" in picture.figure.axes[0].get_title("left")
    assert "1500 ms" in picture.alt


def test_the_split_figure_draws_first_token_and_rest():
    picture = stream_figures.split(GROUPS)
    widths = [bar.get_width() for bar in picture.figure.axes[0].patches]  # type: ignore[attr-defined]
    assert widths == [1.0, 3.0]
    assert picture.data["in"] == [("5", 1.0, 3.0)]


def test_the_wait_figure_draws_both_readers():
    picture = stream_figures.wait(TIMING)
    titles = [axes.get_title("left") for axes in picture.figure.axes]
    assert [title.partition(",")[0] for title in titles] == [
        "Shown when it is complete: empty page for 4.0 s",
        "Streamed: empty page for 1.5 s",
    ]


def test_the_paints_figure_draws_thousands_of_characters():
    picture = stream_figures.paints(TIMING, (1,))
    heights = [bar.get_height() for bar in picture.figure.axes[0].patches]  # type: ignore[attr-defined]
    assert heights == pytest.approx([0.034, 0.034])


def test_the_lanes_figure_marks_each_piece():
    axes = stream_figures.lanes({"a": TIMING, "b": TIMING}).figure.axes[0]
    assert [list(line.get_xdata()) for line in axes.lines] == [[1.0, 1.5, 3.0]] * 2  # type: ignore[arg-type]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["a", "b"]
