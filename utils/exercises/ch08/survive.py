"""A help desk's bad day: mails, and thirty events that happen to them."""

from __future__ import annotations

from ...scripted.steps import Fails
from ..hostile import Hostile, Mail
from ..model import Exercise, Run, expect, short
from .failures import SOON

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


def story(mail: Mail) -> str:
    return f"the mail {mail.id!r} met {mail.story}"


@SURVIVE.case(points=3)
def outcomes(run: Run) -> None:
    """every mail has a report, in order, with the right outcome"""
    scene = Hostile(run)
    for mail, report in scene.reports():
        expect(
            report.get("outcome") == mail.outcome,
            f"{story(mail)}: its outcome is {short(report.get('outcome'))}, and "
            f"{short(mail.outcome)} was expected",
        )
    expect(not scene.strange, next(iter(scene.strange), ""))


@SURVIVE.case(points=2)
def sent_once(run: Run) -> None:
    """every reply is sent once, and nothing else is"""
    scene = Hostile(run)
    reports = scene.reports()
    expect(not scene.strange, next(iter(scene.strange), ""))
    for mail, _report in reports:
        have = scene.sent.get(mail.id, [])
        want = [mail.answer] if mail.outcome == "sent" else []
        expect(
            have == want,
            f"{story(mail)}: the customer got {short(have)}, and {short(want)} was expected",
        )
    for mail in scene.mails:
        calls = [call for call in scene.result.calls("send") if call.args[:1] == (mail.id,)]
        expect(len(calls) <= 3, f"{story(mail)}: send was called {len(calls)} times, not 3")


@SURVIVE.case(points=2)
def no_useless_request(run: Run) -> None:
    """no request is sent that cannot help, and none is left out"""
    scene = Hostile(run)
    scene.result.finished()
    for mail in scene.mails:
        have, want = len(mail.asked), len(mail.steps)
        if mail.hangs:
            expect(1 <= have <= 4, f"{story(mail)}: it sent {have} requests, and 4 are the most")
            continue
        expect(have == want, f"{story(mail)}: it sent {have} requests, and {want} were expected")


@SURVIVE.case(points=2)
def deadline(run: Run) -> None:
    """no attempt runs beyond a mail's deadline"""
    scene = Hostile(run)
    scene.result.finished()
    for mail in scene.mails:
        start = mail.asked[0].at if mail.asked else 0.0
        for number, sent in enumerate(mail.asked, start=1):
            left, limit = start + scene.seconds - sent.at, sent.timeout.get("read")
            said = "no read timeout" if limit is None else f"a read timeout of {limit:.4g} s"
            expect(
                limit is not None and limit <= left + SOON,
                f"{story(mail)}: its request {number} had {said}, and {left:.1f} of "
                f"{scene.seconds} s were left",
            )
    took = scene.result.outcome.ended_at
    hang, pauses = scene.seconds, 3 * len(scene.mails)
    expect(
        took <= hang + pauses + 50,
        f"it took {took:.0f} s: somewhere it waited for what could not come in time",
    )


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
            expect(
                waited >= after - SOON,
                f"{story(mail)}: it asked again after {waited:.1f} s",
            )


@SURVIVE.case(points=2)
def request_ids(run: Run) -> None:
    """every report has the request id of the mail's last response"""
    scene = Hostile(run)
    for mail, report in scene.reports():
        expect(
            report.get("request_id") == mail.last_id,
            f"{story(mail)}: its request_id is {short(report.get('request_id'))}, and "
            f"{short(mail.last_id)} was expected",
        )


@SURVIVE.case(hidden=True, points=2)
def model_gone(run: Run) -> None:
    """a model that is gone is not asked for again"""
    scene = Hostile(run)
    scene.result.finished()
    expect(not scene.strange, next(iter(scene.strange), ""))
    for sent in scene.result.requests:
        expect(
            sent.json.get("model") in scene.models[:2],
            f"request {sent.number + 1} asked for {short(sent.json.get('model'))}",
        )
