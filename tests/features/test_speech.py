import numpy as np
import pytest
import sounds
from features.pieces import music, talk, windows

from musicdesk.features.speech import speech

RATE_HZ = 16_000


def heard(samples, **kind):
    return speech(windows(samples, **kind)[0], rate_hz=kind.get("rate_hz", RATE_HZ))


@pytest.mark.parametrize("seed", range(4))
def test_talk_is_speech(seed):
    assert heard(talk(seed)) > 0.5


def test_talk_is_speech_at_another_rate_and_in_longer_windows():
    assert heard(talk(1, length_s=45, rate_hz=22_050), count=8, window_s=5.0, rate_hz=22_050) > 0.5


def test_how_loud_it_is_does_not_matter():
    assert heard(talk(2) * np.float32(0.01)) == pytest.approx(heard(talk(2)), abs=0.01)


def sung(seed):
    """Held notes of a voice-like sound with rests between the lines."""
    rng = np.random.default_rng(seed)
    swell = np.hanning(9600).astype(np.float32)
    notes = [sounds.sine(hz=hz, length_s=0.6, rate_hz=RATE_HZ) * swell for hz in rng.choice([220, 247, 262, 294], 30)]
    return np.concatenate([part for note in notes for part in (note, np.zeros(1600, np.float32))])


MADE = {
    "music": lambda: music(5),
    "sung": lambda: sung(1),
    "clicks": lambda: sounds.clicks(bpm=130, length_s=20, rate_hz=RATE_HZ),
    "noise": lambda: sounds.noise(length_s=20, rate_hz=RATE_HZ),
    "chord": lambda: sounds.chord(220, 277, 330, length_s=20, rate_hz=RATE_HZ),
    "sweep": lambda: sounds.sweep(length_s=20, rate_hz=RATE_HZ),
    "bursts": lambda: bursts(1),
}


def bursts(seed):
    """Noise that comes and goes like syllables, without a voice."""
    on = np.random.default_rng(seed).random(160) < 0.5
    return np.repeat(on, 2000).astype(np.float32) * sounds.noise(length_s=20, rate_hz=RATE_HZ)


@pytest.mark.parametrize("name", MADE)
def test_what_is_no_talk_is_no_speech(name):
    assert heard(MADE[name]()) < 0.5


def test_nothing_is_no_speech():
    assert speech([], rate_hz=RATE_HZ) == 0.0
    assert speech([talk(0)[:8000]], rate_hz=RATE_HZ) == 0.0
    assert heard(sounds.hush(length_s=20, rate_hz=RATE_HZ)) == 0.0


@pytest.mark.parametrize("rate_hz", [4000, 8000, 11_025])
def test_a_low_rate_is_no_trouble(rate_hz):
    assert 0 <= speech([sounds.noise(length_s=8, rate_hz=rate_hz), talk(0, rate_hz=rate_hz)], rate_hz=rate_hz) <= 1


def test_a_spoken_passage_does_not_make_music_speech():
    song = music(6).copy()
    song[: 5 * RATE_HZ] = talk(3, length_s=5)
    assert heard(song) < 0.5
