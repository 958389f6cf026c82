"""The demo library is whole, truthful, the same each time, and survives being interrupted and robbed."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicdesk.audio.instruments import INSTRUMENTS
from musicdesk.errors import DiskFull, ReadOnlyData
from musicdesk.jobs import Cancelled, Job, Progress
from musicdesk.library import demo
from musicdesk.library.demo import make_demo, read_manifest
from musicdesk.library.demo_albums import ALBUMS, Album, Piece
from musicdesk.library.demo_mix import mix
from musicdesk.library.demo_score import SCALES, TONICS, Score, compose
from musicdesk.library.demo_styles import STYLES
from musicdesk.library.identity import audio_hash
from musicdesk.library.scan import scan_file
from musicdesk.library.walk import walk

PIECES = [(album, piece) for album in ALBUMS for piece in album.pieces]
KRUMHANSL = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
SMALL = (
    Album("A", "One", 2001, "Rock", "chip", "ogg", (Piece("Fast", "E", "minor", 160, 0.9),), rate_hz=22_050),
    Album("B", "Two", 2002, "Folk", "chip", "flac", (Piece("Slow", "F", "major", 80, 0.2),), rate_hz=22_050,
          replay_gain=True),
    Album("B", "Three", 2003, "Games", "chip", "wav", (Piece("Étude", "D", "major", 120, 0.5),), rate_hz=16_000),
)  # fmt: skip


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "ALBUMS", SMALL)


def score(album: Album, piece: Piece) -> Score:
    seed = [7, ALBUMS.index(album), album.pieces.index(piece)]
    return compose(piece, STYLES[piece.style or album.style], rng=np.random.default_rng(seed))


class TestCatalogue:
    def test_is_of_the_promised_size_and_variety(self) -> None:
        assert (len(ALBUMS), len(PIECES), len({album.artist for album in ALBUMS})) == (12, 48, 8)
        assert len({(a.artist, a.title, p.title) for a, p in PIECES}) == 48
        assert Counter(piece.mode for _, piece in PIECES) == {"major": 24, "minor": 24}
        tempi = [piece.tempo_bpm for _, piece in PIECES]
        assert (min(tempi), max(tempi)) == (60, 170)
        assert min(p.energy for _, p in PIECES) < 0.1
        assert max(p.energy for _, p in PIECES) > 0.9
        assert {album.ending for album in ALBUMS} == {"ogg", "flac", "wav"}

    def test_instruments_are_many_and_known(self) -> None:
        heard = {name for album, piece in PIECES for name in score(album, piece).instruments}
        assert heard - {"drums"} <= set(INSTRUMENTS)
        assert heard >= {"piano", "acoustic guitar", "strings", "organ", "bells", "vibraphone", "synth lead", "drums"}


class TestScore:
    @pytest.mark.parametrize(("album", "piece"), PIECES, ids=lambda x: getattr(x, "title", ""))
    def test_a_piece_lasts_half_a_minute_and_stays_in_its_key(self, album: Album, piece: Piece) -> None:
        written = score(album, piece)
        style = STYLES[piece.style or album.style]
        assert 26 < written.beats * 60 / piece.tempo_bpm + style.tail_s < 41
        notes = [note for part in written.parts for note in part.notes if isinstance(note.pitch, int)]
        scale = {(TONICS[piece.key] + step) % 12 for step in SCALES[piece.mode]}
        inside = np.mean([note.pitch % 12 in scale for note in notes])  # the leading note and walking basses stray
        assert inside > 0.85
        assert all(note.beats > 0 and note.velocity > 0 and 24 <= note.pitch <= 108 for note in notes)

    def test_melodies_move_and_come_back(self) -> None:
        album, piece = PIECES[8]
        melody = score(album, piece).parts[2].notes
        assert len({note.pitch for note in melody}) >= 5
        leaps = np.abs(np.diff([note.pitch for note in melody]))
        assert np.median(leaps) <= 4
        assert leaps.max() <= 16

    def test_it_ends_on_the_tonic(self) -> None:
        for album, piece in PIECES:
            written = score(album, piece)
            close = written.beats - STYLES[piece.style or album.style].beats - 0.15
            last = [note.pitch for part in written.parts for note in part.notes if note.beat > close]
            low = min((pitch for pitch in last if isinstance(pitch, int)), default=None)
            assert low is not None
            assert low % 12 == TONICS[piece.key], piece.title

    def test_energy_means_more_notes(self) -> None:
        def density(album: Album, piece: Piece) -> float:
            written = score(album, piece)
            return sum(len(part.notes) for part in written.parts) / (written.beats * 60 / piece.tempo_bpm)

        calm = [density(a, p) for a, p in PIECES if p.energy < 0.25]
        driving = [density(a, p) for a, p in PIECES if p.energy > 0.7]
        assert max(calm) < min(driving)


def played(index: int) -> tuple[Piece, np.ndarray, int]:
    album, piece = PIECES[index]
    style = STYLES[piece.style or album.style]
    return piece, mix(score(album, piece), style, energy=piece.energy, rate_hz=album.rate_hz), album.rate_hz


class TestSound:
    @pytest.mark.parametrize("index", [0, 9, 24, 36])
    def test_level_peak_fade_and_key_are_as_said(self, index: int) -> None:
        piece, samples, rate = played(index)
        assert -18 < 20 * np.log10(np.sqrt(np.mean(samples**2))) < -12.5
        assert np.abs(samples).max() <= 10 ** (-3 / 20) + 1e-4
        assert np.abs(samples[0]).max() < 0.01
        assert np.abs(samples[-50:]).max() < 0.01
        assert heard_key(samples.mean(axis=1), rate) == (piece.key, piece.mode)

    @pytest.mark.parametrize("index", [28, 36])
    def test_a_driving_piece_beats_at_its_tempo(self, index: int) -> None:
        piece, samples, rate = played(index)
        frame = rate // 200
        mono = samples.mean(axis=1)
        level = np.log(np.square(mono[: len(mono) // frame * frame]).reshape(-1, frame).sum(axis=1) + 1e-6)
        rise = np.maximum(np.diff(level), 0)
        rise -= rise.mean()
        echo = np.correlate(rise, rise, "full")[len(rise) - 1 :]
        beat = round(200 * 60 / piece.tempo_bpm)
        around = echo[int(0.85 * beat) : int(1.15 * beat) + 1]
        assert abs(int(0.85 * beat) + int(around.argmax()) - beat) <= 1


def heard_key(mono: np.ndarray, rate: int) -> tuple[str, str]:
    """Krumhansl and Kessler's profiles against the strength of the twelve pitch classes, every moment alike."""
    frames = np.lib.stride_tricks.sliding_window_view(mono, 8192)[::4096] * np.hanning(8192)
    size = np.abs(np.fft.rfft(frames))
    hz = np.fft.rfftfreq(8192, 1 / rate)
    use = (hz > 100) & (hz < 1500)
    classes = np.round(12 * np.log2(hz[use] / 440) + 69).astype(int) % 12
    chroma = size[:, use] ** 2 @ np.eye(12)[classes]
    chroma = (chroma / (chroma.max(axis=1, keepdims=True) + 1e-9)).mean(axis=0)
    fits = {(key, mode): np.corrcoef(np.roll(KRUMHANSL[mode], at), chroma)[0, 1]
            for key, at in TONICS.items() for mode in KRUMHANSL}  # fmt: skip
    return max(fits, key=lambda known: fits[known])


