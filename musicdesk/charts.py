"""Charts as files: lines, bars with intervals, a confusion matrix, a cloud of points; PNG or SVG by the file's ending.

matplotlib is imported when the first chart is drawn, without its window system: no display is needed. The colours are
those of Okabe & Ito ("Color universal design", 2008), which colour-blind people tell apart; lines differ in dash and
marker as well, so that a grey print can be read.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from musicdesk.errors import BadRequest, DataFolderError
from musicdesk.records import FloatArray, IntArray, Measure
from musicdesk.whole_files import whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C6D31")
_DASHES = ("-", "--", "-.", ":")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_FORMATS = {".png": "png", ".svg": "svg"}
_CHANCE = "#555555"
_STYLE: dict[Any, Any] = {
    "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"], "font.size": 10.0, "axes.titlesize": 12.0,
    "axes.titleweight": "bold", "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
    "axes.grid": True, "grid.color": "#DDDDDD", "grid.linewidth": 0.8, "legend.frameon": False,
    "svg.hashsalt": "musicdesk", "svg.fonttype": "path",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Panel:
    """One set of bars: a name and what was measured, row by row, top down."""

    title: str
    x_label: str
    rows: tuple[tuple[str, Measure], ...]
    chance: float | None = None
    """Where a dashed line stands: what guessing reaches."""


def check(path: Path) -> None:
    """Whether a chart could be written there as far as its ending tells; raises BadRequest before long work begins."""
    if path.suffix.lower() not in _FORMATS:
        raise BadRequest(f"A chart is a .png or .svg file, and {path.name} is neither.")


def lines(path: Path, series: Mapping[str, Sequence[float]], *, title: str, x_label: str, y_label: str) -> None:
    """Each series over its steps, counted from 1; values that are no numbers leave a gap.

    Raises BadRequest for an ending other than .png and .svg or where nothing is to be drawn, DataFolderError where the
    file cannot be written; so do the other charts.
    """
    _something(series)
    from matplotlib.ticker import MaxNLocator

    with _chart(path, width=7.5, height=4.5) as figure:
        axes = _axes(figure, title=title)
        for number, (name, values) in enumerate(series.items()):
            axes.plot(np.arange(1, len(values) + 1), np.asarray(values, dtype=float), label=name, **_look(number))
        axes.set(xlabel=x_label, ylabel=y_label)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend()


@dataclass(frozen=True, slots=True)
class Curves:
    """One set of curves, each a list of points (x, y)."""

    title: str
    x_label: str
    y_label: str
    series: Mapping[str, Sequence[tuple[float, float]]]
    intervals: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    """(low, high) of every point of a curve, drawn as a shade; not every curve needs them."""
    chance: float | None = None
    """Where a dashed line stands: what guessing reaches."""


def curves(path: Path, sets: Sequence[Curves], *, log: bool = False) -> None:
    """Several sets of curves side by side with one legend; ``log`` where size and cost grow by powers of ten.

    A curve of one name looks the same in every set.
    """
    names = tuple(dict.fromkeys(name for one in sets for name in one.series))
    _something(names)
    with _chart(path, width=2.6 + 4.6 * len(sets), height=4.8) as figure:
        for number, one in enumerate(sets):
            axes = figure.add_subplot(1, len(sets), number + 1)
            for name, points in one.series.items():
                x, y = np.array(points, dtype=float).reshape(-1, 2).T
                look = _look(names.index(name))
                axes.plot(x, y, label=name, **look)
                if name in one.intervals:
                    axes.fill_between(x, *np.array(one.intervals[name]).T, color=look["color"], alpha=0.12, lw=0)
            if one.chance is not None:
                axes.axhline(one.chance, color=_CHANCE, linestyle="--", linewidth=1.4)
            if log:
                axes.set(xscale="log", yscale="log")
                places = sorted({x for points in one.series.values() for x, _ in points})
                axes.set_xticks(places, [f"{x:,g}" for x in places])
                axes.minorticks_off()
            axes.set_title(one.title, loc="left")
            axes.set(xlabel=one.x_label, ylabel=one.y_label)
        handles = {
            label: line for axes in figure.axes for line, label in zip(*axes.get_legend_handles_labels(), strict=True)
        }
        figure.legend(handles.values(), handles, loc="outside right upper")


def bars(
    path: Path, rows: Sequence[tuple[str, Measure]], *, title: str, x_label: str, chance: float | None = None
) -> None:
    """A horizontal bar a row with its 95 % interval; ``chance`` stands as a dashed line."""
    panels(path, [Panel(title, x_label, tuple(rows), chance)])


def panels(path: Path, sets: Sequence[Panel]) -> None:
    """Several sets of bars side by side; rows with one name stand at one height, in the order they are first met."""
    names = tuple(dict.fromkeys(name for panel in sets for name, _ in panel.rows))
    _something(names)
    with _chart(path, width=2.2 + 4.3 * len(sets), height=1.5 + 0.42 * len(names)) as figure:
        for number, panel in enumerate(sets):
            axes = figure.add_subplot(1, len(sets), number + 1)
            _bars(axes, panel, names, colour=COLOURS[number % len(COLOURS)])
            axes.set_yticks(range(len(names)), names if number == 0 else [""] * len(names))


def matrix(path: Path, counts: IntArray, labels: Sequence[str], *, title: str) -> None:
    """A confusion matrix: a row is what it is, a column what was said; shades are shares of a row, numbers are counts.

    ``counts`` is [n, n], ``labels`` has n names; BadRequest otherwise.
    """
    n = len(labels)
    if not n or counts.shape != (n, n):
        raise BadRequest(f"{n} labels and counts of shape {counts.shape} make no confusion matrix.")
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    side = 2.6 + 0.55 * n
    with _chart(path, width=side + 0.8, height=side) as figure:
        axes = _axes(figure, title=title)
        axes.grid(visible=False)
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for (row, column), count in np.ndenumerate(counts):
            ink = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, str(count), ha="center", va="center", color=ink)
        axes.set_yticks(range(n), labels)
        axes.set_xticks(range(n), labels, rotation=45, ha="right", rotation_mode="anchor")
        axes.set(xlabel="Predicted", ylabel="True")


def scatter(
    path: Path, points: Mapping[str, tuple[float, float]], *, title: str, x_label: str, y_label: str,
    log_x: bool = False,
) -> None:  # fmt: skip
    """A named point each, (x, y); ``log_x`` for costs that differ by powers of ten."""
    _something(points)
    with _chart(path, width=7.5, height=5.0) as figure:
        axes = _axes(figure, title=title)
        for number, (name, (x, y)) in enumerate(points.items()):
            colour, marker = COLOURS[number % len(COLOURS)], _MARKERS[number % len(_MARKERS)]
            axes.scatter([x], [y], s=64, color=colour, marker=marker, zorder=3)
            axes.annotate(name, (x, y), xytext=(7, 4), textcoords="offset points")
        if log_x:
            axes.set_xscale("log")
        axes.margins(x=0.15, y=0.15)
        axes.set(xlabel=x_label, ylabel=y_label)


def cloud(
    path: Path, groups: Mapping[str, FloatArray], *, title: str, note: str = "", faint: Sequence[FloatArray] = ()
) -> None:
    """Many points in groups, each [n, 2] of its own colour and marker, on a ground without scale; ``note`` below.

    ``faint`` holds, group by group, how strongly each point is drawn, 0 to 1.
    """
    _something(groups)
    most = max(1, sum(map(len, groups.values())))
    size = float(np.clip(24_000 / most, 2.0, 36.0))
    with _chart(path, width=9.5, height=7.0) as figure:
        axes = _axes(figure, title=title)
        for number, (name, places) in enumerate(groups.items()):
            look = _look(number)
            strength: Any = np.clip(faint[number], 0.1, 1.0) if len(faint) else None
            looks: dict[str, Any] = {"color": look["color"], "marker": look["marker"], "linewidths": 0}
            axes.scatter(places[:, 0], places[:, 1], s=size, alpha=strength, **looks)
            axes.scatter([], [], s=24, label=f"{name} ({len(places):,})", **looks)
        axes.set(xticks=(), yticks=(), aspect="equal")
        axes.set_xlabel(fill(note, 100), loc="left")
        axes.grid(visible=False)
        for side in axes.spines.values():
            side.set_visible(False)
        figure.legend(loc="outside right upper")


def _bars(axes: "Axes", panel: Panel, names: Sequence[str], *, colour: str) -> None:
    places = [names.index(name) for name, _ in panel.rows]
    means = np.array([measure.mean for _, measure in panel.rows])
    ends = np.array([[max(0.0, m.mean - m.low), max(0.0, m.high - m.mean)] for _, m in panel.rows]).T
    axes.barh(places, means, height=0.62, color=colour, alpha=0.85)
    axes.errorbar(means, places, xerr=ends, fmt="none", ecolor="black", elinewidth=1.2, capsize=3)
    reach = max(measure.high for _, measure in panel.rows)
    for place, (_, measure) in zip(places, panel.rows, strict=True):
        axes.text(measure.high + 0.02 * reach, place, f"{measure.mean:.3g}", va="center")
    axes.set_xlim(min(0.0, *(m.low for _, m in panel.rows)), 1.15 * reach if reach > 0 else 1.0)
    if panel.chance is not None:
        axes.axvline(panel.chance, color=_CHANCE, linestyle="--", linewidth=1.4)
        axes.set_title(f"chance {panel.chance:.3g}", loc="right", fontsize=9, fontweight="normal", color=_CHANCE)
    axes.set_title(panel.title, loc="left")
    axes.set(xlabel=panel.x_label, ylim=(len(names) - 0.5, -0.5))
    axes.grid(visible=False, axis="y")


def _axes(figure: "Figure", *, title: str) -> "Axes":
    axes = figure.add_subplot()
    axes.set_title(title, loc="left")
    return axes


def _look(number: int) -> dict[str, Any]:
    """What tells one line from the next."""
    return {
        "color": COLOURS[number % len(COLOURS)],
        "linestyle": _DASHES[number % len(_DASHES)],
        "marker": _MARKERS[(number + number // len(COLOURS)) % len(_MARKERS)],
        "markersize": 4,
    }


def _something(given: Mapping[str, object] | Sequence[object]) -> None:
    if not given:
        raise BadRequest("There is nothing to draw.")


@contextmanager
def _chart(path: Path, *, width: float, height: float) -> Iterator["Figure"]:
    """A figure of so many inches, written to ``path`` whole or not at all."""
    check(path)
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
        yield figure
        _write(figure, path, _FORMATS[path.suffix.lower()])


def _write(figure: "Figure", path: Path, kind: str) -> None:
    stamp = {"Date": None} if kind == "svg" else {"Software": "musicdesk"}  # the same chart is the same file
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as new:
            figure.savefig(new, format=kind, dpi=144, metadata=stamp)
    except OSError as error:
        raise DataFolderError(f"The chart {path} could not be written: {error.strerror}.") from error
