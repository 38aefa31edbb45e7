"""The parameters of a request, as the installed SDK itself documents them.

The SDK describes each parameter in the source of a TypedDict: an annotation and, below it, a
docstring that Python throws away when it runs. So the source is read, and the tables cannot go
stale: they say what the installed version says.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

from .tables import Table

CHAT_DEFAULTS = {
    "max_completion_tokens": "no cap",
    "n": "1",
    "temperature": "1",
    "top_p": "1",
    "logprobs": "false",
    "top_logprobs": "none",
    "seed": "none",
    "frequency_penalty": "0",
    "presence_penalty": "0",
    "stop": "none",
    "reasoning_effort": "medium",
    "verbosity": "medium",
}
"""What the service uses for a Chat Completions parameter that a request leaves out. The SDK does
not say; OpenAI's description of the API does (openai-openapi f85dbe2, 2026-08-21)."""

DEFAULTS_SOURCE = (
    "Defaults: OpenAI's description of the API, 2026-08-21. All else: the installed SDK."
)


@dataclass(frozen=True)
class Parameter:
    """One parameter of a request.

    Attributes:
        name: as it is written in the call.
        type: its type, in short.
        required: whether a request must have it.
        text: the SDK's documentation, links reduced to their words.
    """

    name: str
    type: str
    required: bool
    text: str

    @property
    def deprecated(self) -> bool:
        """Whether the documentation tells people to use something else."""
        return bool(_ADVICE.search(self.text))

    @property
    def advice(self) -> str:
        """What the documentation says to use in its place; empty if it is not deprecated."""
        found = _ADVICE.search(self.text)
        return found.group().replace("\n", " ") if found else ""

    def summary(self, sentences: int = 1) -> str:
        """The first sentences of the documentation, up to its first list."""
        flat = " ".join(self.text.partition("\n- ")[0].split())
        parts = re.split(r"(?<=[.!?])\s+(?=[A-Z`])", flat)
        return " ".join(parts[:sentences])


_ADVICE = re.compile(
    r"^Deprecated\. [^.]+\.\w+[^.]*\.|^Deprecated in favor of [^.]+\."
    r"|^This value is now deprecated[^.]+\.|^This field is being replaced by [^.]+\.",
    re.MULTILINE,
)


def parameters(kind: type[Any]) -> list[Parameter]:
    """The parameters of a TypedDict of the SDK, in its order.

    Args:
        kind: such as `CompletionCreateParamsBase` or `ResponseCreateParamsBase`.

    Raises:
        TypeError: if it is not a class with annotated fields.
    """
    tree = ast.parse(inspect.getsource(kind))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    found = []
    for field, after in zip(body, [*body[1:], None], strict=True):
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
            continue
        words = ""
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            words = inspect.cleandoc(str(after.value.value))
        written = ast.unparse(field.annotation)
        found.append(
            Parameter(
                field.target.id,
                short(field.annotation),
                written.startswith("Required["),
                re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", words),
            )
        )
    if not found:
        raise TypeError(f"{kind.__name__} has no annotated fields; pass a TypedDict of the SDK")
    return found


def short(annotation: ast.expr) -> str:
    """A type as it is said: `float` for Optional[float], `str | list[str]` for a Union."""
    if isinstance(annotation, ast.Constant):
        return "" if annotation.value is None else repr(annotation.value)
    if not isinstance(annotation, ast.Subscript):
        return ast.unparse(annotation)
    name, inner = ast.unparse(annotation.value), annotation.slice
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    told = [said for part in parts if (said := short(part))]
    if name in ("Optional", "Required", "Union"):
        return " | ".join(told)
    if name == "Literal":
        return " | ".join(told)
    outer = "list" if name in ("Iterable", "List", "SequenceNotStr") else name
    outer = "dict" if outer == "Dict" else outer
    return f"{outer}[{', '.join(told)}]"


def parameter_table(
    kind: type[Any],
    names: Sequence[str],
    sentences: int = 1,
    defaults: Mapping[str, str] | None = None,
) -> Table:
    """Some parameters with their types and the first sentences of their documentation.

    Args:
        kind: as `parameters`.
        names: which ones, in this order.
        sentences: how much of the documentation.
        defaults: what the service uses for each of them, such as `CHAT_DEFAULTS`; adds a column.

    Raises:
        ValueError: if the SDK has no such parameter, or `defaults` does not name it.
    """
    known = {parameter.name: parameter for parameter in parameters(kind)}
    if unknown := [name for name in names if name not in known]:
        raise ValueError(
            f"the installed SDK's {kind.__name__} has no parameter {unknown[0]!r}; "
            f"it has {', '.join(known)}"
        )
    rows = [(n, known[n].type, known[n].summary(sentences)) for n in names]
    if defaults is None:
        return Table(("parameter", "type", "what the SDK says"), rows)
    if missing := [name for name in names if name not in defaults]:
        raise ValueError(f"defaults has no entry for {missing[0]!r}; add it, with its source")
    return Table(
        ("parameter", "type", "default", "what the SDK says"),
        [(name, kind_, defaults[name], text) for name, kind_, text in rows],
        DEFAULTS_SOURCE,
    )


def role_table() -> Table:
    """The roles that a message can have, each with the SDK's description of it."""
    from openai.types.chat import ChatCompletionMessageParam

    rows = []
    for kind in get_args(ChatCompletionMessageParam):
        (role,) = get_args(get_type_hints(kind)["role"])
        rows.append((role, " ".join((kind.__doc__ or "(no description)").split())))
    return Table(("role", "what the SDK says"), rows)


def deprecated(kind: type[Any]) -> Table:
    """The parameters that the SDK itself advises against, with its words."""
    rows = [(p.name, p.advice) for p in parameters(kind) if p.deprecated]
    return Table(("do not use", "what the SDK says"), rows)


def only_in(kind: type[Any], other: type[Any]) -> list[str]:
    """Names of the parameters of one request that the other does not have."""
    others = {parameter.name for parameter in parameters(other)}
    return [p.name for p in parameters(kind) if p.name not in others]
