"""Charts are files that a person can read, written whole or not at all, without a window system."""

import errno
import subprocess
import sys
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from musicdesk import charts
from musicdesk.errors import BadRequest, DataFolderError
from musicdesk.records import Measure

ROWS = (("handcrafted", Measure(0.40, 0.35, 0.46, 50)), ("musicnn", Measure(0.55, 0.49, 0.62, 50)))


def draw_lines(path):
    charts.lines(path, {"train": [1.0, 0.5, 0.3], "held out": [1.1, 0.8]}, title="Loss", x_label="Epoch", y_label="")


def draw_bars(path):
    charts.bars(path, ROWS, title="Same album", x_label="MAP", chance=0.03)


def draw_panels(path):
    charts.panels(path, [charts.Panel("Album", "MAP", ROWS, 0.03), charts.Panel("Genre", "accuracy", ROWS[1:])])


def draw_matrix(path):
    charts.matrix(path, np.array([[7, 1], [2, 6]]), ["rock", "pop"], title="Confusion")


def draw_scatter(path):
    points = {"a": (0.1, 0.5), "b": (20.0, 0.6)}
    charts.scatter(path, points, title="Cost", x_label="CPU s", y_label="MAP", log_x=True)


def draw_curves(path):
    time = charts.Curves("Time", "items", "CPU s", {"ease": [(1e3, 0.1), (1e4, 20)], "elsa": [(1e3, 1)]})
    memory = charts.Curves("Memory", "items", "MB", {"elsa": [(1e3, 100), (1e4, 300)]})
    charts.curves(path, [time, memory], log=True)


KINDS = (draw_lines, draw_bars, draw_panels, draw_matrix, draw_scatter, draw_curves)


def pixels(path):
    from matplotlib.image import imread

    return imread(path)[..., :3]


@pytest.mark.parametrize("draw", KINDS)
def test_a_png_has_ink_on_white_paper(draw, tmp_path):
    draw(tmp_path / "new" / "chart.png")
    image = pixels(tmp_path / "new" / "chart.png")
    assert image.shape[0] > 200
    assert image.shape[1] > 400
    assert np.all(image[0, 0] == 1)
    assert 0.005 < (image.min(axis=2) < 0.5).mean() < 0.6


@pytest.mark.parametrize("draw", KINDS)
def test_an_svg_is_well_formed_and_the_same_each_time(draw, tmp_path):
    draw(tmp_path / "a.svg")
    draw(tmp_path / "b.svg")
    assert ET.parse(tmp_path / "a.svg").getroot().tag.endswith("svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_a_longer_bar_has_more_ink(tmp_path):
    draw_bars(tmp_path / "a.png")
    image = pixels(tmp_path / "a.png")
    blue = (image[..., 2] - image[..., 0] > 0.3).sum(axis=1)
    rows = np.flatnonzero(blue)
    top, bottom = blue[rows[: len(rows) // 2]], blue[rows[len(rows) // 2 :]]
    assert np.median(bottom) / np.median(top) == pytest.approx(0.55 / 0.40, rel=0.1)


def test_twenty_curves_look_different():
    looks = [charts._look(number) for number in range(20)]
    assert len({(look["color"], look["linestyle"], look["marker"]) for look in looks}) == 20


def test_an_interval_may_be_a_point_and_a_mean_may_be_nought(tmp_path):
    charts.bars(tmp_path / "a.png", [("none", Measure(0, 0, 0, 3))], title="", x_label="")
    assert (tmp_path / "a.png").exists()


@pytest.mark.parametrize("name", ["chart.pdf", "chart", "chart.png.exe"])
def test_another_ending_is_refused_in_a_sentence(name, tmp_path):
    with pytest.raises(BadRequest, match=r"\.png or \.svg"):
        draw_bars(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_nothing_to_draw_and_labels_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(BadRequest, match="nothing to draw"):
        charts.bars(tmp_path / "a.png", [], title="", x_label="")
    with pytest.raises(BadRequest, match="nothing to draw"):
        charts.lines(tmp_path / "a.png", {}, title="", x_label="", y_label="")
    with pytest.raises(BadRequest, match="confusion matrix"):
        charts.matrix(tmp_path / "a.png", np.zeros((2, 2), np.int64), ["one"], title="")


def test_a_chart_that_cannot_be_written_leaves_what_was_there(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(DataFolderError, match="could not be written"):
        draw_bars(tmp_path / "file" / "chart.png")
    (tmp_path / "a.png").mkdir()
    with pytest.raises(DataFolderError, match="could not be written"):
        draw_bars(tmp_path / "a.png")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "file"]


def test_a_full_disk_leaves_the_old_chart(tmp_path, monkeypatch):
    from matplotlib.figure import Figure

    def half(_figure, path, **_):
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    draw_bars(tmp_path / "a.png")
    before = (tmp_path / "a.png").read_bytes()
    monkeypatch.setattr(Figure, "savefig", half)
    with pytest.raises(DataFolderError, match="No space left"):
        draw_bars(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]


def test_matplotlib_waits_for_the_first_chart_and_pyplot_never_comes(tmp_path):
    script = (
        "import sys; from pathlib import Path; from musicdesk import charts; from musicdesk.records import Measure\n"
        "assert 'matplotlib' not in sys.modules\n"
        f"charts.bars(Path({str(tmp_path / 'a.png')!r}), [('a', Measure(.5, .4, .6, 9))], title='', x_label='')\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env={})
    assert done.returncode == 0, done.stderr
