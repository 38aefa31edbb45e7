"""What OpenAI's service refuses: each rule once, with its source, its date, and its scope.

* `rule`: `Rule` and the scopes; `refusal`: `Refusal`, an error in OpenAI's shape
* `body_rules`, `chat_rules`, `response_rules`, `embedding_rules`, `tool_rules`, `format_rules`:
  what every model refuses, by the part of the request; `strict_schemas`: the subset of JSON schemas
* `live_model_rules`: what only the live default models refuse, and what is deprecated
* `rulebook`: all rules in order; `violations(path, body)` and `enforce(path, body)`

Four readers, one book:

|Reader|Rules|What it does with them|
|-|-|-|
|`check`, `course grade` (`exercises/judging.py`)|all, and deprecations|fail the case, say why|
|the local server (`local_model/gateway.py`)|scope "every model"|answer with the error|
|the test of the recordings (`tests/gates`)|all, and deprecations|fail|
|the figure of chapter 05|`strict_schemas.outside`|show the problems in the course's words|

What the local model cannot do and the service can is not here: see `local_model/unsupported.py`.

A rule needs a source. D is OpenAI's documentation, S the installed SDK's types, P a dated report of
a user with the service's error message. A report on one model makes a rule for every model if it is
about the shape of a request, and a rule for the live default model only if it is about that model
or the documentation says the same. A null counts as absent wherever a parameter has a default.

Grader, server and figure had rules of their own before, and differed. These are the decisions, by
source; `tests/local_model/rule_probes.py` has the requests:

|Request|Who refuses it|Why|
|-|-|-|
|`max_completion_tokens` below 16|nobody; the least is 1|P 2026-08-30, "Expected a value >= 1"|
|`max_output_tokens` below 16|every model|P 2026-08-30, the same words with 16|
|`max_tokens`|live default model|P 2026-11-12; other models take it (S: deprecated)|
|sampling parameters while reasoning|live default model|P 2026-09-09|
|`temperature` 1, `top_p` 1 while reasoning|nobody, but `top_p` on Responses|P 2026-08-29|
|a parameter that is null|nobody|P 2026-08-30|
|an effort that the SDK does not know|every model|S; P 2026-08-30|
|effort `minimal`|live default model|D 2026-10-26|
|function tools on Chat Completions while reasoning|live default model|D 2026-11-12|
|strict schemas outside the subset, in tools and formats|every model|D 2026-10-26; P|
|`tools` empty|nobody|P 2026-09-04; older models refused it|
|129 tools|every model|P|
|`tool_choice` without `tools` on Chat Completions, "none" too|every model|P 2026-09-04|
|the same on Responses|every model for "required" and named ones only|P 2026-09-04|
|a role or a parameter that does not exist|every model|P 2026-08-30|
|`messages` or `input` empty|every model|P 2026-08-31|
|`content` null|every model, unless the assistant refused or called|P 2026-08-31|
|a tool call without `type`|every model|P 2026-08-14; S|
|`top_logprobs` without `logprobs`|every model|P 2026-08-30; S|
|`stream_options` without `stream`|every model|P; S|
|`n` above 128|every model|D: OpenAPI specification|
|a content part of Chat Completions on Responses|every model|P 2026-08-30|
|a function call without its output on Responses|every model|P 2026-08-03|
|JSON mode on Responses, "JSON" in `instructions` only|every model|P|
|2,049 token ids to embed|nobody; 2,049 inputs are too many|S; P 2026-09-27|
|`user`, `functions`, `function_call`, role `function`|nobody; `check` names the successor|S|

|Strict schema|Taken?|Why|
|-|-|-|
|no `type`, or a bare `const`|no|P 2026-09-27|
|`maxProperties`, `contains`, `examples`, any keyword that is not in the guide|no|D 2026-10-26|
|format `uri`|no|P 2026-08-24|
|2,000 enum values|no|D 2026-10-26|
|`type: ["object", "null"]` with an open object|no|D 2026-10-26|
|a required key that is not among the properties|no|P|

Open, and not a rule here, because the report is about gpt-5.6-terra and we know of none about
gpt-6-luna (P 2026-08-30): that model refuses `stop`, `logit_bias` and `prediction` with every
effort, more than 5 `top_logprobs`, more than 8 choices, and the role `function`.
"""

from .live_model_rules import DEPRECATED_PARAMETERS, deprecations
from .refusal import Json, Refusal, error_body
from .rule import (
    CHAT,
    COMPLETIONS,
    EMBEDDINGS,
    EVERY_MODEL,
    INPUT_TOKENS,
    ITEM_PATHS,
    LIVE_DEFAULT_MODEL,
    RESPONSES,
    SCOPES,
    Rule,
    Scope,
)
from .rulebook import RULES, Violation, enforce, violations
from .tool_rules import chosen_names

__all__ = [
    "CHAT",
    "COMPLETIONS",
    "DEPRECATED_PARAMETERS",
    "EMBEDDINGS",
    "EVERY_MODEL",
    "INPUT_TOKENS",
    "ITEM_PATHS",
    "LIVE_DEFAULT_MODEL",
    "RESPONSES",
    "RULES",
    "SCOPES",
    "Json",
    "Refusal",
    "Rule",
    "Scope",
    "Violation",
    "chosen_names",
    "deprecations",
    "enforce",
    "error_body",
    "violations",
]
