"""Exercises of chapter 2: conversations, tokens and budgets."""

from __future__ import annotations

import json
import random
from typing import Any

import openai

from ..scripted import fails, refuses, returns, says, tokens, truncated
from .model import Exercise, Result, Run, Spy, expect, short

Chat = list[dict[str, str]]

INSTRUCTIONS = (
    "You are the help desk of Fernhill Outdoors. Be brief.",
    "You answer customers of an outdoor shop in two sentences.",
    "You help hikers to choose their gear. Say so if you do not know.",
)
TOPICS = (
    ("My name is Ingrid and I own a Skarn 2.", "Welcome, Ingrid. What can I do for the Skarn 2?"),
    ("A pole of my tent broke on Sunday.", "We can send pole set B to you."),
    ("I hike with my dog, who sleeps in the tent.", "Then take the tent with the wide porch."),
    ("I can spend 180 euros.", "The Moraine bag fits into that."),
    ("Please deliver to the station in Voss.", "It will be at the pickup point on Friday."),
    ("My boots are size 43 and wide.", "The Fellside boots come in a wide version."),
    ("I cook twice a day, for two people.", "Then one canister lasts for two days."),
    ("It will rain all week.", "The Larkspur jacket keeps you dry."),
)
QUESTIONS = (
    "And what does that cost?",
    "Can you send it to Bergen instead?",
    "Which one of them is lighter?",
    "How long is that covered by the guarantee?",
    "Does it come in green?",
)
REPLIES = (
    "It is 48 euros.",
    "Yes, that takes two days longer.",
    "The smaller one, by 200 grams.",
    "For two years.",
    "In green and in blue.",
)


def message(role: str, content: str) -> dict[str, str]:
    """One message."""
    return {"role": role, "content": content}


def turns(rng: random.Random, number: int) -> Chat:
    """So many questions and answers, in random order."""
    chosen = rng.sample(TOPICS, number)
    return [
        message(role, text)
        for turn in chosen
        for role, text in zip(("user", "assistant"), turn, strict=True)
    ]


def chat(rng: random.Random, number: int) -> Chat:
    """A developer message and so many turns."""
    return [message("developer", rng.choice(INSTRUCTIONS)), *turns(rng, number)]


def same_messages(result: Result, want: Chat, number: int = 1, because: str = "") -> None:
    """A request has these messages; what differs first is named."""
    have = [message(m.role, m.text) for m in result.request(number).messages]
    reason = f" ({because})" if because else ""
    for place, (sent, wanted) in enumerate(zip(have, want, strict=False), 1):
        expect(
            sent == wanted,
            f"message {place} of request {number} is {described(sent)}, and {described(wanted)} "
            f"was expected{reason}",
        )
    expect(
        len(have) == len(want),
        f"request {number} has {len(have)} messages, and {len(want)} were expected{reason}",
    )


def described(item: dict[str, Any]) -> str:
    """A message in a few words."""
    return f"{item.get('role')}: {short(item.get('content'))}"


def field(value: object, name: str) -> Any:
    """A value of the dictionary that was returned."""
    expect(isinstance(value, dict), f"it returned {short(value)}, and a dictionary was expected")
    assert isinstance(value, dict)
    expect(name in value, f"the dictionary has no {name}; it has {', '.join(map(str, value))}")
    return value[name]


# -- history --------------------------------------------------------------------------------------

CONTINUE = Exercise(
    id="02.1",
    function="continue_chat",
    title="the next turn of a conversation",
    difficulty="easy",
    covers=["A4"],
    points=4,
    hints=[
        "The model knows only what stands in messages, so everything so far has to be sent.",
        "messages = [*history, {...}] makes a new list; history.append changes the caller's list.",
        "Return that list with one more message: the role assistant and the text of the answer.",
    ],
)


@CONTINUE.case("the request holds the history and then the question")
def _(run: Run) -> None:
    history, question = chat(run.rng, run.rng.randint(1, 3)), run.choose(*QUESTIONS)
    result = run([says(run.choose(*REPLIES))], history, question)
    same_messages(result, [*history, message("user", question)])


