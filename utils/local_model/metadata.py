"""Read single values from the header of a GGUF file.

The package gguf can do this too, but it builds an object for each of the 300,000 entries of a
vocabulary, which takes seconds at every start; here everything that was not asked for is skipped.
Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from .errors import WeightsError

MAGIC = b"GGUF"
STRING, ARRAY = 8, 9
SCALARS = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i",
    6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d",
}  # fmt: skip

Value = str | int | float | bool


def read_values(path: Path, keys: set[str]) -> dict[str, Value]:
    """The values of some keys; keys that the file does not have are left out.

    Args:
        path: a GGUF file.
        keys: such as `general.name` or `tokenizer.chat_template`; values that are lists are
            skipped.

    Raises:
        WeightsError: there is no such file, or it is not a GGUF file, or it is cut off.
    """
    try:
        with path.open("rb") as stream:
            return _read(stream, keys, path)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}.") from error
    except (struct.error, UnicodeDecodeError, KeyError, EOFError) as error:
        raise WeightsError(
            f"{path} is damaged: its header cannot be read to the end. Download it again."
        ) from error


def _read(stream: BinaryIO, keys: set[str], path: Path) -> dict[str, Value]:
    magic = stream.read(4)
    if magic != MAGIC:
        raise WeightsError(
            f"{path} is not a GGUF file (it starts with {magic!r}). "
            f"--model takes a model in llama.cpp's format, a file that ends with .gguf."
        )
    version = _number(stream, "<I")
    if version not in (2, 3):
        raise WeightsError(f"{path} is GGUF version {version}; versions 2 and 3 can be read.")
    _number(stream, "<Q")  # number of tensors
    values: dict[str, Value] = {}
    for _ in range(int(_number(stream, "<Q"))):
        key, kind = _string(stream), int(_number(stream, "<I"))
        if key in keys and kind != ARRAY:
            values[key] = _string(stream) if kind == STRING else _number(stream, SCALARS[kind])
        else:
            _skip(stream, kind)
    return values


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise EOFError
    return data


def _number(stream: BinaryIO, form: str) -> int | float | bool:
    return struct.unpack(form, _exactly(stream, struct.calcsize(form)))[0]


def _string(stream: BinaryIO) -> str:
    return _exactly(stream, int(_number(stream, "<Q"))).decode()


def _skip(stream: BinaryIO, kind: int) -> None:
    if kind == STRING:
        _exactly(stream, int(_number(stream, "<Q")))
    elif kind == ARRAY:
        inner, count = int(_number(stream, "<I")), int(_number(stream, "<Q"))
        if inner in SCALARS:
            _exactly(stream, struct.calcsize(SCALARS[inner]) * count)
        else:
            for _ in range(count):
                _skip(stream, inner)
    else:
        _number(stream, SCALARS[kind])
