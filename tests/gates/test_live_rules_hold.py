"""Every recorded request would be accepted by the live default model."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gates.gathered import RECORDINGS, named
from utils.live_rules import violations
from utils.recordings import read


def test_there_are_recordings() -> None:
    assert RECORDINGS


@pytest.mark.parametrize("path", RECORDINGS, ids=named)
def test_every_recorded_request_obeys_the_live_models_rules(path: Path) -> None:
    """A request that was recorded because it is refused (a 4xx status) may break them."""
    complaints = [
        f"interactions[{number}]: {complaint}"
        for number, recorded in enumerate(read(path).interactions)
        if not 400 <= (recorded.response.status or 0) < 500
        for complaint in violations(recorded.request)
    ]
    assert not complaints, "\n".join(complaints)


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
