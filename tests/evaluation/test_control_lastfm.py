"""`evaluate control` on a small data set in the files of HetRec Last.fm, whose tags are what can be heard."""

import json

import made_up_artists
import numpy as np
import pytest

from musicdesk.cli.main import run
from musicdesk.errors import BadRequest, NotFound, NothingYet
from musicdesk.evaluation import control_lastfm, tagged_artists
from musicdesk.evaluation.control import EDITS, SLIDER
from musicdesk.evaluation.control_lastfm import COSINE, NETWORK, SHUFFLED, UNSEEN, ControlPlan
from musicdesk.jobs import Job

ARTISTS = 150


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return made_up_artists.write(tmp_path_factory.mktemp("lastfm"), artists=ARTISTS, kinds_liked=2, heard=12)


@pytest.fixture(scope="module")
def report(folder):
    return control_lastfm.measure(folder, ControlPlan(listeners=12, k=10, carriers=20), job=Job())


def test_tags_that_can_be_heard_follow_their_sliders_and_dealt_ones_do_not(report):
    rows = {row.way: row for row in report.rows if row.scope == "all"}
    assert rows[NETWORK].follows.mean > 0.7
    assert rows[NETWORK].follows_wide.mean > 0.7
    assert rows[COSINE].follows.mean > 0.7
    assert rows[UNSEEN].follows_wide.mean > 0.7, "tags that the network was never told"
    assert rows[SHUFFLED].follows.mean < 0.3


def test_a_tag_that_is_taken_out_goes_and_comes_when_doubled(report):
    (row,) = (row for row in report.rows if row.way == NETWORK and row.scope == "strongest")
    assert set(row.edits) == set(EDITS)
    removed, doubled = row.edits["removed"], row.edits["doubled"]
    assert removed.own.high < 0 < doubled.own.low
    assert removed.own.mean < row.edits["halved"].own.mean < 0
    assert abs(removed.others.mean) < abs(removed.own.mean)
    assert removed.accuracy is not None
    assert row.accuracy is not None
    assert row.accuracy.n == 12


def test_the_tags_and_what_was_measured_are_named(report):
    assert {tag.name for tag in report.tags} == {"kind 0", "kind 1", "kind 2"}
    assert all(45 <= tag.carriers <= 50 for tag in report.tags)
    assert all(len(tag.doses) == len(SLIDER) for tag in report.tags)
    assert (report.kind, report.listeners, report.k) == ("lastfm", 12, 10)


def test_the_tags_of_half_the_artists_are_hidden_and_these_alone_are_listed(folder):
    artists = tagged_artists.load(folder)
    told = np.arange(ARTISTS) < 75
    half = artists.told_of(told)
    assert np.isnan(half.tags[75:]).all()
    assert np.array_equal(half.tags[:75], artists.tags[:75])
    expected = np.nan_to_num(artists.tags[:75]).T @ artists.sounds[:75]
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert np.allclose(half.prototypes, expected, atol=1e-5)


def test_what_cannot_be_measured_is_told(folder, tmp_path):
    with pytest.raises(NotFound, match="HetRec"):
        control_lastfm.measure(tmp_path, ControlPlan(), job=Job())
    with pytest.raises(NothingYet, match="fewer carriers"):
        control_lastfm.measure(folder, ControlPlan(carriers=1000), job=Job())
    with pytest.raises(BadRequest):
        ControlPlan(listeners=0)


def test_the_command_tells_programs_and_draws(folder, tmp_path, capsys):
    chart = tmp_path / "control.svg"
    asked = ["--data", str(tmp_path / "desk"), "evaluate", "control", "--data", str(folder), "--listeners", "3", "--k",
             "10", "--carriers", "20"]  # fmt: skip
    assert run([*asked, "--json", "--plot", str(chart)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["sign"] == "after less before"
    assert told["slider"] == list(SLIDER)
    assert {row["sliders"] for row in told["rows"]} == {"all", "strongest"}
    row = told["rows"][0]
    assert set(row) >= {"way", "witness", "follows", "reach_aim", "still", "share", "edits", "faithful", "ndcg@100"}
    assert set(row["edits"]["removed"]) == {"tag_ndcg", "other_tags", "ndcg@100"}
    assert {tag["name"] for tag in told["tags"]} == {"kind 0", "kind 1", "kind 2"}
    assert chart.read_text().startswith("<?xml")
    assert run([*asked[:2], "evaluate", "control", "--data", str(folder), "--plot", "chart.pdf"]) == 2
