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


@wrong("partly right", "'request_id' is 'chatcmpl-simulated-1', and 'req_")
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


@right
def as_a_typed_dictionary(client, question):
    response = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": [{"type": "text", "text": question}]}],
        store=False,
    )
    plain = response.to_dict()
    return {
        "text": plain["choices"][0]["message"]["content"],
        "prompt_tokens": plain["usage"]["prompt_tokens"],
        "completion_tokens": plain["usage"]["total_tokens"] - plain["usage"]["prompt_tokens"],
        "request_id": response._request_id,
    }


@right
def with_instructions_in_front(client, question):
    messages = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": question},
    ]
    with client.chat.completions.with_streaming_response.create(
        model=CHAT_MODEL, messages=messages
    ) as reply:
        response = reply.parse()
        return {
            "text": response.choices[0].message.content,
            "prompt_tokens": response.usage.prompt_tokens,
            "completion_tokens": response.usage.completion_tokens,
            "request_id": reply.headers.get("x-request-id"),
        }


def receipt(response):
    return {
        "text": response.choices[0].message.content,
        "prompt_tokens": response.usage.prompt_tokens,
        "completion_tokens": response.usage.completion_tokens,
        "request_id": response._request_id,
    }


@wrong("partly right", "No user message of request 1 has the question")
def never_asks_the_question(client, question):
    return receipt(ask(client, "Hello"))


@wrong("partly right", "No user message of request 1 has the question")
def as_instructions(client, question):
    messages = [{"role": "developer", "content": question}]
    return receipt(client.chat.completions.create(model=CHAT_MODEL, messages=messages))


@wrong("partly right", "Request 1 went to /responses, and /chat/completions was expected")
def through_responses(client, question):
    response = client.responses.create(model=CHAT_MODEL, input=question, store=False)
    return {
        "text": response.output_text,
        "prompt_tokens": response.usage.input_tokens,
        "completion_tokens": response.usage.output_tokens,
        "request_id": response._request_id,
    }


@wrong("partly right", "'prompt_tokens' is ")
def swaps_the_counts(client, question):
    response = ask(client, question)
    usage = response.usage
    counts = {"prompt_tokens": usage.completion_tokens, "completion_tokens": usage.prompt_tokens}
    return {**receipt(response), **counts}


@wrong("partly right", "and 'req_")
def always_the_same_id(client, question):
    return {**receipt(ask(client, question)), "request_id": "req_simulated_1"}


@wrong("partly right", "(from the usage)")
def leaves_out_cached_tokens(client, question):
    response = ask(client, question)
    usage = response.usage
    prompt = usage.prompt_tokens - usage.prompt_tokens_details.cached_tokens
    return {**receipt(response), "prompt_tokens": prompt}


@wrong("partly right", "(from the usage)")
def leaves_out_reasoning_tokens(client, question):
    response = ask(client, question)
    usage = response.usage
    completion = usage.completion_tokens - usage.completion_tokens_details.reasoning_tokens
    return {**receipt(response), "completion_tokens": completion}
