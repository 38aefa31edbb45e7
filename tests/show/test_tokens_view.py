"""The token viewer shows every token of a text, and follows what is typed."""

from __future__ import annotations

import re

import pytest

from utils.show.tokens_view import MOST, as_html, headline, picture, shown, viewer
from utils.tokens import Piece, encoding, pieces

TEXTS = ["", "a tent", "Zelt für zwei: 雨でも", "🏕 <b>&amp;</b>", "line\n\tnext", "<|endoftext|>"]


@pytest.mark.parametrize("name", ["o200k_base", "cl100k_base"])
@pytest.mark.parametrize("text", TEXTS)
def test_the_pieces_together_are_the_text(text: str, name: str) -> None:
    found = pieces(text, name)
    assert b"".join(piece.bytes for piece in found).decode() == text
    assert [piece.id for piece in found] == encoding(name).encode(text, disallowed_special=())


def test_white_space_is_visible_and_a_part_of_a_character_is_shown_as_bytes() -> None:
    assert shown(Piece(1, b" tent\n")) == "·tent⏎"
    assert shown(Piece(2, b"\xf0\x9f")) == "‹f0 9f›"
    assert Piece(2, b"\xf0\x9f").text is None


def test_the_headline_counts_tokens_characters_and_bytes() -> None:
    text = "für zwei"
    assert headline(text, pieces(text)) == "2 tokens, 8 characters, 9 bytes, 4.0 characters a token"
    assert headline("", []) == "0 tokens, 0 characters, 0 bytes"


def test_the_html_has_each_id_and_escapes_the_text() -> None:
    text = "<script>alert(1)</script>"
    html = as_html(text)
    assert [int(id) for id in re.findall(r">(\d+)</small>", html)] == [p.id for p in pieces(text)]
    assert "<script" not in html


def test_a_long_text_is_counted_whole_and_drawn_in_part() -> None:
    html = as_html("tent " * 1000)
    assert html.count("</small>") == MOST
    assert f"and {len(pieces('tent ' * 1000)) - MOST} more" in html


def test_the_viewer_follows_the_text_and_the_encoding() -> None:
    box, choice, view = viewer("one tent").children
    assert "2 tokens" in view.value
    box.value = "Zelt für zwei"
    assert view.value == as_html("Zelt für zwei", "o200k_base")
    choice.value = "cl100k_base"
    assert view.value == as_html("Zelt für zwei", "cl100k_base")


def test_the_picture_draws_every_piece_of_every_text() -> None:
    texts = ["two tents", "Zelt"]
    found = picture(texts)
    assert found.data == [pieces(text) for text in texts]
    axes = found.figure.axes[0]
    assert len(axes.patches) == sum(map(len, found.data))
    assert {text.get_text() for text in axes.texts} >= {shown(p) for p in pieces("two tents")}
    assert "'two tents' is 2" in found.alt
