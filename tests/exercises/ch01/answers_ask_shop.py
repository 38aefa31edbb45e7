"""Answers for 01.1 ask_shop."""

from exercise_answers import CHAT_MODEL, right, wrong


@right
def one_message_list_in_parts(client, instructions, question):
    parts = [{"type": "text", "text": question}]
    messages = [{"role": "developer", "content": instructions}]
    messages += [{"role": "user", "content": parts}]
    raw = client.chat.completions.with_raw_response.create(model=CHAT_MODEL, messages=messages)
    return raw.parse().choices[0].message.content


@wrong("partly right", "has messages with the roles system, user, and developer, user were")
def role_of_older_code(client, instructions, question):
    messages = [
        {"role": "system", "content": instructions},
        {"role": "user", "content": question},
    ]
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return response.choices[0].message.content


@wrong("partly right", "It returned a ChatCompletion object, and '")
def returns_the_response(client, instructions, question):
    return client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[
            {"role": "developer", "content": instructions},
            {"role": "user", "content": question},
        ],
    )


@wrong("partly right", "has 1 item, and 2 were expected")
def forgets_the_instructions(client, instructions, question):
    messages = [{"role": "user", "content": question}]
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return response.choices[0].message.content


@wrong("raised", "(your line 46: return response.choices[0].message.content)")
def other_api(client, instructions, question):
    response = client.responses.create(model=CHAT_MODEL, input=question, instructions=instructions)
    return response.choices[0].message.content


@wrong("wrong", "It sent no requests, and at least 1 was expected")
def asks_nobody(client, instructions, question):
    return "Yes, within 30 days, if they are clean."


@wrong("partly right", "Request 1 went to /responses, and /chat/completions was expected")
def right_text_from_the_other_api(client, instructions, question):
    response = client.responses.create(model=CHAT_MODEL, input=question, instructions=instructions)
    return response.output_text


@wrong("wrong", "The service would reject request 1: Unsupported parameter: 'max_tokens'")
def old_cap(client, instructions, question):
    response = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[
            {"role": "developer", "content": instructions},
            {"role": "user", "content": question},
        ],
        max_tokens=100,
    )
    return response.choices[0].message.content


@right
def through_the_streaming_helper(client, instructions, question):
    messages = [
        {"role": "developer", "content": instructions},
        {"role": "user", "content": question, "name": "customer"},
    ]
    with client.chat.completions.stream(model=CHAT_MODEL, messages=messages) as stream:
        return stream.get_final_completion().choices[0].message.content


@right
def as_a_plain_post(client, instructions, question):
    roles = zip(("developer", "user"), (instructions, question), strict=True)
    messages = [{"role": role, "content": text} for role, text in roles]
    body = {"model": CHAT_MODEL, "messages": messages}
    answer = client.post("/chat/completions", cast_to=object, body=body)
    return answer["choices"][0]["message"]["content"]


@wrong("partly right", "(the instructions, then the question)")
def swaps_the_two_texts(client, instructions, question):
    messages = [
        {"role": "developer", "content": question},
        {"role": "user", "content": instructions},
    ]
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return response.choices[0].message.content


@wrong("partly right", "has messages with the roles user, developer, and developer, user were")
def swaps_the_roles(client, instructions, question):
    messages = [
        {"role": "user", "content": instructions},
        {"role": "developer", "content": question},
    ]
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return response.choices[0].message.content


@wrong("partly right", "(the instructions, then the question)")
def tidies_the_question_up(client, instructions, question):
    messages = [
        {"role": "developer", "content": instructions},
        {"role": "user", "content": " ".join(question.split())},
    ]
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return response.choices[0].message.content


@wrong("partly right", "(the instructions, then the question)")
def strips_the_instructions(client, instructions, question):
    messages = [
        {"role": "developer", "content": instructions.strip()},
        {"role": "user", "content": question},
    ]
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return response.choices[0].message.content
