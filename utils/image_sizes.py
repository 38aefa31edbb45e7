"""How large a picture in a request is, and how many tokens the live model counts for it."""

from __future__ import annotations

import base64
import binascii
import math
import struct
from typing import Any

PATCH = 32
"""Pixels of a patch's side; the live default model counts patches (measured on 2026-10-03)."""

TOKENS_PER_PATCH = 1.2
MOST_PATCHES = {"low": 256, "high": 2_500}
"""By `detail`; with "auto", or without it, there is no limit below that of a request."""

MOST_PATCHES_AT_ALL = 30_000
"""A picture with more is refused."""

HEAD = 40_000
"""Characters of base64 in which the size of a picture is looked for."""


def tokens_of(url: str, detail: str = "auto") -> int:
    """Tokens that the live default model counts for a picture, at most if its size is unknown.

    Args:
        url: an address, or a data URL with the picture.
        detail: "low", "high", or anything else for "auto".
    """
    most = MOST_PATCHES.get(detail, MOST_PATCHES_AT_ALL)
    size = size_of(_head(url))
    if size is None:
        return int(most * TOKENS_PER_PATCH)
    patches = math.ceil(size[0] / PATCH) * math.ceil(size[1] / PATCH)
    return int(min(patches, most) * TOKENS_PER_PATCH)


def _head(url: str) -> bytes:
    """The first bytes of the picture in a data URL."""
    start, comma, data = url.partition(";base64,")
    if not (comma and start.startswith("data:")):
        return b""
    part = data[:HEAD]
    try:
        return base64.b64decode(part[: len(part) // 4 * 4])
    except (binascii.Error, ValueError):
        return b""


def size_of(head: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, from the first bytes of a PNG, GIF, JPEG or WebP file.

    Sources: RFC 2083 (PNG), GIF89a, ITU T.81 (JPEG), RFC 9649 (WebP).
    """
    try:
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return struct.unpack(">II", head[16:24])
        if head[:6] in (b"GIF87a", b"GIF89a"):
            return struct.unpack("<HH", head[6:10])
        if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
            return _webp(head)
        if head.startswith(b"\xff\xd8"):
            return _jpeg(head)
    except (struct.error, IndexError):
        pass
    return None


def _webp(head: bytes) -> tuple[int, int] | None:
    kind = head[12:16]
    if len(head) < (25 if kind == b"VP8L" else 30):
        return None
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg(head: bytes) -> tuple[int, int] | None:
    at = 2
    while head[at] == 0xFF:
        marker = head[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return width, height
        at += 2 + struct.unpack(">H", head[at + 2 : at + 4])[0]
    return None


def without_pictures(value: Any) -> tuple[Any, int]:
    """A copy of a request's messages or input without pictures, and the tokens of those.

    Args:
        value: JSON as Chat Completions (`image_url`) or Responses (`input_image`) take it.
    """
    if isinstance(value, list):
        parts = [without_pictures(each) for each in value]
        return [part for part, _ in parts], sum(tokens for _, tokens in parts)
    if not isinstance(value, dict):
        return value, 0
    if value.get("type") in ("image_url", "input_image"):
        inner = value.get("image_url")
        fields = inner if isinstance(inner, dict) else {"url": inner, "detail": value.get("detail")}
        url, detail = fields.get("url"), fields.get("detail")
        tokens = tokens_of(url if isinstance(url, str) else "", str(detail))
        return {"type": value["type"]}, tokens
    parts = {name: without_pictures(inner) for name, inner in value.items()}
    return {name: part for name, (part, _) in parts.items()}, sum(t for _, t in parts.values())