@CONTINUE.case("it returns the history with the question and the answer")
def _(run: Run) -> None:
    history, question = chat(run.rng, 2), run.choose(*QUESTIONS)
    answer = run.choose(*REPLIES)
    result = run([says(answer)], history, question)
    result.returned([*history, message("user", question), message("assistant", answer)])


@CONTINUE.case("the caller's list is as it was")
def _(run: Run) -> None:
    history = chat(run.rng, 2)
    result = run([says(run.choose(*REPLIES))], history, run.choose(*QUESTIONS))
    result.finished()
    expect(
        result.args[0] == history,
        f"the caller's list had {len(history)} messages and now has {len(result.args[0])}",
    )


@CONTINUE.case("it works for a conversation that has just begun", hidden=True)
def _(run: Run) -> None:
    question, answer = run.choose(*QUESTIONS), run.choose(*REPLIES)
    result = run([says(answer)], [], question)
    result.returned([message("user", question), message("assistant", answer)])


# -- a failed call --------------------------------------------------------------------------------

KEEP_CLEAN = Exercise(
    id="02.3",
    function="ask_and_keep",
    title="no dangling turn after a failed call",
    difficulty="easy",
    covers=["A4"],
    points=5,
    client={"max_retries": 0},
    hints=[
        "What does history look like if create raises after you have appended the question?",
        "Send [*history, question] and change history only when the answer is there.",
        "An answer without text (a refusal has content None) is no turn: return None and leave "
        "history alone.",
    ],
)


@KEEP_CLEAN.case("after an answer the history has both turns, and the text is returned")
def _(run: Run) -> None:
    history, question, answer = chat(run.rng, 1), run.choose(*QUESTIONS), run.choose(*REPLIES)
    result = run([says(answer)], history, question)
    result.returned(answer)
    same_messages(result, [*history, message("user", question)])
    want = [*history, message("user", question), message("assistant", answer)]
    have = result.args[0]
    expect(
        have == want,
        f"the history has {len(have)} messages after the call, the last is "
        f"{described(have[-1])}, and {described(want[-1])} was expected",
    )


@KEEP_CLEAN.case("a failed call raises, and the history is as before", points=2)
def _(run: Run) -> None:
    history = chat(run.rng, 2)
    status = run.choose(500, 503)
    result = run([fails(status)], history, run.choose(*QUESTIONS))
    result.raised(openai.InternalServerError)
    have = result.args[0]
    expect(
        have == history,
        f"after the failure the history ends with {described(have[-1])}, a turn without an answer",
    )


@KEEP_CLEAN.case("a refusal returns None, and the history is as before")
def _(run: Run) -> None:
    history = chat(run.rng, 1)
    result = run([refuses()], history, run.choose(*QUESTIONS))
    result.returned(None)
    have = result.args[0]
    expect(have == history, f"after the refusal the history ends with {described(have[-1])}")


@KEEP_CLEAN.case("it sends nothing but the one request", hidden=True)
def _(run: Run) -> None:
    result = run([fails(500)], chat(run.rng, 1), run.choose(*QUESTIONS))
    result.raised(openai.InternalServerError)
    result.sent(1, "whoever calls it decides about another try")


# -- examples -------------------------------------------------------------------------------------

BY_EXAMPLE = Exercise(
    id="02.2",
    function="label_like",
    title="a form shown by examples",
    difficulty="easy",
    covers=["A6"],
    points=4,
    hints=[
        "An example is a turn that never happened: what a user says, and what you want to hear.",
        "The order is: instructions, then for each example a user and an assistant message, then "
        "the mail.",
        "Return the text without spaces and line breaks around it.",
    ],
)
EXAMPLES = (
    ("My parcel should have come on Monday and I leave tomorrow.", "delivery | high"),
    ("Which gas fits the Ember stove?", "product | low"),
    ("The zip of my jacket is stuck.", "repair | low"),
    ("Where is my refund? I have asked three times!", "return | high"),
)
MAILS = (
    "The sole of my boot came off on the first day!",
    "Do you sell gift cards?",
    "I got two left shoes.",
    "The courier left the parcel in the rain.",
)


