"""Answers for 01.2 answer_with_receipt."""

from exercise_answers import CHAT_MODEL, right, wrong


def ask(client, question):
    messages = [{"role": "user", "content": question}]
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages)


@right
def from_the_header(client, question):
    messages = [{"role": "user", "content": question}]
    raw = client.chat.completions.with_raw_response.create(model=CHAT_MODEL, messages=messages)
    response = raw.parse()
    counts = response.usage.model_dump(include={"prompt_tokens", "completion_tokens"})
    text = response.choices[0].message.content
    return {"text": text, "request_id": raw.headers["x-request-id"], **counts}


@wrong("partly right", "'request_id' is 'chatcmpl-simulated-1', and 'req_simulated_1' was expected")
def id_of_the_completion(client, question):
    response = ask(client, question)
    return {
        "text": response.choices[0].message.content,
        "prompt_tokens": response.usage.prompt_tokens,
        "completion_tokens": response.usage.completion_tokens,
        "request_id": response.id,
    }


@wrong("partly right", "'completion_tokens' is ")
def total_instead_of_completion(client, question):
    response = ask(client, question)
    return {
        "text": response.choices[0].message.content,
        "prompt_tokens": response.usage.prompt_tokens,
        "completion_tokens": response.usage.total_tokens,
        "request_id": response._request_id,
    }


@wrong("partly right", "and a dictionary was expected")
def a_tuple(client, question):
    response = ask(client, question)
    return response.choices[0].message.content, response.usage.total_tokens


@wrong(
    "raised", "It raised AttributeError: 'CompletionUsage' object has no attribute 'input_tokens'"
)
def names_of_the_other_api(client, question):
    response = ask(client, question)
    return {
        "text": response.choices[0].message.content,
        "prompt_tokens": response.usage.input_tokens,
    }


@wrong("partly right", "The dictionary that it returned has no 'request_id', only 'text',")
def without_the_id(client, question):
    response = ask(client, question)
    return {
        "text": response.choices[0].message.content,
        "prompt_tokens": response.usage.prompt_tokens,
        "completion_tokens": response.usage.completion_tokens,
    }
