"""Answers for 01.7 complete_answer."""

from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages):
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages).choices[0]


GO_ON = {"role": "user", "content": "Continue."}


@right
def one_growing_assistant_message(client, question, max_parts=3):
    asked, text = {"role": "user", "content": question}, ""
    for number in range(max_parts):
        more = [{"role": "assistant", "content": text}, GO_ON] if number else []
        choice = send(client, [asked, *more])
        text += choice.message.content or ""
        if choice.finish_reason != "length":
            return text, choice.finish_reason == "stop" and choice.message.refusal is None
    return text, False


@wrong("partly right", "(message.refusal was set)")
def takes_a_refusal_for_an_answer(client, question, max_parts=3):
    messages, text = [{"role": "user", "content": question}], ""
    for _ in range(max_parts):
        choice = send(client, messages)
        text += choice.message.content or ""
        if choice.finish_reason != "length":
            return text, choice.finish_reason == "stop"
        messages += [{"role": "assistant", "content": choice.message.content}, GO_ON]
    return text, False


@wrong("partly right", "(finish_reason was content_filter)")
def takes_what_is_left_for_an_answer(client, question, max_parts=3):
    messages, text = [{"role": "user", "content": question}], ""
    for _ in range(max_parts):
        choice = send(client, messages)
        text += choice.message.content or ""
        if choice.finish_reason != "length":
            return text, choice.message.refusal is None
        messages += [{"role": "assistant", "content": choice.message.content}, GO_ON]
    return text, False


@wrong("partly right", "It sent 1 request, and at least 2 were expected")
def takes_what_it_gets(client, question, max_parts=3):
    choice = send(client, [{"role": "user", "content": question}])
    return choice.message.content, choice.finish_reason == "stop"


@wrong(
    "partly right",
    "The text of the assistant messages in request 2, after the question, is '', and",
)
def asks_the_same_again(client, question, max_parts=3):
    text = ""
    for _ in range(max_parts):
        choice = send(client, [{"role": "user", "content": question}])
        text += choice.message.content
        if choice.finish_reason != "length":
            return text, True
    return text, False


@wrong("partly right", "the parts, with nothing between them")
def joins_with_a_space(client, question, max_parts=3):
    messages, parts = [{"role": "user", "content": question}], []
    for _ in range(max_parts):
        choice = send(client, messages)
        parts.append(choice.message.content)
        if choice.finish_reason != "length":
            return " ".join(parts), True
        messages += [{"role": "assistant", "content": parts[-1]}, GO_ON]
    return " ".join(parts), False


@wrong("partly right", "but this conversation ends after")
def for_ever(client, question, max_parts=3):
    messages, text = [{"role": "user", "content": question}], ""
    while True:
        choice = send(client, messages)
        text += choice.message.content
        if choice.finish_reason != "length":
            return text, True
        messages += [{"role": "assistant", "content": choice.message.content}, GO_ON]


@wrong("partly right", "has the role assistant, and user was expected")
def ends_with_the_assistant(client, question, max_parts=3):
    messages, text = [{"role": "user", "content": question}], ""
    for _ in range(max_parts):
        choice = send(client, messages)
        text += choice.message.content
        if choice.finish_reason != "length":
            return text, True
        messages += [{"role": "assistant", "content": choice.message.content}]
    return text, False


@wrong("too slow", ", and was stopped (an endless loop?)")
def never_ends(client, question, max_parts=3):
    number = 0
    while number < max_parts:
        pass


@right
def with_the_message_objects(client, question, max_parts=3):
    messages = [
        {"role": "developer", "content": "Answer in full."},
        {"role": "user", "content": question},
    ]
    text, choice = "", None
    while max_parts > 0 and (choice is None or choice.finish_reason == "length"):
        max_parts -= 1
        choice = send(client, messages)
        text += choice.message.content or ""
        messages += [choice.message, {"role": "user", "content": "Please go on."}]
    done = choice is not None and choice.finish_reason == "stop" and not choice.message.refusal
    return text, done


@right
def recursively(client, question, max_parts=3, said=()):
    parts = [{"role": "assistant", "content": part} for part in said]
    more = [*parts, {"role": "user", "content": "Continue, without repeating anything."}]
    choice = send(client, [{"role": "user", "content": question}, *(more if said else [])])
    said = [*said, choice.message.content or ""]
    if choice.finish_reason == "length" and len(said) < max_parts:
        return recursively(client, question, max_parts, said)
    good = choice.finish_reason == "stop" and choice.message.refusal is None
    return ["".join(said), good]


def continued(client, question, max_parts, *, show=lambda parts: parts, whole=None, join="".join):
    """A right answer, but for what is given."""
    asked, parts = {"role": "user", "content": question}, []
    for _ in range(max_parts):
        said = [{"role": "assistant", "content": part} for part in show(parts)]
        choice = send(client, [asked, *said, *([GO_ON] if parts else [])])
        parts.append(choice.message.content or "")
        if choice.finish_reason != "length":
            good = choice.finish_reason == "stop" and not choice.message.refusal
            return join(parts), whole(parts, max_parts) if whole else good
    return join(parts), False


@wrong("partly right", "The text of the assistant messages in request 3, after the question, is ")
def shows_the_last_part_only(client, question, max_parts=3):
    return continued(client, question, max_parts, show=lambda parts: parts[-1:])


@wrong("partly right", "The text of the assistant messages in request 3, after the question, is ")
def shows_the_first_part_only(client, question, max_parts=3):
    return continued(client, question, max_parts, show=lambda parts: parts[:1])


@wrong("partly right", ", True) was expected")
def takes_the_last_allowed_part_for_cut(client, question, max_parts=1):
    return continued(client, question, max_parts, whole=lambda parts, most: len(parts) < most)


@wrong("partly right", "the parts, with nothing between them")
def strips_and_joins_with_a_space(client, question, max_parts=3):
    def join(parts):
        return " ".join(part.strip() for part in parts)

    return continued(client, question, max_parts, join=join)


@wrong("partly right", "It sent request 2, but this conversation ends after 1")
def always_three_parts(client, question, max_parts=3):
    return continued(client, question, 3)


@wrong("partly right", "It sent request 4, but this conversation ends after 3")
def another_default(client, question, max_parts=4):
    return continued(client, question, max_parts)


@wrong("partly right", "has no user message with the question")
def asks_only_to_continue(client, question, max_parts=3):
    messages, text = [{"role": "user", "content": question}], ""
    for _ in range(max_parts):
        choice = send(client, messages)
        text += choice.message.content or ""
        if choice.finish_reason != "length":
            return text, choice.finish_reason == "stop" and not choice.message.refusal
        messages = [{"role": "assistant", "content": text}, GO_ON]
    return text, False


@wrong("partly right", "is the question again, and doesn't ask to continue")
def repeats_the_question(client, question, max_parts=3):
    asked, text = {"role": "user", "content": question}, ""
    for _ in range(max_parts):
        said = [{"role": "assistant", "content": text}, asked] if text else []
        choice = send(client, [asked, *said])
        text += choice.message.content or ""
        if choice.finish_reason != "length":
            return text, choice.finish_reason == "stop" and not choice.message.refusal
    return text, False
