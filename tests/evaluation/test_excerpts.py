"""What the copies of an evaluation really are."""

import numpy as np
import pytest
import sounds
from mutagen.mp3 import MP3

from musicdesk.audio import decode
from musicdesk.evaluation import excerpts, similarity
from musicdesk.jobs import Job


@pytest.fixture
def excerpt(tmp_path):
    noise, chord = sounds.noise(length_s=8, rate_hz=22_050), sounds.chord(220, 440, 880, length_s=8, rate_hz=22_050)
    source = sounds.write(tmp_path / "a.flac", (0.5 * noise + 0.5 * chord).astype(np.float32), 22_050)
    return excerpts.excerpt(str(source), tmp_path / "copy")


def test_the_recoded_copy_is_an_mp3_at_96_kbit(excerpt):
    assert MP3(excerpt.recoded).info.bitrate == 96_000


def test_the_quieter_copy_is_8_decibels_quieter(excerpt):
    plain, quiet = (decode.read(str(path), rate_hz=22_050).samples for path in (excerpt.plain, excerpt.quieter))
    assert 20 * np.log10(np.std(quiet) / np.std(plain)) == pytest.approx(-8, abs=0.01)


def test_only_those_that_are_copied_take_room_uncompressed(tmp_path):
    files = [str(sounds.tone(tmp_path / f"{n:02}.wav", length_s=1, rate_hz=8000)) for n in range(40)]
    with excerpts.excerpts_of(files, every_plain=False, job=Job()) as made:
        assert [e.source for e in made] == files
        assert all(e.recoded.exists() for e in made)
        assert [e.source for e in made if e.plain.exists() and e.quieter.exists()] == list(excerpts.copied(files))
        assert len(excerpts.copied(files)) == excerpts.COPIES
    assert not made[0].recoded.exists()


def test_albums_are_found_by_sound_with_every_number_of_windows(tmp_path):
    for number in range(6):
        kind, folder = number % 2, tmp_path / str(number % 2)
        folder.mkdir(exist_ok=True)
        made = sounds.noise(length_s=5, seed=number) if kind else sounds.chord(220 + number, 275, 330, length_s=5)
        sounds.write(folder / f"{number}.flac", made, 44_100)
    given = {"models": tmp_path, "workers": 1, "rng": np.random.default_rng(0), "job": Job(), "windows": (1, 3)}
    report = similarity.measure(tmp_path, ["handcrafted"], **given)
    assert (report.tracks, report.albums) == (6, 2)
    assert [row.windows for row in report.rows] == [1, 3]
    for row in report.rows:
        assert row.album.map.mean > 0.9
        assert (row.mp3_found, row.copies) == (6, 6)
        assert row.cpu_s > 0
