"""A batch of mails, each of which meets something else."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import openai

from ...scripted import (
    SentRequest,
    Step,
    Usage,
    drops,
    fails,
    filtered,
    refuses,
    says,
    says_json,
    times_out,
    truncated,
)
from ..model import Exercise, Result, Run, expect, hinting
from ..world import PRODUCTS
from .extraction import CITIES, INTENTS, NAMES, schema_sent, sends_back, total, usage_of

PIPELINE = Exercise(
    id="05.10",
    function="extract_all",
    title="build an extraction pipeline with a validation report",
    difficulty="stretch",
    covers=["D1", "F1", "G2"],
    client={"max_retries": 0},
    seconds=10.0,
    hints=[
        "Write the method for one request first: it sends messages with create() and the strict "
        "schema of Request, adds usage.total_tokens to self.tokens, and returns the choice.",
        "add() is the repair round of exercise 05.6 with places to note things down: self.records, "
        "self.repaired, self.failed.",
        "Count problems from error.errors(): each has a loc, a tuple whose first entry is the "
        "field. It is empty when the answer isn't JSON at all.",
        "Tokens are spent whether or not the answer is valid: add them before you look at it.",
        'except openai.AuthenticationError: raise, then except openai.APIError: "error". The first '
        "would hit every mail, the second is about one.",
    ],
)


@dataclass
class BatchMail:
    """A mail of the scenario: the steps that answer its requests, one after the other."""

    id: str
    text: str
    steps: list[Step]
    used: list[Usage] = field(default_factory=list)


class MailBatch:
    """Mails to extract, answered by what is in the request, so that their order is free."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.mails: list[BatchMail] = []
        self.played = Counter[str]()

    def record(self) -> dict[str, Any]:
        """A valid record."""
        rng = self.run.rng
        order = rng.choice([f"FO-{rng.randint(10001, 19999)}", None])
        return {"intent": rng.choice(INTENTS), "order": order, "quantity": rng.randint(1, 9)}

    def bad(self, fields: int = 1) -> tuple[dict[str, Any], list[str]]:
        """A record that breaks the model in so many fields, and those fields."""
        rng = self.run.rng
        changes = {
            "intent": rng.choice(["complaint", "refund", "hello"]),
            "order": rng.choice(["1234", "order 12", "FO-77"]),
            "quantity": rng.choice([0, 10, 44]),
        }
        names = rng.sample(list(changes), fields)
        return {**self.record(), **{name: changes[name] for name in names}}, names

    def mail(self, *kinds: Any) -> BatchMail:
        """Add a mail whose requests are answered so: a dictionary, or what makes a step."""
        rng = self.run.rng
        number = len(self.mails) + 1
        text = (
            f"Mail {number} of {rng.choice(NAMES)} from {rng.choice(CITIES)}, about the "
            f"{rng.choice(PRODUCTS)} that I got in week {rng.randint(10, 40)}."
        )
        made = BatchMail(f"M{rng.randint(10, 99)}{number}", text, [])
        for kind in kinds:
            if isinstance(kind, Step):
                made.steps.append(kind)
                continue
            used = usage_of(rng)
            made.used.append(used)
            step: Any = kind(usage=used) if callable(kind) else says_json(kind, usage=used)
            made.steps.append(step)
        self.mails.append(made)
        return made

    def answer(self, sent: SentRequest) -> Step:
        """The next step of the mail that the request is about."""
        about = [mail for mail in self.mails if mail.text in sent.text()]
        if len(about) != 1:
            return fails(400, f"This request is about {len(about)} mails (simulated).")
        mail = about[0]
        number = self.played[mail.id]
        self.played[mail.id] += 1
        if number >= len(mail.steps):
            return fails(400, f"Mail {mail.id} was asked for once too often (simulated).")
        return mail.steps[number]

    def play(self) -> Result:
        """Let the function extract all mails; it may send as many requests as are scripted."""
        count = sum(len(mail.steps) for mail in self.mails)
        asked = [{"id": mail.id, "text": mail.text} for mail in self.mails]
        result = self.run([self.answer] * count, asked)
        for number, sent in enumerate(result.requests, 1):
            about = [mail.id for mail in self.mails if mail.text in sent.text()]
            expect(about, f"request {number} has none of the mails in it")
            expect(
                len(about) == 1,
                f"request {number} has the mails {', '.join(about)} in it, and each mail is a "
                "conversation of its own",
            )
        return result

    def requests_about(self, result: Result, mail: BatchMail) -> list[int]:
        """Numbers, from 1, of the requests that are about a mail."""
        return [n + 1 for n, sent in enumerate(result.requests) if mail.text in sent.text()]

    def tokens(self) -> int:
        """Tokens of all answers of all mails."""
        return total(*(used for mail in self.mails for used in mail.used))


