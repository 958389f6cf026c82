"""`evaluate prototypes`: the network beside black boxes on a small data set in the files of HetRec Last.fm."""

import json

import numpy as np
import pytest

from musicdesk.cli.main import run
from musicdesk.errors import BadRequest, NotFound, NothingYet
from musicdesk.evaluation import lastfm, prototype_network, prototypes_report, tagged_artists
from musicdesk.evaluation.prototype_network import NetworkPlan, Row
from musicdesk.jobs import Job

LISTENERS, ARTISTS, KINDS = 80, 90, 3
FEW = ("prototypes", "popularity", "item-knn")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three kinds of artists that sound alike, carry a tag of their kind, and are liked together."""
    place, rng = tmp_path_factory.mktemp("lastfm"), np.random.default_rng(0)
    kind = np.arange(ARTISTS) % KINDS
    columns = ("mode", "count", *(name for name in lastfm.SOUND if name != "mode"), "popularity", "key")
    sounds = 0.5 + 0.3 * rng.random((ARTISTS, len(columns)))
    sounds[np.arange(ARTISTS), 2 + kind] += 0.5
    lines = [f"id,name,{','.join(columns)}"]
    lines += [f"{a},Artist {a},{','.join(f'{v:.4f}' for v in row)}" for a, row in enumerate(sounds)]
    (place / lastfm.FEATURES).write_text("\n".join(lines) + "\n")
    plays = ["userID\tartistID\tweight"]
    for listener in range(LISTENERS):
        liked = rng.choice(np.flatnonzero(kind == listener % KINDS), 10, replace=False)
        plays += [f"{listener}\t{artist}\t{rng.integers(1, 99)}" for artist in liked]
    (place / lastfm.PLAYS).write_text("\n".join(plays) + "\n")
    tags = [f"1\t{artist}\t{10 + kind[artist]}\t1\t1\t2010" for artist in range(ARTISTS)]
    (place / tagged_artists.TAGGED).write_text("userID\tartistID\ttagID\tday\tmonth\tyear\n" + "\n".join(tags) + "\n")
    names = "\n".join(f"{10 + k}\tkind {k}" for k in range(KINDS))
    (place / tagged_artists.TAGS).write_text(f"tagID\ttagValue\n{names}\n99\tnobody says so\n")
    return place


def test_tags_that_enough_artists_carry_become_prototypes(folder):
    artists = tagged_artists.load(folder)
    assert sorted(artists.names) == ["kind 0", "kind 1", "kind 2"]
    assert artists.tags.shape == (ARTISTS, KINDS)
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
