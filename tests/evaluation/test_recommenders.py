"""All that measures recommenders, on a log whose truth is known: four kinds of music, listeners who like one each."""

import json

import numpy as np
import pytest
from four_kinds import ITEMS, KINDS, USERS, four_kinds

from musicdesk.cli.main import run
from musicdesk.errors import BadRequest, NotFound
from musicdesk.evaluation.listening_data import ListeningData
from musicdesk.evaluation.recommender_trial import (
    SHUFFLED_LABELS,
    SHUFFLED_VECTORS,
    Course,
    dealt_anew,
)
from musicdesk.evaluation.recommender_tuning import GRIDS, grid
from musicdesk.evaluation.recommenders import Plan, available, measure
from musicdesk.evaluation.splits import Protocol
from musicdesk.jobs import Job
from musicdesk.recommend import registry
from musicdesk.recommend.log import Log

PLAIN = ("popularity", "content-mean", "content-last", "item-knn", "user-cf", "ease")
"""The methods that are not trained, and quick."""


def measured(kind="hot", *, methods=PLAIN, data=None, **more):
    plan = Plan(**{"methods": methods, "protocol": Protocol(kind), "seeds": (0, 1), "k": 10, "tune": False, **more})
    return measure(data or four_kinds(), plan, job=Job())


@pytest.fixture(scope="module")
def hot():
    return measured()


@pytest.fixture(scope="module")
def cold():
    return measured("cold")


def by_name(report):
    return {(row.method, row.control): row for row in (*report.rows, *report.controls)}


def recall(report, method, control=""):
    return by_name(report)[method, control].measures["recall"]


def test_what_knows_the_kinds_finds_what_was_hidden(hot):
    best = 10 / (ITEMS / KINDS)  # of an own kind drawn at random, at the least
    for method in ("content-mean", "content-last", "item-knn", "user-cf", "ease"):
        assert recall(hot, method).mean > 0.8 * best
        assert recall(hot, method).low > 2 * hot.chance["recall"]
        assert recall(hot, method).n == USERS
    assert 0.9 * USERS < hot.asked <= USERS
    assert recall(hot, "popularity").mean < 2 * hot.chance["recall"]


def test_cold_items_are_found_by_their_sound_alone(cold):
    assert recall(cold, "content-mean").mean > 0.9
    assert recall(cold, "popularity").low < cold.chance["recall"] < recall(cold, "popularity").high
    assert cold.candidates == ITEMS / 5
    assert [row.method for row in cold.rows] == ["popularity", "content-mean", "content-last"]
    assert any("ease" in note and "nobody has heard" in note for note in cold.notes)


@pytest.mark.parametrize("kind", ["hot", "cold"])
def test_controls_fall_to_chance(kind, hot, cold):
    report = hot if kind == "hot" else cold
    controls = {(row.method, row.control): row.measures["recall"] for row in report.controls}
    assert ("random", "") in controls
    assert ("content-mean", SHUFFLED_VECTORS) in controls
    assert (("item-knn" if kind == "hot" else "content-mean"), SHUFFLED_LABELS) in controls
    for name, measure_ in controls.items():
        assert measure_.mean == pytest.approx(report.chance["recall"], rel=0.45), name


def test_every_row_is_tested_against_the_baselines_and_its_own_control(hot, cold):
    rows = by_name(hot)
    assert set(rows["content-mean", ""].against) == {"item-knn", "popularity", SHUFFLED_VECTORS}
    assert set(rows["popularity", ""].against) == {"item-knn"}
    assert set(by_name(cold)["content-last", ""].against) == {"content-mean", "popularity", SHUFFLED_VECTORS}
    gain = rows["item-knn", ""].against["popularity"]["recall"]
    assert gain.clear
    assert gain.p < 0.01
    assert gain.measure.mean == pytest.approx(recall(hot, "item-knn").mean - recall(hot, "popularity").mean)
    assert rows["popularity", ""].against["item-knn"]["recall"].measure.mean == pytest.approx(-gain.measure.mean)


