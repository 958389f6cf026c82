"""Volume, excerpts and the clip guard."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicdesk.playback.fades import KNEE, Excerpt, amplitude, guarded, ramp

RATE_HZ = 1000


def ones(count):
    return np.ones((count, 2), dtype=np.float32)


def test_the_volume_is_cubic_and_bounded():
    assert [amplitude(v) for v in (-1, 0, 0.5, 1, 2)] == [0, 0, 0.125, 1, 1]


def test_a_ramp_arrives():
    assert ramp(0.0, 1.0, 4).ravel().tolist() == [0.25, 0.5, 0.75, 1.0]


@given(st.floats(-40, 40, width=32))
def test_the_guard_keeps_what_is_quiet_and_bounds_what_is_loud(value):
    out = float(guarded(np.full((1, 2), value, dtype=np.float32))[0, 0])
    assert abs(out) <= 1
    assert out == value if abs(value) <= KNEE else abs(out) >= KNEE
    assert out * value >= 0


def test_the_guard_is_smooth_and_rising():
    line = np.linspace(-3, 3, 6001, dtype=np.float32)
    out = guarded(line)
    assert (np.diff(out) >= -1e-6).all()
    assert np.abs(np.diff(out, n=2)).max() < 1e-5


def test_without_a_limit_nothing_is_changed():
    frames = ones(500)
    assert Excerpt.of(3.0, None).shaped(frames, position_s=3.0, rate_hz=RATE_HZ) is frames


def test_an_excerpt_is_cut_at_its_end_whatever_the_blocks():
    excerpt = Excerpt.of(10.0, 5.0)
    parts = [excerpt.shaped(ones(700), position_s=10 + n * 0.7, rate_hz=RATE_HZ) for n in range(9)]
    whole = excerpt.shaped(ones(6000), position_s=10.0, rate_hz=RATE_HZ)
    assert len(whole) == 5000
    assert np.concatenate(parts) == pytest.approx(whole, abs=1e-6)


def test_an_excerpt_fades_in_for_a_quarter_second_and_out_for_a_second():
    curve = Excerpt.of(10.0, 5.0).shaped(ones(5000), position_s=10.0, rate_hz=RATE_HZ)[:, 0]
    assert curve[[0, 125, 250, 4000, 4500]] == pytest.approx([0, 0.5, 1, 1, 0.5], abs=0.01)
    assert curve[-1] < 0.01


def test_an_excerpt_from_the_beginning_of_a_file_does_not_fade_in():
    assert Excerpt.of(0.0, 5.0).shaped(ones(100), position_s=0.0, rate_hz=RATE_HZ).min() == 1


def test_a_very_short_excerpt_still_has_a_middle():
    curve = Excerpt.of(1.0, 0.2).shaped(ones(200), position_s=1.0, rate_hz=RATE_HZ)[:, 0]
    assert curve.max() == 1


@pytest.mark.parametrize(("place", "end"), [(10.0, 15.0), (14.9, 15.0), (15.0, None), (9.9, None)])
def test_a_jump_out_lifts_the_limit(place, end):
    assert Excerpt.of(10.0, 5.0).kept(place).end_s == end


def test_an_excerpt_of_no_length_is_empty():
    assert len(Excerpt.of(1.0, 0.0).shaped(ones(10), position_s=1.0, rate_hz=RATE_HZ)) == 0