@BY_EXAMPLE.case("instructions, then the examples as turns, then the mail")
def _(run: Run) -> None:
    examples = run.rng.sample(EXAMPLES, run.rng.randint(2, 3))
    instructions, mail = run.choose(*INSTRUCTIONS), run.choose(*MAILS)
    result = run([says("repair | high")], instructions, examples, mail)
    want = [message("developer", instructions)]
    for text, label in examples:
        want += [message("user", text), message("assistant", label)]
    same_messages(result, [*want, message("user", mail)])


@BY_EXAMPLE.case("it returns the label, without spaces around it")
def _(run: Run) -> None:
    label = run.choose("repair | high", "product | low", "delivery | low")
    examples = run.rng.sample(EXAMPLES, 2)
    result = run([says(f" {label}\n")], run.choose(*INSTRUCTIONS), examples, run.choose(*MAILS))
    result.returned(label)


@BY_EXAMPLE.case("one mail is one request")
def _(run: Run) -> None:
    result = run([says("repair | low")], run.choose(*INSTRUCTIONS), EXAMPLES[:2], MAILS[0])
    result.finished()
    result.sent(1, "the examples are not questions, they are part of this request")


@BY_EXAMPLE.case("without examples it still asks", hidden=True)
def _(run: Run) -> None:
    instructions, mail = run.choose(*INSTRUCTIONS), run.choose(*MAILS)
    result = run([says("repair | low")], instructions, [], mail)
    result.returned("repair | low")
    same_messages(result, [message("developer", instructions), message("user", mail)])


# -- the bill of a conversation -------------------------------------------------------------------

BILL = Exercise(
    id="02.5",
    function="chat_bill",
    title="what a conversation costs, from its usage",
    difficulty="medium",
    covers=["G1", "G2", "A4"],
    points=6,
    hints=[
        "Each answer brings its own usage. Add up prompt_tokens and completion_tokens.",
        "Cached tokens are part of prompt_tokens. So prompt_tokens - cached_tokens cost the input "
        "price, and the cached ones their own.",
        "usage.prompt_tokens_details can be None, and so can its cached_tokens: count 0 then.",
    ],
)


