"""What cases say about values: the first difference, in words that a learner can look up."""

from __future__ import annotations

import doctest
from typing import Any

import pytest

from utils.exercises import Exercise, LocalPlayer, Spy, assertions, judge
from utils.exercises.assertions import Value, Wrong, changed, count, told_apart
from utils.exercises.judging import sentence
from utils.exercises.model import Result, Run, hinting
from utils.exercises.plain import Described, short
from utils.scripted import says


def said(assertion: Any, *args: Any, **kwargs: Any) -> str:
    """The sentence with which an assertion fails."""
    with pytest.raises(Wrong) as caught:
        assertion(*args, **kwargs)
    return str(caught.value)


def test_the_examples_in_the_docstring_run():
    found = doctest.testmod(assertions)
    assert found.attempted >= 3
    assert not found.failed


REPORT = {
    "text": "Air it for a day before you put it away. Then keep it loose in a large bag.",
    "rows": [["FO-10001", 711.0], ["FO-10002", 48.5]],
    "attempts": 0,
}


@pytest.mark.parametrize(
    ("have", "want", "sentence"),
    [
        (3, 4, "it returned 3, and 4 was expected"),
        (None, "Bergen", "it returned None, and 'Bergen' was expected"),
        (True, 1, "it returned True, and 1 was expected"),
        (
            ("Bergen", None),
            ("Bergen", "cut"),
            "it returned ('Bergen', None), and ('Bergen', 'cut')",
        ),
        (REPORT, {**REPORT, "attempts": 1}, "'attempts' is 0, and 1 was expected"),
        (
            REPORT,
            {**REPORT, "rows": [["FO-10001", 711.0], ["FO-10002", 48.6]]},
            "'rows' is [['FO-10001', 711.0], ['FO-10002', 48.5]], and",
        ),
        (
            {"text": "x", "end": 1},
            {"text": "x", "ending": 1},
            "the dictionary that it returned has no 'ending', only 'text', 'end'; 1 was expected",
        ),
        ({"text": "x", "end": 1}, {"text": "x"}, "'end' is 1, and no such key was expected"),
        ({}, {"text": "x"}, "has no 'text': it is empty; 'x' was expected there"),
        (["a" * 70, "b", "c"], ["a" * 70, "x", "c"], "item [1] of the result is 'b', and 'x' was"),
        (["a" * 70, "b"], ["a" * 70], "it returned 2 items, and 1 was expected: 'b' is too many"),
        (["a" * 70], ["a" * 70, "b"], "it returned 1 item, and 2 were expected: 'b' is missing"),
        ([], ["a" * 70], "it returned no items, and 1 was expected: 'aaa"),
        (
            ["b" * 30, "c" * 40],
            ["a" * 30, "b" * 30, "c" * 40],
            "was expected; it returned 2 items, and 3 were expected",
        ),
        (
            REPORT["text"],
            REPORT["text"].replace("loose", "dry"),
            "it returned '... away. Then keep it loose in a large bag.', and '... away. Then keep",
        ),
    ],
)
def test_the_first_difference_is_named(have: Any, want: Any, sentence: str):
    assert sentence in said(Value(have).equals, want)


def test_what_is_equal_but_for_its_form_is_equal():
    Value(("a", [0.1 + 0.2])).equals(["a", (0.3,)])
    Value({"a": 1}).equals({"a": 1.0})
    Value(0.1 + 0.2).is_close(0.3, within=1e-9)
    Value([2, 1]).in_any_order([1, 2])
    Value({"b": 1, "a": 2}).has_keys("a", "b")


def test_the_reason_comes_at_the_end():
    assert said(Value(2).equals, 3, "a retry").endswith("3 was expected (a retry)")
    assert said(Value({}).field, "text", "an answer has one").endswith("(an answer has one)")


def test_keys_never_get_a_capital_letter():
    assert sentence(said(Value({"first": 1}).field("first").equals, 2)).startswith("'first' is 1")
    assert sentence(said(Value([{"a": 1}]).items()[0].field("a").equals, 2)) == (
        "Item [0]['a'] of the result is 1, and 2 was expected."
    )


