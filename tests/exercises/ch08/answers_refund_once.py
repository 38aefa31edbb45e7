"""Answers for 08.9 refund_once."""

import hashlib
import math
import uuid
from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation

from exercise_answers import CHAT_MODEL, right, wrong


def amount_for(client, mail):
    task = f"Which amount has to be paid back? Only the number. {mail['text']}"
    messages = [{"role": "user", "content": task}]
    answer = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    amount = float(answer.choices[0].message.content)
    if math.isfinite(amount) and amount > 0:
        return amount
    raise ValueError("no amount")


def paid(pay, amount, key, times=3):
    for _ in range(times - 1):
        with suppress(TimeoutError):
            return pay(amount, key)
    return pay(amount, key)


@right
def with_a_hash_and_a_keyword(client, mail, pay):
    key = hashlib.sha256(mail["id"].encode()).hexdigest()[:20]
    amount = amount_for(client, mail)
    for _ in range(2):
        with suppress(TimeoutError):
            return pay(amount=amount, key=key)
    return pay(amount=amount, key=key)


@wrong("partly right", "and a repeat needs the same one")
def a_new_key_for_each_attempt(client, mail, pay):
    amount = amount_for(client, mail)
    for _ in range(2):
        with suppress(TimeoutError):
            return pay(amount, str(uuid.uuid4()))
    return pay(amount, str(uuid.uuid4()))


@wrong("partly right", "the second call took another key, though the mail is the same")
def a_new_key_for_each_run(client, mail, pay):
    return paid(pay, amount_for(client, mail), str(uuid.uuid4()))


@wrong("partly right", "the second call took another key, though the mail is the same")
def the_amount_is_part_of_the_key(client, mail, pay):
    amount = amount_for(client, mail)
    return paid(pay, amount, f"{mail['id']}-{amount}")


@wrong("partly right", "two mails, two refunds")
def the_text_is_the_key(client, mail, pay):
    return paid(pay, amount_for(client, mail), mail["text"])


@wrong("partly right", "It sent request 2, but this conversation ends after 1")
def asks_the_model_again(client, mail, pay):
    for _ in range(2):
        with suppress(TimeoutError):
            return pay(amount_for(client, mail), mail["id"])
    return pay(amount_for(client, mail), mail["id"])


@wrong("partly right", "It raised TimeoutError")
def never_repeats(client, mail, pay):
    return pay(amount_for(client, mail), mail["id"])


@wrong("partly right", "The model said '-")
def trusts_the_number(client, mail, pay):
    messages = [{"role": "user", "content": mail["text"]}]
    answer = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return paid(pay, float(answer.choices[0].message.content), mail["id"])


@right
def with_decimals(client, mail, pay):
    answer = client.responses.create(model=CHAT_MODEL, input=f"How much? {mail['text']}")
    try:
        amount = Decimal(answer.output_text)
    except InvalidOperation as error:
        raise ValueError("no amount") from error
    if not amount.is_finite() or amount <= 0:
        raise ValueError("no amount that can be paid")
    return paid(pay, amount, mail["id"])


@right
def with_a_uuid_of_the_mail(client, mail, pay):
    amount, left = amount_for(client, mail), 3
    key = str(uuid.uuid5(uuid.NAMESPACE_URL, mail["id"]))
    while True:
        left -= 1
        try:
            return pay(key=key, amount=amount)
        except TimeoutError:
            if not left:
                raise


@wrong("partly right", "the call after a restart took another key")
def a_key_made_by_hash(client, mail, pay):
    return paid(pay, amount_for(client, mail), f"refund-{hash(mail['id'])}")


KEYS = {}


@wrong("partly right", "the call after a restart took another key")
def a_key_that_is_kept_in_memory(client, mail, pay):
    key = KEYS.setdefault(mail["id"], str(uuid.uuid4()))
    return paid(pay, amount_for(client, mail), key)


@wrong("partly right", "the call after a restart took another key")
def the_date_is_part_of_the_key(client, mail, pay):
    return paid(pay, amount_for(client, mail), f"{mail['id']}-{date.today()}")


@wrong("partly right", "The model said 'nan', and it paid")
def pays_what_is_not_finite(client, mail, pay):
    messages = [{"role": "user", "content": mail["text"]}]
    answer = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    amount = float(answer.choices[0].message.content)
    if amount <= 0:
        raise ValueError("no amount")
    return paid(pay, amount, mail["id"])


@wrong("partly right", "It called pay 4 times")
def calls_four_times(client, mail, pay):
    return paid(pay, amount_for(client, mail), mail["id"], times=4)
