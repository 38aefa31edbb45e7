"""The template for tools is derived from Qwen's own, or refused."""

from pathlib import Path

import jinja2
import pytest

from utils.local_model.template import (
    REPLACEMENTS,
    Replacement,
    TemplateMismatch,
    derive,
    sha256_of_text,
)

ORIGINAL = (Path(__file__).parent / "qwen2.5-coder.jinja").read_text(encoding="utf-8")
TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {}}}
FIXTURE_SHA256 = "d5495a1e5db0611132a97e46a65dbb64a642a499421228b9c8b93229097fa9a4"
CALL = {"type": "function", "function": {"name": "get_weather", "arguments": {"city": "Paris"}}}


def render(template: str, **given: object) -> str:
    return jinja2.Environment().from_string(template).render(add_generation_prompt=True, **given)


def test_the_fixture_is_the_template_in_the_weights():
    assert sha256_of_text(ORIGINAL) == FIXTURE_SHA256


def test_calls_are_asked_for_as_json_blocks_and_no_longer_in_tags():
    text = render(derive(ORIGINAL), tools=[TOOL], messages=[{"role": "user", "content": "hi"}])
    assert '```json\n{"name": "lookup", "arguments": {"key": "second"}}\n```' in text
    assert "tool_call>" not in text


def test_an_earlier_call_is_shown_as_the_block_it_was():
    messages = [
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": "", "tool_calls": [CALL]},
    ]
    text = render(derive(ORIGINAL), tools=[TOOL], messages=messages)
    assert '```json\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n```<|im_end|>' in text


@pytest.mark.parametrize(
    ("tools", "hint"),
    [([TOOL], "Otherwise reply to me from these results."), ([], "in plain text.")],
)
def test_after_the_last_result_the_model_is_told_how_to_go_on(tools, hint):
    result = {"role": "tool", "content": "18"}
    messages = [{"role": "user", "content": "Weather?"}, result, result]
    text = render(derive(ORIGINAL), tools=tools, messages=messages)
    assert text.count(hint) == 1
    assert f"{hint}<|im_end|>\n<|im_start|>assistant" in text


def test_without_tools_the_prompt_is_the_same_as_the_original_makes_it():
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "bye"},
    ]
    assert render(derive(ORIGINAL), messages=messages) == render(ORIGINAL, messages=messages)


def test_the_smaller_model_s_template_which_has_single_braces_gives_the_same():
    asked = r"{{\"name\": <function-name>, \"arguments\": <args-json-object>}}"
    assert asked in ORIGINAL
    assert derive(ORIGINAL.replace(asked, asked[1:-1])) == derive(ORIGINAL)


def without(change: Replacement) -> str:
    text = ORIGINAL
    for old in change.old:
        text = text.replace(old, "something else")
    return text


@pytest.mark.parametrize("change", REPLACEMENTS, ids=lambda change: change.name)
def test_a_template_that_lacks_a_place_is_refused_by_the_name_of_that_place(change):
    with pytest.raises(TemplateMismatch, match=f"'{change.name}' was found 0 times"):
        derive(without(change))


def test_a_place_that_is_there_twice_is_refused():
    with pytest.raises(TemplateMismatch, match="2 times"):
        derive(ORIGINAL + REPLACEMENTS[0].old[0])
