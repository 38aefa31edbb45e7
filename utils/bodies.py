"""Bodies of requests and answers: bytes on the wire, and what a recording keeps of them.

A recording gives back the bytes that it got. JSON is kept as JSON, which reads well in a diff, if
writing it in one of a few usual forms gives those bytes again; `Response.form` says which. Where
only the spelling of numbers, or white space, is unlike any form, that is given up, except for files
that were downloaded. Everything else is kept as text, or as base64 if it is not UTF-8.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import httpx2

from .addresses import relative_path, relative_query
from .recordings import Request, Response

SPARE_LEVELS = 100
"""Levels of nesting that are left to those who handle a body that is kept as JSON."""

JSON_TYPE = re.compile(r"(?i)^\s*application/(?:[\w.+-]+\+)?json\s*(?:;|$)")

DOWNLOADS = re.compile(r"/content(?:/|$)")
"""Paths that give files back, such as /files/file-1/content."""


def read_request(request: httpx2.Request, body: bytes, base: str = "") -> Request:
    """A request as recordings compare it.

    Args:
        request: as the SDK sends it.
        body: its body.
        base: the path of the client's base URL.
    """
    kind = request.headers.get("content-type", "")
    if "boundary" in kind and (boundary := re.search(r'boundary="?([^";]+)', kind)):
        body = body.replace(boundary[1].encode(), b"BOUNDARY")
    return Request(
        method=request.method,
        path=relative_path(request.url.path, base),
        query=relative_query(request.url),
        body=_kept_request(body),
    )


def _kept_request(body: bytes) -> Any:
    if not body:
        return None
    try:
        parsed = json.loads(body)
        if b"\\u" not in body or _can_be_kept(parsed):
            return parsed
    except (ValueError, RecursionError):
        pass
    text = as_text(body)
    return {"$base64": base64.b64encode(body).decode()} if text is None else {"$text": text}


def kept(body: bytes, content_type: str, path: str) -> dict[str, Any]:
    """The fields of a `Response` that hold its body.

    Args:
        body: not compressed.
        content_type: the header.
        path: of the request.
    """
    text = as_text(body)
    if text is None:
        return {"base64": base64.b64encode(body).decode()}
    if JSON_TYPE.match(content_type):
        try:
            parsed = json.loads(text)
            if parsed is not None and _can_be_kept(parsed):
                if (form := form_of(text, parsed)) is not None:
                    return {"json": parsed, "form": form or None}
                if not DOWNLOADS.search(path) and not _has_a_key_twice(text):
                    return {"json": parsed}
        except (ValueError, RecursionError):
            pass
    return {"text": text}


def content(answer: Response) -> bytes:
    """The body of an answer that is not a stream of events."""
    if answer.text is not None:
        return answer.text.encode()
    if answer.base64 is not None:
        return base64.b64decode(answer.base64)
    return written(answer.json_body, answer.form or "").encode()


def written(value: Any, form: str) -> str:
    """JSON as text.

    Args:
        value: what to write.
        form: words: "compact" for no spaces, "indented" for two at the start of a line, "ascii"
            for escapes, "newline" for one at the end; without a word, as `json.dumps` writes.
    """
    words = form.split()
    text = json.dumps(
        value,
        ensure_ascii="ascii" in words,
        indent=2 if "indented" in words else None,
        separators=(",", ":") if "compact" in words else None,
    )
    return text + "\n" * ("newline" in words)


def form_of(text: str, parsed: Any) -> str | None:
    """The form that gives this text again, or None if none of them does."""
    end = ["newline"] if text.endswith("\n") else []
    space = ["indented"] if "\n" in text.rstrip("\n") else []
    for spaces in [space] if space else [["compact"], []]:
        for escapes in ([], ["ascii"]) if "\\u" in text else ([],):
            form = " ".join([*spaces, *escapes, *end])
            if written(parsed, form) == text:
                return form
    return None


def as_text(body: bytes) -> str | None:
    """Bytes as text, or None if they are not UTF-8."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _can_be_kept(parsed: Any) -> bool:
    """Whether JSON can be written into a file: not nested too deep, no half of a character.

    JSON may hold one half of a surrogate pair (`"\\ud83d"`), which UTF-8 cannot.
    """
    nested = parsed
    for _ in range(SPARE_LEVELS):
        nested = [nested]
    try:
        json.dumps(nested, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def _has_a_key_twice(text: str) -> bool:
    found = False

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal found
        found = found or len({name for name, _ in pairs}) < len(pairs)

    json.loads(text, object_pairs_hook=look)
    return found
