"""Answers for 03.9 read_events."""

from exercise_answers import CHAT_MODEL, right, wrong


def send(client, question):
    return client.responses.create(model=CHAT_MODEL, input=question, stream=True)


@right
def from_the_last_event(client, question):
    events = list(send(client, question))
    text = "".join(e.delta for e in events if e.type == "response.output_text.delta")
    last = events[-1]
    match last.type:
        case "response.completed":
            return text, None
        case "response.incomplete":
            return text, last.response.incomplete_details.reason
        case "response.failed":
            return text, last.response.error.message
        case "error":
            return text, last.message
    return text, "cut"


@wrong("partly right", "(there was no last event)")
def trusts_silence(client, question):
    text, problem = "", None
    for event in send(client, question):
        if event.type == "response.output_text.delta":
            text += event.delta
        elif event.type == "response.incomplete":
            problem = event.response.incomplete_details.reason
        elif event.type == "response.failed":
            problem = event.response.error.message
        elif event.type == "error":
            problem = event.message
    return text, problem


@wrong("partly right", "It raised RuntimeError")
def with_the_final_response(client, question):
    with client.responses.stream(model=CHAT_MODEL, input=question) as stream:
        return stream.get_final_response().output_text, None


@wrong("partly right", "(an event of type error came)")
def expects_an_exception(client, question):
    text, problem = "", "cut"
    try:
        for event in send(client, question):
            if event.type == "response.output_text.delta":
                text += event.delta
            elif event.type == "response.completed":
                problem = None
            elif event.type == "response.incomplete":
                problem = event.response.incomplete_details.reason
            elif event.type == "response.failed":
                problem = event.response.error.message
    except Exception as error:
        problem = str(error)
    return text, problem


@wrong("partly right", "Request 1 went to /chat/completions, and /responses was expected")
def stays_with_chat(client, question):
    messages = [{"role": "user", "content": question}]
    text, problem = "", "cut"
    for chunk in client.chat.completions.create(model=CHAT_MODEL, messages=messages, stream=True):
        for choice in chunk.choices:
            text += choice.delta.content or ""
            problem = None if choice.finish_reason == "stop" else problem
    return text, problem
