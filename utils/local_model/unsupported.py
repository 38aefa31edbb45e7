"""What OpenAI's service does and this server cannot: refused, with a message that says so.

What the service itself refuses is in `utils.service_rules`; a request has passed those rules when
it comes here.
"""

from __future__ import annotations

from collections.abc import Iterator

from utils.service_rules import CHAT, COMPLETIONS, EMBEDDINGS, ITEM_PATHS, RESPONSES, Json, Refusal

PARAMETERS: dict[str, frozenset[str]] = {
    CHAT: frozenset({"audio", "functions", "function_call", "web_search_options", "moderation"}),
    COMPLETIONS: frozenset({"best_of", "suffix"}),
    RESPONSES: frozenset(
        {
            "background",
            "background_options",
            "conversation",
            "prompt",
            "context_management",
            "moderation",
            "image",
        }
    ),
}
"""Parameters that change what is answered, and that this server cannot honor."""


def check_abilities(path: str, body: Json, slots: int) -> None:
    """Refuse what this server cannot do.

    Args:
        path: such as `/responses`, without `/v1`.
        body: a request that the service would accept.
        slots: how many choices this server can make at once.

    Raises:
        Refusal: the first thing that it cannot do.
    """
    for name in body:
        if name in PARAMETERS.get(path, ()) and body[name] not in (None, False):
            raise Refusal(
                f"The local model does not support '{name}'.",
                param=name,
                code="unsupported_parameter",
            )
    if (body.get("n") or 1) > slots:
        raise Refusal(
            f"The local model makes at most {slots} choices for a request, not n={body['n']}.",
            param="n",
            code="integer_above_max_value",
        )
    if body.get("modalities") not in (None, ["text"]):
        raise Refusal(
            "The local model answers in text only.", param="modalities", code="unsupported_value"
        )
    if path == EMBEDDINGS and body.get("dimensions") is not None:
        raise Refusal("This model does not support specifying dimensions.", param="dimensions")
    for refusal in (*_parts(path, body), *_tools(path, body)):
        raise refusal


def _parts(path: str, body: Json) -> Iterator[Refusal]:
    if path != CHAT:
        return
    for at, message in enumerate(body["messages"]):
        content = message.get("content")
        for number, part in enumerate(content if isinstance(content, list) else ()):
            if part["type"] not in ("text", "refusal"):
                yield Refusal(
                    f"The local model reads text only, not content of type {part['type']!r}.",
                    param=f"messages[{at}].content[{number}].type",
                    code="unsupported_value",
                )


def _tools(path: str, body: Json) -> Iterator[Refusal]:
    if path != CHAT and path not in ITEM_PATHS:
        return
    for at, tool in enumerate(body.get("tools") or ()):
        if tool["type"] != "function":
            yield Refusal(
                f"The local model supports tools of type 'function' only, not {tool['type']!r}.",
                param=f"tools[{at}].type",
                code="unsupported_value",
            )
    choice = body.get("tool_choice")
    if not isinstance(choice, dict):
        return
    kinds = [choice["type"]]
    if kinds == ["allowed_tools"]:
        kinds = [tool["type"] for tool in choice.get("allowed_tools", choice)["tools"]]
    for kind in kinds:
        if kind != "function":
            yield Refusal(
                f"The local model can be made to call tools of type 'function' only, not {kind!r}.",
                param="tool_choice",
                code="unsupported_value",
            )