def test_a_value_with_an_owner_is_called_by_it():
    log = Value({"status": 404, "ids": ["a"]}, "the log entry")
    assert said(log.field("status").equals, 500) == (
        "'status' in the log entry is 404, and 500 was expected"
    )
    assert said(log.field("ids").items, 2) == (
        "'ids' in the log entry has 1 item, and 2 were expected"
    )
    assert said(log.field, "message") == "the log entry has no 'message', only 'status', 'ids'"
    assert said(log.equals, 3).startswith("the log entry is {'status': 404")
    assert said(Value([1], "the list").items()[0].equals, 2).startswith("item [0] of the list is 1")


@pytest.mark.parametrize(
    ("method", "value", "sentence"),
    [
        ("dictionary", ["a"], "it returned ['a'], and a dictionary was expected"),
        ("items", "a", "it returned 'a', and a list was expected"),
        ("text", None, "it returned None, and text was expected"),
        ("number", True, "it returned True, and a number was expected"),
        ("json", "{", "it returned '{', which is not JSON"),
        ("is_none", 0, "it returned 0, and None was expected"),
    ],
)
def test_another_type_is_told(method: str, value: Any, sentence: str):
    assert said(getattr(Value(value), method)) == sentence


def test_objects_are_told_by_their_class():
    from utils.exercises.plain import copied

    answer = copied(ValueError("x"))
    assert said(Value(answer).field, "text") == (
        "it returned a ValueError object, and a dictionary was expected"
    )


def test_json_is_named_like_the_text_that_holds_it():
    assert said(Value('{"a": 1}').json().field, "b") == (
        "the JSON that it returned has no 'b', only 'a'"
    )
    content = Value('{"a": 1}', "the result for find_order")
    assert said(content.json().field("a").equals, 2).startswith("'a' in the result for find_order")


def test_numbers_have_as_many_digits_as_it_takes():
    dollars = Value({"dollars": 0.00021801}).field("dollars")
    assert said(dollars.is_close, 0.00021802, within=1e-9) == (
        "'dollars' is 0.00021801, and 0.00021802 was expected"
    )
    assert said(Value(0.1899999999).is_close, 0.99) == "it returned 0.19, and 0.99 was expected"
    assert said(Value(None).is_close, 0.5) == "it returned None, and 0.5 was expected"
    assert said(Value(True).is_close, 1.0).startswith("it returned True")
    assert said(Value(float("nan")).is_close, 1.0) == "it returned nan, and 1 was expected"
    assert told_apart(1.0, 1.0 + 2**-52) == ("1.0", "1.0000000000000002")
    assert short(0.18999999999999995) == "0.19"


def test_lists_in_any_order_say_what_is_missing_or_too_many():
    assert said(Value([1, 2]).in_any_order, [2, 3]) == "it returned [1, 2], which lacks 3"
    assert said(Value([1, 1]).in_any_order, [1]).endswith("which has 1, which was not expected")
    assert said(Value({"a": 1}).has_keys, "a", "b").endswith(
        "has the keys 'a', and 'a', 'b' were expected"
    )


def test_text_says_what_it_lacks():
    assert said(Value("no such tool").contains, "find_order") == (
        "it returned 'no such tool', without 'find_order'"
    )


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ({"a": 1}, {"a": 1}, ""),
        ([1, (2,)], [1, [2]], ""),
        ({"a": 1, "b": 2}, {"a": 1}, "removed 'b' from the settings"),
        ({"a": 1}, {"a": 1, "b": 2}, "added 'b' to the settings"),
        ({"a": 1}, {"a": 2}, "changed 'a' in the settings from 1 to 2"),
        ([1], [1, 2], "changed the settings, which had 1 item and now has 2"),
        ([1, 2], [1, 3], "changed item [1] of the settings from 2 to 3"),
        ("a", "b", "changed the settings from 'a' to 'b'"),
    ],
)
def test_changes_of_an_argument_are_named(before: Any, after: Any, sentence: str):
    assert changed(before, after, "the settings") == sentence


def test_counts_are_words():
    assert [count(n, "item") for n in range(3)] == ["no items", "1 item", "2 items"]


# -- of a run -------------------------------------------------------------------------------------


