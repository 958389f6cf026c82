"""Music written as MIDI: the file holds the score's notes, and what is missing to play it is told."""

import struct
from pathlib import Path

import numpy as np
import pytest

from musicdesk.audio.drums import KITS
from musicdesk.errors import NotFound
from musicdesk.jobs import Job
from musicdesk.library import demo_rendered
from musicdesk.library.demo_rendered import BANDS, DRUM_CHANNEL, DRUMS, TICKS, drawn, midi_file, render


def events(data: bytes) -> list[tuple[int, int, bytes]]:
    """(tick, status, data) of every event of the one track."""
    assert data[:14] == b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS)
    assert data[14:18] == b"MTrk"
    assert struct.unpack(">I", data[18:22])[0] == len(data) - 22
    found, at, now = [], 22, 0
    while at < len(data):
        wait = 0
        while True:
            byte = data[at]
            wait, at = wait << 7 | byte & 0x7F, at + 1
            if byte < 0x80:
                break
        now += wait
        status = data[at]
        length = 2 + data[at + 2] if status == 0xFF else 1 if status & 0xF0 == 0xC0 else 2
        found.append((now, status, data[at + 1 : at + 1 + length]))
        at += 1 + length
    return found


@pytest.mark.parametrize("seed", range(12))
def test_the_file_holds_every_note_of_the_score_and_ends_it(seed: int) -> None:
    score, programmes = drawn(np.random.default_rng(seed))
    found = events(midi_file(score, programmes))
    begun = [(tick, status & 15, data[0]) for tick, status, data in found if status & 0xF0 == 0x90]
    ended = [(tick, status & 15, data[0]) for tick, status, data in found if status & 0xF0 == 0x80]
    notes = sum(len(part.notes) for part in score.parts)
    assert len(begun) == len(ended) == notes > 20
    assert sorted(tick for tick, _, _ in begun) == sorted(
        round(note.beat * TICKS) for part in score.parts for note in part.notes
    )
    assert {status for _, status, data in found if status == 0xFF and data[0] == 0x51}
    assert found[-1][1:] == (0xFF, b"\x2f\x00")
    assert all(0 < data[1] < 128 for _, status, data in found if status & 0xF0 == 0x90)


def test_drums_play_on_the_channel_of_drums_and_nobody_else() -> None:
    for seed in range(12):
        score, programmes = drawn(np.random.default_rng(seed))
        found = events(midi_file(score, programmes))
        kits = any(part.layer.instrument in KITS for part in score.parts)
        keys = {data[0] for _, status, data in found if status == 0x90 | DRUM_CHANNEL}
        assert bool(keys) == kits
        assert keys <= set(DRUMS.values())
        others = {status & 15 for _, status, _ in found if status & 0xF0 == 0xC0} - {DRUM_CHANNEL}
        assert len(others) == sum(part.layer.instrument not in KITS for part in score.parts)


def test_every_sound_of_every_kit_has_a_key_and_every_band_its_programmes() -> None:
    assert {name for kit in KITS.values() for name in kit} <= set(DRUMS)
    assert all(0 <= number < 128 for band in BANDS.values() for role in band for number in role)


def test_the_same_seed_gives_the_same_music_and_another_gives_other() -> None:
    files = [midi_file(*drawn(np.random.default_rng([seed, 0]))) for seed in (1, 1, 2)]
    assert files[0] == files[1] != files[2]


def test_without_a_player_or_a_font_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFound, match="sound font"):
        render(tmp_path, font=tmp_path / "none.sf2", count=1, seed=0, job=Job())
    monkeypatch.setattr(demo_rendered, "PLAYER", "no-such-player")
    (tmp_path / "any.sf2").touch()
    with pytest.raises(NotFound, match="no-such-player"):
        render(tmp_path, font=tmp_path / "any.sf2", count=1, seed=0, job=Job())


def test_a_player_that_plays_nothing_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = tmp_path / "player"
    player.write_text("#!/bin/sh\necho broken font >&2\nexit 3\n")
    player.chmod(0o755)
    monkeypatch.setattr(demo_rendered, "PLAYER", str(player))
    (tmp_path / "any.sf2").touch()
    with pytest.raises(NotFound, match="broken font"):
        render(tmp_path / "made", font=tmp_path / "any.sf2", count=1, seed=0, job=Job())
    assert not list((tmp_path / "made").iterdir())
