"""Tensors out of pickles, without running anything of them, and into safetensors."""

import argparse
import hashlib
import os
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from musicdesk.encoders.zoo.unpickling import read_safetensors, tensors_of, write_safetensors
from musicdesk.errors import ModelUnavailable

WEIGHT = torch.arange(12, dtype=torch.float32).reshape(3, 4)


class Evil:
    """Runs a command when it is unpickled in the usual way."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self._trace}",)


class Sly(Evil):
    """Does the same by a function that no list of dangerous modules knows."""

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, (f"open({str(self._trace)!r}, 'w')",)


@pytest.mark.parametrize("wrapper", [None, "state_dict", "model", "module", "model_state_dict"])
def test_tensors_are_taken_out_of_what_wraps_them(tmp_path: Path, wrapper: str | None) -> None:
    names = OrderedDict({"layer.weight": WEIGHT, "layer.bias": torch.zeros(3)})
    torch.save({wrapper: names, "epoch": 3, "optimizer": {"m": WEIGHT}} if wrapper else names, tmp_path / "a.pt")
    found = tensors_of(tmp_path / "a.pt")
    assert list(found) == ["layer.weight", "layer.bias"]
    assert torch.equal(found["layer.weight"], WEIGHT)


def test_wrappers_in_wrappers_and_nested_tables_come_flat(tmp_path: Path) -> None:
    torch.save({"module": {"state_dict": {"a": {"b": WEIGHT}, "steps": 4}}}, tmp_path / "a.pt")
    assert list(tensors_of(tmp_path / "a.pt")) == ["a.b"]


def test_a_tensor_called_model_is_no_wrapper(tmp_path: Path) -> None:
    torch.save({"model": WEIGHT}, tmp_path / "a.pt")
    assert list(tensors_of(tmp_path / "a.pt")) == ["model"]


def test_parameters_lose_their_gradient(tmp_path: Path) -> None:
    torch.save({"p": torch.nn.Parameter(WEIGHT.clone())}, tmp_path / "a.pt")
    assert not tensors_of(tmp_path / "a.pt")["p"].requires_grad


def test_the_form_before_torch_1_6_is_read_too(tmp_path: Path) -> None:
    torch.save({"state_dict": {"w": WEIGHT}}, tmp_path / "a.pt", _use_new_zipfile_serialization=False)
    assert torch.equal(tensors_of(tmp_path / "a.pt")["w"], WEIGHT)


def test_what_a_training_left_in_the_file_does_no_harm(tmp_path: Path) -> None:
    torch.save({"state_dict": {"w": WEIGHT}, "args": argparse.Namespace(lr=0.1), "at": Path("x")}, tmp_path / "a.pt")
    assert list(tensors_of(tmp_path / "a.pt")) == ["w"]


@pytest.mark.parametrize("kind", [Evil, Sly])
@pytest.mark.parametrize("zipped", [True, False])
def test_nothing_of_a_pickle_is_run(tmp_path: Path, kind: type[Evil], zipped: bool) -> None:
    trace = tmp_path / "it ran"
    torch.save({"w": WEIGHT, "x": kind(trace)}, tmp_path / "a.pt", _use_new_zipfile_serialization=zipped)
    if zipped and kind is Sly:  # becomes an object that does nothing
        assert list(tensors_of(tmp_path / "a.pt")) == ["w"]
    else:
        with pytest.raises(ModelUnavailable, match="none of it was run"):
            tensors_of(tmp_path / "a.pt")
    assert not trace.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no checkpoint",
        b"PK\x03\x04 half an archive",
        pickle.dumps([1, 2], 2),
        b"\x80\x02}q\x00.",
        b"<html>404</html>",
    ],
)
def test_a_file_that_is_no_checkpoint_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.pt").write_bytes(content)
    with pytest.raises(ModelUnavailable, match=r"a\.pt .*\.$"):
        tensors_of(tmp_path / "a.pt")


def test_a_truncated_checkpoint_is_a_sentence(tmp_path: Path) -> None:
    torch.save({"w": torch.zeros(10_000)}, tmp_path / "whole.pt")
    whole = (tmp_path / "whole.pt").read_bytes()
    for part in (100, 5_000, len(whole) - 1):
        (tmp_path / "a.pt").write_bytes(whole[:part])
        with pytest.raises(ModelUnavailable):
            tensors_of(tmp_path / "a.pt")


def test_a_checkpoint_without_tensors_and_a_missing_one_are_sentences(tmp_path: Path) -> None:
    torch.save({"epoch": 3}, tmp_path / "a.pt")
    with pytest.raises(ModelUnavailable, match="holds no tensors"):
        tensors_of(tmp_path / "a.pt")
    with pytest.raises(ModelUnavailable, match="missing"):
        tensors_of(tmp_path / "none.pt")


def test_what_is_written_is_what_safetensors_reads(tmp_path: Path) -> None:
    grid = torch.randn(6, 8, generator=torch.Generator().manual_seed(1))
    tensors = {
        "with gaps": grid[:, ::2], "turned": grid.T, "shared": grid, "again": grid, "half": grid.half(),
        "brain": grid.bfloat16(), "count": torch.tensor(7), "none": torch.zeros(0, 4), "yes": grid > 0,
        "fine": grid.double(), "bytes": torch.arange(5, dtype=torch.uint8),
    }  # fmt: skip
    write_safetensors(tensors, tmp_path / "a.safetensors")
    for found in (
        safetensors.torch.load_file(tmp_path / "a.safetensors"),
        read_safetensors(tmp_path / "a.safetensors"),
    ):
        assert found.keys() == tensors.keys()
        assert all(torch.equal(found[name], tensors[name]) for name in tensors)
        assert all(found[name].dtype == tensors[name].dtype for name in tensors)


def test_the_same_tensors_give_the_same_bytes(tmp_path: Path) -> None:
    tensors = {"b": WEIGHT, "a": WEIGHT.half(), "c": WEIGHT + 1}
    write_safetensors(tensors, tmp_path / "one")
    write_safetensors(dict(reversed(tensors.items())), tmp_path / "two")
    one, two = ((tmp_path / name).read_bytes() for name in ("one", "two"))
    assert hashlib.sha256(one).digest() == hashlib.sha256(two).digest()


def test_numbers_of_an_unknown_type_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="complex"):
        write_safetensors({"c": torch.zeros(2, dtype=torch.complex64)}, tmp_path / "a.safetensors")


@pytest.mark.parametrize("content", [b"", b"no tensors here at all", b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "])
def test_a_file_that_is_no_safetensors_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.safetensors").write_bytes(content)
    if content.endswith(b" "):
        assert read_safetensors(tmp_path / "a.safetensors") == {}
        return
    with pytest.raises(ModelUnavailable, match="no safetensors file"):
        read_safetensors(tmp_path / "a.safetensors")
