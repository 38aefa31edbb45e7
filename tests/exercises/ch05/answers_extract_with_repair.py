"""Answers for 05.6 extract_with_repair."""

import json

from exercise_answers import CHAT_MODEL, right, wrong
from pydantic import BaseModel, ConfigDict, ValidationError


class Return(BaseModel):
    model_config = ConfigDict(extra="forbid")
    product: str
    bought: int
    returned: int


SCHEMA = {"name": "Return", "strict": True, "schema": Return.model_json_schema()}
FORM = {"type": "json_schema", "json_schema": SCHEMA}


def ask(client, messages):
    answer = client.chat.completions.create(
        model=CHAT_MODEL, messages=messages, response_format=FORM
    )
    return answer.choices[0]


def checked(answer, catalog):
    """The record and what is wrong with it, if anything."""
    try:
        record = Return.model_validate_json(answer).model_dump()
    except ValidationError as error:
        return None, str(error)
    if record["product"] not in catalog:
        return None, f"product: not in the catalog ({', '.join(catalog)})"
    if record["returned"] > record["bought"]:
        return None, "returned is more than bought"
    return record, None


def usable(choice):
    return choice.finish_reason == "stop" and choice.message.content


@right
def without_a_loop(client, text, catalog):
    messages = [{"role": "user", "content": text}]
    choice = ask(client, messages)
    if not usable(choice):
        return None
    record, problem = checked(choice.message.content, catalog)
    if problem is None:
        return record
    messages.append({"role": "assistant", "content": choice.message.content})
    messages.append({"role": "user", "content": f"This is wrong: {problem}. Correct it."})
    second = ask(client, messages)
    return checked(second.message.content, catalog)[0] if usable(second) else None


def loop(client, text, catalog, rounds=2, refused_too=False, repeat=True, tell=True, cut_too=False):
    messages = [{"role": "user", "content": text}]
    for _ in range(rounds):
        choice = ask(client, messages)
        answer = choice.message.content or ""
        if not answer and not refused_too:
            return None
        if choice.finish_reason == "length" and not cut_too:
            return None
        record, problem = checked(answer, catalog)
        if problem is None:
            return record
        if repeat:
            messages.append({"role": "assistant", "content": answer})
        if tell:
            messages.append({"role": "user", "content": f"Wrong: {problem}"})
    return None


@wrong("partly right", "is not among the messages of request 2 as an assistant message")
def asks_the_same_again(client, text, catalog):
    return loop(client, text, catalog, repeat=False, tell=False)


@wrong("partly right", "Request 2 ends with the bad answer, and does not say what is wrong")
def does_not_say_what_is_wrong(client, text, catalog):
    return loop(client, text, catalog, tell=False)


@wrong("partly right", "It sent request 3, but this conversation ends after 2")
def never_gives_up(client, text, catalog):
    return loop(client, text, catalog, rounds=5)


@wrong("partly right", "It sent request 2, but this conversation ends after 1")
def argues_with_a_refusal(client, text, catalog):
    return loop(client, text, catalog, refused_too=True, cut_too=True)


@wrong("partly right", "which is not in the catalog)")
def checks_the_schema_only(client, text, catalog):
    return loop(client, text, Everything())


class Everything(list):
    def __contains__(self, item):
        return True


@wrong("partly right", "does not name bought")
def is_vague(client, text, catalog):
    messages = [{"role": "user", "content": text}]
    for _ in range(2):
        choice = ask(client, messages)
        if not usable(choice):
            return None
        record, problem = checked(choice.message.content, catalog)
        if problem is None:
            return record
        messages.append({"role": "assistant", "content": choice.message.content})
        messages.append({"role": "user", "content": "That is not valid. Try again."})
    return None


@wrong("partly right", "does not begin with the messages of request 1")
def forgets_the_mail(client, text, catalog):
    choice = ask(client, [{"role": "user", "content": text}])
    if not usable(choice):
        return None
    record, problem = checked(choice.message.content, catalog)
    if problem is None:
        return record
    messages = [
        {"role": "assistant", "content": choice.message.content},
        {"role": "user", "content": problem},
    ]
    second = ask(client, messages)
    return checked(second.message.content, catalog)[0] if usable(second) else None


