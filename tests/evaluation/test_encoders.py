"""All encoders on one small library whose truth is known: three kinds of sound, three artists each, two albums each."""

import json

import numpy as np
import pytest
import sounds
from mutagen import File

from musicdesk.cli.main import run
from musicdesk.encoders.musicnn import PLUGIN as MUSICNN
from musicdesk.encoders.zoo import weights
from musicdesk.errors import BadRequest, ModelUnavailable, NothingYet
from musicdesk.evaluation import encoders
from musicdesk.jobs import Job
from musicdesk.settings import Folders

MODELS = Folders.default().models
RATE_HZ, LENGTH_S = 22_050, 5
ENDINGS = {"bells": "flac", "hiss": "ogg", "clicks": "mp3"}
ARTISTS, ALBUMS, EACH = 3, 2, 2


def sound(kind, number):
    if kind == "bells":
        notes = (220 * (1 + number / 30) * f for f in (1, 1.25, 1.5))
        return sounds.chord(*notes, length_s=LENGTH_S, rate_hz=RATE_HZ)
    if kind == "hiss":
        return sounds.noise(length_s=LENGTH_S, rate_hz=RATE_HZ, level=0.1 + number / 200, seed=number)
    return sounds.clicks(bpm=100 + 5 * number, length_s=LENGTH_S, rate_hz=RATE_HZ)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """kind/album/number: every kind in a format of its own, so that the format gives the genre away."""
    place = tmp_path_factory.mktemp("library")
    for kind, ending in ENDINGS.items():
        for number in range(ARTISTS * ALBUMS * EACH):
            artist, album = number % ARTISTS, number // ARTISTS % ALBUMS
            folder = place / kind / f"{artist} {album}"
            folder.mkdir(parents=True, exist_ok=True)
            path = sounds.write(folder / f"{kind}-{number}.{ending}", sound(kind, number), RATE_HZ)
            tags = File(path, easy=True)
            tags.update({"artist": f"{kind} {artist}", "album": f"album {album}", "genre": kind.title()})
            tags.save()
    return place


def measured(library, names, **more):
    rng = np.random.default_rng(0)
    return encoders.measure(library, names, models=MODELS, workers=1, rng=rng, job=Job(), **more)


@pytest.fixture(scope="module")
def report(library):
    found = weights.status(MUSICNN, MODELS).installed
    return measured(library, ["handcrafted", *(["musicnn"] if found else [])])


def test_the_library_is_told_as_it_is(report):
    assert (report.tracks, report.albums, report.artists) == (36, 18, 9)
    assert report.genres == ("bells", "clicks", "hiss")
    assert (report.labelled, report.majority.n) == (36, 9)
    assert report.majority.mean == pytest.approx(1 / 3)
    assert report.notes == ()


def test_every_encoder_knows_the_kinds_and_finds_the_copies(report):
    assert report.rows[0].name == "handcrafted"
    for row in report.rows:
        assert row.quality.genre.mean > 0.9, row.name
        assert row.quality.artist.map.mean > row.quality.artist.chance.mean + 0.1
        assert row.quality.artist_elsewhere.queries == 36
        assert row.copies.of == 16
        assert row.copies.recoded >= 12
        assert row.copies.quieter >= 12


def test_the_cost_stands_beside(report):
    dims = {"handcrafted": 108, "musicnn": 400}
    for row in report.rows:
        assert row.dim == dims[row.name]
        assert 0.001 < row.cpu_s < 60
        assert 20 < row.peak_mb < 4000
        assert row.windows >= 2


def test_vectors_dealt_out_anew_know_nothing(report):
    shuffled = report.controls[1]
    assert shuffled.name == encoders.SHUFFLED
    quality = shuffled.quality
    for found in (quality.album, quality.artist, quality.artist_elsewhere):
        assert found.map.mean == pytest.approx(found.chance.mean, abs=0.1)
    assert quality.genre.mean < 0.6
    assert shuffled.copies.recoded + shuffled.copies.quieter < 6


def test_the_format_of_the_files_gives_itself_away(report):
    control = report.controls[0]
    assert control.name == encoders.FORMAT_ALONE
    assert control.quality.genre.mean > 0.95
    assert control.copies is None
    assert control.dim == 0


def test_folders_can_be_genres_and_the_albums_then_stand_in_the_tags(library):
    report = measured(library / "hiss", ["handcrafted"], labels=encoders.FOLDERS)
    assert (report.albums, report.artists, report.labelled) == (6, 3, 0)
    assert "Genres were not compared" in report.notes[0]
    assert report.majority is None
    assert report.rows[0].quality.genre is None


def test_a_table_can_tell_the_genres(library, tmp_path):
    table = tmp_path / "genres.csv"
    kinds = {f"{kind}-{number}": "tones" if kind == "bells" else "noises" for kind in ENDINGS for number in range(12)}
    table.write_text("track,label\n" + "".join(f"{name},{label}\n" for name, label in kinds.items()))
    report = measured(library, [], labels=table)
    assert report.genres == ("noises", "tones")
    assert report.majority.mean == pytest.approx(2 / 3)
    assert [control.name for control in report.controls] == [encoders.FORMAT_ALONE]


def test_what_cannot_be_is_said_before_the_long_work_begins(library, tmp_path):
    begun = Job()
    given = {"models": tmp_path, "workers": 1, "rng": np.random.default_rng(0), "job": begun}
    with pytest.raises(BadRequest, match="cannot be read"):
        encoders.measure(library, ["handcrafted"], labels=tmp_path / "no.csv", **given)
    with pytest.raises(ModelUnavailable, match="install"):
        encoders.measure(library, ["musicnn"], **given)
    with pytest.raises(NothingYet, match="too little music"):
        encoders.measure(tmp_path, ["handcrafted"], **given)


def test_the_command_prints_a_table_or_json_and_draws(library, tmp_path, capsys):
    call = [
        "--data",
        str(tmp_path / "desk"),
        "evaluate",
        "encoders",
        str(library / "bells"),
        "--encoder",
        "handcrafted",
    ]
    assert run([*call, "--plot", str(tmp_path / "chart.png"), "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert [row.get("encoder", row["method"]) for row in out["rows"]] == [
        "handcrafted",
        "file format alone",
        "shuffled",
    ]
    row = out["rows"][0]
    assert set(row["album_map"]) == {"mean", "low", "high", "n"}
    assert row["genre_knn@5"] is None
    assert {"cpu_s", "peak_mb", "dim", "mp3_found@1", "quieter_found@1", "copies", "hubness_skew@10"} <= set(row)
    assert out["chance"]["album_map"]["mean"] < row["album_map"]["mean"] + 0.5
    assert (tmp_path / "chart.png").stat().st_size > 5000


def test_a_chart_of_another_kind_is_refused_at_once(library, tmp_path, capsys):
    call = ["--data", str(tmp_path / "desk"), "evaluate", "encoders", str(library), "--plot", str(tmp_path / "a.pdf")]
    assert run(call) == 2
    assert ".png or .svg" in capsys.readouterr().err


def test_the_table_for_people_names_encoders_controls_and_chance(report):
    from musicdesk.cli.evaluate_encoders import _text

    text = _text(report)
    for expected in ("36 tracks, 18 albums, 9 artists", "handcrafted", "file format alone", "shuffled", "16"):
        assert expected in text
    assert "always the most frequent one: 0.333" in text
