"""Adapt Qwen's chat template so that llama.cpp recognizes the calls this model really writes.

llama.cpp derives its parser of tool calls from the template. The template in the weights asks for
calls in <tool_call> tags, but Qwen2.5-Coder 1.5B and 0.5B write them as blocks of JSON, which then
stay in the text unparsed. The adapted template asks for, and shows, such blocks, with two calls in
its example: with one in it, the model makes one call where two are needed. After results of tools
it tells the model how to go on: without that sentence it calls the same tool again, forever.
(`reply.py` gives the model a way to answer in text while tools are offered.)

The template is not stored here: it is derived from the one inside the weights (Qwen, Apache-2.0)
by replacements that must each fit exactly once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from .errors import LocalModelError


class TemplateMismatch(LocalModelError):
    """The template in the weights is not the one that can be adapted."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """One named change of the template's text.

    Attributes:
        name: what the place is for.
        old: the texts that may stand there; the two sizes of the model differ in one.
        new: the text to put there.
    """

    name: str
    old: tuple[str, ...]
    new: str


REPLACEMENTS = (
    Replacement(
        "how to write a call",
        tuple(
            r"For each function call, return a json object with function name and arguments within "
            r"<tool_call></tool_call> XML tags:\n<tool_call>\n"
            rf"{left}\"name\": <function-name>, \"arguments\": <args-json-object>{right}"
            r"\n</tool_call>"
            for left, right in (("{{", "}}"), ("{", "}"))
        ),
        r"Answer with the function calls only: for each call a json object with function name and "
        r"arguments, on one line, in a ```json code block of its own, with no other text. "
        r"A question about two things needs two calls, like this:\n"
        r"```json\n{\"name\": \"lookup\", \"arguments\": {\"key\": \"first\"}}\n```\n"
        r"```json\n{\"name\": \"lookup\", \"arguments\": {\"key\": \"second\"}}\n```",
    ),
    Replacement("how an earlier call starts", (r"'\n<tool_call>\n{",), r"'\n```json\n{"),
    Replacement("how an earlier call ends", (r"'}\n</tool_call>'",), r"'}\n```'"),
    Replacement(
        "what follows the last result",
        ("        {{- '\\n</tool_response>' }}\n",),
        r"""        {{- '\n</tool_response>' }}
        {%- if loop.last %}
            {%- if tools %}
                {{- '\nIf my request needs another function, call it. ' }}
                {{- 'Otherwise reply to me from these results.' }}
            {%- else %}
                {{- '\nAnswer my question from these results, in plain text.' }}
            {%- endif %}
        {%- endif %}
""",
    ),
)


def derive(original: str) -> str:
    """The adapted template.

    Args:
        original: the template in the weights, under the key `tokenizer.chat_template`.

    Raises:
        TemplateMismatch: a replacement does not fit exactly once; the message names it.
    """
    text = original
    for change in REPLACEMENTS:
        found = sum(text.count(old) for old in change.old)
        if found != 1:
            raise TemplateMismatch(
                f"The chat template in these weights cannot be adapted for tools: the place "
                f"'{change.name}' was found {found} times, expected once. "
                f"These are other weights than the course was tested with."
            )
        for old in change.old:
            text = text.replace(old, change.new)
    return text


def sha256_of_text(text: str) -> str:
    """SHA-256 of a template's UTF-8 bytes as hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()
