"""Answers for 02.9 ask_stored."""

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, instructions, given, previous=None):
    more = {"previous_response_id": previous} if previous else {}
    response = client.responses.create(
        model=CHAT_MODEL, instructions=instructions, input=given, **more
    )
    return {"text": response.output_text, "id": response.id}


@right
def with_a_plain_text(client, instructions, history, question, previous_id):
    if previous_id:
        try:
            return send(client, instructions, question, previous_id)
        except openai.APIStatusError as error:
            if error.code != "previous_response_not_found":
                raise
    return send(client, instructions, [*history, {"role": "user", "content": question}])


@wrong("partly right", "in it: the service has stored that already")
def always_sends_the_history(client, instructions, history, question, previous_id):
    given = [*history, {"role": "user", "content": question}]
    try:
        return send(client, instructions, given, previous_id)
    except openai.BadRequestError as error:
        if error.code != "previous_response_not_found":
            raise
        return send(client, instructions, given)


@wrong("partly right", "It raised openai.BadRequestError")
def trusts_the_chain(client, instructions, history, question, previous_id):
    return send(client, instructions, question, previous_id)


@wrong("partly right", "Message 1 of request 2, without its developer messages, is user: ")
def starts_anew_without_the_history(client, instructions, history, question, previous_id):
    try:
        return send(client, instructions, question, previous_id)
    except openai.BadRequestError as error:
        if error.code != "previous_response_not_found":
            raise
        return send(client, instructions, question)


@wrong("partly right", "the code is unknown_parameter, not previous_response_not_found")
def starts_anew_after_every_400(client, instructions, history, question, previous_id):
    try:
        return send(client, instructions, question, previous_id)
    except openai.BadRequestError:
        return send(client, instructions, [*history, {"role": "user", "content": question}])


@wrong("partly right", "Request 1 lacks the instructions")
def instructions_at_the_start_only(client, instructions, history, question, previous_id):
    asked = {"role": "user", "content": question}
    if previous_id:
        try:
            response = client.responses.create(
                model=CHAT_MODEL, input=[asked], previous_response_id=previous_id
            )
            return {"text": response.output_text, "id": response.id}
        except openai.BadRequestError as error:
            if error.code != "previous_response_not_found":
                raise
    return send(client, instructions, [*history, asked])
