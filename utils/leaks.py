"""What nobody should see in a file that is published: keys, ids of people, paths of machines.

The recorder refuses to store it, and the gate for the repository refuses to let it in; both ask
here. A text is read line by line as a person would read it: JSON is decoded, also JSON inside of
JSON, as in the arguments of a tool call; base64 is decoded; the pieces of a stream are joined.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from . import sse

Kind = Literal["key", "path", "field", "address"]


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that should not be there.

    Attributes:
        kind: what sort of thing.
        what: in words, with no more of it than helps to find it.
        place: where it is in JSON, empty for a text.
    """

    kind: Kind
    what: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" if self.place else self.what


@dataclass(frozen=True, slots=True)
class _Rule:
    """A kind of secret.

    Attributes:
        name: in words.
        markers: one of these is in every text that has it; looking for them is quick.
        pattern: what it looks like.
    """

    name: str
    markers: tuple[str, ...]
    pattern: re.Pattern[str]


def _rule(name: str, pattern: str, *markers: str) -> _Rule:
    return _Rule(name, markers, re.compile(pattern))


_KEYS = (
    _rule(
        "a key of OpenAI or Anthropic",
        r"\bsk-(?=[A-Za-z0-9_-]*\d)[A-Za-z0-9_-]{16}|\bsk-[A-Za-z0-9]{32}",
        "sk-",
    ),
    _rule("a client secret", r"\bek_(?=[A-Za-z0-9_]*\d)[A-Za-z0-9_]{16}", "ek_"),
    _rule("a secret of webhooks", r"\bwhsec_[A-Za-z0-9+/=_-]{16}", "whsec_"),
    _rule(
        "the id of an organization",
        r"\borg-[A-Za-z0-9]{12}|\borg-(?=[A-Za-z0-9-]*\d)[A-Za-z0-9-]{16}",
        "org-",
    ),
    _rule("the id of a project", r"\bproj_[A-Za-z0-9]{12}", "proj_"),
    _rule("the id of a user", r"\buser-(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{16}", "user-"),
    _rule("a bearer token", r"\bBearer [A-Za-z0-9_.-]{20}", "Bearer "),
    _rule("a key of AWS", r"\bAKIA[0-9A-Z]{16}", "AKIA"),
    _rule("a key of Google", r"\bAIza[0-9A-Za-z_-]{30}", "AIza"),
    _rule("a token of GitHub", r"\bgh[pousr]_[A-Za-z0-9]{20}", *(f"gh{c}_" for c in "pousr")),
    _rule("a token of GitHub", r"\bgithub_pat_[A-Za-z0-9_]{20}", "github_pat_"),
    _rule("a token of GitLab", r"\bglpat-[A-Za-z0-9_-]{16}", "glpat-"),
    _rule("a token of Slack", r"\bxox[abeprs]-[A-Za-z0-9-]{12}", "xox"),
    _rule("a token of Hugging Face", r"\bhf_[A-Za-z]{20}", "hf_"),
    _rule("a key of Azure storage", r"\bAccountKey=[A-Za-z0-9+/=]{20}", "AccountKey="),
    _rule("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY", "PRIVATE KEY"),
)
_ADDRESSES = (
    _rule(
        "an address with a signature",
        r"[?&;][Ss]ig(?:nature)?=[A-Za-z0-9%+/=_-]{20}",
        *("sig=", "Sig=", "signature=", "Signature="),
    ),
    _rule("an address with a password", r"""://[^\s/:@"'`<{]+:[^\s/@"'`<{]+@[\w\[]""", "://"),
    _rule(
        "an address with a key",
        r"(?i)[?&](?:api[-_]?key|key|token|access_token)=(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{16}",
        "key=",
        "token=",
    ),
)

MACHINE_PATH = re.compile(
    r"(?<![\w.:/-])/(?:ho[m]e|Users)/\w|(?<![\w.:/-])/ro[o]t\b|(?<![\w.:/-])/tm[p]/"
    r"|(?<!\w)[A-Z]:\\+Users"
)
"""A path of somebody's machine."""

_PATH_MARKERS = ("/ho" + "me/", "/Users/", "/ro" + "ot", "/tm" + "p/", ":\\")

KEY = re.compile("|".join(rule.pattern.pattern for rule in _KEYS))
"""Keys of OpenAI and others, and ids of organizations, projects and users."""

PRIVATE_FIELDS = frozenset(
    {"set-cookie", "cookie", "authorization", "proxy-authorization", "api-key", "x-api-key"}
    | {"openai-organization", "openai-project", "cf-ray"}
)
"""Headers that are not to be stored, wherever they are in JSON."""

PERSONAL_FIELDS = frozenset({"user", "safety_identifier"})
"""Fields of a request that should hold a hash, and not an address of a person."""

_GUARDED = PRIVATE_FIELDS | PERSONAL_FIELDS

_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_BASE64 = re.compile(r"(?:data:[\w/+.-]+;base64,)?([A-Za-z0-9+/_-]{24,}={0,2})")
_PIECES = frozenset({"content", "delta", "arguments", "input", "refusal", "text", "transcript"})
"""Fields of events that hold the next piece of something."""


