"""Answers for 01.9 read_response."""

import openai
from exercise_answers import CHAT_MODEL, right, wrong


@right
def walks_through_the_items(client, question):
    response = client.responses.create(
        model=CHAT_MODEL, input=[{"role": "user", "content": question}], store=False
    )
    parts = [part for item in response.output if item.type == "message" for part in item.content]
    text = "".join(part.text for part in parts if part.type == "output_text")
    why = next((part.refusal for part in parts if part.type == "refusal"), None)
    if response.error:
        why = response.error.message
    if response.incomplete_details:
        why = response.incomplete_details.reason
    return text, why


@wrong("partly right", "It raised TypeError: 'NoneType' object is not subscriptable (your line")
def first_item_only(client, question):
    response = client.responses.create(model=CHAT_MODEL, input=question)
    text = response.output[0].content[0].text if response.output else ""
    why = response.error.message if response.error else None
    if response.incomplete_details:
        why = response.incomplete_details.reason
    return text, why


@wrong("partly right", "and ('', 'The model")
def knows_no_failure(client, question):
    response = client.responses.create(model=CHAT_MODEL, input=question)
    details = response.incomplete_details
    return response.output_text, details.reason if details else None


@wrong("partly right", "(a part had the type refusal)")
def misses_the_refusal(client, question):
    response = client.responses.create(model=CHAT_MODEL, input=question)
    why = response.error.message if response.error else None
    if response.incomplete_details:
        why = response.incomplete_details.reason
    return response.output_text, why


@wrong("partly right", "'incomplete'), and (")
def status_as_reason(client, question):
    response = client.responses.create(model=CHAT_MODEL, input=question)
    return response.output_text, None if response.status == "completed" else response.status


@wrong("partly right", "and openai.AuthenticationError was expected")
def swallows_errors(client, question):
    try:
        response = client.responses.create(model=CHAT_MODEL, input=question)
    except openai.OpenAIError as error:
        return "", str(error)
    why = response.error.message if response.error else None
    if response.incomplete_details:
        why = response.incomplete_details.reason
    return response.output_text, why


@wrong("raised", "It raised TypeError: ")
def chat_parameters(client, question):
    messages = [{"role": "user", "content": question}]
    return client.responses.create(model=CHAT_MODEL, messages=messages).output_text, None
