"""Windows lie where there is sound, and a file that is not whole says so."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import sounds

from musicdesk.audio.windows import Windows, spread
from musicdesk.errors import BadRequest, UnreadableAudio

RATE_HZ = 16_000
LONG_S = 30.0


def heard(path: Path, *, window_s: float = 2.0, count: int = 5) -> Windows:
    windows = spread(str(path), rate_hz=RATE_HZ, window_s=window_s, count=count)
    assert len(windows.samples) == len(windows.starts_s) <= count
    assert all(np.isfinite(w).all() and np.abs(w).max() <= 1 and w.dtype == np.float32 for w in windows.samples)
    assert list(windows.starts_s) == sorted(windows.starts_s)
    return windows


@cache
def whole(ending: str) -> bytes:
    """A file of LONG_S seconds."""
    with TemporaryDirectory() as folder:
        return sounds.write(Path(folder) / f"a.{ending}", sounds.sweep(length_s=LONG_S), 44_100).read_bytes()


def cut(path: Path, *, keep: float) -> Path:
    """A file of LONG_S seconds of which only a share of the bytes is left."""
    data = whole(path.name.split(".", 1)[1])
    path.write_bytes(data[: int(keep * len(data))])
    return path


def with_silence(path: Path, *parts: tuple[str, float]) -> Path:
    """A file of stretches: ("sound" | "silence", seconds)."""
    makers = {"sound": sounds.noise, "silence": sounds.hush}
    return sounds.write(path, np.concatenate([makers[kind](length_s=length) for kind, length in parts]))


@pytest.mark.parametrize("ending", sounds.FORMATS)
def test_windows_lie_evenly_over_the_track(ending: str, tmp_path: Path) -> None:
    path = sounds.write(tmp_path / f"a.{ending}", sounds.sweep(length_s=20))
    windows = heard(path)
    assert [len(w) for w in windows.samples] == [2 * RATE_HZ] * 5
    assert windows.starts_s == pytest.approx([1, 5, 9, 13, 17], abs=0.1)
    assert windows.length_s == pytest.approx(20, abs=0.1)
    assert (windows.partial, windows.silent, windows.reason) == (False, False, "")
    for samples, start_s in zip(windows.samples, windows.starts_s, strict=True):
        middle = samples[RATE_HZ - 800 : RATE_HZ + 800]
        assert sounds.pitch(middle, RATE_HZ) == pytest.approx(100 + 3900 * (start_s + 1) / 20, rel=0.05)


def test_a_short_track_gives_fewer_windows_that_cover_it(tmp_path: Path) -> None:
    windows = heard(sounds.tone(tmp_path / "a.flac", length_s=5))
    assert windows.starts_s == pytest.approx([0, 1.5, 3], abs=0.2)


def test_a_track_of_one_second_gives_its_second(tmp_path: Path) -> None:
    windows = heard(sounds.tone(tmp_path / "a.mp3", length_s=1), window_s=6)
    assert len(windows.samples) == 1
    assert len(windows.samples[0]) == pytest.approx(RATE_HZ, abs=0.1 * RATE_HZ)
    assert not windows.partial


def test_silence_around_a_short_sound_is_trimmed(tmp_path: Path) -> None:
    windows = heard(with_silence(tmp_path / "a.wav", ("silence", 1), ("sound", 2), ("silence", 1)), window_s=6)
    assert len(windows.samples[0]) == pytest.approx(2 * RATE_HZ, abs=0.2 * RATE_HZ)
    assert windows.starts_s[0] == pytest.approx(1, abs=0.1)


def test_windows_move_out_of_a_silence(tmp_path: Path) -> None:
    path = with_silence(tmp_path / "hidden.flac", ("sound", 12), ("silence", 36), ("sound", 12))
    windows = heard(path)
    assert len(windows.samples) == 5
    assert all(start <= 10.5 or start >= 47.5 for start in windows.starts_s)
    assert all(b - a >= 1.9 for a, b in zip(windows.starts_s, windows.starts_s[1:], strict=False))
    assert not windows.partial


def test_a_single_sound_in_a_long_silence_is_found(tmp_path: Path) -> None:
    path = with_silence(tmp_path / "a.flac", ("silence", 97.5), ("sound", 0.6), ("silence", 204))
    (start,) = heard(path).starts_s
    assert 95.5 <= start <= 98.1


def test_a_quiet_passage_is_sound(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.wav", sounds.noise(length_s=20, level=0.003))  # -50 dB
    assert len(heard(path).samples) == 5


@pytest.mark.parametrize("length_s", [1, 30])
def test_a_silent_file_is_silent(length_s: float, tmp_path: Path) -> None:
    for ending in ("flac", "mp3", "m4a"):
        windows = heard(sounds.silence(tmp_path / f"a.{ending}", length_s=length_s))
        assert (windows.silent, windows.samples, windows.partial) == (True, (), False)
        assert windows.reason == "There is only silence in it."


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("ending", ["wav", "aiff", "flac", "ogg", "mp3", "opus", "aac", "wma", "wv"])
def test_a_truncated_file_is_partial(ending: str, keep: float, tmp_path: Path) -> None:
    windows = heard(cut(tmp_path / f"a.{ending}", keep=keep))
    assert windows.partial
    assert windows.reason.endswith(".")
    assert len(windows.samples) >= 3
    assert windows.starts_s[-1] + 2 <= LONG_S * keep + 3


def test_a_file_without_its_index_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableAudio):
        heard(sounds.truncated(tmp_path / "a.m4a"))  # the index lies at the end


@pytest.mark.parametrize("ending", ["flac", "mp3"])
def test_a_file_cut_after_a_moment_gives_that_moment_or_a_sentence(ending: str, tmp_path: Path) -> None:
    windows = heard(cut(tmp_path / f"a.{ending}", keep=0.12))
    assert windows.partial
    assert "of the 30 s that the header promises" in windows.reason
    with pytest.raises(UnreadableAudio):
        heard(cut(tmp_path / f"b.{ending}", keep=0.002))


@pytest.mark.parametrize("ending", ["flac", "mp3", "m4a", "alac.m4a", "aac", "wma", "wv"])
def test_flipped_bytes_cost_no_more_than_their_places(ending: str, tmp_path: Path) -> None:
    data = np.frombuffer(whole(ending), dtype=np.uint8)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        damaged = data.copy()
        damaged[rng.integers(len(data) // 20, len(data) * 9 // 10, 20)] = rng.integers(0, 256, 20)  # not the index
        (tmp_path / f"{seed}.{ending}").write_bytes(damaged.tobytes())
        assert heard(tmp_path / f"{seed}.{ending}").samples


def test_damage_in_the_middle_moves_windows_and_makes_it_partial(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.flac", sounds.noise(length_s=LONG_S))
    data = bytearray(path.read_bytes())
    data[len(data) * 4 // 10 : len(data) * 6 // 10] = bytes(len(data) * 6 // 10 - len(data) * 4 // 10)
    path.write_bytes(data)
    windows = heard(path)
    assert windows.partial
    assert "places cannot be decoded" in windows.reason
    assert len(windows.samples) == 5
    assert all(start <= 10.5 or start >= 17.5 for start in windows.starts_s)


def test_no_sound_at_all_is_a_sentence(tmp_path: Path) -> None:
    for path in (
        sounds.empty(tmp_path / "a.mp3"),
        sounds.text_called_mp3(tmp_path / "b.mp3"),
        sounds.random_bytes(tmp_path / "c.flac"),
        sounds.lying_wav(tmp_path / "d.wav", rate_hz=1),
    ):
        with pytest.raises(UnreadableAudio):
            heard(path)


def test_the_same_file_gives_the_same_windows(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.ogg", sounds.sweep(length_s=20))
    first, second = heard(path), heard(path)
    assert first.starts_s == second.starts_s
    assert all(np.array_equal(a, b) for a, b in zip(first.samples, second.samples, strict=True))


def test_windows_that_cannot_be_are_refused(tmp_path: Path) -> None:
    path = str(sounds.tone(tmp_path / "a.wav"))
    for window_s, count in ((0.0, 5), (2.0, 0), (float("nan"), 5)):
        with pytest.raises(BadRequest):
            spread(path, rate_hz=RATE_HZ, window_s=window_s, count=count)
