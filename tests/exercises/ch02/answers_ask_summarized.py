"""Answers for 02.8 ask_summarized."""

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages):
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages).choices[0]


def text_of(choice):
    whole = choice.finish_reason == "stop" and not choice.message.refusal
    return choice.message.content if whole else None


def parts(history, keep):
    place = max(1, len(history) - 2 * keep)
    return history[0], history[1:place], history[place:]


def summarized(client, older):
    wish = {"role": "user", "content": "Summarize this chat in notes."}
    return send(client, [*older, wish])


def asked(question):
    return {"role": "user", "content": question}


@right
def summary_in_the_first_message(client, history, question, keep):
    developer, older, newer = parts(history, keep)
    told = developer["content"]
    if older:
        try:
            if said := text_of(summarized(client, older)):
                told += f"\n\nEarlier: {said}"
        except openai.OpenAIError:
            pass
    first = {"role": "developer", "content": told}
    return text_of(send(client, [first, *newer, asked(question)]))


@right
def summary_of_one_text(client, history, question, keep):
    developer, turns = history[0], history[1:]
    older, newer = turns[: -2 * keep], turns[-2 * keep :]
    note = []
    if older:
        text = "\n".join(f"{m['role']}: {m['content']}" for m in older)
        try:
            said = client.chat.completions.create(
                model=CHAT_MODEL,
                messages=[
                    {"role": "developer", "content": "Summarize the chat."},
                    {"role": "user", "content": text},
                ],
                max_completion_tokens=200,
            ).choices[0]
        except openai.APIError:
            said = None
        if said and said.finish_reason == "stop" and said.message.content:
            note = [{"role": "developer", "content": f"So far: {said.message.content}"}]
    choice = send(client, [developer, *note, *newer, asked(question)])
    return None if choice.finish_reason != "stop" else choice.message.content


@right
def summary_through_responses(client, history, question, keep):
    developer, older, newer = parts(history, keep)
    notes = []
    if older:
        try:
            said = client.responses.create(
                model=CHAT_MODEL, instructions="Take notes.", input=[*older], store=False
            )
            if said.status == "completed" and said.output_text:
                notes.append({"role": "developer", "content": said.output_text})
        except openai.APIError:
            notes = []
    return text_of(send(client, [developer, *notes, *newer, asked(question)]))


def carelessly(client, history, question, keep, role="developer", whole=False):
    developer, older, newer = parts(history, keep)
    context = [developer]
    if older:
        said = text_of(summarized(client, history[1:] if whole else older))
        if said:
            context.append({"role": role, "content": said})
    return text_of(send(client, [*context, *newer, asked(question)]))


@wrong("partly right", "It raised openai.")
def lets_the_summary_fail(client, history, question, keep):
    return carelessly(client, history, question, keep)


@wrong("partly right", "in it: that is sent in full anyway")
def summarizes_everything(client, history, question, keep):
    return carelessly(client, history, question, keep, whole=True)


@wrong("partly right", "No developer message of request 2 has the summary")
def summary_as_an_answer(client, history, question, keep):
    return carelessly(client, history, question, keep, role="assistant")


@wrong("partly right", "in it: the question comes in the second request")
def summarizes_the_question_too(client, history, question, keep):
    developer, older, newer = parts(history, keep)
    context = [developer]
    if older:
        try:
            if said := text_of(summarized(client, [*older, asked(question)])):
                context.append({"role": "developer", "content": said})
        except openai.APIError:
            pass
    return text_of(send(client, [*context, *newer, asked(question)]))


@wrong("partly right", "there is no usable summary: finish_reason was length")
def uses_half_a_summary(client, history, question, keep):
    developer, older, newer = parts(history, keep)
    context = [developer]
    if older:
        try:
            if text := summarized(client, older).message.content:
                context.append({"role": "developer", "content": text})
        except openai.APIError:
            pass
    return text_of(send(client, [*context, *newer, asked(question)]))


@wrong("partly right", "there is no usable summary: it was empty")
def uses_an_empty_summary(client, history, question, keep):
    developer, older, newer = parts(history, keep)
    context = [developer]
    if older:
        try:
            text = text_of(summarized(client, older))
            if text is not None:
                context.append({"role": "developer", "content": text})
        except openai.APIError:
            pass
    return text_of(send(client, [*context, *newer, asked(question)]))


def with_care(client, history, question, keep, even_for_nothing=False):
    developer, older, newer = parts(history, keep)
    context = [developer]
    try:
        if (older or even_for_nothing) and (said := text_of(summarized(client, older))):
            context.append({"role": "developer", "content": said})
    except openai.APIError:
        pass
    return [*context, *newer, asked(question)]


@wrong("partly right", "It sent 2 requests, and 1 was expected (2 turns, and keep is 2")
def summarizes_nothing_too(client, history, question, keep):
    messages = with_care(client, history, question, keep, even_for_nothing=True)
    return text_of(send(client, messages))


@wrong("partly right", "openai.APIError was expected")
def swallows_every_failure(client, history, question, keep):
    try:
        return text_of(send(client, with_care(client, history, question, keep)))
    except openai.APIError:
        return None


@wrong("partly right", "(the caller decides about another try)")
def tries_the_question_again(client, history, question, keep):
    messages = with_care(client, history, question, keep)
    try:
        return text_of(send(client, messages))
    except openai.APIError:
        return text_of(send(client, messages))


@wrong("partly right", "(finish_reason was length)")
def takes_half_an_answer(client, history, question, keep):
    return send(client, with_care(client, history, question, keep)).message.content


@wrong("partly right", "was expected")
def keeps_messages_instead_of_turns(client, history, question, keep):
    return text_of(send(client, with_care(client, history, question, keep // 2)))


@wrong("partly right", "It raised openai.APIConnectionError")
def catches_statuses_only(client, history, question, keep):
    developer, older, newer = parts(history, keep)
    context = [developer]
    if older:
        try:
            if said := text_of(summarized(client, older)):
                context.append({"role": "developer", "content": said})
        except openai.APIStatusError:
            pass
    return text_of(send(client, [*context, *newer, asked(question)]))
