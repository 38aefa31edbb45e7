"""Exercises of chapter 1: requests, answers and parameters."""

from __future__ import annotations

import math

from ..scripted import (
    calls,
    fails,
    filtered,
    refuses,
    response_fails,
    says,
    token,
    tokens,
    truncated,
)
from .model import Exercise, Result, Run, expect, short
from .world import (
    ANSWERS,
    INSTRUCTIONS,
    LABELS,
    MAILS,
    PRODUCTS,
    QUESTIONS,
    SLOGANS,
    question_and_answer,
    some,
)


def roles(result: Result, number: int = 1) -> list[str]:
    """Roles of a request's messages, in order."""
    return [message.role for message in result.request(number).messages]


def same_roles(result: Result, want: list[str], number: int = 1) -> None:
    """The messages of a request have these roles, in this order."""
    have = roles(result, number)
    expect(
        have == want,
        f"request {number} has messages with the roles {', '.join(have) or 'none'}, and "
        f"{', '.join(want)} were expected",
    )


# -- message anatomy and roles --------------------------------------------------------------------

ASK_SHOP = Exercise(
    id="01.1",
    function="ask_shop",
    title="one request with instructions and a question",
    difficulty="easy",
    covers=["A1"],
    points=3,
    hints=[
        "A message is a dictionary with two keys, role and content. You need two of them.",
        "The shop's instructions go first, in a message with the role developer; the customer's "
        "question follows with the role user.",
        "The text is in response.choices[0].message.content.",
    ],
)


@ASK_SHOP.case("it returns the text of the answer")
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], run.choose(*INSTRUCTIONS), question)
    result.returned(answer)
    result.sent(1)
    result.request(1).went_to("chat")


@ASK_SHOP.case(
    "the instructions are a developer message, the question is a user message",
    hint="developer messages replace what older code calls system messages",
)
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], run.choose(*INSTRUCTIONS), question)
    same_roles(result, ["developer", "user"])


@ASK_SHOP.case("both texts arrive as they are")
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    instructions = run.choose(*INSTRUCTIONS)
    result = run([says(answer)], instructions, question)
    texts = {message.role: message.text for message in result.request(1).messages}
    expect(instructions in texts.values(), f"no message has the content {short(instructions)}")
    expect(question in texts.values(), f"no message has the content {short(question)}")


# -- the response object --------------------------------------------------------------------------

RECEIPT = Exercise(
    id="01.2",
    function="answer_with_receipt",
    title="text, usage and request id for the log",
    difficulty="easy",
    covers=["A1"],
    points=4,
    hints=[
        "Print the response once and look at what is beside choices.",
        "usage has prompt_tokens and completion_tokens.",
        "The id of the request is not in the body: the SDK puts the header x-request-id into "
        "response._request_id. (response.id is the id of the completion.)",
    ],
)


def _receipt(run: Run) -> tuple[Result, str, int, int]:
    question, answer = question_and_answer(run.rng)
    prompt, completion = run.rng.randint(20, 900), run.rng.randint(5, 300)
    result = run([says(answer, usage=tokens(prompt, completion))], question)
    return result, answer, prompt, completion


def _field(result: Result, name: str) -> object:
    value = result.value
    expect(isinstance(value, dict), f"it returned {short(value)}, and a dictionary was expected")
    expect(
        name in value, f"the dictionary has no {name}; its keys are {', '.join(map(str, value))}"
    )
    return value[name]


@RECEIPT.case("text is the answer")
def _(run: Run) -> None:
    result, answer, _, _ = _receipt(run)
    text = _field(result, "text")
    expect(text == answer, f"text is {short(text)}, and the answer was {short(answer)}")


@RECEIPT.case("prompt_tokens and completion_tokens come from the usage of the answer")
def _(run: Run) -> None:
    result, _, prompt, completion = _receipt(run)
    for name, want in (("prompt_tokens", prompt), ("completion_tokens", completion)):
        have = _field(result, name)
        expect(have == want, f"{name} is {short(have)}, and the usage said {want}")


@RECEIPT.case("request_id is the id that the support of the service asks for")
def _(run: Run) -> None:
    result, *_ = _receipt(run)
    have, want = _field(result, "request_id"), "req_simulated_1"
    expect(have == want, f"request_id is {short(have)}, and the header x-request-id said {want!r}")


