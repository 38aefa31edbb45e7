"""Values as plain data: what a learner's function gets and returns, in a form that JSON can carry.

`encode` makes a JSON-able description of any value, `decode` makes plain Python of it again. Lists,
dictionaries, strings, numbers, None, tuples, sets and bytes come back as they were; a `Decimal`
comes back as a float, so that amounts of money are compared as numbers. Anything else comes back as
a `Described` value: its type's name, its fields if it is a pydantic model or a dataclass, and a
short repr. What came back never runs code of the value's own class, so that values of an untrusted
process can be compared.
"""

from __future__ import annotations

import base64
import dataclasses
import math
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

DEEPEST = 40
LONGEST = 200_000
"""Characters of one string, or entries of one container, that are kept."""


SDK_TYPES = ("ChatCompletion", "ParsedChat", "ParsedFunction", "ParsedResponse", "Response")
SDK_TYPES += ("Choice", "CompletionUsage", "FunctionCall", "Function")
"""How the names of the SDK's classes begin that a learner may hand on in place of a dictionary."""

JSON_TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}
"""Values of `type` in a schema, where null is not the same as nothing."""


@dataclass(frozen=True)
class Described:
    """A value that is not plain data. Two are equal if type and fields are."""

    type: str
    fields: Any = None
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"a{'n' * (self.type[:1] in 'AEIOUaeiou')} {self.type} object"

    @property
    def from_sdk(self) -> bool:
        """Whether it is what the SDK hands out: a message, an item, a usage."""
        return self.type.startswith(SDK_TYPES) and isinstance(self.fields, dict)


def encode(value: Any, depth: int = 0) -> Any:
    """A JSON-able description of `value`. Never raises for a strange value."""
    if value is None or isinstance(value, bool):
        return value
    kind = type(value)
    if kind is int:
        return value if value.bit_length() <= 4000 else {"$object": "int", "text": "a huge integer"}
    if kind is float:
        return value if math.isfinite(value) else {"$float": repr(value)}
    if kind is str:
        return value[:LONGEST].encode("utf-8", "replace").decode()
    if depth > DEEPEST:
        return {"$object": kind.__name__, "text": "nested too deeply"}
    try:
        return _encode_container(value, kind, depth + 1)
    except Exception as error:  # a value whose own methods fail is still a value
        return {"$object": kind.__name__, "text": f"could not be read: {type(error).__name__}"}


def _encode_container(value: Any, kind: type, depth: int) -> Any:
    if isinstance(value, str):  # an enum or a subclass
        return str.__str__(value)[:LONGEST]
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return encode(float(value), depth)
    if isinstance(value, Decimal):
        return encode(float(value), depth)
    if isinstance(value, bytes | bytearray):
        return {"$bytes": base64.b64encode(bytes(value[:LONGEST])).decode()}
    if isinstance(value, list):
        return [encode(item, depth) for item in value[:LONGEST]]
    if isinstance(value, tuple):
        return {"$tuple": [encode(item, depth) for item in value[:LONGEST]]}
    if isinstance(value, set | frozenset):
        return {"$set": sorted((encode(item, depth) for item in value), key=repr)}
    if isinstance(value, dict):
        plain = all(type(k) is str and not k.startswith("$") for k in value)
        if plain:
            return {k: encode(v, depth) for k, v in value.items()}
        return {"$dict": [[encode(k, depth), encode(v, depth)] for k, v in value.items()]}
    name = kind.__name__
    if hasattr(value, "model_dump") and not isinstance(value, type):
        fields = value.model_dump(mode="json", warnings=False)
        return {"$object": name, "fields": encode(fields, depth), "text": repr(value)[:300]}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return {"$object": name, "fields": encode(fields, depth), "text": repr(value)[:300]}
    if kind.__module__.partition(".")[0] == "numpy" and not isinstance(value, type):
        listed: Any = value
        return encode(listed.tolist(), depth)
    return {"$object": name, "text": repr(value)[:300]}