def reported(
    result: Result, records: dict[str, Any], failed: dict[str, str], because: str = ""
) -> None:
    """It returned these records and these failures, by id."""
    result.field("failed").equals(failed, because)
    result.field("records").equals(records)


@PIPELINE.case(points=2)
def valid_mails(run: Run) -> None:
    """each valid mail takes one request with a strict schema, and gives a record"""
    batch = MailBatch(run)
    records = [batch.record() for _ in range(run.rng.randint(3, 4))]
    mails = [batch.mail(record) for record in records]
    result = batch.play()
    reported(result, {m.id: r for m, r in zip(mails, records, strict=True)}, {})
    result.field("repaired").equals([])
    result.field("problems").equals({}, "every answer was valid")
    result.sent(len(mails))
    schema = schema_sent(result.request(1))
    schema.has_fields("intent", "order", "quantity")
    schema.field("intent").allows_only(INTENTS)
    schema.field("order").is_of("string", "null")
    schema.field("quantity").ranges(1, 9)


@PIPELINE.case(points=2)
def repaired_mail(run: Run) -> None:
    """an invalid answer is sent back once; if that helps, the mail is in repaired, too"""
    batch = MailBatch(run)
    bad, names = batch.bad()
    good, other = batch.record(), batch.record()
    repaired, valid = batch.mail(bad, good), batch.mail(other)
    result = batch.play()
    reported(result, {repaired.id: good, valid.id: other}, {})
    result.field("repaired").equals([repaired.id])
    numbers = batch.requests_about(result, repaired)
    expect(numbers == [1, 2], f"the requests about the first mail are {numbers}, not 1 and 2")
    sends_back(result, 2, json.dumps(bad), *names)
    schema_sent(result.request(2))


@PIPELINE.case(points=2)
def hopeless_mail(run: Run) -> None:
    """a mail that stays invalid fails, isn't in repaired, and the next one is read"""
    batch = MailBatch(run)
    hopeless, good = batch.mail(batch.bad()[0], batch.bad()[0]), batch.record()
    valid = batch.mail(good)
    result = batch.play()
    reported(result, {valid.id: good}, {hopeless.id: "invalid"}, "both answers broke the model")
    result.field("repaired").equals([], "the repair did not help")
    result.sent(3)


@PIPELINE.case(points=2)
def no_object(run: Run) -> None:
    """refused, cut off, and filtered mails fail without a second request"""
    batch = MailBatch(run)
    text = json.dumps(batch.record())
    part = text[: run.rng.randint(5, 20)]
    refused = batch.mail(refuses)
    cut = [batch.mail(lambda usage, t=t: truncated(t, usage=usage)) for t in (part, text)]
    stopped = [batch.mail(lambda usage, t=t: filtered(t, usage=usage)) for t in ("", text)]
    good = batch.record()
    valid = batch.mail(good)
    result = batch.play()
    failed = {refused.id: "refused"} | {mail.id: "cut off" for mail in cut}
    with hinting("Look at refusal and finish_reason before you look at the text."):
        reported(result, {valid.id: good}, failed | {mail.id: "filtered" for mail in stopped})
    result.sent(6)