@RECEIPT.case("one question costs one request", hidden=True)
def _(run: Run) -> None:
    result, *_ = _receipt(run)
    result.finished()
    result.sent(1)


# -- parameters -----------------------------------------------------------------------------------

SETTINGS = Exercise(
    id="01.3",
    function="ask_with_settings",
    title="old settings for a model that reasons",
    difficulty="medium",
    covers=["A2", "A5"],
    points=7,
    hints=[
        "Build a dictionary of parameters first, then send it with **parameters.",
        "max_tokens has a new name, max_completion_tokens. A setting that is None should not be in "
        "the dictionary at all: the SDK sends None as null.",
        "If any of temperature, top_p, presence_penalty, frequency_penalty is left, a model that "
        'reasons takes it only with reasoning_effort="none". If the settings ask for reasoning, '
        "leave those four out instead.",
    ],
)
_SAMPLING = ("temperature", "top_p", "presence_penalty", "frequency_penalty")


@SETTINGS.case("without settings it sends the model and the message, nothing else")
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], question, {})
    result.returned(answer)
    more = sorted(set(result.request(1).body) - {"model", "messages"})
    expect(not more, f"the settings are empty, and the request also has {', '.join(more)}")
    expect(question in result.request(1).text(), "the question is not in the request")


@SETTINGS.case("max_tokens goes out as max_completion_tokens")
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    cap = run.rng.randint(50, 900)
    result = run([says(answer)], question, {"max_tokens": cap})
    result.returned(answer)
    result.request(1).lacks("max_tokens", "the default model answers it with 400")
    result.request(1).has("max_completion_tokens", cap)
    result.request(1).lacks("reasoning_effort", "a cap alone does not need it")


@SETTINGS.case("a sampling parameter goes out with an effort of none", points=2)
def _(run: Run) -> None:
    for name, value in (
        ("temperature", run.rng.randint(1, 19) / 10),
        ("top_p", run.rng.randint(1, 9) / 10),
        ("frequency_penalty", 0.0),
    ):
        question, answer = question_and_answer(run.rng)
        result = run([says(answer)], question, {name: value})
        result.returned(answer)
        result.request(1).has(name, value)
        result.request(1).has("reasoning_effort", "none", f"{name} needs it")


@SETTINGS.case("a setting that is None is not sent")
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    cap = run.rng.randint(50, 900)
    settings = {"temperature": None, "max_tokens": cap, "top_p": None, "seed": None}
    result = run([says(answer)], question, settings)
    result.returned(answer)
    nulls = [name for name, value in result.request(1).body.items() if value is None]
    expect(not nulls, f"the request has {', '.join(nulls)} as null")
    result.request(1).has("max_completion_tokens", cap)


@SETTINGS.case("settings that ask for reasoning go out without sampling parameters")
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    effort = run.choose("low", "medium", "high")
    result = run([says(answer)], question, {"reasoning_effort": effort, "temperature": 0.2})
    result.returned(answer)
    result.request(1).has("reasoning_effort", effort)
    result.request(1).lacks("temperature", f"an effort of {effort} does not allow it")


@SETTINGS.case("the caller's settings are not changed", hidden=True)
def _(run: Run) -> None:
    settings = {"max_tokens": run.rng.randint(50, 900), "temperature": 0.5, "seed": 7}
    result = run([says("Fine.")], run.choose(*QUESTIONS), settings)
    result.finished()
    expect(
        result.args[1] == settings,
        f"it changed the caller's settings to {short(result.args[1])}",
    )
    result.request(1).has("seed", 7)


SLOGAN_LIST = Exercise(
    id="01.4",
    function="distinct_slogans",
    title="several candidates from one request, each once",
    difficulty="medium",
    covers=["A2"],
    points=5,
    hints=[
        "n is a parameter of the request, and the answer then has several choices.",
        "Compare candidates in one form (stripped, casefolded), and keep the form they came in.",
        "The content of a choice may be None or empty: skip it.",
    ],
)


@SLOGAN_LIST.case("it asks for n candidates in one request")
def _(run: Run) -> None:
    n = run.rng.randint(2, 5)
    slogans = some(run.rng, SLOGANS, n)
    result = run([says(*slogans)] + [says("one more")] * 5, run.choose(*PRODUCTS), n)
    result.finished()
    result.sent(1)
    result.request(1).has("n", n)


