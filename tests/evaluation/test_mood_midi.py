"""Clips of EMOPIA on other instruments: the notes stay, the programme and the tempo change."""

import shutil
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicdesk.errors import BadRequest, NotFound
from musicdesk.evaluation import mood_midi
from musicdesk.jobs import Job
from musicdesk.records import MOODS, Mood

FONT = Path("/usr/share/sounds/sf2/default-GM.sf2")
NOTES = (b"\x00\xc0\x05\x00\x90\x3c\x60\x81\x40\x3c\x00\x00\xff\x51\x03\x07\xa1\x20\x60\xc0\x07"
         b"\x10\x90\x40\x50\x60\x40\x00\x00\xff\x2f\x00")  # fmt: skip


def midi(track=NOTES, division=480):
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, division) + b"MTrk" + struct.pack(">I", len(track)) + track


def events(data):
    """[(ticks from the beginning, bytes)] of the first track."""
    at, told = 0, []
    for wait, event in next(mood_midi._tracks(data)):
        at += wait
        told.append((at, event))
    return told


@pytest.fixture
def archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "emopia.zip", "w") as file:
        for quadrant in range(1, 5):
            for song in range(3):
                for number in range(2):
                    file.writestr(f"midis/Q{quadrant}_song{quadrant}_{song}_{number}.mid", midi())
    return tmp_path


def test_notes_keep_their_places_and_are_played_by_one_other_instrument():
    before, after = events(midi()), events(mood_midi.played_by(midi(), 48, tempo=1.0))
    notes = [(at, event) for at, event in before if event[0] < 0xC0 or event[0] >= 0xD0]
    assert [(at, event) for at, event in after if event[0] < 0xC0 or event[0] >= 0xD0] == notes
    assert {event[1] for _, event in after if 0xC0 <= event[0] < 0xD0} == {48}


def test_a_quicker_tempo_gives_a_quarter_note_more_ticks():
    quicker = mood_midi.played_by(midi(), 0, tempo=1.25)
    assert struct.unpack(">H", quicker[12:14])[0] == 600
    assert events(quicker)[-1][0] == events(midi())[-1][0]


@pytest.mark.parametrize("broken", [b"", b"RIFF", midi()[:30], midi(division=0xE728)])
def test_what_is_no_midi_is_a_sentence(broken):
    with pytest.raises(BadRequest, match="MIDI"):
        mood_midi.played_by(broken, 0, tempo=1.0)


def test_clips_are_of_as_many_songs_and_as_many_of_each_quadrant(archive):
    found = mood_midi.clips(mood_midi.archive_in(archive), 8, rng=np.random.default_rng(0))
    assert len({clip.song for clip in found}) == 8
    assert sorted(clip.quadrant for clip in found) == [1, 1, 2, 2, 3, 3, 4, 4]
    assert found == mood_midi.clips(mood_midi.archive_in(archive), 8, rng=np.random.default_rng(0))


def test_too_many_clips_are_a_sentence(archive):
    with pytest.raises(BadRequest, match="ask for fewer"):
        mood_midi.clips(mood_midi.archive_in(archive), 16, rng=np.random.default_rng(0))


def test_another_folder_has_no_archive(tmp_path):
    assert mood_midi.archive_in(tmp_path) is None
    (tmp_path / "emopia.zip").write_bytes(b"no archive")
    with pytest.raises(BadRequest, match="cannot be read"):
        mood_midi.clips(tmp_path / "emopia.zip", 4, rng=np.random.default_rng(0))


def test_a_rendered_name_tells_what_is_known():
    told = mood_midi.known_of(Path("Q3_a_b-c_12-organ-slow.flac"))
    assert told is not None
    assert (MOODS[told.mood], told.song, told.instrument, told.tempo) == (Mood.SAD, "a_b-c", "organ", "slow")
    assert mood_midi.known_of(Path("song.flac")) is None


def test_without_a_sound_font_nothing_is_played(archive, tmp_path):
    chosen = mood_midi.clips(mood_midi.archive_in(archive), 4, rng=np.random.default_rng(0))
    with pytest.raises(NotFound, match="--font"):
        mood_midi.render(archive / "emopia.zip", tmp_path / "out", chosen, font=tmp_path / "none.sf2", job=Job())


@pytest.mark.skipif(not (shutil.which("fluidsynth") and FONT.is_file()), reason="needs fluidsynth and a sound font")
def test_clips_are_played_once_and_sound_differently(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(mood_midi, "INSTRUMENTS", {"piano": 0, "organ": 19})
    chosen = mood_midi.clips(mood_midi.archive_in(archive), 4, rng=np.random.default_rng(0))[:1]
    made = mood_midi.render(archive / "emopia.zip", tmp_path, chosen, font=FONT, job=Job())
    sounds = [soundfile.read(path)[0] for path in made]
    assert len(made) == 4
    assert all(np.abs(sound).max() > 0.01 for sound in sounds)
    n = min(map(len, sounds))
    assert np.abs(sounds[0][:n] - sounds[2][:n]).max() > 0.01
    stamps = [path.stat().st_mtime_ns for path in made]
    assert mood_midi.render(archive / "emopia.zip", tmp_path, chosen, font=FONT, job=Job()) == made
    assert [path.stat().st_mtime_ns for path in made] == stamps
