"""Make the embedding model that is served: all-MiniLM-L6-v2 from safetensors to GGUF Q8_0.

The shape of the network and its token ids are those of the model's own config.json and
tokenizer_config.json (sentence-transformers/all-MiniLM-L6-v2, Apache-2.0); the names of the
tensors are those that llama.cpp expects of the architecture `bert`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .errors import MissingExtra, WrongHash
from .weights import EmbeddingModel, sha256_of

CONTEXT, WIDTH, LAYERS, FEED_FORWARD, HEADS = 512, 384, 6, 1536, 12
LAYER_NORM_EPSILON = 1e-12
UNKNOWN, CLS, SEP, MASK, PAD = 100, 101, 102, 103, 0
SPECIAL = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}

GLOBAL_TENSORS = {
    "embeddings.word_embeddings": "token_embd",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.LayerNorm": "token_embd_norm",
}
LAYER_TENSORS = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}
UNQUANTIZED = ("position_embd", "token_types")


def tensor_name(name: str) -> str | None:
    """Name of a tensor in GGUF, None for one that an embedding does not need.

    Args:
        name: its name in the safetensors file, such as `encoder.layer.0.output.dense.weight`.
    """
    base, _, kind = name.removeprefix("bert.").rpartition(".")
    if base.startswith("encoder.layer."):
        _, _, layer, rest = base.split(".", 3)
        return f"blk.{layer}.{LAYER_TENSORS[rest]}.{kind}"
    if base in GLOBAL_TENSORS:
        return f"{GLOBAL_TENSORS[base]}.{kind}"
    return None


def token_text(token: str) -> str:
    """A WordPiece token as llama.cpp writes it: a word's start is marked, not its continuation."""
    if token.startswith("[") and token.endswith("]"):
        return token
    return token[2:] if token.startswith("##") else "\u2581" + token


def convert(weights: Path, vocabulary: Path, target: Path) -> None:
    """Write the GGUF file.

    Args:
        weights: the safetensors file.
        vocabulary: the vocabulary, one token a line.
        target: the file to write.

    Raises:
        MissingExtra: gguf or safetensors is not installed.
    """
    try:
        import gguf
        import numpy as np
        from safetensors.numpy import load_file
    except ImportError as error:
        raise MissingExtra(error.name or "gguf") from error

    quantized = gguf.GGMLQuantizationType.Q8_0
    writer = gguf.GGUFWriter(str(target), "bert")
    writer.add_name("all-MiniLM-L6-v2")
    writer.add_license("apache-2.0")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_eps(LAYER_NORM_EPSILON)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    _add_tokenizer(
        writer,
        vocabulary.read_text(encoding="utf-8").removesuffix("\n").split("\n"),
        gguf.TokenType,
    )
    for name, values in sorted(load_file(weights).items()):
        new_name = tensor_name(name)
        if new_name is None:
            continue
        array: Any = np.ascontiguousarray(values.astype(np.float32))
        if array.ndim == 2 and not new_name.startswith(UNQUANTIZED):
            packed = gguf.quants.quantize(array, quantized)
            writer.add_tensor(new_name, packed, raw_dtype=quantized)
        else:
            writer.add_tensor(new_name, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_tokenizer(writer: Any, vocabulary: list[str], kinds: Any) -> None:
    def kind(token: str) -> int:
        if token in SPECIAL:
            return kinds.CONTROL
        return kinds.UNUSED if token.startswith("[unused") else kinds.NORMAL

    writer.add_token_type_count(2)
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([token_text(token).encode() for token in vocabulary])
    writer.add_token_types([kind(token) for token in vocabulary])
    writer.add_bos_token_id(CLS)
    writer.add_eos_token_id(SEP)
    writer.add_unk_token_id(UNKNOWN)
    writer.add_sep_token_id(SEP)
    writer.add_pad_token_id(PAD)
    writer.add_mask_token_id(MASK)
    writer.add_uint32("tokenizer.ggml.cls_token_id", CLS)


def prepare(model: EmbeddingModel, weights: Path, vocabulary: Path, folder: Path) -> Path:
    """Have the converted model: return it when it is here and right, make it otherwise.

    Args:
        model: what to make.
        weights: its verified safetensors file.
        vocabulary: its verified vocabulary.
        folder: the folder of the models.

    Returns:
        The path of the GGUF file.

    Raises:
        WrongHash: the conversion did not give the pinned file; nothing is kept.
        MissingExtra: a package of the extra `local` is not installed.
    """
    target = folder / model.gguf_name
    if target.exists() and sha256_of(target) == model.gguf_sha256:
        return target
    part = target.with_name(target.name + ".part")
    convert(weights, vocabulary, part)
    found = sha256_of(part)
    if found != model.gguf_sha256:
        part.unlink()
        raise WrongHash(target.name, model.gguf_sha256, found, "its conversion")
    part.replace(target)
    return target