@SLOGAN_LIST.case("the product is in the request")
def _(run: Run) -> None:
    product = run.choose(*PRODUCTS)
    result = run([says(*some(run.rng, SLOGANS, 3))], product, 3)
    expect(product in result.request(1).text(), f"no message names the product {product!r}")


@SLOGAN_LIST.case("different candidates come back in their order")
def _(run: Run) -> None:
    slogans = some(run.rng, SLOGANS, 4)
    run([says(*slogans)], run.choose(*PRODUCTS), 4).returned(slogans)


@SLOGAN_LIST.case("a candidate that differs only in case or outer spaces counts once")
def _(run: Run) -> None:
    first, second = some(run.rng, SLOGANS, 2)
    candidates = [first, f"  {first.upper()}\n", second, f"{second} "]
    result = run([says(*candidates)], run.choose(*PRODUCTS), 4)
    result.returned([first, second])


@SLOGAN_LIST.case("empty candidates are left out", hidden=True)
def _(run: Run) -> None:
    first, second = some(run.rng, SLOGANS, 2)
    run([says("", first, "  ", second)], run.choose(*PRODUCTS), 4).returned([first, second])
    run([refuses()], run.choose(*PRODUCTS), 4).returned([])


CONFIDENCE = Exercise(
    id="01.5",
    function="confident_label",
    title="a label only if the model is sure",
    difficulty="stretch",
    covers=["A2", "A5"],
    points=7,
    hints=[
        "Ask for logprobs=True; a model that reasons gives them only with an effort of none.",
        "choices[0].logprobs.content has one entry for each token; math.exp(entry.logprob) is the "
        "token's probability.",
        "The probability of the whole answer is the product over its tokens, that is the "
        "exponential of the sum of the logprobs.",
    ],
)


def _scored(run: Run, answer: list[tuple[str, float]], threshold: float) -> tuple[Result, float]:
    mail, _ = run.choose(*MAILS)
    said = "".join(text for text, _ in answer)
    marked = [token(text, p, {"other": (1 - p) / 2}) for text, p in answer]
    script = [says(said, logprobs=marked)]
    return run(script, mail, list(LABELS), threshold), math.prod(p for _, p in answer)


@CONFIDENCE.case("the request asks for log probabilities, and names mail and labels")
def _(run: Run) -> None:
    result, _ = _scored(run, [("return", 0.97)], 0.5)
    request = result.request(1)
    result.sent(1)
    request.has("logprobs", True)
    text = request.text()
    missing = [label for label in LABELS if label not in text]
    expect(not missing, f"the messages do not name the label {missing and missing[0]!r}")
    mail = result.call.args[0]
    expect(mail in text, "the customer's mail is not in the messages")


@CONFIDENCE.case("a sure answer comes back with its probability", points=2)
def _(run: Run) -> None:
    p, label = run.rng.randint(80, 99) / 100, run.choose("return", "repair", "delivery")
    result, confidence = _scored(run, [(label, p)], 0.6)
    result.returned((label, confidence), "the label and the probability of the answer")


@CONFIDENCE.case("the probability of two tokens is their product", points=2)
def _(run: Run) -> None:
    first, second = run.rng.randint(85, 99) / 100, run.rng.randint(85, 99) / 100
    result, confidence = _scored(run, [("product", first), (" question", second)], 0.5)
    result.returned(
        ("product question", confidence), f"the tokens have {first:.2f} and {second:.2f}"
    )


@CONFIDENCE.case("below the threshold the label is None")
def _(run: Run) -> None:
    p = run.rng.randint(30, 60) / 100
    result, confidence = _scored(run, [("complaint", p)], 0.75)
    result.returned((None, confidence), f"{p:.2f} is below the threshold of 0.75")


@CONFIDENCE.case("an answer that is no label gives None, however sure", hidden=True)
def _(run: Run) -> None:
    result, confidence = _scored(run, [("weather", 0.99)], 0.5)
    result.returned((None, confidence), "weather is not one of the labels")


# -- finish reasons -------------------------------------------------------------------------------

