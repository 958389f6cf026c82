"""`evaluate control` over a library: the one at hand, a data folder, and a witness who has heard it or has not."""

import json

import numpy as np
import pytest

from musicdesk.cli.main import run
from musicdesk.encoders import registry
from musicdesk.evaluation.made_library import make_library
from musicdesk.jobs import Job
from musicdesk.settings import Settings


@pytest.fixture
def call(tmp_path, capsys):
    Settings(encoder="handcrafted").save(tmp_path / "data")

    def called(*arguments):
        code = run(["--data", str(tmp_path / "data"), "evaluate", "control", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return called


def test_sliders_are_moved_in_the_library_at_hand(call, tmp_path):
    spec = registry.plugin("handcrafted").spec
    make_library(tmp_path / "data", tracks=600, spec=spec, rng=np.random.default_rng(0), job=Job())
    code, out, complaint = call("--listeners", "4", "--json", "--plot", str(tmp_path / "control.png"))
    assert code == 0, complaint
    told = json.loads(out)
    assert told["kind"] == "library"
    ways = {"the taste", "plain cosine columns", "the taste, shuffled"}
    ways |= {"the taste, believed gains", "believed gains, dealt"}
    assert {row["way"] for row in told["rows"]} == ways
    assert {row["witness"] for row in told["rows"]} <= {"words of handcrafted", "labels"}
    assert set(told["stability"]) == {"seeds", "cosine", "same_name", "same_count", "same_list"}
    assert (tmp_path / "control.png").stat().st_size > 1000
    code, out, complaint = call("--listeners", "2", "--data", str(tmp_path / "data"))
    assert code == 0, complaint
    assert "What is listed is told by words of handcrafted." in out
    assert "5 seeds" in out
    code, _, complaint = call("--witness", "musicnn")
    assert code == 1
    assert "musicdesk analyze --encoder musicnn" in complaint


def test_what_cannot_be_measured_says_what_to_do(call):
    code, _, complaint = call()
    assert code == 1
    assert "musicdesk analyze" in complaint
    code, _, complaint = call("--data", "/no/such/folder")
    assert code == 1
    assert "no folder" in complaint