def test_lists_are_described_beside_what_they_find(hot):
    rows = by_name(hot)
    assert rows["popularity", ""].measures["coverage"].mean < 0.2 < rows["random", ""].measures["coverage"].mean
    assert rows["content-mean", ""].measures["diversity"].mean < rows["random", ""].measures["diversity"].mean - 0.3
    assert rows["popularity", ""].measures["popularity_bias"].low > 0.1
    assert rows["popularity", ""].measures["novelty"].high < rows["random", ""].measures["novelty"].low


def test_the_same_plan_gives_the_same_report(hot):
    again = measured()
    for one, other in zip((*hot.rows, *hot.controls), (*again.rows, *again.controls), strict=True):
        assert (one.measures, one.against) == (other.measures, other.against)


def test_by_artist_and_leave_k_are_measured_too():
    report = measured(methods=("content-mean",), protocol=Protocol("hot", "artist", "leave-k", leave=3), controls=False)
    assert report.rows[0].measures["recall"].low > 2 * report.chance["recall"]
    assert [row.method for row in report.controls] == ["random"]


def test_without_vectors_only_habits_are_measured():
    data = four_kinds()
    report = measured(data=ListeningData("no sound", data.log, None, "", data.groups))
    assert [row.method for row in report.rows] == ["popularity", "item-knn", "user-cf", "ease"]
    assert any("content-mean was left out" in note for note in report.notes)
    assert "diversity" not in report.rows[0].measures


def test_one_listener_is_told_what_is_missing():
    log = Log.of([0] * 20, range(20), n_users=1, n_items=ITEMS)
    data = four_kinds()
    report = measured(data=ListeningData("one", log, data.vectors, "made up", data.groups))
    assert [row.method for row in report.rows] == ["content-mean", "content-last"]
    assert any("item-knn was left out: This goes by what 2 or more people like" in note for note in report.notes)
    with pytest.raises(BadRequest, match="None of the methods"):
        measured(methods=("ease",), data=ListeningData("one", log, data.vectors, "", data.groups))


def test_settings_are_chosen_by_what_they_find_in_the_train_part():
    assert grid("popularity") == ({},)
    assert grid("item-knn")[0] == {}
    assert set(GRIDS) <= set(registry.names())
    report = measured(methods=("content-last",), tune=True, controls=False)
    assert dict(report.rows[0].settings) in [dict(choice) for choice in grid("content-last")]


def test_what_is_chosen_by_is_not_what_is_asked():
    data, protocol = four_kinds(), Protocol()
    course = Course.of(data, protocol, k=10, seed=0)
    inner = course.within(data, protocol)
    asked = {(u, i) for u, items in zip(course.split.users, course.split.held, strict=True) for i in items}
    tried = {(u, i) for u, items in zip(inner.split.users, inner.split.held, strict=True) for i in items}
    learned = set(zip(inner.split.train.users, inner.split.train.items, strict=True))
    assert tried
    assert not asked & (tried | learned)


def test_what_was_measured_is_kept_and_a_broken_file_is_measured_again(tmp_path):
    def again():
        plan = Plan(methods=("content-last",), seeds=(0,), k=10)
        return measure(four_kinds(), plan, out=tmp_path / "kept", job=Job())

    first, files = again(), sorted((tmp_path / "kept").iterdir())
    assert len(files) == len(grid("content-last")) + 3, "each setting, the method, its control, and the lot"
    before = [path.stat().st_mtime_ns for path in files]
    second = again()
    assert [path.stat().st_mtime_ns for path in files] == before
    assert (first.rows, first.controls) == (second.rows, second.controls)
    files[0].write_bytes(b"no archive")
    assert again().rows[0].measures == first.rows[0].measures
    assert files[0].stat().st_size > 100


@pytest.mark.parametrize("method", sorted(GRIDS))
def test_every_setting_that_is_tried_is_one(method):
    if method in available():
        for settings in grid(method):
            assert registry.make(method, **settings)