ENDING = Exercise(
    id="01.6",
    function="how_it_ended",
    title="every way in which an answer can end",
    difficulty="medium",
    covers=["A3"],
    points=6,
    hints=[
        "Look at choices[0].finish_reason first. One of the five endings has the reason stop, but "
        "its text is somewhere else.",
        "A refusal has finish_reason stop, content None and the text in message.refusal.",
        "For tool_calls the name is in message.tool_calls[0].function.name. Tools go through Chat "
        'Completions with reasoning_effort="none".',
    ],
)
_TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_order",
            "description": "Look up an order of a customer.",
            "parameters": {
                "type": "object",
                "properties": {"order_id": {"type": "string"}},
                "required": ["order_id"],
                "additionalProperties": False,
            },
            "strict": True,
        },
    }
]


def _ended(run: Run, step: object) -> Result:
    messages = [{"role": "user", "content": run.choose(*QUESTIONS)}]
    return run([step], messages, _TOOLS)  # type: ignore[list-item]


@ENDING.case("an answer that is complete")
def _(run: Run) -> None:
    answer = run.choose(*ANSWERS)
    result = _ended(run, says(answer))
    result.returned(("complete", answer))
    result.request(1).has("tools", _TOOLS)


@ENDING.case("an answer that is cut off at the cap")
def _(run: Run) -> None:
    answer = run.choose(*ANSWERS)[: run.rng.randint(8, 14)]
    _ended(run, truncated(answer)).returned(("cut off", answer), "finish_reason was length")


@ENDING.case("an answer that the content filter took out")
def _(run: Run) -> None:
    _ended(run, filtered()).returned(("filtered", ""), "finish_reason was content_filter")


@ENDING.case("a call of a tool")
def _(run: Run) -> None:
    name = run.choose("get_order", "find_parcel", "list_returns")
    step = calls((name, {"order_id": f"FH-{run.rng.randint(1000, 9999)}"}))
    _ended(run, step).returned(("tool call", name), "finish_reason was tool_calls")


@ENDING.case("a refusal", hint="its finish_reason is stop, like that of a complete answer")
def _(run: Run) -> None:
    text = run.choose("I'm sorry, I can't help with that.", "I can't share that.")
    _ended(run, refuses(text)).returned(("refused", text), "message.refusal was set")


@ENDING.case("what the filter left of an answer is kept", hidden=True)
def _(run: Run) -> None:
    left = run.choose(*ANSWERS)[:9]
    _ended(run, filtered(left)).returned(("filtered", left))


CONTINUE = Exercise(
    id="01.7",
    function="complete_answer",
    title="go on where the cap cut the answer",
    difficulty="medium",
    covers=["A3", "A1"],
    points=6,
    hints=[
        "The model keeps nothing between requests: what it has said so far must be in the next "
        "request, as an assistant message.",
        "Append the part as an assistant message and a user message that asks to go on; then send "
        "all messages again.",
        'Loop at most max_parts times, and leave the loop when finish_reason is not "length".',
    ],
)


def _parts(run: Run, count: int) -> list[str]:
    text = " ".join(some(run.rng, ANSWERS, 4))
    size = len(text) // count
    return [text[i * size : (i + 1) * size if i < count - 1 else None] for i in range(count)]


@CONTINUE.case("an answer that fits takes one request")
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], question)
    result.returned((answer, True))
    result.sent(1)
    expect(question in result.request(1).text(), "the question is not in the request")


@CONTINUE.case("the parts are joined as they came", points=2)
def _(run: Run) -> None:
    first, second, third = _parts(run, 3)
    script = [truncated(first), truncated(second), says(third)]
    result = run(script, run.choose(*QUESTIONS), 5)
    result.returned((first + second + third, True), "the parts, with nothing between them")
    result.sent(3)


@CONTINUE.case("the next request shows what has been said", points=2)
def _(run: Run) -> None:
    question = run.choose(*QUESTIONS)
    first, second = _parts(run, 2)
    result = run([truncated(first), says(second)], question)
    messages = result.request(2).messages
    said = "".join(m.text for m in messages if m.role == "assistant")
    expect(
        said == first,
        f"request 2 has {short(said)} in assistant messages, and the first part was {short(first)}",
    )
    expect(
        messages[-1].role == "user",
        f"the last message of request 2 has the role {messages[-1].role}, and user was expected, "
        "to ask the model to go on",
    )
    expect(
        question in messages[0].text or question in result.request(2).text(), "it lost the question"
    )