def decode(value: Any) -> Any:
    """The value that `encode` described. Raises ValueError for what `encode` never makes."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    tag = next((k for k in value if k.startswith("$")), None)
    try:
        if tag is None:
            return {k: decode(v) for k, v in value.items()}
        if tag == "$tuple":
            return tuple(decode(item) for item in value[tag])
        if tag == "$set":
            return frozenset(_hashable(decode(item)) for item in value[tag])
        if tag == "$dict":
            return {_hashable(decode(k)): decode(v) for k, v in value[tag]}
        if tag == "$float":
            return float(value[tag])
        if tag == "$bytes":
            return base64.b64decode(value[tag])
        if tag == "$object":
            fields = decode(value.get("fields"))
            return Described(str(value[tag]), fields, str(value.get("text", "")))
    except (TypeError, ValueError, KeyError) as error:
        raise ValueError(f"not a described value: {error}") from error
    raise ValueError(f"not a described value: {tag}")


def _hashable(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return value


def copied(value: Any) -> Any:
    """`value` as it would arrive from another process."""
    return decode(encode(value))


def alike(value: Any) -> Any:
    """`value` in the one form in which values are compared.

    Tuples are lists. What the SDK hands out is the dictionary that it stands for, and a message or
    an item has no keys that say nothing, so that `message`, `message.to_dict()` and
    `message.model_dump()` are the same as a dictionary of role and content.
    """
    if isinstance(value, Described) and value.from_sdk:
        return alike({k: v for k, v in value.fields.items() if v is not None})
    if isinstance(value, list | tuple):
        return [alike(item) for item in value]
    if isinstance(value, dict):
        made = {k: alike(v) for k, v in value.items()}
        return _told(made) if _is_message(made) else made
    return value


def _is_message(value: dict[Any, Any]) -> bool:
    """Whether a dictionary is a message, a call in it, or an item of the Responses API."""
    kind = value.get("type")
    item = isinstance(kind, str) and kind not in JSON_TYPES
    return isinstance(value.get("role"), str) or (item and ("id" in value or "call_id" in value))


def _told(message: dict[Any, Any]) -> dict[Any, Any]:
    """A message without keys that say nothing, and with its text in one piece."""
    kept = {k: v for k, v in message.items() if v not in (None, []) and k not in _PARSED}
    if isinstance(function := kept.get("function"), dict):
        kept["function"] = {k: v for k, v in function.items() if k not in _PARSED}
    parts = kept.get("content")
    if isinstance(parts, list) and all(_is_text(part) for part in parts):
        kept["content"] = "".join(part["text"] for part in parts)
    return kept


_PARSED = ("parsed", "parsed_arguments")
"""What the SDK's helpers add to a message, and the service never sees."""


def _is_text(part: Any) -> bool:
    return isinstance(part, dict) and part.keys() == {"type", "text"} and part["type"] == "text"


def short(value: Any, longest: int = 120) -> str:
    """`value` for a sentence: quoted text, described objects, never more than `longest` characters.

    Line breaks are shown as such, so that a sentence stays one line.
    """
    if isinstance(value, Described):
        text = str(value)
    elif isinstance(value, frozenset):
        text = "{" + ", ".join(sorted(short(v) for v in value)) + "}" if value else "set()"
    elif isinstance(value, list | tuple):
        inner = ", ".join(short(v, longest) for v in value[:50])
        text = f"[{inner}]" if isinstance(value, list) else f"({inner}{',' * (len(value) == 1)})"
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{k!r}: {short(v, longest)}" for k, v in value.items()) + "}"
    elif isinstance(value, float):
        text = repr(value) if len(repr(value)) <= 12 else f"{value:.10g}"
    else:
        text = repr(value)
        if isinstance(value, str) and len(text) > longest:
            kept = value[: longest - 5]
            while len(text := repr(f"{kept}...")) > longest:
                kept = kept[:-1]
    return text if len(text) <= longest else text[: longest - 3] + "..."