def test_vectors_are_dealt_out_among_the_items_that_have_one():
    vectors = np.arange(20, dtype=np.float32).reshape(10, 2)
    vectors[[2, 5]] = np.nan
    dealt = dealt_anew(vectors, rng=np.random.default_rng(0))
    assert np.array_equal(np.isnan(dealt), np.isnan(vectors))
    assert sorted(dealt[~np.isnan(dealt)]) == sorted(vectors[~np.isnan(vectors)])
    assert not np.array_equal(dealt[~np.isnan(dealt)], vectors[~np.isnan(vectors)])


def test_plans_that_cannot_be_are_refused():
    with pytest.raises(BadRequest, match="seeds that differ"):
        Plan(seeds=(1, 1))
    with pytest.raises(NotFound, match="no recommender called"):
        measured(methods=("nobody",))


# ---------------------------------------------------------------------------------------------- the command


@pytest.fixture
def tables(tmp_path):
    data = four_kinds()
    lines = [f"u{u},t{i},a{i // 2},{3 + i % 5}" for u, i in zip(data.log.users, data.log.items, strict=True)]
    (tmp_path / "listens.csv").write_text("User,Track,Artist,Plays\n" + "\n".join(lines) + "\nu1,,x,1\n")
    np.savez(tmp_path / "vectors.npz", items=[f"t{i}" for i in range(ITEMS)], vectors=data.vectors)
    return tmp_path


def call(tables, *more):
    return run(["--data", str(tables / "desk"), "evaluate", "recommenders", "--data", str(tables), "--k", "10",
                "--seeds", "2", "--method", "content-mean", "--method", "item-knn", "--method", "popularity",
                "--no-tune", *more])  # fmt: skip


def test_the_command_prints_json_and_draws(tables, capsys):
    assert call(tables, "--json", "--plot", str(tables / "chart.svg")) == 0
    out = json.loads(capsys.readouterr().out)
    assert {"data", "split", "seeds", "chance", "rows"} <= set(out)
    assert out["seeds"] == [0, 1]
    assert out["split"] == "hot, by track, 20 % of the pairs held out"
    rows = {(row["method"], row.get("control", "")): row for row in out["rows"]}
    assert rows["content-mean", ""]["encoder"] == "vectors"
    assert "encoder" not in rows["item-knn", ""]
    names = {f"{name}@10" for name in ("hit_rate", "recall", "ndcg", "mrr", "precision", "coverage", "novelty",
                                       "diversity", "popularity_bias")}  # fmt: skip
    assert names <= set(rows["item-knn", ""])
    assert set(rows["item-knn", ""]["recall@10"]) == {"mean", "low", "high", "n"}
    assert set(rows["item-knn", ""]["against"]["popularity"]["recall@10"]) == {"mean", "low", "high", "n", "p"}
    assert 0 < out["chance"]["recall@10"] < rows["item-knn", ""]["recall@10"]["mean"]
    assert out["notes"][0] == "1 lines of listens.csv were left out (1: no user or no item)."
    assert (tables / "chart.svg").stat().st_size > 5000


def test_the_command_prints_a_table_for_people(tables, capsys):
    assert call(tables, "--split", "cold", "--by", "artist") == 0
    out = capsys.readouterr().out
    for told in ("cold, by artist, 20 % of the artists", "content-mean", "shuffled vectors", "shuffled labels",
                 "random", "by chance: hit_rate", "item-knn was left out"):  # fmt: skip
        assert told in out


def test_the_command_says_what_is_wrong(tables, tmp_path, capsys):
    assert call(tables, "--plot", "a.pdf") == 2
    assert call(tables, "--method", "nobody") == 1
    assert "no recommender called" in capsys.readouterr().err
    assert call(tables, "--holdout", "time") == 2
    assert "no times" in capsys.readouterr().err
    assert run(["--data", str(tmp_path / "d"), "evaluate", "recommenders", "--data", str(tmp_path / "no.csv")]) == 1
    assert "no table of listens" in capsys.readouterr().err
