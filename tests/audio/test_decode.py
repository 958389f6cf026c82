"""Sound files become samples: every format, every stretch exact, and damage costs only what is damaged."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
import sounds

from musicdesk.audio import decode
from musicdesk.audio.backends import AvDecoder, SoundfileDecoder
from musicdesk.errors import BadRequest, UnreadableAudio
from musicdesk.records import Clip

LENGTH_S = 12.0


def rising(folder: Path, ending: str, *, rate_hz: int = 44_100, channels: int = 2) -> str:
    samples = sounds.sweep(length_s=LENGTH_S, rate_hz=rate_hz)
    return str(sounds.write(folder / f"rise.{ending}", np.column_stack([samples] * channels), rate_hz))


@pytest.mark.parametrize("ending", [*sounds.FORMATS, "tta", "mka"])
class TestEveryFormat:
    def test_the_header_is_told(self, ending: str, tmp_path: Path) -> None:
        info = decode.info(str(sounds.tone(tmp_path / f"a.{ending}", length_s=3, channels=2)))
        assert info.length_s == pytest.approx(3, abs=0.05)
        assert (info.rate_hz, info.channels) == (48_000 if ending == "opus" else 44_100, 2)
        codecs = {"wav": "pcm", "aiff": "pcm", "ogg": "vorbis", "m4a": "aac", "alac.m4a": "alac", "wma": "wmav2"}
        assert info.codec == {**codecs, "wv": "wavpack", "mka": "flac"}.get(ending, ending)

    def test_a_tone_keeps_its_pitch_and_level(self, ending: str, tmp_path: Path) -> None:
        clip = decode.read(str(sounds.tone(tmp_path / f"a.{ending}", hz=440, level=0.5)), rate_hz=16_000)
        middle = clip.samples[8_000:40_000]
        assert clip.samples.dtype == np.float32
        assert clip.length_s == pytest.approx(3, abs=0.12)
        assert sounds.pitch(middle, 16_000) == pytest.approx(440, abs=0.5)
        assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)

    def test_a_stretch_equals_the_same_stretch_of_the_whole(self, ending: str, tmp_path: Path) -> None:
        path = rising(tmp_path, ending)
        everything = whole(path).samples
        part = decode.read(path, start_s=6.5, length_s=2.0, rate_hz=16_000)
        assert (part.start_s, len(part.samples)) == (6.5, 32_000)
        shift = delay(everything[104_000 - 800 :][: 32_000 + 1600], part.samples) - 800
        assert abs(shift) <= (16 if ending in {"wma", "mka"} else 0)  # these count time in milliseconds
        if ending not in {"wma", "mka"}:  # a decoder that was not given time to settle begins quietly
            np.testing.assert_allclose(part.samples[:800], everything[104_000:104_800], atol=0.05)
        if ending in sounds.LOSSLESS:
            np.testing.assert_allclose(part.samples, everything[104_000:136_000], atol=2e-6)

    def test_blocks_are_the_whole_sound_in_stereo(self, ending: str, tmp_path: Path) -> None:
        clips = list(decode.blocks(rising(tmp_path, ending), start_s=2.0, rate_hz=48_000, channels=2, block_s=0.1))
        sound = np.concatenate([clip.samples for clip in clips])
        assert len(clips) > 50
        assert clips[0].start_s == 2.0
        assert len(sound) / 48_000 == pytest.approx(LENGTH_S - 2, abs=0.15)
        assert sound.shape[1] == 2
        expected = 100 + (4000 - 100) * 5 / LENGTH_S  # the pitch five seconds into the file, three into the blocks
        assert sounds.pitch(sound[48_000 * 3 - 2400 : 48_000 * 3 + 2400, 0], 48_000) == pytest.approx(
            expected, rel=0.03
        )


@pytest.mark.parametrize("ending", [*sounds.FORMATS, "tta", "mka"])
def test_there_is_no_gap_between_blocks(ending: str, tmp_path: Path) -> None:
    path = str(sounds.tone(tmp_path / f"a.{ending}", level=0.5, length_s=2))
    clips = decode.blocks(path, start_s=0.4, rate_hz=48_000, channels=1, block_s=0.1)
    sound = np.concatenate([clip.samples[:, 0] for clip in clips])[: 48_000 * 3 // 2]
    every_20_ms = np.sqrt(np.square(sound.reshape(-1, 960)).mean(axis=1))
    np.testing.assert_allclose(every_20_ms, 0.5 / np.sqrt(2), rtol=0.06)


def whole(path: str) -> Clip:
    return decode.read(path, rate_hz=16_000)


def delay(longer: np.ndarray, part: np.ndarray) -> int:
    """By how many samples ``part`` lies later in ``longer``."""
    size = 2 ** int(np.ceil(np.log2(len(longer) + len(part))))
    return int(np.argmax(np.fft.irfft(np.fft.rfft(longer, size) * np.conj(np.fft.rfft(part, size)), size)))


def test_mono_is_the_mean_of_the_channels(tmp_path: Path) -> None:
    left, right = sounds.sine(hz=440), sounds.sine(hz=1000)
    for ending in ("wav", "wv"):
        path = sounds.write(tmp_path / f"a.{ending}", np.column_stack([left, right]))
        mono = decode.read(str(path), rate_hz=44_100).samples
        np.testing.assert_allclose(mono, (left + right) / 2, atol=1e-4)


def test_channels_can_be_kept(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.flac", np.column_stack([sounds.sine(hz=440), sounds.hush()]))
    clip = decode.read(str(path), rate_hz=22_050, mono=False)
    assert clip.samples.shape == (66_150, 2)
    assert np.abs(clip.samples[:, 1]).max() < 1e-3


@pytest.mark.parametrize("rate_hz", [4_000, 8_000, 44_101, 192_000])
def test_odd_rates_are_converted(rate_hz: int, tmp_path: Path) -> None:
    path = str(sounds.tone(tmp_path / "a.wav", hz=440, rate_hz=rate_hz))
    clip = decode.read(path, start_s=0.5, length_s=2, rate_hz=16_000)
    assert len(clip.samples) == 32_000
    assert sounds.pitch(clip.samples, 16_000) == pytest.approx(440, abs=0.5)


def test_what_is_louder_than_full_scale_is_clipped(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", 3 * sounds.sine(), 44_100, subtype="FLOAT")
    assert np.abs(decode.read(str(tmp_path / "a.wav"), rate_hz=16_000).samples).max() == 1.0


def test_a_few_numbers_that_are_no_sound_become_silence(tmp_path: Path) -> None:
    samples = sounds.sine()
    samples[[100, 50_000]] = np.nan, 1e30
    soundfile.write(tmp_path / "a.wav", samples, 44_100, subtype="FLOAT")
    assert np.isfinite(decode.read(str(tmp_path / "a.wav"), rate_hz=16_000).samples).all()
    soundfile.write(tmp_path / "b.wav", np.full(44_100, np.nan), 44_100, subtype="FLOAT")
    with pytest.raises(UnreadableAudio):
        decode.read(str(tmp_path / "b.wav"), rate_hz=16_000)


def test_a_stretch_past_the_end_is_shorter_and_beyond_it_unreadable(tmp_path: Path) -> None:
    path = str(sounds.tone(tmp_path / "a.flac", length_s=3))
    assert decode.read(path, start_s=2, length_s=5, rate_hz=16_000).length_s == pytest.approx(1, abs=0.01)
    with pytest.raises(UnreadableAudio, match="at 60 s"):
        decode.read(path, start_s=60, length_s=5, rate_hz=16_000)


@pytest.mark.parametrize("arguments", [{"start_s": -1}, {"length_s": 0}, {"start_s": float("nan")}, {"rate_hz": 0}])
def test_a_stretch_that_cannot_be_is_refused(arguments: dict[str, float], tmp_path: Path) -> None:
    path = str(sounds.tone(tmp_path / "a.wav"))
    with pytest.raises(BadRequest):
        decode.read(path, **{"rate_hz": 16_000, **arguments})  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize("ending", ["flac", "m4a"])
@pytest.mark.parametrize(
    "name", [b"caf\xe9", "été 音楽 🎵".encode(), b"a#b%20c?d", b"http:x", b"concat:a|b", b"-", b" "]
)
def test_any_name_can_be_opened(name: bytes, ending: str, tmp_path: Path) -> None:
    path = os.fsdecode(os.path.join(os.fsencode(tmp_path), name + b"." + ending.encode()))
    try:
        shutil.move(sounds.tone(tmp_path / f"plain.{ending}"), path)
    except OSError:
        pytest.skip("this file system does not take the name")
    assert decode.read(path, start_s=1, length_s=1, rate_hz=16_000).length_s == 1


def test_a_relative_name_with_a_colon_is_a_file_and_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.move(sounds.tone(tmp_path / "a.m4a"), "data:x.m4a")
    assert decode.info("data:x.m4a").codec == "aac"


def test_a_playlist_in_disguise_opens_nothing_else(tmp_path: Path) -> None:
    secret = sounds.tone(tmp_path / "secret.mp3")
    for text in (f"#EXTM3U\n#EXTINF:3,\n{secret}\n#EXT-X-ENDLIST\n", f"ffconcat version 1.0\nfile {secret.name}\n"):
        (tmp_path / "bait.m4a").write_text(text)
        with pytest.raises(UnreadableAudio):
            decode.read(str(tmp_path / "bait.m4a"), rate_hz=16_000)


# ---------------------------------------------------------------------------------------------- bad files


@pytest.mark.parametrize("ending", ["mp3", "wav", "m4a", "ogg"])
def test_no_sound_is_a_sentence(ending: str, tmp_path: Path) -> None:
    for path, told in (
        (sounds.empty(tmp_path / f"empty.{ending}"), "is empty"),
        (sounds.text_called_mp3(tmp_path / f"text.{ending}"), "cannot be decoded"),
        (sounds.random_bytes(tmp_path / f"random.{ending}"), "cannot be"),
        (tmp_path / f"nowhere.{ending}", "cannot be opened: No such file"),
        (tmp_path, "is no file"),
    ):
        for ask in (
            decode.info,
            lambda p: decode.read(p, rate_hz=16_000),
            lambda p: list(decode.blocks(p, rate_hz=48_000)),
        ):
            with pytest.raises(UnreadableAudio, match=told) as caught:
                ask(str(path))
            assert path.name in str(caught.value)
            assert str(tmp_path.parent) not in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_named_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    with pytest.raises(UnreadableAudio, match="is no file"):
        decode.info(str(tmp_path / "pipe.mp3"))


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ({"rate_hz": 1}, "1 Hz"),
        ({"rate_hz": 100}, "100 Hz"),
        ({"rate_hz": 8_000_000}, "8,000,000 Hz"),
        ({"rate_hz": 2**32 - 1}, "cannot be"),
        ({"channels": 500}, "500 channels"),
        ({"channels": 0}, "cannot be"),
    ],
)
def test_a_header_that_cannot_be_right_is_refused(header: dict[str, int], told: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableAudio, match=told):
        decode.read(str(sounds.lying_wav(tmp_path / "a.wav", **header)), rate_hz=16_000)  # type: ignore[arg-type]


@pytest.mark.parametrize("declared", [2**32 - 1, 2**31, 0])
def test_a_header_that_promises_gigabytes_or_nothing_gives_what_is_there(declared: int, tmp_path: Path) -> None:
    clip = decode.read(str(sounds.lying_wav(tmp_path / "a.wav", declared_bytes=declared)), rate_hz=16_000)
    assert clip.length_s == pytest.approx(2, abs=0.01)


def test_the_ending_does_not_matter(tmp_path: Path) -> None:
    for real in ("flac", "m4a", "wv", "ogg"):
        for name in ("mp3", "wma", "wav"):
            path = sounds.misnamed(tmp_path / f"a.{name}", real)
            assert decode.read(str(path), rate_hz=16_000).length_s == pytest.approx(3, abs=0.1)


def test_an_mp3_without_a_length_table_is_read_to_its_end(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.mp3", np.tile(np.r_[sounds.hush(length_s=5), sounds.noise(length_s=5)], 3))
    data = path.read_bytes()
    path.write_bytes(data[data.index(data[:2], 4) :])  # libsndfile would stop after some seconds
    assert decode.info(str(path)).length_s == pytest.approx(30, abs=0.1)
    assert decode.read(str(path), start_s=26, length_s=3, rate_hz=16_000).length_s == 3


def test_where_libsndfile_gives_up_ffmpeg_goes_on(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.mp3", sounds.noise(length_s=30))
    data = bytearray(path.read_bytes())
    data[50_000:60_000] = bytes(10_000)
    path.write_bytes(data)
    alone = SoundfileDecoder(str(path))
    assert len(alone.read(0, alone.frames)) < 0.5 * alone.frames
    alone.close()
    clips = list(decode.blocks(str(path), rate_hz=44_100))
    assert sum(clip.length_s for clip in clips) > 25


def test_where_ffmpeg_gives_up_libsndfile_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = rising(tmp_path, "opus")
    monkeypatch.setattr(AvDecoder, "read", lambda self, start, count: np.zeros((0, 2), dtype=np.float32))
    clip = decode.read(path, start_s=3, length_s=2, rate_hz=16_000)
    assert clip.length_s == 2


def test_a_damaged_stretch_in_the_middle_is_left_out_when_playing(tmp_path: Path) -> None:
    path = Path(rising(tmp_path, "flac"))
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 3)
    path.write_bytes(data)
    played = sum(clip.length_s for clip in decode.blocks(str(path), rate_hz=44_100))
    assert 0.5 * LENGTH_S < played < 0.95 * LENGTH_S


@pytest.mark.parametrize(("given", "wanted"), [(1, 2), (2, 1), (6, 2), (8, 2), (3, 2), (2, 6), (4, 4)])
def test_channels_are_mixed_without_clipping_or_losing_any(given: int, wanted: int) -> None:
    mixed = decode.remix(np.ones((10, given), dtype=np.float32), wanted)
    assert mixed.shape == (10, wanted)
    assert mixed.dtype == np.float32
    np.testing.assert_allclose(mixed, 1, atol=1e-5)
