"""The embedding model is converted name by name, the same bytes every time, or not at all."""

import dataclasses
from pathlib import Path

import gguf
import numpy as np
import pytest
from safetensors.numpy import save_file

from utils.local_model import embedding
from utils.local_model.errors import WrongHash
from utils.local_model.weights import EMBEDDING, sha256_of


@pytest.fixture
def sources(tmp_path) -> tuple[Path, Path]:
    rng = np.random.default_rng(0)
    tensors = {
        "embeddings.word_embeddings.weight": rng.standard_normal((4, 64), dtype=np.float32),
        "embeddings.position_embeddings.weight": rng.standard_normal((8, 64), dtype=np.float32),
        "encoder.layer.0.attention.self.query.bias": np.ones(64, np.float32),
        "pooler.dense.weight": np.ones((64, 64), np.float32),
    }
    save_file(tensors, tmp_path / "w.safetensors")
    (tmp_path / "vocab.txt").write_text("[PAD]\ntent\n##s\n[unused1]\n", encoding="utf-8")
    return tmp_path / "w.safetensors", tmp_path / "vocab.txt"


def test_the_conversion_is_the_same_every_time(sources, tmp_path):
    for name in ("a.gguf", "b.gguf"):
        embedding.convert(sources[0], sources[1], tmp_path / name)
    assert sha256_of(tmp_path / "a.gguf") == sha256_of(tmp_path / "b.gguf")


def test_tensors_and_tokens_get_the_names_that_llama_cpp_expects(sources, tmp_path):
    embedding.convert(sources[0], sources[1], tmp_path / "a.gguf")
    reader = gguf.GGUFReader(tmp_path / "a.gguf")
    kinds = {tensor.name: tensor.tensor_type.name for tensor in reader.tensors}
    assert kinds == {
        "token_embd.weight": "Q8_0",
        "position_embd.weight": "F32",
        "blk.0.attn_q.bias": "F32",
    }
    tokens = reader.fields["tokenizer.ggml.tokens"].contents()
    assert tokens == ["[PAD]", "\u2581tent", "s", "[unused1]"]
    types = reader.fields["tokenizer.ggml.token_type"].contents()
    assert types == [gguf.TokenType.CONTROL, *[gguf.TokenType.NORMAL] * 2, gguf.TokenType.UNUSED]


def test_a_result_that_is_not_the_pinned_one_is_refused_and_not_kept(sources, tmp_path):
    with pytest.raises(WrongHash, match=EMBEDDING.gguf_sha256):
        embedding.prepare(EMBEDDING, sources[0], sources[1], tmp_path)
    assert list(tmp_path.glob("*.gguf*")) == []


def test_a_result_that_is_there_and_right_is_not_made_again(tmp_path):
    (tmp_path / EMBEDDING.gguf_name).write_bytes(b"made before")
    digest = sha256_of(tmp_path / EMBEDDING.gguf_name)
    model = dataclasses.replace(EMBEDDING, gguf_sha256=digest)
    missing = tmp_path / "not there"
    assert embedding.prepare(model, missing, missing, tmp_path).read_bytes() == b"made before"