@CONTINUE.case("after max_parts requests it returns what it has, and False")
def _(run: Run) -> None:
    most = run.rng.randint(2, 3)
    parts = _parts(run, most)
    result = run([truncated(part) for part in parts], run.choose(*QUESTIONS), most)
    result.returned(("".join(parts), False), f"max_parts was {most}")
    result.sent(most)


# -- few-shot -------------------------------------------------------------------------------------

SORT_MAIL = Exercise(
    id="01.8",
    function="sort_mail",
    title="the messages of a few-shot prompt",
    difficulty="easy",
    covers=["A6"],
    points=5,
    hints=[
        "An example is a small conversation: what a customer wrote, and what the model should say.",
        "Each example becomes two messages: a user message with the mail, an assistant message "
        "with the label.",
        "The order is: instructions (developer), the examples, the mail to sort (user). "
        "content.strip() removes what stands around the label.",
    ],
)


def _sorted(run: Run, count: int, said: str | None = None) -> tuple[Result, list, str, str]:
    chosen = run.rng.sample(MAILS, count + 1)
    (mail, label), examples = chosen[0], chosen[1:]
    result = run([says(said or label)], run.choose(*INSTRUCTIONS), examples, mail)
    return result, examples, mail, label


@SORT_MAIL.case("it returns the label")
def _(run: Run) -> None:
    result, _, _, label = _sorted(run, 2)
    result.returned(label)
    result.sent(1)


@SORT_MAIL.case(
    "each example is a user message and an assistant message",
    points=2,
    hint="the assistant message shows the model how its own answer should look",
)
def _(run: Run) -> None:
    count = run.rng.randint(2, 4)
    result, examples, mail, _ = _sorted(run, count)
    same_roles(result, ["developer", *["user", "assistant"] * count, "user"])
    texts = [message.text for message in result.request(1).messages][1:]
    for number, (text, label) in enumerate(examples, 1):
        have = texts[2 * number - 2 : 2 * number]
        expect(
            text in have[0] and have[1].strip() == label,
            f"example {number} went out as {short(have)}, and {short([text, label])} was expected",
        )
    expect(mail in texts[-1], f"the last message is {short(texts[-1])}, not the mail to sort")


@SORT_MAIL.case("without examples two messages are left")
def _(run: Run) -> None:
    result, _, _, label = _sorted(run, 0)
    result.returned(label)
    same_roles(result, ["developer", "user"])


@SORT_MAIL.case("spaces and line breaks around the label are removed", hidden=True)
def _(run: Run) -> None:
    label = run.choose(*LABELS)
    result, *_ = _sorted(run, 1, f" {label}\n")
    result.returned(label)


# -- the same with the Responses API --------------------------------------------------------------

READ = Exercise(
    id="01.9",
    function="read_response",
    title="text and ending of a response",
    difficulty="medium",
    covers=["A7", "A3"],
    points=6,
    hints=[
        "output is a list of items, and the first may be of type reasoning. output_text collects "
        "the text of all message items.",
        "status is completed, incomplete or failed; none of them raises an exception.",
        "The reason is in incomplete_details.reason or in error.message, and each of the two is "
        "None when it does not apply.",
    ],
)


@READ.case("the text of a complete response, and no problem")
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], question)
    result.returned((answer, None))
    result.sent(1)
    result.request(1).went_to("responses")
    expect(question in result.request(1).text(), "the question is not in the request")


@READ.case("a reasoning item before the message does not matter")
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    usage = tokens(40, 120, reasoning=96)
    run([says(answer, reasoning="Look it up.", usage=usage)], question).returned((answer, None))


@READ.case("an incomplete response: the text so far, and the reason", points=2)
def _(run: Run) -> None:
    answer = run.choose(*ANSWERS)[: run.rng.randint(8, 14)]
    result = run([truncated(answer)], run.choose(*QUESTIONS))
    result.returned((answer, "max_output_tokens"), "status was incomplete")
    result = run([filtered()], run.choose(*QUESTIONS))
    result.returned(("", "content_filter"), "status was incomplete")


@READ.case("a failed response: its error message")
def _(run: Run) -> None:
    message = run.choose("The model failed to answer.", "The model is being restarted.")
    result = run([response_fails("server_error", message)], run.choose(*QUESTIONS))
    result.returned(("", message), "status was failed")


