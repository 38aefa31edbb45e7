"""A payment service that knows its keys, and whose answers sometimes get lost."""

from __future__ import annotations

import random
from typing import Any

from ...scripted import says
from ..model import (
    Exercise,
    Result,
    Run,
    Spy,
    Value,
    count,
    expect,
    hinting,
    reason,
    short,
)
from .failures import asked

REFUND = Exercise(
    id="08.9",
    function="refund_once",
    title="pay a refund only once",
    difficulty="medium",
    covers=["F2"],
    hints=[
        "Two steps: ask the model for the amount, then pay. Only the second one is repeated.",
        "pay(amount, key) refuses nothing: it pays whenever it sees a new key. So the key must be "
        "the same in every attempt and in every run of the program, and another one for "
        "another mail: make it of mail['id'].",
        "float(text) also reads nan and inf. 0 < amount < math.inf keeps both out.",
        "for attempt in range(3): try to return pay(...); except TimeoutError: raise it again if "
        "this was the last attempt.",
    ],
)


class Ledger:
    """A payment service that knows its keys, and whose answers sometimes do not arrive."""

    def __init__(self, *, lost: int = 0, unpaid: int = 0) -> None:
        self.paid: dict[Any, float] = {}
        self.lost, self.unpaid = lost, unpaid

    def pay(self, amount: Any, key: Any) -> dict[str, Any]:
        """Pay once for each key, and return the receipt, which may get lost."""
        if self.unpaid:
            self.unpaid -= 1
            raise TimeoutError("the payment service did not answer (simulated)")
        self.paid.setdefault(key, Value(amount, "the amount that it paid").number())
        if self.lost:
            self.lost -= 1
            raise TimeoutError("the payment service did not answer (simulated)")
        return {"receipt": f"R-{list(self.paid).index(key) + 1:03}"}


def a_mail(rng: random.Random) -> tuple[dict[str, str], float]:
    """A customer's mail, and the amount in it."""
    amount = rng.randint(1000, 38900) / 100
    text = (
        f"I sent order FO-1{rng.randint(1000, 9999)} back. You owe me {amount:.2f} EUR. Regards, "
        f"{rng.choice(('Ines', 'Tom', 'Aoife'))}"
    )
    return {"id": f"mail-{rng.randint(10_000, 99_999)}", "text": text}, amount


def refunded(run: Run, ledger: Ledger, mail: dict[str, str], amount: Any) -> Result:
    """Play a mail; the model says this amount, or this text."""
    text = f"{amount:.2f}" if isinstance(amount, float) else amount
    return run([says(text)], mail, Spy("pay", ledger.pay))


def paid_once(ledger: Ledger, amount: float, because: str) -> None:
    """There is one payment in the ledger, of this amount."""
    amounts = " and ".join(f"{paid} EUR" for paid in ledger.paid.values())
    number = len(ledger.paid)
    expect(number == 1, f"it made {count(number, 'payment')}{reason(amounts)}: {because}")
    [paid] = ledger.paid.values()
    Value(paid, "the amount that it paid").is_close(amount)


@REFUND.case()
def pays(run: Run) -> None:
    """it asks for the amount once, pays it, and returns the receipt"""
    for small in (False, True):
        ledger, (mail, amount) = Ledger(), a_mail(run.rng)
        amount = run.rng.randint(5, 99) / 100 if small else amount
        result = refunded(run, ledger, mail, amount)
        result.returned({"receipt": "R-001"}, "that is what pay returned")
        result.sent(1)
        asked(result, mail["text"])
        result.called("pay", 1)
        paid_once(ledger, amount, "one mail is one refund")


@REFUND.case(points=2)
def lost_confirmation(run: Run) -> None:
    """after a TimeoutError it calls pay again, with the same key, and doesn't pay again"""
    for lost in (1, 2):
        ledger, (mail, amount) = Ledger(lost=lost), a_mail(run.rng)
        result = refunded(run, ledger, mail, amount)
        keys = [call.values[-1] for call in result.calls("pay")]
        because = f"the keys were {short(keys)}, and a repeat needs the same one"
        paid_once(ledger, amount, because)
        result.returned({"receipt": "R-001"}, "pay returned it in the end")
        result.called("pay", lost + 1)
        result.sent(1, "a repeat of the payment needs no other answer")


@REFUND.case(points=2)
def program_restarts(run: Run) -> None:
    """if the program starts again with the same mail, on another day, it isn't paid again"""
    ledger, (mail, amount) = Ledger(lost=3), a_mail(run.rng)
    refunded(run, ledger, mail, amount).raised(TimeoutError, "no attempt had an answer")
    for start in (run, run.after_restart):
        again = start([says(f"{amount + 1:.2f}")], mail, Spy("pay", ledger.pay))
        where = "the second call" if start is run else "the call after a restart"
        with hinting("A restart loses what is in memory, and changes hash(), id(), and the date."):
            because = f"{where} took another key, though the mail is the same"
            paid_once(ledger, amount, because)
        again.returned({"receipt": "R-001"}, "the receipt of what was really paid")


@REFUND.case()
def other_mail(run: Run) -> None:
    """another mail is another refund, even with the same text"""
    ledger, (mail, amount) = Ledger(), a_mail(run.rng)
    refunded(run, ledger, mail, amount).returned({"receipt": "R-001"})
    other = {**mail, "id": f"{mail['id']}0"}
    refunded(run, ledger, other, amount).returned({"receipt": "R-002"}, "two mails, two refunds")


@REFUND.case()
def three_attempts(run: Run) -> None:
    """after three calls the TimeoutError propagates"""
    ledger, (mail, amount) = Ledger(unpaid=9), a_mail(run.rng)
    result = refunded(run, ledger, mail, amount)
    result.called("pay", 3)
    result.raised(TimeoutError, "no attempt had an answer")


@REFUND.case(points=2)
def no_amount(run: Run) -> None:
    """an answer that isn't a finite amount above 0 raises ValueError and pays nothing"""
    talk = f"About {run.rng.randint(20, 90)} euros, I think."
    with hinting("float(text) also reads nan, inf, and numbers below 0."):
        for text in (talk, f"-{run.rng.randint(5, 90)}", "0", "nan", "inf", "-inf"):
            ledger, (mail, _) = Ledger(), a_mail(run.rng)
            result = refunded(run, ledger, mail, text)
            expect(not ledger.paid, f"the model said {short(text)}, and it paid")
            result.raised(ValueError, f"the model said {short(text)}")
            result.sent(1)
            asked(result, mail["text"])


@REFUND.case(hidden=True)
def other_mails(run: Run) -> None:
    """other mails"""
    ledger = Ledger()
    for number in (1, 2, 3):
        mail, amount = a_mail(run.rng)
        refunded(run, ledger, mail, amount).returned({"receipt": f"R-00{number}"})
