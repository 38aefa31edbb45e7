"""Answers for 02.9 ask_stored."""

import openai
from exercise_answers import CHAT_MODEL, right, wrong

GONE = "previous_response_not_found"


def checked(response):
    refused = any(
        part.type == "refusal"
        for item in response.output
        if item.type == "message"
        for part in item.content
    )
    if response.status != "completed" or refused:
        raise ValueError(f"not complete: {response.status}")
    return {"text": response.output_text, "id": response.id}


def send(client, instructions, given, previous=None, check=checked):
    more = {"previous_response_id": previous} if previous else {}
    response = client.responses.create(
        model=CHAT_MODEL, instructions=instructions, input=given, **more
    )
    return check(response)


@right
def with_a_plain_text(client, instructions, history, question, previous_id):
    if previous_id:
        try:
            return send(client, instructions, question, previous_id)
        except openai.APIStatusError as error:
            if error.code != GONE:
                raise
    return send(client, instructions, [*history, {"role": "user", "content": question}])


@right
def with_a_loop(client, instructions, history, question, previous_id):
    asked = [{"role": "user", "content": question}]
    ways = [({"previous_response_id": previous_id}, asked)] if previous_id else []
    ways.append(({}, history + asked))
    for number, (chain, given) in enumerate(ways, 1):
        try:
            response = client.responses.create(
                model=CHAT_MODEL, instructions=instructions, input=given, store=True, **chain
            )
        except openai.BadRequestError as error:
            if error.code == GONE and number < len(ways):
                continue
            raise
        if response.status == "completed" and response.output_text:
            return {"id": response.id, "text": response.output_text}
        raise ValueError(response.incomplete_details or response.error or "refused")
    return None


@right
def instructions_as_a_message(client, instructions, history, question, previous_id):
    told = {"role": "developer", "content": instructions}
    asked = {"role": "user", "content": question}
    try:
        response = client.responses.create(
            model=CHAT_MODEL,
            input=[told, *([] if previous_id else history), asked],
            previous_response_id=previous_id or openai.omit,
        )
    except openai.BadRequestError as error:
        if previous_id is None or GONE not in str(error.body):
            raise
        return instructions_as_a_message(client, instructions, history, question, None)
    return checked(response)


@wrong("partly right", "the service has stored the rest")
def always_sends_the_history(client, instructions, history, question, previous_id):
    given = [*history, {"role": "user", "content": question}]
    try:
        return send(client, instructions, given, previous_id)
    except openai.BadRequestError as error:
        if not previous_id or error.code != GONE:
            raise
        return send(client, instructions, given)


@wrong("partly right", "It raised openai.BadRequestError")
def trusts_the_chain(client, instructions, history, question, previous_id):
    given = question if previous_id else [*history, {"role": "user", "content": question}]
    return send(client, instructions, given, previous_id)


def careful(client, instructions, history, question, previous_id, gone, again, check=checked):
    if previous_id:
        try:
            return send(client, instructions, question, previous_id, check)
        except openai.APIError as error:
            if not gone(error):
                raise
    return send(client, instructions, again, check=check)


@wrong("partly right", "Message 1 of request 2, without its developer messages, is user: ")
def starts_over_without_the_history(client, instructions, history, question, previous_id):
    def gone(error):
        return getattr(error, "code", None) == GONE

    again = question if previous_id else [*history, {"role": "user", "content": question}]
    return careful(client, instructions, history, question, previous_id, gone, again)


@wrong("partly right", "Message 1 of request 1, without its developer messages, is user: ")
def forgets_the_history_at_the_start(client, instructions, history, question, previous_id):
    def gone(error):
        return getattr(error, "code", None) == GONE

    again = [*history, {"role": "user", "content": question}] if previous_id else question
    return careful(client, instructions, history, question, previous_id, gone, again)


@wrong("partly right", "only a chain that is gone is started over")
def starts_over_after_every_400(client, instructions, history, question, previous_id):
    def gone(error):
        return getattr(error, "status_code", None) == 400

    again = [*history, {"role": "user", "content": question}]
    return careful(client, instructions, history, question, previous_id, gone, again)


@wrong("partly right", "only a chain that is gone is started over")
def starts_over_after_every_error(client, instructions, history, question, previous_id):
    again = [*history, {"role": "user", "content": question}]
    return careful(client, instructions, history, question, previous_id, lambda error: True, again)


@wrong("partly right", "Request 1 lacks the instructions")
def instructions_at_the_start_only(client, instructions, history, question, previous_id):
    asked = {"role": "user", "content": question}
    if previous_id:
        try:
            return checked(
                client.responses.create(
                    model=CHAT_MODEL, input=[asked], previous_response_id=previous_id
                )
            )
        except openai.BadRequestError as error:
            if error.code != GONE:
                raise
    return send(client, instructions, [*history, asked])


@wrong("partly right", "Request 2 lacks the instructions")
def instructions_forgotten_in_the_second_try(client, instructions, history, question, previous_id):
    asked = {"role": "user", "content": question}
    if previous_id:
        try:
            return send(client, instructions, [asked], previous_id)
        except openai.BadRequestError as error:
            if error.code != GONE:
                raise
        return checked(client.responses.create(model=CHAT_MODEL, input=[*history, asked]))
    return send(client, instructions, [*history, asked])


@wrong("partly right", "ValueError was expected (it was a refusal)")
def takes_a_refusal(client, instructions, history, question, previous_id):
    def check(response):
        if response.status != "completed":
            raise ValueError(response.status)
        return {"text": response.output_text, "id": response.id}

    def gone(error):
        return getattr(error, "code", None) == GONE

    again = [*history, {"role": "user", "content": question}]
    return careful(client, instructions, history, question, previous_id, gone, again, check)


@wrong("partly right", "ValueError was expected (status was incomplete)")
def takes_every_response(client, instructions, history, question, previous_id):
    def gone(error):
        return getattr(error, "code", None) == GONE

    def check(response):
        return {"text": response.output_text, "id": response.id}

    again = [*history, {"role": "user", "content": question}]
    return careful(client, instructions, history, question, previous_id, gone, again, check)


@wrong("partly right", "store=False")
def stores_nothing(client, instructions, history, question, previous_id):
    more = {"previous_response_id": previous_id} if previous_id else {}
    given = [*([] if previous_id else history), {"role": "user", "content": question}]
    try:
        return checked(
            client.responses.create(
                model=CHAT_MODEL, instructions=instructions, input=given, store=False, **more
            )
        )
    except openai.BadRequestError as error:
        if not previous_id or error.code != GONE:
            raise
        return stores_nothing(client, instructions, history, question, None)


@wrong("partly right", "'id' is 'resp_")
def returns_the_old_id(client, instructions, history, question, previous_id):
    def gone(error):
        return getattr(error, "code", None) == GONE

    again = [*history, {"role": "user", "content": question}]
    found = careful(client, instructions, history, question, previous_id, gone, again)
    return {**found, "id": previous_id or found["id"]}