def message(case: Any, function: Any, *arguments: Any) -> str:
    """What one case, `case(result)`, says about a run of the function; empty if it is met."""
    exercise = Exercise("99.1", "ask", "ask", "easy", ["a", "b"])

    @exercise.case()
    def judged(run: Run) -> None:
        """it is judged"""
        case(run([says("Bergen"), says("Oslo"), says("Voss")], *arguments))

    return judge(exercise, LocalPlayer(function)).cases[0].message


def asks(client: Any, question: str, *_: Any) -> dict[str, str]:
    messages = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": question},
    ]
    parameters: Any = {"model": "m", "messages": messages, "metadata": {"desk": "a"}}
    return {"text": client.chat.completions.create(**parameters).choices[0].message.content}


def wants(*messages: tuple[str, str]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in messages]


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        (lambda r: r.field("text").equals("Bergen"), ""),
        (lambda r: r.field("texts"), "the dictionary that it returned has no 'texts', only 'text'"),
        (lambda r: r.sent(2), "it sent 1 request, and 2 were expected"),
        (lambda r: r.sent(0), "it sent 1 request, and none was expected"),
        (lambda r: r.sent_at_most(1), ""),
        (lambda r: r.sent_at_most(0), "it sent 1 request, and at most none was expected"),
        (lambda r: r.request(2), "it sent 1 request, and at least 2 were expected"),
        (lambda r: r.request(1).contains("Where?"), ""),
        (lambda r: r.request(1).contains("Who?"), "request 1 lacks the question: 'Who?'"),
        (
            lambda r: r.request(1).contains("Where?", "the mail", role="developer"),
            "no developer message of request 1 has the mail: 'Where?'",
        ),
        (
            lambda r: r.request(1).omits("Where?", "it was asked before"),
            "request 1 has 'Where?' in it: it was asked before",
        ),
        (lambda r: r.request(1).has_roles("developer", "user"), ""),
        (
            lambda r: r.request(1).has_roles("user"),
            "request 1 has messages with the roles developer, user, and user was expected",
        ),
        (lambda r: r.request(1).has_messages(wants(("user", "Where?")), besides="developer"), ""),
        (
            lambda r: r.request(1).has_messages(wants(("developer", "Be brief."))),
            "request 1 has 2 messages, and 1 was expected",
        ),
        (
            lambda r: r.request(1).has_messages(wants(("system", "Be brief."), ("user", "Where?"))),
            "message 1 of request 1 is developer: 'Be brief.', and system: 'Be brief.' was"
            " expected",
        ),
        (lambda r: r.request(1).has("n", 2), "request 1 has no n, and 2 was expected"),
        (
            lambda r: r.request(1).has("metadata", {"desk": "b"}),
            "'metadata'['desk'] in request 1 is 'a', and 'b' was expected",
        ),
        (lambda r: r.request(1).has_default("n", 1), ""),
        (
            lambda r: r.request(1).has_default("model", "x"),
            "request 1 has model='m', and 'x' was expected",
        ),
        (lambda r: r.request(1).field("stream"), "request 1 has no stream"),
    ],
)
def test_runs_are_told_in_words(case: Any, sentence: str):
    assert message(case, asks, "Where?") == sentence


def test_an_argument_that_was_changed_is_told():
    def appends(client: Any, history: list[str]) -> None:
        history.append("Where?")
        asks(client, "Where?")

    def case(result: Result) -> None:
        result.left_alone(0, "the caller's list")

    assert message(case, appends, ["a"]) == (
        "it changed the caller's list, which had 1 item and now has 2"
    )
    assert message(case, asks, "Where?") == ""


def test_an_exception_is_told_before_what_became_of_an_argument():
    def breaks(client: Any, history: list[str]) -> None:
        history.append("Where?")
        raise KeyError("no")

    said = message(lambda result: result.left_alone(0, "the caller's list"), breaks, ["a"])
    assert said.startswith("it raised KeyError")


@pytest.mark.parametrize(
    ("times", "number", "sentence"),
    [
        (1, 1, ""),
        (0, 1, "it never called log, and 1 call was expected"),
        (3, 1, "it called log 3 times, and 1 call was expected"),
        (1, 0, "it called log 1 time, and it should not"),
    ],
)
def test_calls_of_a_spy_are_counted(times: int, number: int, sentence: str):
    def logs(client: Any, log: Any) -> None:
        for _ in range(times):
            log("x")

    spy = Spy("log", lambda *_: None)
    assert message(lambda result: result.called("log", number), logs, spy) == sentence


