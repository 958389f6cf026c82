"""The ring gives back every frame once and in order, whatever the sizes, also between two threads."""

import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicdesk.playback.ring import Ring


def frames(count, *, start=0):
    return np.repeat(np.arange(start, start + count, dtype=np.float32)[:, np.newaxis], 2, axis=1)


def test_what_is_written_is_read_across_the_seam():
    ring = Ring(5)
    assert ring.write(frames(4)) == 4
    assert np.array_equal(ring.read(3), frames(3))
    assert ring.write(frames(4, start=4)) == 4
    assert np.array_equal(ring.read(9), frames(5, start=3))


def test_a_full_ring_takes_what_fits_and_overwrites_nothing():
    ring = Ring(4)
    assert ring.write(frames(10)) == 4
    assert (len(ring), ring.space) == (4, 0)
    assert ring.write(frames(1)) == 0
    assert np.array_equal(ring.read(4), frames(4))


def test_an_empty_ring_gives_nothing():
    assert Ring(4).read(3).shape == (0, 2)


def test_what_was_read_is_a_copy():
    ring = Ring(2)
    ring.write(frames(2))
    taken = ring.read(2)
    ring.write(frames(2, start=7))
    assert np.array_equal(taken, frames(2))


@given(st.integers(1, 20), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=30))
def test_no_frame_is_lost_or_doubled(capacity, steps):
    ring, sent, received = Ring(capacity), 0, 0
    for to_write, to_read in steps:
        sent += ring.write(frames(to_write, start=sent))
        taken = ring.read(to_read)
        assert np.array_equal(taken, frames(len(taken), start=received))
        received += len(taken)
        assert len(ring) == sent - received <= capacity


@pytest.mark.timeout(30)
def test_one_thread_writes_while_another_reads():
    ring, total, received = Ring(257), 100_000, []

    def write():
        sent = 0
        while sent < total:
            sent += ring.write(frames(min(191, total - sent), start=sent))
            time.sleep(0)

    writer = threading.Thread(target=write)
    writer.start()
    while sum(map(len, received)) < total:
        received.append(ring.read(173))
        time.sleep(0)
    writer.join()
    assert np.array_equal(np.concatenate(received), frames(total))
