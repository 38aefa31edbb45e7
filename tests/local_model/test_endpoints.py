"""Every feature of the course's endpoint test, with the real model that `course local` serves.

Run by hand:  course local  in one terminal,  pytest -m local_model tests/local_model  in another.
"""

import os

import pytest

from utils.local_model.endpoint_check import PROBES, Server, connect
from utils.settings import LOCAL_BASE_URL

from .further_probes import FURTHER

ALL = [*PROBES, *FURTHER]

# Read when the module is imported: the tests' own settings hide the environment later.
BASE_URL = os.environ.get("COURSE_BASE_URL", LOCAL_BASE_URL)


@pytest.fixture(scope="module")
def server() -> Server:
    return connect(BASE_URL)


@pytest.mark.local_model
@pytest.mark.parametrize(("feature", "probe"), ALL, ids=[name for name, _ in ALL])
def test_the_real_model(server, feature, probe):
    assert probe(server), feature