@READ.case("an error of the service is not hidden", hidden=True)
def _(run: Run) -> None:
    import openai

    result = run([fails(401)], run.choose(*QUESTIONS))
    result.raised(openai.AuthenticationError)


MOVE = Exercise(
    id="01.10",
    function="move_to_responses",
    title="a Chat Completions request, sent as a Responses request",
    difficulty="stretch",
    covers=["A7"],
    points=9,
    hints=[
        "Take the parameters of the old request apart: those with a new name, those that keep it, "
        "and those that Responses does not have.",
        "messages becomes input, max_completion_tokens becomes max_output_tokens, and "
        'reasoning_effort="low" becomes reasoning={"effort": "low"}.',
        "Keep a set of parameters that have no counterpart (n, seed, stop, presence_penalty, "
        "frequency_penalty, logit_bias) and raise ValueError before you send anything.",
        "Chat Completions stores nothing unless it is asked to, and Responses stores unless it is "
        "told not to: send store=False.",
    ],
)


def _old(run: Run, **more: object) -> dict[str, object]:
    return {
        "model": run.choose("shop-model-a", "shop-model-b"),
        "messages": [
            {"role": "developer", "content": run.choose(*INSTRUCTIONS)},
            {"role": "user", "content": run.choose(*QUESTIONS)},
        ],
        **more,
    }


@MOVE.case("it sends one request to Responses and returns the text")
def _(run: Run) -> None:
    answer = run.choose(*ANSWERS)
    old = _old(run)
    result = run([says(answer, reasoning="Easy.")], old)
    result.returned(answer)
    result.sent(1)
    result.request(1).went_to("responses")
    result.request(1).has("model", old["model"])


@MOVE.case("the conversation arrives whole and in order", points=2)
def _(run: Run) -> None:
    developer, user = _old(run)["messages"]  # type: ignore[misc]
    turns = [
        developer,
        {"role": "user", "content": run.choose(*QUESTIONS)},
        {"role": "assistant", "content": run.choose(*ANSWERS)},
        user,
    ]
    result = run([says("Fine.")], {"model": "shop-model", "messages": turns})
    result.finished()
    result.request(1).went_to("responses")
    have = [(m.role, m.text) for m in result.request(1).messages]
    want = [(m["role"], m["content"]) for m in turns]
    expect(
        have == want,
        f"the input is {short(have, 200)}, and the messages were {short(want, 200)}",
    )


@MOVE.case("max_completion_tokens and reasoning_effort go out under their new names", points=2)
def _(run: Run) -> None:
    cap, effort = run.rng.randint(100, 900), run.choose("low", "medium", "high")
    old = _old(run, max_completion_tokens=cap, reasoning_effort=effort)
    result = run([says("Fine.")], old)
    result.finished()
    result.request(1).went_to("responses")
    request = result.request(1)
    request.has("max_output_tokens", cap)
    effort_sent = request.get("reasoning", dict, f'{{"effort": "{effort}"}}').get("effort")
    expect(effort_sent == effort, f"the effort is {effort_sent!r}, and {effort!r} was asked for")


@MOVE.case("parameters that keep their name go along")
def _(run: Run) -> None:
    heat = run.rng.randint(1, 19) / 10
    old = _old(run, temperature=heat, reasoning_effort="none", metadata={"desk": "returns"})
    result = run([says("Fine.")], old)
    result.finished()
    result.request(1).went_to("responses")
    result.request(1).has("temperature", heat)
    result.request(1).has("metadata", {"desk": "returns"})


@MOVE.case("a parameter that Responses does not have is a ValueError that names it", points=2)
def _(run: Run) -> None:
    for name, value in (("seed", 7), ("n", 3), (run.choose("stop", "presence_penalty"), 1)):
        result = run([says("Fine.")] * 2, _old(run, **{name: value}))
        failure = result.raised(ValueError, f"the old request has {name}={value}")
        expect(name in failure.message, f"the message of the ValueError does not name {name}")
        result.sent(0, "the old request cannot be translated")


@MOVE.case("nothing is stored that was not stored before", hidden=True)
def _(run: Run) -> None:
    result = run([says("Fine.")], _old(run))
    result.finished()
    result.request(1).went_to("responses")
    result.request(1).has("store", False, "Chat Completions does not store by default")
    expect(result.args[0] == result.call.args[0], "it changed the caller's request")
