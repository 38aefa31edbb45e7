"""Answers for 01.5 confident_label."""

import math

from exercise_answers import CHAT_MODEL, right, wrong


def ask(client, mail, labels, **more):
    text = f"Labels: {labels}. Answer with one.\n\n{mail}"
    return client.chat.completions.create(
        model=CHAT_MODEL, messages=[{"role": "user", "content": text}], **more
    ).choices[0]


@right
def product_of_probabilities(client, mail, labels, threshold):
    choice = ask(client, mail, labels, logprobs=True, top_logprobs=3, reasoning_effort="none")
    if not choice.logprobs or not choice.logprobs.content:
        return [None, 0]
    confidence = math.prod(math.exp(t.logprob) for t in choice.logprobs.content)
    answer = choice.message.content.strip()
    sure = confidence >= threshold and answer in labels
    return [answer if sure else None, confidence]


@wrong("partly right", "It raised ")
def trusts_that_there_are_log_probabilities(client, mail, labels, threshold):
    choice = ask(client, mail, labels, logprobs=True, reasoning_effort="none")
    confidence = math.exp(sum(t.logprob for t in choice.logprobs.content))
    label = choice.message.content.strip()
    return (label if confidence >= threshold and label in labels else None), confidence


@wrong("partly right", "(the answer was ' ")
def keeps_the_space(client, mail, labels, threshold):
    choice = ask(client, mail, labels, logprobs=True, reasoning_effort="none")
    scored = choice.logprobs.content if choice.logprobs else None
    confidence = math.exp(sum(t.logprob for t in scored)) if scored else 0
    label = choice.message.content
    return (label if confidence >= threshold and label in labels else None), confidence


@wrong("partly right", "the tokens have")
def first_token_only(client, mail, labels, threshold):
    choice = ask(client, mail, labels, logprobs=True, reasoning_effort="none")
    confidence = math.exp(choice.logprobs.content[0].logprob)
    label = choice.message.content.strip()
    return (label if confidence >= threshold and label in labels else None), confidence


@wrong("partly right", "is below the threshold of 0.75")
def ignores_the_threshold(client, mail, labels, threshold):
    choice = ask(client, mail, labels, logprobs=True, reasoning_effort="none")
    confidence = math.exp(sum(t.logprob for t in choice.logprobs.content))
    label = choice.message.content.strip()
    return (label if label in labels else None), confidence


@wrong("wrong", 'with this model. The model takes it with the reasoning effort "none" only.')
def with_reasoning(client, mail, labels, threshold):
    choice = ask(client, mail, labels, logprobs=True)
    scored = choice.logprobs.content if choice.logprobs else None
    confidence = math.exp(sum(t.logprob for t in scored)) if scored else 0
    label = (choice.message.content or "").strip()
    return (label if confidence >= threshold and label in labels else None), confidence


@wrong("raised", "It raised AttributeError: 'NoneType' object has no attribute 'content'")
def forgets_to_ask(client, mail, labels, threshold):
    choice = ask(client, mail, labels)
    confidence = math.exp(sum(t.logprob for t in choice.logprobs.content))
    return choice.message.content, confidence


@wrong("partly right", "It returned ('weather', 0.99), and (None, 0.99) was expected")
def believes_any_answer(client, mail, labels, threshold):
    choice = ask(client, mail, labels, logprobs=True, reasoning_effort="none")
    confidence = math.exp(sum(t.logprob for t in choice.logprobs.content))
    label = choice.message.content.strip()
    return (label if confidence >= threshold else None), confidence
