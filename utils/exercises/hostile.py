"""A help desk's bad day: mails, thirty events that befall them, and what must come of each mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..scripted import (
    BILLING_CODES,
    SentRequest,
    Step,
    drops,
    fails,
    filtered,
    refuses,
    returns,
    says,
    times_out,
    truncated,
)
from ..scripted.steps import Breaks, Fails
from .model import Result, Run, Spy, expect, short
from .world import ANSWERS, QUESTIONS

MODELS = ("fernhill-large", "fernhill-small", "fernhill-spare", "fernhill-old", "fernhill-night")
HTML = "<html><head><title>Sign in</title></head><body>Please accept the terms.</body></html>"

_OK = says("the answer for this mail")
"""Stands for a good answer; the service says the answer of the mail."""


@dataclass
class Mail:
    """A mail, what will happen to it, and what must come of it.

    `steps` are the answers to its requests, `lost` and `dead` the sends whose confirmation gets
    lost, and that do nothing at all.
    """

    story: str
    steps: list[Step]
    outcome: str
    lost: int = 0
    dead: int = 0
    hangs: bool = False
    id: str = ""
    text: str = ""
    answer: str = ""
    asked: list[SentRequest] = field(default_factory=list)
    last_id: str | None = None

    @property
    def events(self) -> int:
        """How many things happen to this mail: answers, errors, sends that time out."""
        return len(self.steps) + self.lost + self.dead


def mails_of(run: Run) -> list[Mail]:
    """Mails with thirty events in all."""
    rng = run.rng
    after = rng.randint(3, 8)
    ok, ill = _OK, (500, 502, 503, 504)
    page = returns(HTML, content_type="text/html")
    cut = returns('{"id": "chatcmpl-1", "object": "chat.completion", "choices": [{"ind')
    bad = run.choose(truncated("We are so"), filtered(), refuses())
    bill = fails(429, code=run.choose(*sorted(BILLING_CODES)))
    a, b, c, d, e = (rng.choice(ill) for _ in range(5))
    later = rng.randint(60, 300)
    return [
        Mail("an answer", [ok], "sent"),
        Mail(
            f"{a}, a 429 with retry-after: {after}, an answer",
            [fails(a), fails(429, retry_after=after), ok],
            "sent",
        ),
        Mail(
            f"a broken connection, {b}, an answer",
            [drops(run.choose("connecting", "waiting")), fails(b), ok],
            "sent",
        ),
        Mail("404 for the model, an answer of the next one", [fails(404), ok], "sent"),
        Mail("a page of HTML with status 200", [page], "ValueError"),
        Mail("broken JSON with status 200", [cut], "ValueError"),
        Mail("JSON of another shape", [returns({"status": "ok"})], "ValueError"),
        Mail("an answer that is cut, filtered or refused", [bad], "ValueError"),
        Mail("a request that is not valid (400)", [fails(400)], "BadRequestError"),
        Mail("a 429 about billing", [bill], "RateLimitError"),
        Mail("a service that hangs", [times_out()], "APITimeoutError", hangs=True),
        Mail(f"a 429 with retry-after: {later}", [fails(429, retry_after=later)], "RateLimitError"),
        Mail(f"four times {c}", [fails(c)] * 4, "InternalServerError"),
        Mail(
            f"{d} and {e}, each after some seconds, then an answer",
            [fails(d, takes=rng.randint(2, 6)), fails(e, takes=rng.randint(2, 6)), ok],
            "sent",
        ),
        Mail("an answer, and a send whose confirmation is lost", [ok], "sent", lost=1),
        Mail("an answer, and three sends that time out", [ok], "TimeoutError", dead=3),
    ]


class Hostile:
    """The scenario: the mails in random order, the service, and the mail server behind `send`."""

    mails: list[Mail]
    result: Result

    def __init__(self, run: Run) -> None:
        self.mails = mails_of(run)
        events = sum(mail.events for mail in self.mails)
        assert events == 30, f"the scenario has {events} events"
        run.rng.shuffle(self.mails)
        self.seconds = run.rng.randint(25, 40)
        self.models: list[str] = run.rng.sample(MODELS, 3)
        self.sent: dict[Any, list[str]] = {}
        self.gone = False
        self.strange: list[str] = []
        for n, mail in enumerate(self.mails):
            mail.id = f"mail-{run.rng.randint(100, 999)}{n:02}"
            mail.text = f"{run.choose(*QUESTIONS)} (order FO-1{run.rng.randint(100, 999)}{n:02})"
            mail.answer = f"{run.choose(*ANSWERS)} [{n}]"
        given = [{"id": mail.id, "text": mail.text} for mail in self.mails]
        send = Spy("send", self.send)
        script = [self.step] * 200
        self.result = run(script, given, self.models, self.seconds, send)

    def step(self, sent: SentRequest) -> Step:
        mail = next((mail for mail in self.mails if mail.text in sent.text()), None)
        if mail is None:
            self.strange.append(f"request {sent.number + 1} has the text of no mail")
            return fails(400)
        mail.asked.append(sent)
        number = len(mail.asked) - 1
        made = mail.steps[min(number, len(mail.steps) - 1)]
        model = sent.json.get("model")
        if self.gone and model == self.models[0]:
            self.strange.append(
                f"request {sent.number + 1} asked for {model} after a 404 had said that it is gone"
            )
        self.gone = self.gone or (isinstance(made, Fails) and made.status == 404)
        if not isinstance(made, Breaks):
            mail.last_id = f"req_simulated_{sent.number + 1}"
        if made is _OK:
            return says(mail.answer, takes=1.0)
        return made

    def send(self, key: str, text: str) -> str:
        mail = next((mail for mail in self.mails if mail.id == key), None)
        if mail is None:
            self.strange.append(f"it called send with the key {short(key)}, which is no mail's id")
            return "unknown"
        if mail.dead:
            mail.dead -= 1
            raise TimeoutError("the mail server did not answer (simulated)")
        texts = self.sent.setdefault(key, [])
        if text not in texts:
            texts.append(text)
        if mail.lost:
            mail.lost -= 1
            raise TimeoutError("the mail server did not answer (simulated)")
        return "sent"

    def reports(self) -> list[tuple[Mail, dict[str, Any]]]:
        """Each mail with its report."""
        value = self.result.value
        expect(
            isinstance(value, list) and all(isinstance(report, dict) for report in value),
            f"it returned {short(value)}, and a list of dictionaries was expected",
        )
        ids = [report.get("id") for report in value]
        want = [mail.id for mail in self.mails]
        expect(ids == want, f"the ids of its reports are {short(ids)}, not {short(want)}")
        return list(zip(self.mails, value, strict=True))
