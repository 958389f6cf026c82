"""The length that a header declares is doubted: too long, too short, cut off, or hours of nothing."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sounds

from musicdesk.audio import container, decode
from musicdesk.audio.windows import spread
from musicdesk.errors import UnreadableAudio
from musicdesk.evaluation import damage
from musicdesk.evaluation.sound_files import Sounds


@pytest.fixture
def made() -> Sounds:
    return Sounds(np.random.default_rng(0))


def kept(folder: Path, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    return str(folder / name)


@pytest.mark.parametrize("write", [damage.with_table, damage.with_vbri])
def test_an_mp3_whose_table_says_next_to_nothing_is_counted(write, made: Sounds, tmp_path: Path) -> None:
    path = kept(tmp_path, "a.mp3", write(made.file("mp3", length_s=20), 1))
    assert decode.info(path).length_s == pytest.approx(20, abs=0.2)


@pytest.mark.parametrize("write", [damage.with_table, damage.with_vbri])
@pytest.mark.parametrize("frames", [5_000, 2**24])
def test_an_mp3_whose_table_promises_more_than_there_is_is_partial(
    write, frames: int, made: Sounds, tmp_path: Path
) -> None:
    windows = spread(kept(tmp_path, "a.mp3", write(made.file("mp3"), frames)), rate_hz=16_000, window_s=3, count=6)
    assert windows.partial
    assert windows.samples
    assert windows.reason


def test_a_table_that_promises_years_does_not_cost_the_file(made: Sounds, tmp_path: Path) -> None:
    for write in (damage.with_table, damage.with_vbri):
        path = kept(tmp_path, "a.mp3", write(made.file("mp3", length_s=5), 2**32 - 1))
        assert decode.info(path).length_s == pytest.approx(5, abs=0.2)


@pytest.mark.parametrize("total", [0, 1, 2**36 - 1])
def test_a_flac_that_lies_about_its_samples_is_counted(total: int, made: Sounds, tmp_path: Path) -> None:
    data = made.file("flac", length_s=5)
    lie = data[:21] + bytes([data[21] & 0xF0 | total >> 32]) + struct.pack(">I", total & 0xFFFFFFFF) + data[26:]
    assert decode.info(kept(tmp_path, "a.flac", lie)).length_s == pytest.approx(5, abs=0.2)


def test_a_short_sound_with_a_large_picture_keeps_its_length(tmp_path: Path) -> None:
    from mutagen.flac import FLAC, Picture

    path = sounds.tone(tmp_path / "a.flac", length_s=0.5)
    file, picture = FLAC(path), Picture()
    picture.data = bytes(3 << 20)
    file.add_picture(picture)
    file.save()
    assert decode.info(str(path)).length_s == pytest.approx(0.5, abs=0.01)
    assert decode.read(str(path), rate_hz=16_000).length_s == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("rate_hz", [44_100, 22_050, 32_000])
def test_an_mp3_without_a_table_is_cut_off_if_its_last_frame_is(rate_hz: int, tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.mp3", sounds.noise(length_s=6, rate_hz=rate_hz), rate_hz)
    bare = damage.without_table(path.read_bytes())
    for tail in (b"", b"TAG" + bytes(125), b"APETAGEX" + bytes(24)):
        path.write_bytes(bare + tail)
        assert container.cut_off(str(path)) == ""
    path.write_bytes(bare[: len(bare) // 2] + bytes(3) + bare[len(bare) // 2 :])  # damage inside does not matter
    assert container.cut_off(str(path)) == ""
    path.write_bytes(bare[:-60])
    assert container.cut_off(str(path))
    assert spread(str(path), rate_hz=16_000, window_s=3, count=2).partial


def test_an_mp3_with_a_table_is_judged_by_its_table(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.mp3", sounds.noise(length_s=6))
    assert container.cut_off(str(path)) == ""
    assert not spread(str(path), rate_hz=16_000, window_s=3, count=2).partial


@pytest.mark.parametrize("keep", [0.2, 0.6, 0.95])
def test_a_wma_that_was_cut_off_says_so(keep: float, tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.wma", sounds.noise(length_s=20))
    assert container.cut_off(str(path)) == ""
    path.write_bytes(damage.begun(path.read_bytes(), keep))
    assert container.cut_off(str(path)) == f"The file was cut off: {100 - 100 * keep:.0f} % of it is missing."


def test_hours_of_silence_in_a_few_kilobytes_are_silent_and_not_searched_for_ever(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    places: list[float] = []
    read = decode.Reader.read

    def counted(self, start_s, length_s=None, **more):
        places.append(start_s)
        return read(self, start_s, length_s, **more)

    monkeypatch.setattr(decode.Reader, "read", counted)
    for name, data in (("a.flac", damage.constant_flac(10)), ("a.opus", damage.silent_opus(0.2))):
        assert len(data) < 400_000
        places.clear()
        windows = spread(kept(tmp_path, name, data), rate_hz=16_000, window_s=3, count=6)
        assert windows.silent
        assert windows.length_s > 700
        assert len(places) < 150


def test_a_flac_bomb_that_sounds_is_heard_by_its_windows(tmp_path: Path) -> None:
    bomb = kept(tmp_path, "a.flac", damage.constant_flac(40, channels=8, levels=(9000, -9000)))
    windows = spread(bomb, rate_hz=16_000, window_s=3, count=6)
    assert (len(windows.samples), windows.partial) == (6, False)


PEAK = """
import sys
from musicdesk.audio.serving import peak_mb
from musicdesk.audio.windows import spread
windows = spread(sys.argv[1], rate_hz=16_000, window_s=3, count=6)
print(len(windows.samples), round(windows.length_s), peak_mb())
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="no peak memory to be read here")
@pytest.mark.parametrize("ending", ["mp3", "flac", "aac"])
def test_memory_does_not_grow_with_the_length(ending: str, tmp_path: Path) -> None:
    """An hour (of a file made by repeating frames) within 16 MB of ten seconds."""
    found = [_peak(repeated(tmp_path, ending, hours)) for hours in (10 / 3600, 1)]
    assert found[1][1] == pytest.approx(3600, rel=0.02)
    assert [n for n, _, _ in found] == [4, 6]
    assert found[1][2] < found[0][2] + 16