def usages(rng: random.Random, number: int) -> list[tuple[int, int, int]]:
    """Prompt, cached and completion tokens of so many answers."""
    found, prompt = [], rng.randint(1100, 1500)
    for turn in range(number):
        cached = (prompt // 128 - rng.randint(1, 3)) * 128 if turn else 0
        completion = rng.randint(40, 200)
        found.append((prompt, cached, completion))
        prompt += completion + rng.randint(20, 60)
    return found


def prices(rng: random.Random) -> tuple[float, float, float]:
    """Dollars for a million tokens: input, cached input, output."""
    price = rng.choice((0.2, 1.0, 2.5))
    return price, price / 10, price * 5


def bill_of(run: Run, used: list[tuple[int, int, int]]) -> Result:
    """Play a conversation with these usages."""
    questions = run.rng.sample(QUESTIONS, len(used))
    script = [
        says(f"Answer {n}: {run.choose(*REPLIES)}", usage=tokens(p, c, cached=k))
        for n, (p, k, c) in enumerate(used, 1)
    ]
    return run(script, questions, *prices(run.rng))


@BILL.case("each question goes out with the questions and answers before it")
def _(run: Run) -> None:
    result = bill_of(run, usages(run.rng, 3))
    result.finished()
    result.sent(3)
    roles = ", ".join(m.role for m in result.request(3).messages)
    expect(
        roles == "user, assistant, user, assistant, user",
        f"request 3 has messages with the roles {roles}, and user, assistant, user, assistant, "
        "user were expected",
    )


@BILL.case("tokens are added up over all answers")
def _(run: Run) -> None:
    used = usages(run.rng, run.rng.randint(2, 4))
    value = bill_of(run, used).value
    for name, want in (
        ("input_tokens", sum(p for p, _, _ in used)),
        ("cached_tokens", sum(k for _, k, _ in used)),
        ("output_tokens", sum(c for _, _, c in used)),
    ):
        have = field(value, name)
        expect(have == want, f"{name} is {short(have)}, and the answers' usage adds up to {want}")


@BILL.case("cached tokens cost the cached price, and nothing twice", points=2)
def _(run: Run) -> None:
    used = usages(run.rng, 3)
    result = bill_of(run, used)
    into, cached, out = result.call.args[1:]
    want = sum((p - k) * into + k * cached + c * out for p, k, c in used) / 1_000_000
    have = field(result.value, "dollars")
    expect(
        isinstance(have, int | float) and abs(have - want) < 1e-9,
        f"dollars is {short(have)}, and {want:.6f} was expected: "
        f"{sum(k for _, k, _ in used)} of the input tokens were cached",
    )


@BILL.case("an answer that says nothing about its cache counts as not cached", points=2)
def _(run: Run) -> None:
    prompt, completion = run.rng.randint(500, 900), run.rng.randint(20, 90)
    details = run.choose(None, {"cached_tokens": None})
    body = {
        "id": "chatcmpl-simulated",
        "object": "chat.completion",
        "created": 1,
        "model": "simulated-model",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message("assistant", "Yes.")}],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": details,
        },
    }
    into, cached, out = prices(run.rng)
    result = run([returns(body)], [run.choose(*QUESTIONS)], into, cached, out)
    have = field(result.value, "cached_tokens")
    expect(have == 0, f"cached_tokens is {short(have)}, and 0 was expected")
    dollars = field(result.value, "dollars")
    want = (prompt * into + completion * out) / 1_000_000
    expect(
        isinstance(dollars, int | float) and abs(dollars - want) < 1e-9,
        f"dollars is {short(dollars)}, and {want:.6f} was expected",
    )


# -- window ---------------------------------------------------------------------------------------

WINDOW = Exercise(
    id="02.7",
    function="ask_in_window",
    title="a sliding window by tokens",
    difficulty="medium",
    covers=["A4", "G1"],
    points=7,
    hints=[
        "Add up what must be sent anyway: the developer message and the question. What is left of "
        "the budget is for turns.",
        "Walk through the turns from the newest to the oldest, two messages at a time, and stop at "
        "the first turn that does not fit.",
        "Raise ValueError before the request if the developer message and the question are already "
        "more than the budget.",
    ],
)
OVERHEAD = 4