@wrong("partly right", "was expected (the second answer was not valid either)")
def trusts_the_repair(client, text, catalog):
    messages = [{"role": "user", "content": text}]
    choice = ask(client, messages)
    if not usable(choice):
        return None
    record, problem = checked(choice.message.content, catalog)
    if problem is None:
        return record
    messages.append({"role": "assistant", "content": choice.message.content})
    messages.append({"role": "user", "content": problem})
    return json.loads(ask(client, messages).message.content)


@wrong("partly right", "It sent request 2, but this conversation ends after 1")
def asks_whether_it_is_sure(client, text, catalog):
    messages = [{"role": "user", "content": text}]
    first = ask(client, messages)
    if not usable(first):
        return None
    record, problem = checked(first.message.content, catalog)
    messages.append({"role": "assistant", "content": first.message.content})
    messages.append({"role": "user", "content": problem or "Are you sure?"})
    second = ask(client, messages)
    return checked(second.message.content, catalog)[0] if usable(second) else record


@right
def with_the_sdks_own_message(client, text, catalog):
    messages = [{"role": "user", "content": text}]
    for attempt in ("first", "second"):
        choice = ask(client, messages)
        if choice.finish_reason != "stop" or choice.message.refusal:
            return None
        record, problem = checked(choice.message.content, catalog)
        if problem is None:
            return record
        if attempt == "first":
            messages += [choice.message, {"role": "user", "content": problem}]
    return None


@right
def with_recursion_and_dumps(client, text, catalog, messages=None):
    messages = messages or [{"role": "user", "content": text}]
    choice = ask(client, messages)
    if not usable(choice):
        return None
    record, problem = checked(choice.message.content, catalog)
    if problem is None or len(messages) > 1:
        return record
    told = {"role": "user", "content": [{"type": "text", "text": f"Not valid: {problem}"}]}
    again = [*messages, choice.message.model_dump(exclude_none=True), told]
    return with_recursion_and_dumps(client, text, catalog, again)


@wrong("partly right", "It sent request 2, but this conversation ends after 1")
def sends_a_filtered_answer_back(client, text, catalog):
    messages = [{"role": "user", "content": text}]
    for _ in range(2):
        choice = ask(client, messages)
        if choice.finish_reason == "length" or not choice.message.content:
            return None
        record, problem = checked(choice.message.content, catalog)
        if problem is None:
            return record
        messages.append({"role": "assistant", "content": choice.message.content})
        messages.append({"role": "user", "content": problem})
    return None


@wrong("partly right", "(the second finish_reason was length)")
def takes_what_looks_whole(client, text, catalog):
    messages = [{"role": "user", "content": text}]
    for _ in range(2):
        choice = ask(client, messages)
        answer = choice.message.content or ""
        record, problem = checked(answer, catalog)
        if problem is None:
            return record
        if not usable(choice):
            return None
        messages.append({"role": "assistant", "content": answer})
        messages.append({"role": "user", "content": problem})
    return None


@wrong("partly right", "is a developer message, and a user message was expected")
def tells_it_as_a_developer(client, text, catalog):
    messages = [{"role": "user", "content": text}]
    for _ in range(2):
        choice = ask(client, messages)
        if not usable(choice):
            return None
        record, problem = checked(choice.message.content, catalog)
        if problem is None:
            return record
        messages.append({"role": "assistant", "content": choice.message.content})
        messages.append({"role": "developer", "content": problem})
    return None


@wrong("partly right", "Request 2 has no response_format")
def asks_for_text_the_second_time(client, text, catalog):
    messages = [{"role": "user", "content": text}]
    choice = ask(client, messages)
    if not usable(choice):
        return None
    record, problem = checked(choice.message.content, catalog)
    if problem is None:
        return record
    messages.append({"role": "assistant", "content": choice.message.content})
    messages.append({"role": "user", "content": problem})
    second = client.chat.completions.create(model=CHAT_MODEL, messages=messages).choices[0]
    return checked(second.message.content, catalog)[0] if usable(second) else None


@wrong("partly right", "(the second answer had ")
def knows_the_catalog_only_once(client, text, catalog):
    messages = [{"role": "user", "content": text}]
    for known in (catalog, Everything()):
        choice = ask(client, messages)
        if not usable(choice):
            return None
        record, problem = checked(choice.message.content, known)
        if problem is None:
            return record
        messages.append({"role": "assistant", "content": choice.message.content})
        messages.append({"role": "user", "content": problem})
    return None
