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


@right
def by_status(client, question):
    response = client.responses.create(model=CHAT_MODEL, input=question, store=False)
    match response.status:
        case "failed":
            return response.output_text, response.error.message
        case "incomplete":
            return response.output_text, response.incomplete_details.reason
    for item in response.output:
        for part in getattr(item, "content", None) or []:
            if part.type == "refusal":
                return "", part.refusal
    return response.output_text, None


@right
def from_a_dictionary(client, question):
    answer = client.responses.create(model=CHAT_MODEL, input=question, store=False).to_dict()
    parts = [p for item in answer["output"] if item["type"] == "message" for p in item["content"]]
    text = "".join(part.get("text", "") for part in parts)
    refusals = [part["refusal"] for part in parts if part["type"] == "refusal"]
    details = answer.get("incomplete_details") or {}
    problem = (answer.get("error") or {}).get("message") or details.get("reason")
    return text, problem or (refusals[0] if refusals else None)


@wrong("partly right", "No user message of request 1 has the question")
def forgets_the_question(client, question):
    return by_status(client, "Hello")


@wrong("partly right", "It returned ('', 'max_output_tokens'), and ('")
def drops_what_arrived(client, question):
    text, problem = by_status(client, question)
    return ("" if problem else text), problem


@wrong("partly right", "and openai.APIConnectionError was expected (don't catch exceptions)")
def catches_lost_connections(client, question):
    try:
        return by_status(client, question)
    except openai.APIConnectionError as error:
        return "", str(error)
