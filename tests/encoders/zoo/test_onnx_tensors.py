"""The reader of ONNX files: every tensor comes back, and bytes of any kind cost a sentence at most."""

from contextlib import suppress

import numpy as np
import pytest
from encoders.made_onnx import field, model, model_of, tensor
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from musicdesk.encoders.zoo.onnx_tensors import read_tensors
from musicdesk.errors import ModelUnavailable

TENSORS = st.dictionaries(
    st.text("abc._1", min_size=1, max_size=12),
    arrays(np.float32, array_shapes(min_dims=0, max_dims=4, max_side=4), elements=st.floats(-9, 9, width=32)),
    min_size=1, max_size=6,
)  # fmt: skip
ONE = np.arange(6, dtype=np.float32).reshape(2, 3)


@given(TENSORS, st.booleans())
def test_every_tensor_comes_back(tensors: dict[str, np.ndarray], packed: bool) -> None:
    found = read_tensors(model([tensor(name, values, packed=packed) for name, values in tensors.items()]))
    assert set(found) == set(tensors)
    for name, values in tensors.items():
        np.testing.assert_array_equal(found[name], values)


def test_long_sides_come_back() -> None:
    long = np.zeros((1, 1_280), np.float32)
    assert read_tensors(model_of({"x": long}))["x"].shape == (1, 1_280)


def test_tensors_of_other_types_are_left_out() -> None:
    whole = tensor("axes", np.array([2, 3]), dtype=7)
    assert list(read_tensors(model([whole, tensor("x", ONE)]))) == ["x"]


@pytest.mark.parametrize(
    "wrong",
    [
        tensor("x", ONE)[:-1],
        tensor("x", ONE[:1]) + field(1, 2),
        tensor("x", ONE) + field(1, 2**62),
        tensor("x", ONE, elsewhere=True),
        field(1, 1) + field(2, 1) + field(9, bytes(4)),
        field(2, 1) + field(8, b"\xff") + field(9, bytes(4)),
    ],
    ids=["cut off", "larger", "boundless", "elsewhere", "nameless", "no text"],
)
def test_a_tensor_that_cannot_be_right_is_refused(wrong: bytes) -> None:
    with pytest.raises(ModelUnavailable, match="Fetch it again"):
        read_tensors(model([tensor("y", ONE), wrong]))


def test_a_model_without_a_network_is_refused() -> None:
    with pytest.raises(ModelUnavailable, match="no network"):
        read_tensors(model([]))


@given(TENSORS, st.data())
def test_a_damaged_file_is_read_or_refused_but_never_worse(tensors: dict[str, np.ndarray], draw: st.DataObject) -> None:
    whole = model_of(tensors)
    damaged = bytearray(whole)
    for _ in range(draw.draw(st.integers(1, 4))):
        damaged[draw.draw(st.integers(0, len(whole) - 1))] = draw.draw(st.integers(0, 255))
    cut = draw.draw(st.integers(0, len(whole)))
    for bad in (bytes(damaged), whole[:cut], whole[cut:]):
        with suppress(ModelUnavailable):
            read_tensors(bad)


@given(st.binary(max_size=40))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(ModelUnavailable):
        read_tensors(noise)
