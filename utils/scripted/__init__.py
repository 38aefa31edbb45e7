"""A simulated OpenAI API: a transport that plays a scenario and keeps what was sent.

```python
from utils.scripted import ScriptedAPI, calls, fails, says, streams

api = ScriptedAPI([fails(429, retry_after=7), says("It ships within two days.")])
client = api.client()
```
"""

from .answers import Answer, ScriptError, Token, Usage, token, tokens
from .api import OffScript, ScriptedAPI
from .clock import Clock, SimulatedLoop, WaitedTooLong, run_simulated
from .steps import (
    BILLING_CODES,
    Limits,
    Script,
    Step,
    calls,
    drops,
    embeds,
    fails,
    filtered,
    limits,
    refuses,
    response_fails,
    returns,
    says,
    says_json,
    streams,
    times_out,
    truncated,
)
from .wire import AnsweredTransport, Reply, ReplyPart, SentRequest

__all__ = [
    "BILLING_CODES",
    "Answer",
    "AnsweredTransport",
    "Clock",
    "Limits",
    "OffScript",
    "Reply",
    "ReplyPart",
    "Script",
    "ScriptError",
    "ScriptedAPI",
    "SentRequest",
    "SimulatedLoop",
    "Step",
    "Token",
    "Usage",
    "WaitedTooLong",
    "calls",
    "drops",
    "embeds",
    "fails",
    "filtered",
    "limits",
    "refuses",
    "response_fails",
    "returns",
    "run_simulated",
    "says",
    "says_json",
    "streams",
    "times_out",
    "token",
    "tokens",
    "truncated",
]