@pytest.mark.usefixtures("small")
class TestFiles:
    def test_files_tags_and_manifest_agree(self, tmp_path: Path) -> None:
        paths = make_demo(tmp_path, job=Job())
        assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
            "A/One/01 Fast.ogg", "B/Two/01 Slow.flac", "B/Three/01 Étude.wav",
        ]  # fmt: skip
        manifest = read_manifest(tmp_path)
        files = {file.path: file for file in walk([str(tmp_path)], on_skip=lambda *_: None)}
        assert len(files) == 3
        for path, track in zip(paths, manifest, strict=True):
            scanned = scan_file(files[str(path)])
            assert not scanned.problem
            assert scanned.audio_hash == track.audio_hash
            assert scanned.length_s == pytest.approx(track.length_s, abs=0.01)
            assert scanned.file.size_bytes == track.size_bytes
            tags = scanned.tags
            assert (tags.title, tags.artists, tags.album) == (track.title, (track.artist,), track.album)
            assert (tags.track_number, tags.year, tags.genres) == (1, track.year, (track.genre,))
            assert "square lead" in track.instruments
        gains = [scan_file(files[str(path)]).tags.replay_gain.track_db for path in paths]
        assert gains[0] is None
        assert gains[1] is not None
        assert -10 < gains[1] < 0

    def test_manifest_is_plain_json_without_leftovers(self, tmp_path: Path) -> None:
        make_demo(tmp_path, job=Job())
        manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
        assert (manifest["version"], manifest["seed"]) == (demo.VERSION, 7)
        first = manifest["tracks"][0]
        assert (first["tempo_bpm"], first["key"], first["mode"], first["energy"]) == (160, "E", "minor", 0.9)
        assert not list(tmp_path.rglob(".*"))

    def test_same_seed_same_sound_other_seed_other_sound(self, tmp_path: Path) -> None:
        for name, seed in (("a", 7), ("b", 7), ("c", 8)):
            make_demo(tmp_path / name, seed=seed, job=Job())
        a, b, c = ([track.audio_hash for track in read_manifest(tmp_path / name)] for name in "abc")
        assert a == b
        assert not set(a) & set(c)

    def test_a_second_call_makes_nothing_and_a_lost_or_cut_file_is_made_again(self, tmp_path: Path) -> None:
        paths = make_demo(tmp_path, job=Job())
        before = [audio_hash(str(path)) for path in paths]
        seen: list[Progress] = []
        assert make_demo(tmp_path, job=Job(seen.append)) == paths
        assert not seen
        untouched = paths[0].stat().st_mtime_ns
        paths[1].unlink()
        paths[2].write_bytes(b"cut")
        make_demo(tmp_path, job=Job(seen.append))
        assert seen[-1].done == seen[-1].total == 2
        assert [audio_hash(str(path)) for path in paths] == before
        assert paths[0].stat().st_mtime_ns == untouched

    def test_a_broken_manifest_is_no_manifest(self, tmp_path: Path) -> None:
        for text in ("", "[]", '{"version": 1}', '{"version": 1, "seed": 7, "tracks": [{}]}', "{"):
            (tmp_path / "manifest.json").write_text(text)
            assert read_manifest(tmp_path) == ()
        assert len(make_demo(tmp_path, job=Job())) == 3

    def test_cancelling_keeps_what_is_finished(self, tmp_path: Path) -> None:
        job = Job(lambda progress: job.cancel() if progress.done == 1 else None)
        with pytest.raises(Cancelled):
            make_demo(tmp_path, job=job)
        assert len(read_manifest(tmp_path)) == 1
        seen: list[Progress] = []
        make_demo(tmp_path, job=Job(seen.append))
        assert seen[-1].done == 2

    def test_folders_that_cannot_be_written_are_sentences(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(number: int) -> object:
            def _fails(*_: object) -> None:
                raise OSError(number, "no")

            return _fails

        for number, kind in ((28, DiskFull), (30, ReadOnlyData), (13, ReadOnlyData)):
            monkeypatch.setattr(demo, "_write", fails(number))
            with pytest.raises(kind, match="demo library"):
                make_demo(tmp_path, job=Job())


def test_soundfile_reads_every_format_back(tmp_path: Path, small: None) -> None:
    for path, album in zip(make_demo(tmp_path, job=Job()), SMALL, strict=True):
        info = soundfile.info(path)
        assert (info.samplerate, info.channels) == (album.rate_hz, 2)
