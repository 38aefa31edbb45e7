"""Values are read from the header of a GGUF file, and what is no such file is refused."""

import struct

import gguf
import pytest

from utils.local_model.errors import WeightsError
from utils.local_model.metadata import read_values


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.gguf"
    writer = gguf.GGUFWriter(str(path), "qwen2")
    writer.add_token_list([b"a", b"b"])
    writer.add_array("numbers", [1, 2, 3])
    writer.add_block_count(28)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_chat_template("{{ messages }} \u2713")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path


def test_asked_values_are_found_behind_lists_of_all_kinds(model):
    found = read_values(model, {"tokenizer.chat_template", "qwen2.block_count", "absent"})
    assert found == {"tokenizer.chat_template": "{{ messages }} \u2713", "qwen2.block_count": 28}


def test_another_file_is_refused_with_its_name(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Dear diary")
    with pytest.raises(WeightsError, match=r"notes\.txt is not a GGUF file"):
        read_values(path, {"general.name"})


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WeightsError, match=r"gone\.gguf cannot be read: No such file"):
        read_values(tmp_path / "gone.gguf", {"general.name"})


def test_a_file_that_is_cut_off_is_called_damaged(model):
    model.write_bytes(model.read_bytes()[:-10])
    with pytest.raises(WeightsError, match="is damaged"):
        read_values(model, {"absent"})


def test_an_old_version_is_refused(tmp_path):
    path = tmp_path / "old.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 1, 0, 0))
    with pytest.raises(WeightsError, match="version 1"):
        read_values(path, {"general.name"})
