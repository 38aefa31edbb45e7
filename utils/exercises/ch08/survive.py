"""A help desk's bad day: mails, and thirty events that happen to them."""

from __future__ import annotations

from dataclasses import dataclass, field
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


def mails_of(run: Run) -> list[Mail]:
    """Mails with thirty events in all."""
    rng = run.rng
    after = rng.randint(3, 8)
    ok, ill = OK, (500, 502, 503, 504)
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
        Mail(f"{c}, four times", [fails(c)] * 4, "InternalServerError"),
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
        """The answer to a request, by the mail in it."""
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
        if made is OK:
            return says(mail.answer, takes=1.0)
        return made

    def send(self, key: str, text: str) -> str:
        """The mail server; what it got is in `sent`, whatever it confirms."""
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


@SURVIVE.case(points=3)
def outcomes(run: Run) -> None:
    """every mail has a report, in order, with the right outcome"""
    scene = Hostile(run)
    for mail, report in scene.reports():
        report.field("outcome").equals(mail.outcome, mail.met)
    scene.nothing_strange()


@SURVIVE.case(points=2)
def sent_once(run: Run) -> None:
    """every reply is sent once, and nothing else is"""
    scene = Hostile(run)
    scene.reports()
    scene.nothing_strange()
    for mail in scene.mails:
        replies = Value(scene.sent.get(mail.id, []), f"the list of replies to {mail.id}")
        replies.equals([mail.answer] if mail.outcome == "sent" else [], mail.met)
    for mail in scene.mails:
        calls = [call for call in scene.result.calls("send") if call.args[:1] == (mail.id,)]
        times = f"it called send {len(calls)} times for {mail.id}"
        expect(len(calls) <= 3, f"{times}, and at most 3 were expected{reason(mail.met)}")


@SURVIVE.case(points=2)
def no_useless_request(run: Run) -> None:
    """no request is sent that cannot help, and none is left out"""
    scene = Hostile(run)
    scene.result.finished()
    for mail in scene.mails:
        have, want = len(mail.asked), len(mail.steps)
        sent = f"it sent {count(have, 'request')} for {mail.id}"
        if mail.hangs:
            expect(1 <= have <= 4, f"{sent}, and 1 to 4 were expected{reason(mail.met)}")
            continue
        expect(have == want, f"{sent}, and {expected(want)}{reason(mail.met)}")


@SURVIVE.case(points=2)
def deadline(run: Run) -> None:
    """no attempt runs beyond a mail's deadline"""
    scene = Hostile(run)
    scene.result.finished()
    for mail in scene.mails:
        start = mail.asked[0].at if mail.asked else 0.0
        for number, sent in enumerate(mail.asked, start=1):
            left = start + scene.seconds - sent.at
            limited(sent, left, f"request {number} for {mail.id}, which had {scene.seconds} s,")
    hang, pauses = scene.seconds, 3 * len(scene.mails)
    because = "somewhere it waited for what could not come in time"
    scene.result.ended(at_most=hang + pauses + 50, because=because)


@SURVIVE.case()
def retry_after(run: Run) -> None:
    """a Retry-After that fits into the time is honored"""
    scene = Hostile(run)
    scene.result.finished()
    for mail in scene.mails:
        for earlier, later, step in zip(mail.asked, mail.asked[1:], mail.steps, strict=False):
            headers = dict(step.headers) if isinstance(step, Fails) else {}
            after = float(headers.get("retry-after", 0))
            waited = later.at - earlier.at
            again = f"it asked again for {mail.id} after {waited:.1f} s"
            expect(waited >= after - SOON, f"{again}{reason(mail.met)}")


@SURVIVE.case(points=2)
def request_ids(run: Run) -> None:
    """every report has the request id of the mail's last response"""
    scene = Hostile(run)
    for mail, report in scene.reports():
        report.field("request_id").equals(mail.last_id, mail.met)


@SURVIVE.case(hidden=True, points=2)
def model_gone(run: Run) -> None:
    """a model that is gone is not asked for again"""
    scene = Hostile(run)
    scene.result.finished()
    scene.nothing_strange()
    for sent in scene.result.requests:
        expect(
            sent.json.get("model") in scene.models[:2],
            f"request {sent.number + 1} asked for {short(sent.json.get('model'))}",
        )
