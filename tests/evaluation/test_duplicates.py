import numpy as np
import pytest
import soundfile
from features.pieces import music
from mutagen import File

from musicdesk.errors import NothingYet
from musicdesk.evaluation import duplicates
from musicdesk.evaluation.duplicates import measure, share
from musicdesk.evaluation.recoding import CODECS, RATE_HZ
from musicdesk.jobs import Job

LENGTH_S = 31.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four pieces as Debian packages would hold them, the last a copy of the first, and a manifest."""
    place = tmp_path_factory.mktemp("music")
    lines = ["package\tpath\tfile"]
    for number, seed in enumerate((1, 2, 3, 1)):
        piece = music(seed, length_s=LENGTH_S, rate_hz=22_050) * np.float32(1 - number / 10)
        soundfile.write(place / f"{number}.flac", piece, 22_050)
        lines.append(f"some\tusr/{number}.ogg\t{number}.flac")
    (place / "manifest.tsv").write_text("\n".join(lines) + "\n")
    return place


def measured(folder, groups, tmp_path, **more):
    rng = np.random.default_rng(0)
    given = {"encoder": "handcrafted", "models": tmp_path, "workers": 1, "copies": 1, "rng": rng, "job": Job()}
    return measure(folder, groups, **given | more)


def test_copies_are_found_by_codec_and_known_pairs_are_counted_by_kind(folder, tmp_path):
    groups = tmp_path / "groups.tsv"
    rows = ["g1\tsame_recording\tsome\tusr/0.ogg", "g1\tsame_recording\tsome\tusr/3.ogg",
            "g2\tstems\tsome\tusr/1.ogg", "g2\tstems\tsome\tusr/2.ogg", "g3\tstems\tother\tusr/1.ogg"]  # fmt: skip
    groups.write_text("\n".join(["group\tkind\tpackage\tpath", *rows]) + "\n")
    report = measured(folder, groups, tmp_path)
    assert [row.codec for row in report.rows] == list(CODECS)
    assert [row.found.mean for row in report.rows] == [1.0] * len(CODECS)
    assert [(row.kind, row.pairs, row.merged) for row in report.kinds] == [("same_recording", 1, 1), ("stems", 1, 0)]
    assert (report.tracks, report.merged, report.excerpts_merged, report.near_pairs) == (4, (), (), 4)
    assert (report.false_per_million.mean, report.false_per_million.n) == (0.0, 6)


def test_a_pair_that_no_table_knows_counts_as_a_false_merge(folder, tmp_path):
    report = measured(folder, None, tmp_path, copies=0)
    pair = (str(folder / "0.flac"), str(folder / "3.flac"))
    assert report.merged == report.excerpts_merged == (pair,)
    assert report.false_per_million.mean == pytest.approx(1e6 / 6)


def test_a_table_of_groups_needs_a_manifest(tmp_path):
    soundfile.write(tmp_path / "a.flac", music(1), 16_000)
    (tmp_path / "groups.tsv").write_text("group\tkind\tpackage\tpath\n")
    with pytest.raises(NothingYet, match=r"manifest\.tsv"):
        measured(tmp_path, tmp_path / "groups.tsv", tmp_path)


def test_too_little_music_is_said(tmp_path):
    soundfile.write(tmp_path / "a.flac", music(1), 16_000)
    with pytest.raises(NothingYet, match="too little music"):
        measured(tmp_path, None, tmp_path, copies=0)


def test_each_copy_is_what_its_name_says(tmp_path):
    samples = np.stack([music(1, length_s=8.0), music(2, length_s=8.0)], axis=1)
    given = np.repeat(samples, 3, axis=0)[: 8 * RATE_HZ]
    kbits = {}
    for number, (name, write) in enumerate(CODECS.items()):
        path = write(tmp_path / f"copy.{number}", given)
        kbits[name] = File(path).info.bitrate / 1000
        assert (
            soundfile.info(path).frames / soundfile.info(path).samplerate == pytest.approx(8, abs=0.1)
            if (path.suffix != ".m4a")
            else path.exists()
        )
    told = {name: int(name.split()[1]) for name in CODECS if "kbit/s" in name and "Opus" not in name}
    assert {name: pytest.approx(kbits[name], rel=0.1) for name in told} == told
    quiet, _ = soundfile.read(tmp_path / f"copy.{list(CODECS).index('FLAC, 8 dB quieter')}.flac")
    assert 20 * np.log10(np.std(quiet) / np.std(given)) == pytest.approx(-8, abs=0.05)


@pytest.mark.parametrize(("found", "of"), [(0, 50), (50, 50), (45, 50), (0, 0)])
def test_a_share_has_an_interval_around_it_even_at_its_ends(found, of):
    measure = share(found, of)
    assert measure.low <= measure.mean <= measure.high
    assert measure.high - measure.low > 0.05
    assert measure.n == of


def test_the_exact_interval_is_the_one_in_the_books():
    assert (share(0, 10).high, share(10, 10).low) == (pytest.approx(0.3085, abs=1e-4), pytest.approx(0.6915, abs=1e-4))
    assert duplicates.share(3, 20).low == pytest.approx(0.0321, abs=1e-4)
