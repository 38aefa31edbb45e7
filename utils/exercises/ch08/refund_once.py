"""A payment service that knows its keys, and whose answers sometimes get lost."""

from __future__ import annotations

import random
from typing import Any

from ...scripted import says
from ..model import Exercise, Result, Run, Spy, count, expect, reason, short
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
        self.paid: dict[Any, dict[str, Any]] = {}
        self.lost, self.unpaid = lost, unpaid

    def pay(self, amount: float, key: str) -> dict[str, Any]:
        """Pay once for each key, and return the receipt, which may get lost."""
        if self.unpaid:
            self.unpaid -= 1
            raise TimeoutError("the payment service did not answer (simulated)")
        receipt = self.paid.setdefault(
            key, {"receipt": f"R-{len(self.paid) + 1:03}", "amount": amount}
        )
        if self.lost:
            self.lost -= 1
            raise TimeoutError("the payment service did not answer (simulated)")
        return receipt


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


def paid_once(ledger: Ledger, because: str) -> None:
    """There is one payment in the ledger."""
    amounts = " and ".join(f"{paid['amount']} EUR" for paid in ledger.paid.values())
    number = len(ledger.paid)
    expect(number == 1, f"it made {count(number, 'payment')}{reason(amounts)}: {because}")


def paid_nothing(ledger: Ledger, text: str) -> None:
    """There is no payment in the ledger."""
    expect(not ledger.paid, f"the model said {short(text)}, and it paid")


@REFUND.case()
def pays(run: Run) -> None:
    """it pays what the model says, and returns the receipt"""
    ledger, (mail, amount) = Ledger(), a_mail(run.rng)
    result = refunded(run, ledger, mail, amount)
    result.returned({"receipt": "R-001", "amount": amount})
    result.sent(1)
    asked(result, mail["text"])
    paid_once(ledger, "one mail is one refund")


@REFUND.case(points=2)
def lost_confirmation(run: Run) -> None:
    """a timeout after the payment does not pay again"""
    ledger, (mail, amount) = Ledger(lost=run.rng.randint(1, 2)), a_mail(run.rng)
    result = refunded(run, ledger, mail, amount)
    keys = [call.kwargs.get("key", (call.args or ("none",))[-1]) for call in result.calls("pay")]
    paid_once(ledger, f"the keys were {short(keys)}, and a repeat needs the same one")
    result.returned({"receipt": "R-001", "amount": amount})
    result.sent(1, "a repeat of the payment needs no other answer")


@REFUND.case(points=2)
def program_restarts(run: Run) -> None:
    """the program starts again, and the same mail is not paid again"""
    ledger, (mail, amount) = Ledger(lost=3), a_mail(run.rng)
    refunded(run, ledger, mail, amount).raised(TimeoutError, "no attempt had an answer")
    again = refunded(run, ledger, mail, amount + 1)
    paid_once(ledger, "the second run took another key, though the mail is the same")
    again.returned({"receipt": "R-001", "amount": amount}, "what was really paid")


@REFUND.case()
def other_mail(run: Run) -> None:
    """another mail is another refund, even with the same text"""
    ledger, (mail, amount) = Ledger(), a_mail(run.rng)
    refunded(run, ledger, mail, amount).finished()
    other = {**mail, "id": f"{mail['id']}0"}
    want = {"receipt": "R-002", "amount": amount}
    refunded(run, ledger, other, amount).returned(want, "two mails, two refunds")


@REFUND.case()
def three_attempts(run: Run) -> None:
    """after three attempts the TimeoutError gets out"""
    ledger, (mail, amount) = Ledger(unpaid=9), a_mail(run.rng)
    result = refunded(run, ledger, mail, amount)
    result.raised(TimeoutError, "no attempt had an answer")
    result.called("pay", 3)


@REFUND.case()
def no_amount(run: Run) -> None:
    """an answer that is no amount raises ValueError and pays nothing"""
    for text in (f"About {run.rng.randint(20, 90)} euros, I think.", f"-{run.rng.randint(5, 90)}"):
        ledger, (mail, _) = Ledger(), a_mail(run.rng)
        result = refunded(run, ledger, mail, text)
        result.raised(ValueError, f"the model said {short(text)}")
        paid_nothing(ledger, text)


@REFUND.case(hidden=True)
def nan_and_inf(run: Run) -> None:
    """nan and inf are no amounts either"""
    for text in ("nan", "inf", "0"):
        ledger, (mail, _) = Ledger(), a_mail(run.rng)
        refunded(run, ledger, mail, text).raised(ValueError, f"the model said {text}")
        paid_nothing(ledger, text)
