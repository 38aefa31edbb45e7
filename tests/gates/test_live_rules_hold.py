"""Every recorded request would be accepted by the live default model."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gates.gathered import RECORDINGS, named
from utils.recordings import read
from utils.service_rules import EVERY_MODEL, deprecations, violations


def test_there_are_recordings() -> None:
    assert RECORDINGS


@pytest.mark.parametrize("path", RECORDINGS, ids=named)
def test_every_recorded_request_obeys_the_live_models_rules(path: Path) -> None:
    """Nothing deprecated either. A request recorded because it is refused (a 4xx status) may."""
    complaints = []
    for number, recorded in enumerate(read(path).interactions):
        asked = recorded.request
        body = asked.body if isinstance(asked.body, dict) else {}
        if not 400 <= (recorded.response.status or 0) < 500:
            found = (*violations(asked.path, body), *deprecations(asked.path, body))
            complaints += [f"interactions[{number}]: {complaint}" for complaint in found]
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("path", RECORDINGS, ids=named)
def test_every_recorded_refusal_that_is_a_rules_has_the_words_of_the_rule(path: Path) -> None:
    """What a notebook prints of an error is what the local server says today."""
    for number, recorded in enumerate(read(path).interactions):
        answer = recorded.response.json_body
        found = next(violations(recorded.request.path, recorded.request.body, [EVERY_MODEL]), None)
        if recorded.request.method == "POST" and found is not None:
            assert answer == found.refusal.body, f"interactions[{number}]"


@pytest.mark.parametrize("path", RECORDINGS, ids=named)
def test_a_local_models_answers_are_not_given_an_openai_name(path: Path) -> None:
    file = read(path)
    if file.origin.provider == "openai":
        return
    assert file.origin.note == "not an OpenAI model"
    for recorded in file.interactions:
        body = recorded.response.json_body
        if isinstance(body, dict) and "model" in body:
            assert not str(body["model"]).startswith(("gpt-", "o1", "o3", "o4", "text-embedding"))
