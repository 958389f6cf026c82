"""Images of segments: what is where in them, and that a segment of a track's image is the image of that segment."""

from dataclasses import replace

import numpy as np
import pytest
import sounds

from musicdesk.encoders.convnet.config import KINDS, NOTES, ImageSpec
from musicdesk.encoders.convnet.images import images, picture
from musicdesk.errors import BadRequest
from musicdesk.features.mel import MelSpec, mel_filters

SPEC = ImageSpec()
RATE_HZ = SPEC.rate_hz


def tone(hz: float, *, length_s: float = 3.0, level: float = 0.14) -> np.ndarray:
    return sounds.sine(hz=hz, length_s=length_s, rate_hz=RATE_HZ, level=level)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("notes", NOTES)
def test_every_kind_of_image_has_the_shape_that_its_spec_says(kind, notes):
    spec = ImageSpec(kind=kind, notes=notes)
    made = images([tone(440), tone(880)], spec)
    assert made.shape == (2, 1, spec.rows, spec.frames)
    assert made.dtype == np.float32
    assert np.isfinite(made).all()


@pytest.mark.parametrize("hz", [110.0, 440.0, 1500.0, 6000.0])
def test_a_tone_is_brightest_in_its_band(hz):
    filters = mel_filters(MelSpec(RATE_HZ, SPEC.n_fft, SPEC.hop, SPEC.bands))
    expected = filters[:, round(hz * SPEC.n_fft / RATE_HZ)].argmax()
    assert abs(images([tone(hz)], SPEC)[0, 0].mean(axis=1).argmax() - expected) <= 1


@pytest.mark.parametrize(("hz", "note"), [(110.0, 45), (220.0, 57), (440.0, 69), (1046.5, 84), (2093.0, 96)])
def test_a_tone_lights_its_semitone_and_its_pitch_class(hz, note):
    semitones = images([tone(hz)], replace(SPEC, notes="cqt"))[0, 0, SPEC.bands :]
    classes = images([tone(hz)], replace(SPEC, notes="chroma"))[0, 0, SPEC.bands :]
    assert semitones[:, 8:-8].mean(axis=1).argmax() == note - 36
    assert classes[:, 8:-8].mean(axis=1).argmax() == note % 12
    assert classes.max() == 1


def test_chroma_does_not_know_the_level():
    loud, quiet = (images([tone(440, level=level)], replace(SPEC, notes="chroma")) for level in (0.5, 0.05))
    np.testing.assert_allclose(loud[0, 0, SPEC.bands :], quiet[0, 0, SPEC.bands :], atol=1e-4)


def test_a_stretch_of_a_tracks_picture_is_the_image_of_that_segment():
    track = sounds.sweep(low_hz=200, high_hz=3000, length_s=12, rate_hz=RATE_HZ)
    begin = 70
    segment = track[begin * SPEC.pixel : begin * SPEC.pixel + SPEC.samples]
    whole, alone = picture(track, SPEC), images([segment], SPEC)[0, 0]
    assert whole.shape == (SPEC.rows, len(track) // SPEC.pixel)
    np.testing.assert_allclose(whole[:, begin + 1 : begin + SPEC.frames - 1], alone[:, 1:-1], atol=1e-5)


def test_time_runs_to_the_right():
    late = np.concatenate([np.zeros(SPEC.samples // 2, np.float32), tone(440, length_s=1.5)])
    image = images([late], SPEC)[0, 0]
    assert image[:, :30].sum() < 0.01 * image[:, 34:].sum()


def test_a_short_sound_is_repeated_and_a_long_one_cut():
    short = tone(440, length_s=1.0)
    expected = images([np.resize(short, SPEC.samples)], SPEC)
    np.testing.assert_array_equal(images([short], SPEC), expected)
    np.testing.assert_array_equal(images([np.resize(short, 10 * SPEC.samples)], SPEC), expected)


def test_an_image_does_not_depend_on_those_beside_it():
    both = images([tone(440), tone(3000)], SPEC)
    np.testing.assert_array_equal(both[1:], images([tone(3000)], SPEC))


def test_no_windows_give_no_images():
    assert images([], replace(SPEC, notes="cqt")).shape == (0, 1, 64 + 72, 64)


@pytest.mark.parametrize("bad", [[], [np.nan] * 9, [[0.0] * 9] * 2], ids=["empty", "not a number", "stereo"])
def test_what_is_no_mono_sound_is_refused(bad):
    with pytest.raises(BadRequest, match="mono"):
        images([np.array(bad, dtype=np.float32)], SPEC)


def test_more_bands_than_bins_are_refused():
    with pytest.raises(BadRequest, match="bins"):
        images([tone(440)], replace(SPEC, kind="stft", bands=2_000))