def counter(rng: random.Random) -> Spy:
    """A function that counts tokens, and that nobody can guess."""
    factor = rng.randint(2, 5)
    return Spy("count", lambda text: len(str(text)) // factor + 1)


def cost(spy: Spy, messages: Chat) -> int:
    """What these messages count."""
    return sum(spy.function(m["content"]) + OVERHEAD for m in messages)


def window_of(run: Run, kept: int, slack: int = 0, half: bool = False) -> tuple[Result, Chat]:
    """Play a chat of five turns with a budget in which `kept` of them have room.

    `half` leaves so much of the budget that the answer of one more turn would fit, without its
    question. The question is long, so that it cannot be left out of the sum.
    """
    history, spy = chat(run.rng, 5), counter(run.rng)
    question = f"{run.choose(*QUESTIONS)} " + " ".join(run.rng.sample(MAILS, 3))
    place = len(history) - 2 * kept
    want = [history[0], *history[place:], message("user", question)]
    if half:
        slack = cost(spy, history[place - 1 : place])
    result = run([says(run.choose(*REPLIES))], history, question, cost(spy, want) + slack, spy)
    return result, want


@WINDOW.case("a conversation within the budget is sent whole")
def _(run: Run) -> None:
    result, want = window_of(run, 5, slack=run.rng.randint(0, 30))
    same_messages(result, want)
    text = result.api.script[0].answer.texts[0]  # type: ignore[union-attr]
    result.returned(text)


@WINDOW.case("the oldest turns are dropped, and as few as possible", points=2)
def _(run: Run) -> None:
    for kept in (3, run.rng.randint(1, 2)):
        result, want = window_of(run, kept, slack=run.rng.randint(0, 2))
        same_messages(result, want, because=f"{kept} turns have room in the budget")


@WINDOW.case("what is sent counts no more than the budget")
def _(run: Run) -> None:
    result, _ = window_of(run, run.rng.randint(1, 3))
    spy, budget = result.call.args[3], result.call.args[2]
    sent = [message(m.role, m.text) for m in result.request(1).messages]
    have = cost(spy, sent)
    expect(have <= budget, f"the messages count {have} tokens, and the budget is {budget}")


@WINDOW.case("a question is never sent without its answer, nor an answer without its question")
def _(run: Run) -> None:
    result, _ = window_of(run, 2, half=True)
    roles = [m.role for m in result.request(1).messages]
    expect(
        roles[:2] == ["developer", "user"],
        f"after the developer message comes {roles[1] if len(roles) > 1 else 'nothing'}: half a "
        "turn",
    )


@WINDOW.case("with room for no turn, the developer message and the question still go out")
def _(run: Run) -> None:
    result, want = window_of(run, 0)
    same_messages(result, want)


@WINDOW.case("a question that does not fit raises ValueError, and nothing is sent", hidden=True)
def _(run: Run) -> None:
    history, question, spy = chat(run.rng, 2), run.choose(*QUESTIONS), counter(run.rng)
    need = cost(spy, [history[0], message("user", question)])
    result = run([says("Never said.")], history, question, need - 1, spy)
    result.raised(ValueError, f"the least that can be sent counts {need} tokens")
    result.sent(0)


# -- overflow -------------------------------------------------------------------------------------

SHORTEN = Exercise(
    id="02.6",
    function="ask_or_shorten",
    title="shorter after context_length_exceeded",
    difficulty="medium",
    covers=["A4", "F1"],
    points=7,
    client={"max_retries": 0},
    hints=[
        "openai.BadRequestError has a code. Only context_length_exceeded is cured by sending less.",
        "Catch it, take the first turn (two messages) away after the developer message, and send "
        "again.",
        "When no turn is left, raise the error again: the question itself is too long.",
    ],
)
TOO_LONG = "This model's maximum context length is {limit} tokens. (simulated)"


def too_long(rng: random.Random) -> Any:
    """The error of a request that is too long."""
    text = TOO_LONG.format(limit=rng.choice((4096, 8192, 128_000)))
    return fails(400, text, code="context_length_exceeded", param="messages")


@SHORTEN.case("without an error nothing is dropped")
def _(run: Run) -> None:
    history, question, answer = chat(run.rng, 2), run.choose(*QUESTIONS), run.choose(*REPLIES)
    result = run([says(answer)], history, question)
    result.returned({"text": answer, "dropped": 0})
    same_messages(result, [*history, message("user", question)])


@SHORTEN.case("after the error it sends the same without the oldest turn", points=2)
def _(run: Run) -> None:
    history, question, answer = chat(run.rng, 4), run.choose(*QUESTIONS), run.choose(*REPLIES)
    failures = run.rng.randint(1, 3)
    result = run([*[too_long(run.rng)] * failures, says(answer)], history, question)
    last = message("user", question)
    for number in range(1, failures + 2):
        kept = history[2 * (number - 1) + 1 :]
        same_messages(result, [history[0], *kept, last], number)
    result.returned({"text": answer, "dropped": failures}, "that many turns were dropped")


@SHORTEN.case("when no turn is left, the error gets out")
def _(run: Run) -> None:
    number = run.rng.randint(1, 3)
    script = [too_long(run.rng)] * (number + 1)
    result = run(script, chat(run.rng, number), run.choose(*QUESTIONS))
    failure = result.raised(openai.BadRequestError, "the question alone is too long")
    expect("maximum context length" in failure.message, f"the error says {failure.message!r}")
    result.sent(number + 1)


@SHORTEN.case("another error 400 is not cured by sending less", points=2)
def _(run: Run) -> None:
    error = fails(400, "Unknown parameter: 'maxtokens'. (simulated)", code="unknown_parameter")
    result = run([error, says("Never said.")], chat(run.rng, 3), run.choose(*QUESTIONS))
    result.sent(1, "the code is unknown_parameter, not context_length_exceeded")
    result.raised(openai.BadRequestError)


@SHORTEN.case("the caller's history is as it was", hidden=True)
def _(run: Run) -> None:
    history = chat(run.rng, 3)
    result = run([too_long(run.rng), says("Yes.")], history, run.choose(*QUESTIONS))
    result.finished()
    expect(
        result.args[0] == history,
        f"the caller's list had {len(history)} messages and now has {len(result.args[0])}",
    )


# -- saved and resumed ----------------------------------------------------------------------------

RESUME = Exercise(
    id="02.4",
    function="resume",
    title="a saved conversation goes on",
    difficulty="medium",
    covers=["A4"],
    points=6,
    client={"max_retries": 0},
    hints=[
        "json.loads gives a dictionary with version and messages. Look at version first.",
        "If the last message is a question, nobody answered it: take it away before you append.",
        "Return json.dumps of a dictionary with the same version and the longer list.",
    ],
)


def saved(messages: Chat, version: int = 1) -> str:
    """A conversation as it stands in a file."""
    return json.dumps({"version": version, "messages": messages}, ensure_ascii=False)


def loaded(result: Result) -> Any:
    """What was returned, read as JSON."""
    text = result.value
    expect(isinstance(text, str), f"it returned {short(text)}, and JSON text was expected")
    try:
        return json.loads(text)
    except ValueError:
        expect(False, f"it returned {short(text)}, which is not JSON")


@RESUME.case("the conversation goes on where it was")
def _(run: Run) -> None:
    history, question = chat(run.rng, 2), run.choose(*QUESTIONS)
    result = run([says(run.choose(*REPLIES))], saved(history), question)
    same_messages(result, [*history, message("user", question)])


@RESUME.case("it returns JSON with the version and all turns")
def _(run: Run) -> None:
    history, question = chat(run.rng, 2), run.choose(*QUESTIONS)
    answer = run.choose(*REPLIES)
    value = loaded(run([says(answer)], saved(history), question))
    version = field(value, "version")
    expect(version == 1, f"version is {short(version)}, and 1 was expected")
    want = [*history, message("user", question), message("assistant", answer)]
    have = field(value, "messages")
    expect(
        have == want,
        f"messages has {len(have)} entries, the last is {short(have[-1:])}, and {len(want)} with "
        f"{described(want[-1])} were expected",
    )


@RESUME.case("a question that was never answered is dropped", points=2)
def _(run: Run) -> None:
    history, question = chat(run.rng, 2), run.choose(*QUESTIONS)
    dangling = message("user", f"Hello? {run.choose(*QUESTIONS)}")
    result = run([says(run.choose(*REPLIES))], saved([*history, dangling]), question)
    same_messages(result, [*history, message("user", question)], because="the app had crashed")


@RESUME.case("another version raises ValueError, and nothing is sent")
def _(run: Run) -> None:
    version = run.rng.randint(2, 9)
    result = run([says("Never said.")], saved(chat(run.rng, 1), version), run.choose(*QUESTIONS))
    result.raised(ValueError, f"the version is {version}")
    result.sent(0)


@RESUME.case("a failed call raises", hidden=True)
def _(run: Run) -> None:
    result = run([fails(503)], saved(chat(run.rng, 1)), run.choose(*QUESTIONS))
    result.raised(openai.InternalServerError)


# -- summary --------------------------------------------------------------------------------------

SUMMARY = Exercise(
    id="02.8",
    function="ask_summarized",
    title="a summary of the old part, and what if it fails",
    difficulty="stretch",
    covers=["A4"],
    points=9,
    client={"max_retries": 0},
    hints=[
        "Split the messages after the developer message into an old part and the last 2 * keep. If "
        "there is no old part, ask as always.",
        "The first request holds the text of the old part and asks for a summary. The second one "
        "holds the developer message, a developer message with the summary, the recent turns and "
        "the question.",
        "Wrap only the first request in try, except openai.APIError. Use no summary whose "
        "finish_reason is not stop: half a summary is worse than none.",
    ],
)
SUMMARIES = (
    "Ingrid owns a Skarn 2 and hikes with her dog.",
    "The customer wants delivery to Voss and can spend 180 euros.",
    "Boots in size 43, wide; a broken tent pole.",
)


def recent(history: Chat, keep: int) -> Chat:
    """The last turns."""
    return history[len(history) - 2 * keep :]


@SUMMARY.case("a short conversation is one request, without a summary")
def _(run: Run) -> None:
    keep = run.rng.randint(2, 3)
    history, question, answer = chat(run.rng, keep), run.choose(*QUESTIONS), run.choose(*REPLIES)
    result = run([says(answer)], history, question, keep)
    result.returned(answer)
    result.sent(1)
    same_messages(result, [*history, message("user", question)])


@SUMMARY.case("the first request gives the old turns, and only those, to be summarized", points=2)
def _(run: Run) -> None:
    history, keep = chat(run.rng, 5), run.rng.randint(1, 3)
    script = [says(run.choose(*SUMMARIES)), says(run.choose(*REPLIES))]
    result = run(script, history, run.choose(*QUESTIONS), keep)
    text = result.request(1).text()
    kept = recent(history, keep)
    for item in history[1 : len(history) - len(kept)]:
        expect(
            item["content"] in text,
            f"request 1 lacks {short(item['content'])}, which is older than the last {keep} turns",
        )
    for item in kept:
        expect(
            item["content"] not in text,
            f"request 1 has {short(item['content'])}, which is sent in full anyway",
        )


@SUMMARY.case("the second request has the summary in a developer message, then the recent turns")
def _(run: Run) -> None:
    history, keep, question = chat(run.rng, 5), run.rng.randint(1, 3), run.choose(*QUESTIONS)
    summary, answer = run.choose(*SUMMARIES), run.choose(*REPLIES)
    result = run([says(summary), says(answer)], history, question, keep)
    result.returned(answer)
    messages = result.request(2).messages
    told = "\n".join(m.text for m in messages if m.role == "developer")
    expect(history[0]["content"] in told, "request 2 lacks the instructions of the history")
    expect(summary in told, "no developer message of request 2 holds the summary")
    rest = [message(m.role, m.text) for m in messages if m.role != "developer"]
    want = [*recent(history, keep), message("user", question)]
    expect(
        rest == want,
        f"besides developer messages, request 2 has {len(rest)} messages, and the last {keep} "
        f"turns and the question, {len(want)} messages, were expected",
    )


def _without_summary(run: Run, first: Any) -> None:
    history, keep, question = chat(run.rng, 4), run.rng.randint(1, 2), run.choose(*QUESTIONS)
    answer = run.choose(*REPLIES)
    result = run([first, says(answer)], history, question, keep)
    result.returned(answer)
    want = [history[0], *recent(history, keep), message("user", question)]
    same_messages(result, want, 2, "there is no usable summary")


@SUMMARY.case("if the summary fails, the question is asked without it", points=2)
def _(run: Run) -> None:
    _without_summary(run, fails(run.choose(429, 500, 503)))


@SUMMARY.case("a summary that was cut off is not used", points=2)
def _(run: Run) -> None:
    _without_summary(run, truncated("Ingrid owns a"))


@SUMMARY.case("a failure of the question itself gets out", hidden=True)
def _(run: Run) -> None:
    script = [says(run.choose(*SUMMARIES)), fails(500), says("Never said.")]
    result = run(script, chat(run.rng, 3), run.choose(*QUESTIONS), 1)
    result.raised(openai.InternalServerError)
    result.sent(2)


# -- state on the server --------------------------------------------------------------------------

STORED = Exercise(
    id="02.9",
    function="ask_stored",
    title="a chain of stored responses that may be gone",
    difficulty="stretch",
    covers=["A4", "A7"],
    points=8,
    client={"max_retries": 0},
    hints=[
        "client.responses.create takes instructions, input and previous_response_id. Do not send "
        "previous_response_id at all when there is none.",
        "instructions are not part of the chain: send them each time.",
        "A chain that is gone is a BadRequestError with the code previous_response_not_found. Then "
        "input=[*history, question] and no previous_response_id starts a new one.",
    ],
)


def _stored(run: Run, script: list[Any], previous: str | None) -> tuple[Result, Chat, str]:
    history = turns(run.rng, 2) if previous else []
    question = run.choose(*QUESTIONS)
    result = run(script, run.choose(*INSTRUCTIONS), history, question, previous)
    return result, history, question


def identity(run: Run) -> str:
    """An id of a response."""
    return f"resp_{run.rng.randrange(16**12):012x}"


def gone() -> Any:
    """The error of a chain that is not stored."""
    text = "Previous response with id not found. (simulated)"
    return fails(400, text, code="previous_response_not_found", param="previous_response_id")


@STORED.case("the first question starts a chain")
def _(run: Run) -> None:
    answer = run.choose(*REPLIES)
    result, _, question = _stored(run, [says(answer)], None)
    request = result.request(1)
    request.went_to("responses")
    request.lacks("previous_response_id", "there is no response before the first one")
    expect(question in request.text(), f"request 1 lacks the question {short(question)}")
    have = field(result.value, "text")
    expect(have == answer, f"text is {short(have)}, and the answer was {short(answer)}")
    new = field(result.value, "id")
    expect(
        isinstance(new, str) and new.startswith("resp_"),
        f"id is {short(new)}, and the id of the response was expected",
    )


@STORED.case("a later question sends only itself, with previous_response_id", points=2)
def _(run: Run) -> None:
    previous = identity(run)
    result, history, question = _stored(run, [says(run.choose(*REPLIES))], previous)
    result.finished()
    request = result.request(1)
    request.has("previous_response_id", previous)
    text = request.text()
    expect(question in text, f"request 1 lacks the question {short(question)}")
    expect(
        history[0]["content"] not in text,
        f"request 1 has {short(history[0]['content'])}, which the service has already stored",
    )


@STORED.case("instructions go out each time")
def _(run: Run) -> None:
    for previous in (None, identity(run)):
        result, *_ = _stored(run, [says(run.choose(*REPLIES))], previous)
        given = result.call.args[0]
        told = "\n".join(m.text for m in result.request(1).messages if m.role != "user")
        expect(given in told, f"request 1 lacks the instructions {short(given)}")


@STORED.case("if the chain is gone, the history goes out and starts a new one", points=2)
def _(run: Run) -> None:
    answer = run.choose(*REPLIES)
    result, history, question = _stored(run, [gone(), says(answer)], identity(run))
    have = field(result.value, "text")
    expect(have == answer, f"text is {short(have)}, and the answer was {short(answer)}")
    request = result.request(2)
    request.lacks("previous_response_id", "that response does not exist any more")
    said = [message(m.role, m.text) for m in request.messages if m.role != "developer"]
    want = [*history, message("user", question)]
    expect(
        said == want,
        f"request 2 has {len(said)} messages, and the history and the question, {len(want)} "
        "messages, were expected",
    )


@STORED.case("another error gets out")
def _(run: Run) -> None:
    error = fails(400, "Unknown parameter: 'inputs'. (simulated)", code="unknown_parameter")
    result, *_ = _stored(run, [error, says("Never said.")], identity(run))
    result.sent(1, "the code is unknown_parameter, not previous_response_not_found")
    result.raised(openai.BadRequestError)


@STORED.case("the caller's history is as it was", hidden=True)
def _(run: Run) -> None:
    result, history, _ = _stored(run, [gone(), says("Yes.")], identity(run))
    result.finished()
    expect(result.args[1] == history, "the caller's list of messages was changed")
