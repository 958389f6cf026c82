"""What the copies of an evaluation really are."""

import numpy as np
import pytest
import sounds
from mutagen.mp3 import MP3

from musicdesk.audio import decode
from musicdesk.evaluation import similarity


@pytest.fixture
def excerpt(tmp_path):
    noise, chord = sounds.noise(length_s=8, rate_hz=22_050), sounds.chord(220, 440, 880, length_s=8, rate_hz=22_050)
    source = sounds.write(tmp_path / "a.flac", (0.5 * noise + 0.5 * chord).astype(np.float32), 22_050)
    return similarity._excerpt(str(source), tmp_path / "copy")


def test_the_recoded_copy_is_an_mp3_at_96_kbit(excerpt):
    assert MP3(excerpt.recoded).info.bitrate == 96_000


def test_the_quieter_copy_is_8_decibels_quieter(excerpt):
    plain, quiet = (decode.read(str(path), rate_hz=22_050).samples for path in (excerpt.plain, excerpt.quieter))
    assert 20 * np.log10(np.std(quiet) / np.std(plain)) == pytest.approx(-8, abs=0.01)
