"""What the callback does, block by block, without a thread."""

import numpy as np
import pytest

from musicdesk.playback.mixer import LEAD_IN_S, Mixer
from musicdesk.playback.voice import Voice

RATE_HZ = 10_000
BLOCK = 100


class Clock:
    now = 50.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def mixer(clock):
    return Mixer(clock=clock)


def voice(*, frames=20_000, level=0.5, filled=True, start_s=0.0, gain=1.0):
    voice = Voice("song", start_s, gain)
    voice.give_ring(RATE_HZ)
    voice.ring.write(np.full((frames, 2), level, dtype=np.float32))
    voice.filled = filled
    return voice


def drawn(mixer, blocks=1):
    return np.concatenate([mixer.render(BLOCK) for _ in range(blocks)])[:, 0]


def test_nothing_to_play_is_silence(mixer):
    assert not drawn(mixer, 3).any()


def test_a_fresh_stream_begins_with_silence_and_loses_nothing(mixer):
    mixer.restart(RATE_HZ)
    mixer.voice = voice(frames=BLOCK)
    lead_in = round(LEAD_IN_S * RATE_HZ)
    heard = drawn(mixer, 15)
    assert not heard[:lead_in].any()
    assert np.count_nonzero(heard) == BLOCK


def test_the_beginning_of_a_file_is_not_faded_but_a_place_within_is(mixer):
    mixer.voice = voice()
    assert drawn(mixer)[0] == 0.5
    other = Mixer()
    other.voice = voice(start_s=3.0)
    heard = drawn(other, 2)
    assert heard[0] == pytest.approx(0.005)
    assert heard[BLOCK - 1 :] == pytest.approx(0.5)


def test_a_new_voice_begins_after_the_old_one_has_faded(mixer):
    mixer.voice = voice(level=0.5)
    drawn(mixer)
    mixer.voice = voice(level=-0.5, start_s=1.0)
    heard = drawn(mixer, 3)
    assert heard[BLOCK - 1] == pytest.approx(0.0)
    assert heard[-1] == -0.5
    assert np.abs(np.diff(heard)).max() < 0.011


def test_a_pause_fades_keeps_the_rest_and_comes_back(mixer):
    playing = mixer.voice = voice()
    drawn(mixer)
    mixer.paused = True
    assert drawn(mixer)[-1] == 0.0
    left = len(playing.ring)
    assert not drawn(mixer, 5).any()
    assert len(playing.ring) == left
    mixer.paused = False
    assert drawn(mixer)[-1] == 0.5


def test_the_volume_turns_along_a_line(mixer):
    mixer.voice = voice()
    drawn(mixer)
    mixer.volume = 0.0
    heard = drawn(mixer)
    assert np.abs(np.diff(heard)).max() < 0.006
    assert heard[-1] == 0.0


def test_a_volume_set_in_silence_counts_from_the_first_sample(mixer):
    mixer.volume = 0.5
    drawn(mixer)
    mixer.voice = voice()
    assert drawn(mixer)[0] == pytest.approx(0.5 * 0.125)


def test_full_scale_is_left_alone_without_gain_and_bent_with_gain(mixer):
    mixer.voice = voice(level=0.95)
    assert drawn(mixer)[-1] == np.float32(0.95)
    other = Mixer()
    other.voice = voice(level=1.9, gain=2.0)
    assert 0.95 < drawn(other)[-1] <= 1.0


def test_a_slow_decoder_makes_a_fade_and_not_a_click(mixer):
    slow = mixer.voice = voice(frames=1250, filled=False)
    heard = drawn(mixer, 13)
    assert np.abs(np.diff(heard)).max() < 0.006
    assert mixer.gaps == 1
    slow.ring.write(np.full((900, 2), 0.5, dtype=np.float32))
    assert not drawn(mixer).any(), "too little yet"
    slow.ring.write(np.full((5000, 2), 0.5, dtype=np.float32))
    assert drawn(mixer)[-1] == 0.5


def test_the_very_last_frames_come_out_whole(mixer):
    mixer.voice = voice(frames=250)
    heard = drawn(mixer, 4)
    assert (heard[:250] == 0.5).all()
    assert not heard[250:].any()
    assert mixer.voice.drained


def test_the_heard_position_is_behind_by_the_latency(mixer, clock):
    playing = mixer.voice = voice(start_s=10.0)
    for _ in range(100):
        drawn(mixer)
        clock.now += BLOCK / RATE_HZ
    assert playing.heard_s(clock.now, latency_s=0.0) == pytest.approx(11.0)
    assert playing.heard_s(clock.now, latency_s=0.15) == pytest.approx(10.86)
    assert playing.heard_s(clock.now + 5, latency_s=0.15) == pytest.approx(11.0)


def test_the_position_never_steps_back_after_a_pause(mixer, clock):
    playing = mixer.voice = voice()
    drawn(mixer, 50)
    mixer.paused = True
    drawn(mixer)
    clock.now += 3
    place = playing.heard_s(clock.now, latency_s=0.15)
    mixer.paused = False
    places = []
    for _ in range(30):
        drawn(mixer)
        clock.now += BLOCK / RATE_HZ
        places.append(playing.heard_s(clock.now, latency_s=0.15))
    assert [place, *places] == sorted([place, *places])
    assert places[-1] > place