@PIPELINE.case(points=2)
def service_error(run: Run) -> None:
    """an error of the service, or no response, fails one mail, not the batch"""
    batch = MailBatch(run)
    failing = [fails(500), fails(400), fails(429), fails(503), drops(), times_out()]
    run.rng.shuffle(failing)
    failing += [fails(403), fails(404)]
    failed, records = {}, {}
    for step in failing:
        failed[batch.mail(step).id] = "error"
        good = batch.record()
        records[batch.mail(good).id] = good
    result = batch.play()
    reported(result, records, failed, "the service failed")
    result.sent(2 * len(failing))


@PIPELINE.case()
def failed_repair(run: Run) -> None:
    """a repair can be refused, cut off, or fail, too"""
    batch = MailBatch(run)
    failed = {
        batch.mail(batch.bad()[0], refuses).id: "refused",
        batch.mail(batch.bad()[0], lambda usage: truncated("{", usage=usage)).id: "cut off",
        batch.mail(batch.bad()[0], filtered).id: "filtered",
        batch.mail(batch.bad()[0], fails(500)).id: "error",
    }
    good = batch.record()
    valid = batch.mail(good)
    result = batch.play()
    reported(result, {valid.id: good}, failed, "that was the second answer")
    result.field("repaired").equals([], "no repair helped")
    result.sent(9)


@PIPELINE.case()
def counts_problems(run: Run) -> None:
    """problems are counted for each field, over all answers"""
    batch = MailBatch(run)
    want = Counter[str]()
    for again in (True, False, False):
        bad, names = batch.bad(2 if again else 1)
        want.update(names)
        second: Any = batch.record()
        if again:
            second, names = batch.bad(3)
            want.update(names)
        batch.mail(bad, second)
    batch.play().field("problems").equals(dict(want), "each answer that was not valid counts")


@PIPELINE.case()
def no_json(run: Run) -> None:
    """an answer that isn't JSON is repaired, and counts as a problem with JSON"""
    batch = MailBatch(run)
    talk, good = f"The order is FO-{run.rng.randint(10001, 19999)}.", batch.record()
    mail = batch.mail(lambda usage: says(talk, usage=usage), good)
    result = batch.play()
    reported(result, {mail.id: good}, {})
    with hinting("The error of such an answer has an empty loc.", IndexError):
        result.field("problems").equals({"JSON": 1}, "the answer was not JSON")


@PIPELINE.case()
def counts_tokens(run: Run) -> None:
    """tokens are those of all answers, good and bad"""
    batch = MailBatch(run)
    batch.mail(batch.record())
    batch.mail(batch.bad()[0], batch.record())
    batch.mail(refuses)
    batch.mail(lambda usage: truncated("{", usage=usage))
    result = batch.play()
    with hinting("Add them up before you look at the answer."):
        result.field("tokens").equals(batch.tokens())


@PIPELINE.case()
def wrong_key(run: Run) -> None:
    """an AuthenticationError propagates at once"""
    batch = MailBatch(run)
    batch.mail(batch.record())
    for _ in range(3):
        batch.mail(fails(401))
    result = batch.play()
    result.raised(openai.AuthenticationError, "it would hit every mail")
    result.sent(2)


@PIPELINE.case(points=2, hidden=True)
def everything(run: Run) -> None:
    """a batch in which everything happens"""
    batch = MailBatch(run)
    good = [batch.record() for _ in range(3)]
    bad = [batch.bad()[0] for _ in range(3)]
    ids = [
        batch.mail(refuses).id,
        batch.mail(good[0]).id,
        batch.mail(bad[0], refuses).id,
        batch.mail(bad[1], good[1]).id,
        batch.mail(fails(503)).id,
        batch.mail(bad[2], fails(500)).id,
        batch.mail(good[2]).id,
    ]
    result = batch.play()
    result.field("records").equals({ids[1]: good[0], ids[3]: good[1], ids[6]: good[2]})
    result.field("repaired").equals([ids[3]])
    errors = {ids[0]: "refused", ids[2]: "refused", ids[4]: "error", ids[5]: "error"}
    result.field("failed").equals(errors)
    result.field("tokens").equals(batch.tokens())
