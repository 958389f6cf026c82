"""`evaluate prototypes`: the network beside black boxes on a small data set in the files of HetRec Last.fm."""

import json
from dataclasses import replace

import made_up_artists
import numpy as np
import pytest

from musicdesk.cli.main import run
from musicdesk.errors import BadRequest, NotFound, NothingYet
from musicdesk.evaluation import lastfm, prototype_cold, prototype_network, prototypes_report, tagged_artists
from musicdesk.evaluation.prototype_cold import ColdPlan
from musicdesk.evaluation.prototype_network import NETWORK, SHUFFLED, NetworkPlan, Row
from musicdesk.evaluation.recommender_trial import Course
from musicdesk.jobs import Job

ARTISTS = 90
FEW = ("prototypes", "popularity", "item-knn")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return made_up_artists.write(tmp_path_factory.mktemp("lastfm"), artists=ARTISTS, kinds_liked=1, heard=10)


def test_tags_that_enough_artists_carry_become_prototypes(folder):
    artists = tagged_artists.load(folder)
    assert sorted(artists.names) == ["kind 0", "kind 1", "kind 2"]
    assert artists.tags.shape == (ARTISTS, made_up_artists.KINDS)
    assert np.allclose(artists.tags.sum(axis=1), 1)
    assert np.allclose(np.linalg.norm(artists.prototypes, axis=1), 1, atol=1e-5)
    nearest = (artists.sounds @ artists.prototypes.T).argmax(axis=1)
    assert (nearest == artists.tags.argmax(axis=1)).mean() > 0.8


@pytest.fixture(scope="module")
def report(folder, tmp_path_factory):
    plan = NetworkPlan(methods=FEW, ablations=False, splits=2, tune=False)
    return prototypes_report.measure(folder, plan, out=tmp_path_factory.mktemp("out"), job=Job())


def test_the_network_finds_what_fits_and_is_set_beside_the_best_black_box(report):
    rows = {row.name: row for row in report.rows}
    assert set(rows) == {"chance", *FEW}
    assert rows["prototypes"].measures["recall@20"].mean > 1.5 * rows["chance"].measures["recall@20"].mean
    assert report.best in FEW[1:]
    best = rows[report.best]
    assert best.share == pytest.approx(1)
    ours = rows["prototypes"]
    assert ours.share == pytest.approx(ours.measures["ndcg@100"].mean / best.measures["ndcg@100"].mean)
    assert ours.agreement is not None
    assert ours.agreement > 0.5
    assert not ours.against
    assert set(best.against) == {"recall@20", "recall@50", "ndcg@100"}
    assert report.asked == sum(measure.n for measure in [ours.measures["recall@20"]])


def test_outcomes_that_were_kept_are_not_worked_out_again(folder, tmp_path, monkeypatch):
    plan = NetworkPlan(methods=("popularity", "item-knn"), splits=1, tune=False)
    first = prototypes_report.measure(folder, plan, out=tmp_path, job=Job())
    files = sorted(tmp_path.iterdir())
    monkeypatch.setattr(prototype_network, "_black_box", None)
    again = prototypes_report.measure(folder, plan, out=tmp_path, job=Job())
    assert [row.measures for row in again.rows] == [row.measures for row in first.rows]
    files[0].write_bytes(b"broken")
    with pytest.raises(TypeError):
        prototypes_report.measure(folder, plan, out=tmp_path, job=Job())


def test_the_plan_names_the_ablations():
    rows = NetworkPlan().rows
    assert Row("prototypes") in rows
    assert {row.variant for row in rows if row.method == "prototypes"} == set(prototype_network.VARIANTS)
    assert {"popularity", "item-knn", "ease", "elsa", "hybrid"} <= {row.method for row in rows}


def test_shuffled_sounds_are_other_sounds_with_prototypes_to_match(folder):
    artists = tagged_artists.load(folder)
    dealt = artists.with_sounds_dealt(rng=np.random.default_rng(0))
    assert not np.array_equal(dealt.sounds, artists.sounds)
    assert np.allclose(np.sort(dealt.sounds.sum(axis=1)), np.sort(artists.sounds.sum(axis=1)))
    assert not np.allclose(dealt.prototypes, artists.prototypes)


def test_what_cannot_be_measured_is_told(folder, tmp_path):
    with pytest.raises(NotFound, match="HetRec"):
        prototypes_report.measure(tmp_path, NetworkPlan(), job=Job())
    with pytest.raises(NotFound):
        NetworkPlan(methods=("nobody",))
    with pytest.raises(BadRequest):
        NetworkPlan(splits=6)
    for name in (lastfm.FEATURES, lastfm.PLAYS, tagged_artists.TAGGED, tagged_artists.TAGS):
        (tmp_path / name).write_text((folder / name).read_text())
    (tmp_path / tagged_artists.TAGGED).write_text("userID\tartistID\ttagID\n1\t0\t10\n")
    with pytest.raises(NothingYet, match="no prototypes"):
        tagged_artists.load(tmp_path)
    (tmp_path / tagged_artists.TAGGED).write_text("userID\tartistID\ttagID\n1\t0\tmetal\n")
    with pytest.raises(BadRequest, match="cannot be read"):
        tagged_artists.load(tmp_path)


