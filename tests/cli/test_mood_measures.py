"""``evaluate mood`` from the command line: what it refuses, and what it says of an analysed library."""

import json
from dataclasses import asdict, replace

import pytest
from click.testing import CliRunner
from moods_with_truth import made_up

from musicdesk.cli.evaluate_mood import _fewest, _text
from musicdesk.cli.evaluate_mood_json import fewest_json, report_json
from musicdesk.cli.main import cli
from musicdesk.evaluation import mood, mood_fewest
from musicdesk.evaluation.resampling import Difference
from musicdesk.jobs import Job
from musicdesk.records import Measure


def run(tmp_path, *words):
    return CliRunner().invoke(cli, ["--data", str(tmp_path / "desk"), "evaluate", "mood", *words])


def test_something_to_measure_on_must_be_named(tmp_path):
    told = run(tmp_path)
    assert told.exit_code == 2
    assert "--library" in told.output


def test_a_chart_of_an_unknown_kind_is_refused_before_any_work(tmp_path):
    told = run(tmp_path, "--library", "--plot", str(tmp_path / "mood.pdf"))
    assert told.exit_code
    assert "png" in str(told.exception) + told.output


def test_an_unknown_way_is_a_sentence(tmp_path):
    told = run(tmp_path, "--library", "--method", "magic")
    assert "no way to steer called magic" in str(told.exception) + told.output


def test_another_folder_is_a_sentence(tmp_path):
    (tmp_path / "pictures").mkdir()
    told = run(tmp_path, "--data", str(tmp_path / "pictures"))
    assert "neither Emotify, nor EMOPIA" in str(told.exception) + told.output


def test_how_few_suffice_is_measured_alone(tmp_path):
    told = run(tmp_path, "--library", "--fewest", "--ablations")
    assert told.exit_code == 2
    assert "measured alone" in told.output


def test_more_parts_than_there_are_cannot_be_asked(tmp_path):
    told = run(tmp_path, "--library", "--parts", "4", "--asked", "5")
    assert "Of 4 parts" in str(told.exception) + told.output


@pytest.fixture(scope="module")
def report():
    plan = mood.MoodPlan(methods=("filter", "average-mood", "random"), seeds=1, parts=3, labels=())
    return mood.measure(made_up(artists=24), plan, job=Job())


def test_a_report_is_json_with_every_figure_and_its_interval(report):
    told = json.loads(json.dumps(report_json(report), allow_nan=False))
    (setting,) = told["settings"]
    row = next(row for row in setting["rows"] if row["method"] == "filter")
    assert set(row["combined"]) == {"mean", "low", "high", "n"}
    assert {"mood_p@1", "mood_p@10", "genre_p@1", "tags_j@1", "hub_rate", "different@1", "full_strength"} <= set(row)
    assert told["chance"]["mood_p@1"] == pytest.approx(0.25, abs=0.02)
    assert setting["claims"]


def test_a_report_is_text_with_every_way_and_chance(report):
    text = _text(report)
    assert "By chance: mood 0.2" in text
    for name in ("filter", "average-mood", "random"):
        assert name in text
    assert asdict(report)


def test_how_few_suffice_is_told_to_programs_and_to_people():
    plan = mood_fewest.FewestPlan(methods=("filter",), shares=(0.5,), draws=2)
    few = mood_fewest.measure(made_up(artists=24), plan, job=Job())
    told = json.loads(json.dumps(fewest_json(few), allow_nan=False))
    (size,) = told["sizes"]
    assert (size["tracks"], size["libraries"], size["taught"]) == ([48, 48], 2, 0)
    assert [row["method"] for row in size["rows"]] == ["filter", told["beside"]]
    assert {"mean", "low", "high", "n", "p"} == set(size["rows"][0]["window_against@10"])
    text = _fewest(few)
    assert "48–48" in text
    assert "0 of 2" in text


def test_an_ablation_names_its_whole_and_stands_beside_it_alone(report):
    setting = report.settings[0]
    told = {name: Difference(Measure(-0.1, -0.2, -0.05, 9), 0.001) for name in ("filter", "average-mood")}
    part = replace(
        setting.rows[0], name="half", whole="filter", against=told, against_10=told, against_usual=told,
        against_usual_10=told,
    )  # fmt: skip
    changed = replace(report, settings=(replace(setting, rows=(*setting.rows, part)),))
    assert [row["ablation_of"] for row in report_json(changed)["settings"][0]["rows"]] == [None, None, None, "filter"]
    lines = [line.split() for line in _text(changed).splitlines()]
    assert [words[1] for words in lines if words[:1] == ["half"] and "-0.100" in words] == ["filter"]