_MARKERS = (*(marker for rule in (*_KEYS, *_ADDRESSES) for marker in rule.markers), *_PATH_MARKERS)


def in_text(text: str, binary: bool = False) -> Iterator[Leak]:
    """What a text has that nobody should see, line by line.

    Args:
        text: decoded.
        binary: whether it is not text, but bytes that may have some.
    """
    kinds: tuple[tuple[Kind, tuple[_Rule, ...]], ...] = (("key", _KEYS), ("address", _ADDRESSES))
    for kind, rules in kinds[:1] if binary else kinds:
        for rule in rules:
            if any(marker in text for marker in rule.markers):
                for found in rule.pattern.finditer(text):
                    yield Leak(kind, f"looks like {rule.name}: {found[0][:8]!r}...")
    if not binary and any(marker in text for marker in _PATH_MARKERS):
        for line in text.splitlines():
            if found := MACHINE_PATH.search(line):
                yield Leak("path", f"names a path of a machine: {line[found.start() :][:40]}")


def in_value(value: Any, place: str = "") -> Iterator[Leak]:
    """What JSON has, in all of its texts, in whatever form they are.

    Args:
        value: decoded JSON.
        place: where it stands in something larger.
    """
    if _is_suspicious(value):
        yield from _walk(value, place)


def _is_suspicious(value: Any) -> bool:
    """Whether it is worth looking closely; nearly always it is not."""
    texts: list[str] = []
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            if not _GUARDED.isdisjoint(map(str.lower, map(str, one))):
                return True
            left += one.values()
        elif isinstance(one, list):
            left += one
        elif isinstance(one, str):
            texts.append(one)
            inner = _inside(one)
            if isinstance(inner, bytes):
                inner = inner.decode("latin-1")
            if inner is not None:
                left.append(inner)
    text = "\n".join(texts)
    return any(marker in text for marker in _MARKERS)


def _inside(text: str) -> Any:
    """What a text is a form of: JSON as its value, base64 as bytes or text, None for neither."""
    if text[:1] in ("{", "[") and text.rstrip()[-1:] in ("}", "]"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None
    if len(text) >= 24 and " " not in text and (coded := _BASE64.fullmatch(text)):
        content = _decoded(coded[1])
        try:
            return content and content.decode()
        except UnicodeDecodeError:
            return content
    return None


def _walk(value: Any, place: str) -> Iterator[Leak]:
    if isinstance(value, str):
        for leak in _in_string(value, place):
            yield Leak(leak.kind, leak.what, leak.place or place)
    elif isinstance(value, dict):
        for name, inner in value.items():
            where = f"{place}.{name}" if place else str(name)
            yield from _in_field(str(name), inner, where)
            yield from _walk(inner, where)
    elif isinstance(value, list) and not all(isinstance(each, int | float) for each in value):
        for number, inner in enumerate(value):
            yield from _walk(inner, f"{place}[{number}]")


def _in_field(name: str, value: Any, place: str) -> Iterator[Leak]:
    if not isinstance(value, str) or not value.strip(". "):
        return
    if name.lower() in PRIVATE_FIELDS:
        yield Leak("field", "holds what is not to be stored", place)
    if name in PERSONAL_FIELDS and _MAIL.fullmatch(value):
        yield Leak("field", "holds an e-mail address; send a hash", place)


def _in_string(text: str, place: str) -> Iterator[Leak]:
    yield from in_text(text)
    inner = _inside(text)
    if isinstance(inner, bytes):
        yield from in_text(inner.decode("latin-1"), binary=True)
    elif inner is not None:
        yield from _walk(inner, place)


def _decoded(text: str) -> bytes | None:
    """Base64 of either alphabet as bytes, None if it is none."""
    try:
        clear = text.replace("-", "+").replace("_", "/")
        return base64.b64decode(clear + "=" * (-len(clear) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def in_stream(blocks: Sequence[str]) -> Iterator[Leak]:
    """What the events of a stream have, each by itself and all of them put together.

    Args:
        blocks: events as they came.
    """
    joined: defaultdict[str, list[str]] = defaultdict(list)
    for number, body in enumerate(sse.bodies(sse.parse("".join(blocks)))):
        yield from in_value(body, f"events[{number}]")
        _collect(body, "", joined)
    for place, pieces in joined.items():
        if len(pieces) > 1:
            yield from in_value("".join(pieces), f"{place} of all events")


def _collect(value: Any, place: str, joined: defaultdict[str, list[str]]) -> None:
    if isinstance(value, dict):
        index = "".join(f"#{value[name]}" for name in ("index", "output_index") if name in value)
        for name, inner in value.items():
            if isinstance(inner, str) and name in _PIECES:
                joined[f"{place}{index}.{name}".lstrip(".")].append(inner)
            else:
                _collect(inner, f"{place}{index}.{name}", joined)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, place, joined)


def in_interaction(request: dict[str, Any], response: dict[str, Any]) -> Iterator[Leak]:
    """What a request and its answer have, both as they stand in a recording."""
    yield from in_value(request, "request")
    yield from in_value({k: v for k, v in response.items() if k != "events"}, "response")
    yield from in_stream([text for _, text in response.get("events") or ()])
