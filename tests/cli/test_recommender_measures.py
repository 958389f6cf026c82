"""`bench recommenders` and `evaluate personal` from the command line: tables, JSON, sentences."""

import json

import numpy as np
import pytest
from three_kinds import write_library

from musicdesk.cli.main import run
from musicdesk.encoders import registry
from musicdesk.evaluation.made_library import make_library
from musicdesk.jobs import Job
from musicdesk.settings import Settings


@pytest.fixture
def call(tmp_path, capsys):
    """Runs a command on a data folder of its own; the exit code, what it said, what it complained."""
    Settings(encoder="handcrafted").save(tmp_path / "data")

    def called(*arguments):
        code = run(["--data", str(tmp_path / "data"), *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return called


def test_recommenders_are_measured_at_three_sizes(call, tmp_path):
    chart = tmp_path / "cost.svg"
    code, out, _ = call(
        "bench", "recommenders", "--users", "320", "--items", "12800", "--method", "popularity", "--json",
        "--plot", str(chart),
    )  # fmt: skip
    told = json.loads(out)
    assert code == 0
    assert [size["items"] for size in told["sizes"]] == [800, 3200, 12_800]
    assert {row["method"] for row in told["rows"]} == {"popularity", "content-mean, shuffled", "best possible"}
    assert [row["items"] for row in told["chance"]] == [800, 3200, 12_800]
    row = next(row for row in told["rows"] if row["method"] == "popularity")
    assert set(row) >= {"users", "items", "fit_cpu_s", "fit_wall_s", "score_ms", "peak_mb", "data_mb", "recall@20"}
    assert set(row["recall@20"]) == {"mean", "low", "high", "n"}
    assert chart.read_text().startswith("<?xml")


def test_a_bench_that_is_too_small_is_a_wrong_call(call):
    code, _, complaint = call("bench", "recommenders", "--users", "10")
    assert code == 2
    assert "smallest log" in complaint


def test_an_unknown_recommender_is_named_with_those_that_there_are(call):
    code, _, complaint = call("bench", "recommenders", "--method", "magic")
    assert code == 1
    assert "item-knn" in complaint


def test_a_chart_of_another_kind_is_refused_before_anything_runs(call, tmp_path):
    for command in (["bench", "recommenders"], ["evaluate", "personal"]):
        code, _, complaint = call(*command, "--plot", str(tmp_path / "chart.pdf"))
        assert code == 2
        assert ".png or .svg" in complaint


def test_a_library_without_analysis_says_what_to_do(call):
    code, _, complaint = call("evaluate", "personal")
    assert code == 1
    assert "musicdesk analyze" in complaint
    code, _, complaint = call("evaluate", "personal", "--data", "/no/such/folder")
    assert code == 1
    assert "no folder" in complaint


def test_a_person_with_few_likes_is_simulated_in_a_folder_of_music_and_in_a_data_folder(call, tmp_path):
    write_library(tmp_path / "music")
    chart = tmp_path / "personal.png"
    asked = ["evaluate", "personal", "--method", "content-mean", "--method", "ease", "--listeners", "6", "--json"]
    code, out, complaint = call(
        *asked, "--data", str(tmp_path / "music"), "--labels", "folders", "--genres", "1", "--k", "4", "--likes", "3",
        "--plot", str(chart),
    )  # fmt: skip
    assert code == 0, complaint
    told = json.loads(out)
    rows = {row["method"]: row for row in told["rows"]}
    assert set(rows) == {
        "the taste", "content-mean", "ease", "the taste (shuffled)", "content-mean (shuffled)", "best possible",
        "chance",
    }  # fmt: skip
    assert "people" in rows["ease"]["note"]
    assert rows["content-mean"]["precision@4"] == {"mean": 1.0, "low": 1.0, "high": 1.0, "n": 6}
    assert told["chance"]["1"]["mean"] == pytest.approx(5 / 21, abs=1e-4)
    assert {genre["name"] for genre in told["genres"]} == {"bells", "noise", "clicks"}
    assert told["encoder"] == "handcrafted"
    assert chart.stat().st_size > 1000
    assert call("tracks", "--json")[1].count('"path"') == 0, "the listener's own desk is as it was"


def test_listeners_of_several_genres_are_simulated_in_the_library_at_hand(call, tmp_path):
    spec = registry.plugin("handcrafted").spec
    make_library(tmp_path / "data", tracks=600, spec=spec, rng=np.random.default_rng(0), job=Job())
    code, out, complaint = call(
        "evaluate", "personal", "--listeners", "2", "--method", "content-last", "--method", "ease"
    )
    assert code == 0, complaint
    assert "Listeners of 1 genre, 5 likes each" in out
    assert "Listeners of 2 genres, 5 likes each" in out
    assert "the files' tags" in out
    assert "ease: This goes by" in out
