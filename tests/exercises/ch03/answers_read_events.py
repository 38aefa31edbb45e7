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


@wrong("raised", "Request 1 went to /chat/completions, and /responses was expected")
def stays_with_chat(client, question):
    messages = [{"role": "user", "content": question}]
    text, problem = "", "cut"
    for chunk in client.chat.completions.create(model=CHAT_MODEL, messages=messages, stream=True):
        for choice in chunk.choices:
            text += choice.delta.content or ""
            problem = None if choice.finish_reason == "stop" else problem
    return text, problem


@right
def with_the_helper(client, question):
    text, problem = "", "cut"
    with client.responses.stream(model=CHAT_MODEL, input=question) as stream:
        for event in stream:
            match event.type:
                case "response.output_text.delta":
                    text += event.delta
                case "response.completed":
                    problem = None
                case "response.incomplete":
                    problem = event.response.incomplete_details.reason
                case "response.failed":
                    problem = event.response.error.message
                case "error":
                    problem = event.message
    return text, problem


@right
def with_a_table(client, question):
    messages = [{"role": "user", "content": [{"type": "input_text", "text": question}]}]
    found = {
        "response.completed": lambda e: None,
        "response.incomplete": lambda e: e.response.incomplete_details.reason,
        "response.failed": lambda e: e.response.error.message,
        "error": lambda e: e.message,
    }
    texts, problems = [], ["cut"]
    with client.responses.create(model=CHAT_MODEL, input=messages, stream=True) as stream:
        for event in stream:
            if event.type.endswith("output_text.delta"):
                texts.append(event.delta)
            elif event.type in found:
                problems.append(found[event.type](event))
    return ["".join(texts), problems[-1]]


def read(client, question, deltas=("response.output_text.delta",), keep=True):
    """A right answer, but for what is given."""
    text, problem = "", "cut"
    for event in send(client, question):
        if event.type in deltas:
            text += event.delta
        elif event.type == "response.completed":
            problem = None
        elif event.type == "response.incomplete":
            problem = event.response.incomplete_details.reason
        elif event.type == "response.failed":
            problem = event.response.error.message
        elif event.type == "error":
            problem = event.message
    return (text if keep or not problem else ""), problem


@wrong("partly right", "was expected (the last event was response.incomplete)")
def drops_what_arrived(client, question):
    return read(client, question, keep=False)


@wrong("wrong", "No user message of request 1 has the question")
def asks_something_else(client, question):
    return read(client, "Hello")


@wrong("partly right", "'max_output_tokens'), and (")
def knows_one_reason(client, question):
    text, problem = read(client, question)
    return text, "max_output_tokens" if problem == "content_filter" else problem
