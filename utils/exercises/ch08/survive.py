"""A help desk's bad day: mails, and thirty events that happen to them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ...scripted import (
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
from ...scripted.steps import Breaks, Fails
from ..assertions import expected
from ..model import Exercise, Result, Run, Spy, Value, count, expect, reason, short, wrong
from ..world import ANSWERS, QUESTIONS
from .failures import HTML, MODELS, SOON, limited

SURVIVE = Exercise(
    id="08.11",
    function="survive",
    title="build a client that survives thirty events",
    difficulty="stretch",
    covers=["F1", "F2", "F4"],
    hints=[
        "Four small methods make it easy: ask (one request, checked), reply (attempts within the "
        "deadline), deliver (send, repeated with the same key), work (the report).",
        "One request: self.client.chat.completions.with_raw_response.create(..., timeout=left) on "
        "a client with max_retries=0. raw.request_id is there for every 200, even for HTML; "
        "raw.parse() gives the answer, or raises json.JSONDecodeError.",
        "A method that gives the pause after an error is handy: math.inf if no repeat helps (other "
        "4xx, billing), retry-after if it is there, else random.uniform(0, 1). Then one line "
        "decides: if attempt == 4 or time.monotonic() + pause >= end: raise.",
        "After openai.NotFoundError self.models.pop(0), as long as there is another one, and ask "
        "again at once. The list lives in the object, so the next mail starts with that model.",
    ],
)

TAKES = 1.0
"""Seconds until a good answer comes."""

OK = says("the answer for this mail")
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
    def met(self) -> str:
        """What happened to it, for sentences."""
        return f"the mail met {self.story}"

    @property
    def events(self) -> int:
        """How many things happen to this mail: answers, errors, sends that time out."""
        return len(self.steps) + self.lost + self.dead

    @property
    def sends(self) -> int:
        """How often its reply has to be sent."""
        if self.answer and OK in self.steps:
            return min(3, self.lost + self.dead + 1)
        return 0


INVALID = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    413: "APIStatusError",
    422: "UnprocessableEntityError",
    499: "APIStatusError",
}
"""Statuses that no repeat cures, and the names of their errors."""


def mails_of(run: Run, number: int) -> list[Mail]:
    """Mails with thirty events in all; scenarios with other numbers have other statuses."""
    rng = run.rng
    after = rng.randint(3, 8)
    ok = OK
    page = returns(HTML, content_type="text/html")
    cut = returns('{"id": "chatcmpl-1", "object": "chat.completion", "choices": [{"ind')
    status, name = list(INVALID.items())[number % len(INVALID)]
    bill = sorted(BILLING_CODES)[number % len(BILLING_CODES)]
    first, second = (408, 409) if number % 2 else (409, 408)
    ill = rng.sample((500, 502, 503, 504), 4)
    later = rng.randint(60, 300)
    shape = {"status": "ok"} if number % 2 else {"object": "chat.completion", "choices": []}
    none: Step = refuses() if number % 2 else says("")
    begun = run.choose(*ANSWERS)[:10]
    return [
        Mail(
            f"{first}, a 429 with retry-after: {after}, an answer",
            [fails(first), fails(429, retry_after=after), ok],
            "sent",
        ),
        Mail(
            "two broken connections, an answer", [drops("connecting"), drops("waiting"), ok], "sent"
        ),
        Mail("404 for the model, an answer of the next one", [fails(404), ok], "sent"),
        Mail("a page of HTML with status 200", [page], "ValueError"),
        Mail("broken JSON with status 200", [cut], "ValueError"),
        Mail(f"the JSON {shape}", [returns(shape)], "ValueError"),
        Mail("an answer that is cut", [truncated(begun)], "ValueError"),
        Mail("an answer that is filtered", [filtered(begun)], "ValueError"),
        Mail("a refusal" if number % 2 else "an empty answer", [none], "ValueError"),
        Mail(f"a {status}", [fails(status)], name),
        Mail(f"a 429 about billing ({bill})", [fails(429, code=bill)], "RateLimitError"),
        Mail("a service that hangs", [times_out()], "APITimeoutError", hangs=True),
        Mail(f"a 429 with retry-after: {later}", [fails(429, retry_after=later)], "RateLimitError"),
        Mail(
            f"{', '.join(map(str, ill))}",
            [fails(each) for each in ill],
            "InternalServerError",
        ),
        Mail(
            f"{second} after some seconds, then an answer",
            [fails(second, takes=rng.randint(2, 6)), ok],
            "sent",
        ),
        Mail("an answer, and a send whose confirmation is lost", [ok], "sent", lost=1),
        Mail("an answer, and three sends that time out", [ok], "TimeoutError", dead=3),
    ]


class Hostile:
    """The scenario: the mails in random order, the service, and the mail server behind `send`."""

    mails: list[Mail]
    result: Result

    def __init__(self, run: Run, number: int) -> None:
        self.mails = mails_of(run, number)
        events = sum(mail.events for mail in self.mails)
        assert events == 30, f"the scenario has {events} events"
        run.rng.shuffle(self.mails)
        self.seconds = run.rng.randint(25, 40)
        self.models: list[str] = run.rng.sample(MODELS, 3)
        self.sent: dict[Any, list[str]] = {}
        self.sends = Counter[Any]()
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
        """The answer to a request, by the mail in it."""
        mail = next((mail for mail in self.mails if mail.text in sent.text()), None)
        if mail is None:
            self.strange.append(f"request {sent.number + 1} has the text of no mail")
            return fails(400)
        mail.asked.append(sent)
        number = len(mail.asked) - 1
        made = mail.steps[min(number, len(mail.steps) - 1)]
        model = sent.json.get("model")
        if model not in self.models[:2]:
            self.strange.append(f"request {sent.number + 1} asked for {short(model)}")
        if self.gone and model == self.models[0]:
            self.strange.append(
                f"request {sent.number + 1} asked for {model} after a 404 had said that it is gone"
            )
        if not self.gone and model != self.models[0]:
            self.strange.append(
                f"request {sent.number + 1} asked for {short(model)}, and {self.models[0]} was "
                "not gone"
            )
        self.gone = self.gone or (isinstance(made, Fails) and made.status == 404)
        if not isinstance(made, Breaks):
            mail.last_id = f"req_simulated_{sent.number + 1}"
        if made is OK:
            return says(mail.answer, takes=TAKES)
        return made

    def send(self, key: str, text: str) -> str:
        """The mail server; what it got is in `sent`, whatever it confirms."""
        mail = next((mail for mail in self.mails if mail.id == key), None)
        if mail is None:
            self.strange.append(f"it called send with the key {short(key)}, which is no mail's id")
            return "unknown"
        self.sends[key] += 1
        if self.sends[key] <= mail.dead:
            raise TimeoutError("the mail server did not answer (simulated)")
        texts = self.sent.setdefault(key, [])
        if text not in texts:
            texts.append(text)
        if self.sends[key] <= mail.lost:
            raise TimeoutError("the mail server did not answer (simulated)")
        return "sent"

    def nothing_strange(self) -> None:
        """Every request and every reply was about a mail, and asked a model that was there."""
        if self.strange:
            wrong(self.strange[0])

    def reports(self) -> list[tuple[Mail, Value]]:
        """Each mail with its report."""
        reports = [item.dictionary() for item in self.result.items()]
        ids = [report.get("id") for report in reports]
        Value(ids, "the list of the reports' ids").equals([mail.id for mail in self.mails])
        return [
            (mail, Value(report, f"the report of {mail.id}"))
            for mail, report in zip(self.mails, reports, strict=True)
        ]

    def ends(self, mail: Mail, number: int) -> float:
        """The second at which the response to a mail's request came, or its connection broke."""
        step = mail.steps[min(number, len(mail.steps) - 1)]
        if mail.hangs:
            return mail.asked[0].at + self.seconds
        return mail.asked[number].at + (TAKES if step is OK else getattr(step, "takes", 0.0))


