"""``evaluate semantic`` from the command line: what it refuses, and what it prints."""

import json

import numpy as np
from click.testing import CliRunner

from musicdesk.cli.evaluate_semantic import report_json, report_text
from musicdesk.cli.main import cli
from musicdesk.evaluation.semantic_tables import FINDING, SemanticReport, Table, by_chance, of_ranks, rows


def run(tmp_path, *words):
    return CliRunner().invoke(cli, ["--data", str(tmp_path / "desk"), "evaluate", "semantic", *words])


def test_something_to_measure_on_must_be_named(tmp_path):
    told = run(tmp_path)
    assert told.exit_code == 2
    assert "--hetrec" in told.output


def test_another_folder_is_a_sentence(tmp_path):
    (tmp_path / "pictures").mkdir()
    for option, said in (("--data", "is not Emotify"), ("--hetrec", "is not HetRec")):
        told = run(tmp_path, option, str(tmp_path / "pictures"))
        assert said in str(told.exception) + told.output


def test_labels_judge_the_library_alone(tmp_path):
    (tmp_path / "emotify").mkdir()
    (tmp_path / "emotify" / "labels.csv").touch()
    told = run(tmp_path, "--data", str(tmp_path / "emotify"), "--judged", str(tmp_path / "strong.csv"))
    assert "judges the answers of --library" in str(told.exception) + told.output


def report():
    rng = np.random.default_rng(0)
    ways = {"near": of_ranks(rng.integers(1, 5, 40)), "far": of_ranks(rng.integers(1, 40, 40))}
    found = rows(ways, FINDING, np.arange(40) % 8, against=("far",))
    return SemanticReport((Table("text to audio", "made up", "5 folds", found, by_chance([40]), ("a note",)),), (0, 1))


def test_programs_get_every_measure_with_its_interval():
    told = json.loads(json.dumps(report_json(report()), allow_nan=False))
    table = told["tables"][0]
    assert table["rows"][0]["recall@10"].keys() == {"mean", "low", "high", "n"}
    assert table["rows"][0]["against"]["far"]["recall@10"]["p"] < 0.05
    assert table["chance"]["recall@10"] == 0.25
    assert told["seeds"] == [0, 1]


def test_people_get_a_table_with_the_tests_below():
    told = report_text(report())
    assert "made up: text to audio (5 folds)" in told
    assert "a note" in told
    assert "near" in told
    assert "*" in told
