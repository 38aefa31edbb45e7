"""Text that was meant for a terminal, as HTML: colors, carriage returns, merged streams."""

from __future__ import annotations

import colorsys
import html
import re
from collections.abc import Sequence
from typing import Any

NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_SGR = re.compile(r"\x1b\[([\d;:]*)m")
_OTHER_ESCAPES = re.compile(r"\x1b(?:\[[\d;?]*[A-Za-ln-z]|\][^\x07\x1b]*(?:\x07|\x1b\\))")


def merge_streams(outputs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join neighboring pieces of one stream, as a notebook shows them.

    A `print(piece, end="")` in a loop may be stored piece by piece; without this each piece would
    get a box of its own. Carriage returns overwrite their line as in a terminal.
    """
    merged: list[dict[str, Any]] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if output["output_type"] != "stream":
            merged.append(output)
        elif last and last["output_type"] == "stream" and last["name"] == output["name"]:
            last["text"] += output["text"]
        else:
            merged.append(dict(output))
    for output in merged:
        if output["output_type"] == "stream":
            output["text"] = overwrite(output["text"])
    return merged


def overwrite(text: str) -> str:
    """Apply carriage returns and backspaces, so that a progress bar leaves its last state."""
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        shown = ""
        for piece in line.split("\r"):
            shown = piece + shown[len(piece) :]
        while "\x08" in shown:
            shorter = re.sub("[^\x08]\x08", "", shown, count=1)
            shown = shorter if shorter != shown else shown.replace("\x08", "")
        lines.append(shown)
    return "\n".join(lines)


def to_html(text: str) -> str:
    """Escape `text` and turn its ANSI colors into `ansi-*` classes.

    The 256-color and 24-bit codes become the nearest of the named hues, so that a style sheet can
    give each of them enough contrast in light and in dark.
    """
    text = _OTHER_ESCAPES.sub("", text)
    parts: list[str] = []
    state: dict[str, str] = {}
    position = 0
    for match in _SGR.finditer(text):
        _append(parts, text[position : match.start()], state)
        state = _apply(state, match[1])
        position = match.end()
    _append(parts, text[position:], state)
    return "".join(parts)


def _append(parts: list[str], text: str, state: dict[str, str]) -> None:
    if not text:
        return
    text = html.escape(text, quote=False)
    classes = " ".join(value for value in state.values() if value)
    parts.append(f'<span class="{classes}">{text}</span>' if classes else text)


def _apply(state: dict[str, str], codes: str) -> dict[str, str]:
    state = dict(state)
    numbers = [int(code or 0) for code in re.split(r"[;:]", codes)]
    while numbers:
        number = numbers.pop(0)
        if number == 0:
            state = {}
        elif number == 1:
            state["weight"] = "ansi-bold"
        elif number == 22:
            state.pop("weight", None)
        elif number == 4:
            state["line"] = "ansi-underline"
        elif number == 24:
            state.pop("line", None)
        elif number in (38, 48):
            hue = _extended(numbers)
            state["fg" if number == 38 else "bg"] = (
                f"ansi-{hue}-{'fg' if number == 38 else 'bg'}" if hue else ""
            )
        elif number == 39:
            state.pop("fg", None)
        elif number == 49:
            state.pop("bg", None)
        elif number // 10 in (3, 9) and number % 10 < 8:
            state["fg"] = f"ansi-{NAMES[number % 10]}-fg"
        elif number // 10 in (4, 10) and number % 10 < 8:
            state["bg"] = f"ansi-{NAMES[number % 10]}-bg"
    return state


def _extended(numbers: list[int]) -> str:
    """Take the rest of a 38/48 code from `numbers`; the nearest named hue, "" for a gray."""
    kind = numbers.pop(0) if numbers else 0
    if kind == 5 and numbers:
        index = numbers.pop(0)
        if index < 16:
            return NAMES[index % 8]
        if index >= 232:
            return ""
        index -= 16
        red, green, blue = (index // 36 / 5, index // 6 % 6 / 5, index % 6 / 5)
    elif kind == 2 and len(numbers) >= 3:
        red, green, blue = (numbers.pop(0) / 255 for _ in range(3))
    else:
        return ""
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    if saturation < 0.15 or not 0.03 < lightness < 0.97:
        return ""
    return ("red", "yellow", "green", "cyan", "blue", "magenta")[round(hue * 6) % 6]