@SURVIVE.case(points=3)
def outcomes(run: Run) -> None:
    """every mail has a report, in order, with the right outcome"""
    scene = Hostile(run, 0)
    for mail, report in scene.reports():
        report.field("outcome").equals(mail.outcome, mail.met)
    scene.nothing_strange()


@SURVIVE.case(points=2)
def sent_once(run: Run) -> None:
    """every answer is sent with the mail's id, up to three times, and nothing else is"""
    scene = Hostile(run, 1)
    scene.reports()
    scene.nothing_strange()
    for mail in scene.mails:
        replies = Value(scene.sent.get(mail.id, []), f"the list of replies to {mail.id}")
        replies.equals([mail.answer] if mail.outcome == "sent" else [], mail.met)
    for mail in scene.mails:
        have, want = scene.sends[mail.id], mail.sends
        times = f"it called send {count(have, 'time')} for {mail.id}"
        expect(have == want, f"{times}, and {expected(want)}{reason(mail.met)}")


@SURVIVE.case(points=2)
def no_useless_request(run: Run) -> None:
    """no request is sent that can't help, none is left out, and four are the most for a mail"""
    scene = Hostile(run, 2)
    scene.reports()
    for mail in scene.mails:
        have, want = len(mail.asked), len(mail.steps)
        sent = f"it sent {count(have, 'request')} for {mail.id}"
        if mail.hangs:
            expect(1 <= have <= 4, f"{sent}, and 1 to 4 were expected{reason(mail.met)}")
            continue
        expect(have == want, f"{sent}, and {expected(want)}{reason(mail.met)}")
    useless = [(fails(status), f"a {status}") for status in INVALID]
    useless += [(fails(429, code=code), f"a 429 with {code}") for code in sorted(BILLING_CODES)]
    for step, met in useless:
        mails = [{"id": f"mail-{run.rng.randint(100, 999)}", "text": run.choose(*QUESTIONS)}]
        result = run([step] * 9, mails, list(MODELS[:2]), 20, Spy("send", lambda key, text: None))
        result.items(1, "one report for each mail")
        result.sent(1, f"the mail met {met}")


