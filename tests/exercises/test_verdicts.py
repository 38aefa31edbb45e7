"""The words of a verdict: one cause once, hints where they help, and nothing internal."""

from __future__ import annotations

import time
from typing import Any

import pytest

from utils.exercises import Exercise, LocalPlayer, Run, hinting, judge
from utils.exercises.model import choice_of
from utils.scripted import says

THREE = Exercise("99.5", "ask", "t", "easy", ["a", "b"])


@THREE.case(hint="look at output_text")
def text(run: Run) -> None:
    """text is the answer"""
    run([says("Bergen")], "Where?").field("text").equals("Bergen")


@THREE.case(hint="look at usage")
def tokens(run: Run) -> None:
    """tokens come from the usage"""
    result = run([says("Oslo")], "Where?")
    with hinting("usage has two counts"):
        result.field("tokens").equals(2)


@THREE.case(hint="look at output_text")
def question(run: Run) -> None:
    """the question is sent"""
    run([says("Voss")], "Where?").request(1).contains("Where?")


@THREE.case(hidden=True)
def other(run: Run) -> None:
    """another answer"""
    run([says("Narvik")], "Where?").field("text").equals("Narvik")


def verdict(function: Any) -> list[str]:
    return judge(THREE, LocalPlayer(function)).text.splitlines()


def test_a_cause_is_said_once():
    def ask(client, question):
        return client.nothing

    lines = verdict(ask)
    assert lines[0].endswith("raised · 0 of 3 points")
    assert lines[2].startswith("      It raised AttributeError: ")
    assert lines[4] == lines[6] == "      For the same reason as above."
    assert len(lines) == 7, "and no hint of a case helps with that"


def test_another_value_of_the_wrong_kind_is_the_same_cause():
    def ask(client, question):
        return (client.responses.create(model="m", input=question).output_text, 3)

    lines = verdict(ask)
    assert lines[2] == "      It returned ('Bergen', 3), and a dictionary was expected."
    assert lines[4] == "      For the same reason as above."
    assert lines[5] == "  ok  the question is sent"


def test_two_causes_are_said_both():
    def ask(client, question):
        return {"text": "x", "tokens": 1}

    lines = verdict(ask)
    assert [line for line in lines if "For the same reason" in line] == []
    assert "      Hint: look at output_text" in lines
    assert "      Hint: usage has two counts" in lines, "the assertion's, not the case's"
    assert lines[-1] == "      It sent no requests, and at least 1 was expected.", "no hint"


def test_what_the_service_would_reject_is_one_cause():
    def ask(client, question):
        client.responses.create(model="m", input=question, temperature=7)
        return {"text": "Bergen", "tokens": 2}

    lines = verdict(ask)
    assert "would reject request 1" in lines[2]
    assert "Hint" not in lines[3]


def test_marks_differ_without_color():
    lines = verdict(lambda client, question: {"text": "Bergen", "tokens": 2})
    assert [line[:6] for line in lines[1:4]] == ["  ok  ", "  ok  ", "  ✗   "]


def test_a_request_that_the_scenario_cannot_answer_is_told_without_internals():
    exercise = Exercise("99.6", "ask", "t", "easy", ["a", "b"])

    @exercise.case()
    def fails_in_words(run: Run) -> None:
        """the error message of a failed response"""
        from utils.scripted import response_fails

        run([response_fails("overloaded")], "Where?").returned("overloaded")

    def ask(client, question):
        message: Any = {"role": "user", "content": question}
        return client.chat.completions.create(model="m", messages=[message]).id

    said = judge(exercise, LocalPlayer(ask)).text
    assert "Its request has no answer in this case (your line " in said
    assert "ScriptError" not in said


@pytest.mark.parametrize(
    "error", [KeyError("usage"), TypeError("'Described' object"), ValueError()]
)
def test_a_shape_that_no_case_foresaw_is_told_without_internals(error):
    exercise = Exercise("99.7", "ask", "t", "easy", ["a", "b"])

    @exercise.case()
    def strange(run: Run) -> None:
        """it returns a number"""
        run([says("a")], "Where?")
        raise error

    class Answer: ...

    def ask(client, question):
        client.responses.create(model="m", input=question)
        return Answer()

    said = judge(exercise, LocalPlayer(ask)).cases[0].message
    assert said.startswith("it returned an Answer object after 1 request, and what it sent or ret")
    assert "Described" not in said
    assert type(error).__name__ not in said
    assert ("(no 'usage' is where it should be)" in said) is isinstance(error, KeyError)


def processing(client, question):
    start = time.process_time()
    client.responses.create(model="m", input=question)
    return {"text": time.process_time() - start}


def own_import(client, question):
    from datetime import datetime

    start = datetime.now()
    client.responses.create(model="m", input=question)
    return {"text": (datetime.now() - start).total_seconds()}


def in_a_helper(client, question):
    return processing(client, question)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (processing, "time.process_time"),
        (own_import, "datetime.now"),
        (in_a_helper, "time.process_time"),
    ],
)
def test_a_real_clock_is_named(function, name):
    said = judge(THREE, LocalPlayer(function)).text
    assert f"Your code uses {name}: real time, which stands still while waits are" in said


def test_a_real_clock_in_a_right_answer_is_nobodys_business():
    def ask(client, question):
        began = time.process_time()
        answer = client.responses.create(model="m", input=question).output_text
        return {"text": answer, "tokens": 2, "took": time.process_time() - began}

    judgment = judge(THREE, LocalPlayer(ask))
    assert judgment.verdict == "right"
    assert judgment.note == ""


def test_optional_parameters_may_be_sent_as_null():
    exercise = Exercise("99.8", "ask", "t", "easy", ["a", "b"], live_rules=False)

    @exercise.case()
    def without(run: Run) -> None:
        """temperature is left out, and n is 1"""
        result = run([says("a")], "Where?")
        result.request(1).lacks("temperature")
        result.request(1).has_default("n", 1)
        result.request(1).lacks("stop")

    def ask(client, question, **more):
        message: Any = {"role": "user", "content": question}
        return client.chat.completions.create(model="m", messages=[message], **more).id

    for more in ({}, {"temperature": None, "n": None}, {"n": 1, "stop": None}):
        judgment = judge(exercise, LocalPlayer(lambda c, q, more=more: ask(c, q, **more)))
        assert judgment.verdict == "right", judgment.text
    judgment = judge(exercise, LocalPlayer(lambda c, q: ask(c, q, temperature=0)))
    assert judgment.verdict == "wrong"


def tool(name: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}


def allowed(mode: str, *names: str) -> dict[str, Any]:
    tools = [{"type": "function", "function": {"name": name}} for name in names]
    return {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": tools}}


NAMED = {"type": "function", "function": {"name": "a"}}


@pytest.mark.parametrize(
    ("have", "want", "tools", "alike"),
    [
        ("required", NAMED, "a", True),
        ("required", NAMED, "ab", False),
        (allowed("required", "a"), NAMED, "ab", True),
        (allowed("auto", "a", "b"), "auto", "ab", True),
        (allowed("auto", "a"), "auto", "ab", False),
        (NAMED, "required", "a", True),
        ("none", "auto", "a", False),
        ({"type": "function", "name": "a"}, NAMED, "ab", True),
        (allowed("required", "b"), NAMED, "ab", False),
        (7, "auto", "a", False),
    ],
)
def test_a_tool_choice_has_several_forms(have, want, tools, alike):
    body = {"tools": [tool(name) for name in tools], "tool_choice": have}
    assert (choice_of(body, have) == choice_of(body, want)) is alike