def _peak(path: str) -> tuple[int, float, float]:
    told = subprocess.run([sys.executable, "-c", PEAK, path], capture_output=True, text=True, check=True).stdout
    windows, length_s, peak_mb = told.split()
    return int(windows), float(length_s), float(peak_mb)


def repeated(folder: Path, ending: str, hours: float) -> str:
    if ending == "flac":
        return kept(folder, "a.flac", damage.constant_flac(hours, levels=(9000, -9000)))
    data = sounds.write(folder / f"b.{ending}", sounds.sweep(length_s=10, rate_hz=22_050), 22_050).read_bytes()
    if ending == "mp3":
        data = damage.without_table(data)
    return kept(folder, f"a.{ending}", data * max(1, round(hours * 360)))


def test_a_download_that_was_never_finished_is_not_collected_in_memory(tmp_path: Path) -> None:
    path = Path(repeated(tmp_path, "mp3", 10 / 3600))
    assert not container.is_hollow(str(path))
    with path.open("r+b") as file:
        file.truncate(1 << 30)
    with pytest.raises(UnreadableAudio, match="mostly zeros"):
        decode.info(str(path))


def test_a_chunked_file_of_nothing_is_not_walked_through(tmp_path: Path) -> None:
    for start in (b"RIFF\0\0\0\0WAVE", b"FORM\0\0\0\0AIFF"):
        with (tmp_path / "a.wav").open("wb") as file:
            file.write(start)
            file.truncate(1 << 30)
        with pytest.raises(UnreadableAudio, match="mostly zeros"):
            decode.info(str(tmp_path / "a.wav"))


def test_sound_in_a_format_that_nobody_knows_is_unreadable(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.alac.m4a", sounds.noise())
    path.write_bytes(damage.patched(path.read_bytes(), b"alac", 0, b"xxxx"))
    with pytest.raises(UnreadableAudio, match="nobody knows"):
        decode.info(str(path))
