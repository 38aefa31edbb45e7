"""Answers for 01.5 confident_label."""

import math
from decimal import Decimal

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


@wrong("partly right", "and (None, ")
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


@wrong("partly right", "(the answer was 'weather')")
def believes_any_answer(client, mail, labels, threshold):
    choice = ask(client, mail, labels, logprobs=True, reasoning_effort="none")
    confidence = math.exp(sum(t.logprob for t in choice.logprobs.content))
    label = choice.message.content.strip()
    return (label if confidence >= threshold else None), confidence


@right
def from_a_dictionary(client, mail, labels, threshold):
    given = {"model": CHAT_MODEL, "reasoning_effort": "none", "logprobs": True, "top_logprobs": 2}
    given["messages"] = [
        {"role": "developer", "content": "\n".join(labels)},
        {"role": "user", "content": mail},
    ]
    choice = client.chat.completions.create(**given).to_dict()["choices"][0]
    scored = (choice.get("logprobs") or {}).get("content") or []
    answer = (choice["message"]["content"] or "").strip()
    confidence = 1.0 if scored else 0.0
    for entry in scored:
        confidence *= math.e ** entry["logprob"]
    if answer not in set(labels) or confidence < threshold:
        return None, confidence
    return answer, confidence


@right
def with_decimals(client, mail, labels, threshold):
    choice = ask(client, mail, labels, logprobs=True, reasoning_effort="none")
    if not (choice.logprobs and choice.logprobs.content):
        return None, 0.0
    total = sum((Decimal(t.logprob) for t in choice.logprobs.content), Decimal(0))
    confidence = float(total.exp())
    label = next((x for x in labels if x == choice.message.content.strip()), None)
    return (label if not confidence < threshold else None), confidence


def judged(client, mail, labels, threshold, change=lambda p: p, sure=None, is_label=None):
    """A right answer, but for what is given."""
    choice = ask(client, mail, labels, logprobs=True, reasoning_effort="none")
    scored = choice.logprobs.content if choice.logprobs else None
    confidence = change(math.exp(sum(t.logprob for t in scored))) if scored else 0.0
    label = (choice.message.content or "").strip()
    known = is_label(label) if is_label else label in labels
    passes = sure(confidence) if sure else confidence >= threshold
    return (label if known and passes else None), confidence


@wrong("partly right", ", and (")
def rounds_the_probability(client, mail, labels, threshold):
    return judged(client, mail, labels, threshold, change=lambda p: round(p, 4))


@wrong("partly right", "(probability and threshold were both 1.0)")
def has_to_be_above(client, mail, labels, threshold):
    return judged(client, mail, labels, threshold, sure=lambda p: p > threshold)


@wrong("partly right", "(the answer was 'product')")
def takes_a_part_of_a_label(client, mail, labels, threshold):
    return judged(client, mail, labels, threshold, is_label=lambda x: x in ", ".join(labels))


@wrong("partly right", "Request 1 lacks a label")
def knows_its_own_labels(client, mail, labels, threshold):
    own = ["delivery", "return", "repair", "product question", "complaint"]
    return judged(client, mail, own, threshold)


@wrong("partly right", "Request 1 lacks the customer's mail")
def forgets_the_mail(client, mail, labels, threshold):
    return judged(client, "An email.", labels, threshold)


@wrong("partly right", "and (None, 0.0) was expected (logprobs, or its content, was None or empty)")
def nothing_is_certain(client, mail, labels, threshold):
    choice = ask(client, mail, labels, logprobs=True, reasoning_effort="none")
    scored = (choice.logprobs and choice.logprobs.content) or []
    confidence = math.exp(sum(t.logprob for t in scored))
    label = (choice.message.content or "").strip()
    return (label if label in labels and confidence >= threshold else None), confidence
