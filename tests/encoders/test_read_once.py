"""A query goes through a network once; what was made of it cannot be spoilt, and what failed is tried again."""

import numpy as np
import pytest

from musicdesk.encoders.read_once import REMEMBERED, ReadOnce
from musicdesk.errors import BadRequest


class Lengths:
    """A network that tells how long texts are, and what it was asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, texts):
        self.asked.append(list(texts))
        if not all(texts):
            raise BadRequest("A text is empty.")
        return np.array([[len(text)] for text in texts], np.float32)


@pytest.fixture
def network():
    return Lengths()


def test_what_is_asked_again_goes_through_the_network_once(network):
    read = ReadOnce(network)
    assert [read(["slow"]).tolist() for _ in range(3)] == 3 * [[[4.0]]]
    assert network.asked == [["slow"]]


def test_rows_are_the_callers_own(network):
    read = ReadOnce(network)
    read(["slow"])[:] = 0
    assert read(["slow"]).tolist() == [[4.0]]


def test_of_several_texts_none_is_remembered(network):
    read = ReadOnce(network)
    for _ in range(2):
        assert read(["a", "bb"]).tolist() == [[1.0], [2.0]]
    assert read([]).size == 0
    assert network.asked == [["a", "bb"], ["a", "bb"], []]


def test_the_latest_are_remembered_and_no_more(network):
    read = ReadOnce(network)
    for number in range(REMEMBERED + 1):
        read([str(number)])
    read([str(REMEMBERED)])
    assert len(network.asked) == REMEMBERED + 1
    read(["0"])
    assert len(network.asked) == REMEMBERED + 2


def test_what_failed_is_tried_again(network):
    read = ReadOnce(network)
    for _ in range(2):
        with pytest.raises(BadRequest):
            read([""])
    assert len(network.asked) == 2