def test_an_exception_has_to_say_what_is_wrong():
    def refuses(client: Any) -> None:
        raise ValueError("this cannot be sent")

    def case(result: Result) -> None:
        result.raised(ValueError, "n is 3", saying="n ")

    assert message(case, refuses) == (
        "the message of the ValueError is 'this cannot be sent', without 'n ' (n is 3)"
    )


def test_the_end_of_a_run_has_a_limit():
    import time

    def waits(client: Any) -> None:
        time.sleep(12)

    assert message(lambda result: result.ended(at_most=12), waits) == ""
    assert message(lambda result: result.ended(at_most=8, because="the deadline"), waits) == (
        "it ended after 12 s, and 8 s were enough (the deadline)"
    )


# -- what the SDK hands out -----------------------------------------------------------------------


def handed_out():
    """A message, and the ways in which people turn it into a dictionary."""
    from utils.exercises.plain import copied
    from utils.scripted import ScriptedAPI, says

    client = ScriptedAPI([says("Bergen")]).client()
    ask: Any = [{"role": "user", "content": "Where?"}]
    made = client.chat.completions.create(model="m", messages=ask)
    message = made.choices[0].message
    ways = [message, message.to_dict(), message.model_dump(), message.model_dump(mode="json")]
    ways.append({"role": "assistant", "content": [{"type": "text", "text": "Bergen"}]})
    return [copied(way) for way in ways]


WANTED = {"role": "assistant", "content": "Bergen"}


@pytest.mark.parametrize("number", range(5))
def test_a_message_of_the_sdk_is_its_dictionary(number):
    value = handed_out()[number]
    Value([value]).equals([WANTED])
    Value({"messages": [value]}).equals({"messages": [WANTED]})
    Value([value]).in_any_order([WANTED])
    Value(value).field("content")
    assert changed([WANTED], [value], "the history") == ""
    with pytest.raises(Wrong, match=r"'content'\] of the result is 'Bergen', and 'Oslo' was|Oslo"):
        Value([value]).equals([{**WANTED, "content": "Oslo"}])


def test_a_call_that_was_parsed_is_the_call():
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    parsed = {**call["function"], "parsed_arguments": {}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    dump = {**message, "parsed": None, "refusal": None, "annotations": []}
    dump["tool_calls"] = [{**call, "function": parsed}]
    Value(dump).equals(message)


@pytest.mark.parametrize(
    ("have", "want"),
    [
        ({"role": "user", "content": "a", "name": "b"}, {"role": "user", "content": "a"}),
        ({"role": "user", "content": ""}, {"role": "user"}),
        ({"type": "string", "default": None, "id": "a"}, {"type": "string", "id": "a"}),
        ({"label": None, "p": 0}, {"p": 0}),
    ],
)
def test_keys_that_say_something_still_count(have, want):
    with pytest.raises(Wrong):
        Value(have).equals(want)


def test_an_object_of_the_learners_own_is_no_dictionary():
    with pytest.raises(Wrong, match="it returned a Result object, and a dictionary was expected"):
        Value(Described("Result", {"text": "a"})).field("text")


# -- causes and hints -----------------------------------------------------------------------------


def cause(check):
    with pytest.raises(Wrong) as caught:
        check()
    return caught.value


def test_the_wrong_kind_of_value_is_one_cause_whatever_the_value():
    first = cause(lambda: Value(("a", 1)).field("text"))
    other = cause(lambda: Value(("b", 2)).field("tokens"))
    assert first.cause == other.cause
    assert str(first) != str(other)
    assert not first.about_case
    assert cause(lambda: Value({"a": 1}).field("b")).cause != first.cause
    assert cause(lambda: Value(1).equals(2)).cause != cause(lambda: Value(1).equals(3)).cause


def test_a_hint_belongs_to_the_assertions_in_its_block():
    def inside():
        with hinting("sort first"):
            Value(1).equals(2)

    def nested():
        with hinting("outer"), hinting("inner"):
            Value(1).equals(2)

    assert cause(inside).hint == "sort first"
    assert cause(nested).hint == "inner"
    assert cause(lambda: Value(1).equals(2)).hint is None