def test_the_command_tells_programs_and_draws(folder, tmp_path, capsys):
    arguments = ["--data", str(tmp_path / "desk"), "evaluate", "prototypes", "--data", str(folder), "--splits", "1",
                 "--method", "popularity", "--method", "item-knn", "--no-tune"]  # fmt: skip
    assert run([*arguments, "--json", "--plot", str(tmp_path / "chart.svg")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {row["method"] for row in told["rows"]} == {"popularity", "item-knn", "chance"}
    assert set(told["rows"][0]) >= {"method", "recall@20", "recall@50", "ndcg@100", "share_of_best", "fit_cpu_s"}
    assert set(told["chance"]) == {"recall@20", "recall@50", "ndcg@100"}
    assert told["best_black_box"] == "item-knn"
    assert (tmp_path / "chart.svg").read_text().startswith("<?xml")
    assert run(arguments) == 0
    assert "item-knn" in capsys.readouterr().out


# ------------------------------------------------------------------------------------------------ cold


@pytest.fixture(scope="module")
def cold(folder):
    return prototype_cold.measure(folder, ColdPlan(methods=(NETWORK, "popularity", "content-mean"), seeds=(0,), k=5,
                                                   variants=("", "sound alone", SHUFFLED)), job=Job())  # fmt: skip


def test_artists_whom_nobody_has_heard_are_found_by_their_sound_alone(cold):
    rows = {row.name: row.measures["recall"].mean for row in cold.rows}
    assert set(rows) == {"prototypes", "prototypes, sound alone", "prototypes, shuffled sounds", "popularity",
                         "content-mean"}  # fmt: skip
    chance = cold.chance["recall"]
    assert rows["prototypes"] > 1.5 * chance
    assert rows["prototypes, sound alone"] > 1.5 * chance
    assert rows["popularity"] == pytest.approx(chance, abs=0.15)
    assert rows["prototypes, shuffled sounds"] < rows["prototypes"] - 0.1
    assert cold.candidates == ARTISTS // 5


def test_nothing_that_was_said_of_cold_artists_makes_a_prototype(folder):
    artists = tagged_artists.load(folder)
    course = Course.of(artists.data, ColdPlan().protocol, k=5, seed=0)
    told = artists.told_of(~course.split.candidates)
    assert np.isnan(told.tags[course.split.candidates]).all()
    assert not np.isnan(told.tags[~course.split.candidates]).any()
    others = replace(artists, tags=np.where(course.split.candidates[:, None], 1 - artists.tags, artists.tags))
    assert np.array_equal(others.told_of(~course.split.candidates).prototypes, told.prototypes)


def test_what_says_nothing_of_cold_artists_is_refused():
    with pytest.raises(BadRequest, match="nobody has heard"):
        ColdPlan(methods=("item-knn",))
    with pytest.raises(NotFound):
        ColdPlan(methods=("nobody",))
    with pytest.raises(BadRequest):
        ColdPlan(seeds=())


def test_the_command_measures_cold_artists_and_goes_on(folder, tmp_path, capsys):
    arguments = ["--data", str(tmp_path / "desk"), "evaluate", "prototypes", "--data", str(folder), "--cold",
                 "--splits", "1", "--method", "content-mean", "--method", "popularity"]  # fmt: skip
    arguments += ["--out", str(tmp_path / "out")]
    assert run([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["method"] for row in told["rows"]] == ["content-mean", "popularity"]
    assert set(told["chance"]) == {"recall", "ndcg"}
    assert len(list((tmp_path / "out").iterdir())) == 2
    assert run([*arguments, "--encoder", "spotify-sound"]) == 0
    assert "spotify-sound" in capsys.readouterr().out
    assert run([*arguments, "--plot", "chart.svg"]) == 2
    assert run([*arguments[:6], "--encoder", "spotify-sound"]) == 2


# ------------------------------------------------------------------------------------------------ tags that are none


def test_tags_that_say_nothing_of_the_sound_are_no_prototypes(folder, tmp_path):
    for name in (lastfm.FEATURES, lastfm.PLAYS, tagged_artists.TAGGED, tagged_artists.TAGS):
        (tmp_path / name).write_text((folder / name).read_text())
    (tmp_path / tagged_artists.TAGS).write_text("tagID\ttagValue\n10\tSeen Live\n11\tseen from afar\n12\tamerican\n")
    assert tagged_artists.load(tmp_path).names == ("seen from afar",)
    assert tagged_artists.load(tmp_path, prototypes=2).names == ("seen from afar",)
    assert set(tagged_artists.load(tmp_path, every_tag=True).names) == {"Seen Live", "seen from afar", "american"}


def test_what_can_be_heard_is_not_on_the_list_of_what_cannot():
    heard = {"rock", "female vocalists", "80s", "instrumental", "beautiful", "sad", "latin", "classic rock", "live"}
    assert not heard & tagged_artists.NO_SOUND
    assert {"seen live", "american", "awesome", "favorites"} <= tagged_artists.NO_SOUND
    assert all(tag == tag.casefold() for tag in tagged_artists.NO_SOUND)