@SURVIVE.case(points=2)
def deadline(run: Run) -> None:
    """no attempt runs beyond a mail's deadline, and a mail that can't be helped fails at once"""
    scene = Hostile(run, 3)
    scene.reports()
    for mail in scene.mails:
        start = mail.asked[0].at
        for number, sent in enumerate(mail.asked, start=1):
            left = start + scene.seconds - sent.at
            limited(sent, left, f"request {number} for {mail.id}, which had {scene.seconds} s,")
    for mail, following in pairwise(scene.mails):
        if mail.hangs:
            late = following.asked[0].at - mail.asked[0].at - scene.seconds
            expect(late <= SOON, f"{mail.id} took {late:.1f} s longer than {scene.seconds} s")
            continue
        idle = following.asked[0].at - scene.ends(mail, len(mail.asked) - 1)
        expect(
            idle <= SOON,
            f"after the last response for {mail.id} it waited {idle:.1f} s{reason(mail.met)}",
        )


@SURVIVE.case(points=2)
def pauses(run: Run) -> None:
    """before a repeat it waits for retry-after, or else at most 1 second"""
    scene = Hostile(run, 4)
    scene.reports()
    for mail in scene.mails:
        if mail.hangs:
            continue
        for number, (later, step) in enumerate(zip(mail.asked[1:], mail.steps, strict=False)):
            headers = dict(step.headers) if isinstance(step, Fails) else {}
            after = float(headers.get("retry-after", 0))
            waited = later.at - scene.ends(mail, number)
            again = f"it asked again for {mail.id} after a pause of {waited:.1f} s"
            gone = isinstance(step, Fails) and step.status == 404
            if gone:
                expect(waited <= SOON, f"{again}, and another model can be asked at once")
            expect(waited >= after - SOON, f"{again}{reason(mail.met)}")
            expect(waited <= max(after, 1) + SOON, f"{again}{reason(mail.met)}")


@SURVIVE.case(points=2)
def request_ids(run: Run) -> None:
    """every report has the request id of the mail's last response"""
    scene = Hostile(run, 5)
    for mail, report in scene.reports():
        report.field("request_id").equals(mail.last_id, mail.met)


@SURVIVE.case(points=2)
def model_gone(run: Run) -> None:
    """after a 404 it stays with the next model"""
    scene = Hostile(run, 6)
    scene.reports()
    scene.nothing_strange()


@SURVIVE.case(hidden=True, points=2)
def another_day(run: Run) -> None:
    """another bad day"""
    scene = Hostile(run, 7)
    for mail, report in scene.reports():
        report.field("outcome").equals(mail.outcome, mail.met)
        report.field("request_id").equals(mail.last_id, mail.met)
    scene.nothing_strange()
