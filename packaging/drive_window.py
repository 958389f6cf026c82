"""Open the real window on a data folder, use it with mouse and keys, and write pictures. Called by screenshots.

The page ``dialogs`` stands for the dialogs and menus about the taste, a picture of each.
"""

import argparse
import csv
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[name] = "1"

from drive_dialogs import look_at_all, remember
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from window_hands import click, drag, until, wait

from musicdesk.settings import Folders, Settings
from musicdesk.ui.empty_states import State
from musicdesk.ui.gain_slider import GainSlider
from musicdesk.ui.mood_grid import MIDDLE
from musicdesk.ui.opening import Opened, application, open_window
from musicdesk.ui.session import Session

SIZE = (1280, 800)
DIALOGS = "dialogs"
FULL = ("full", DIALOGS)
"""Pages with the whole panel of the taste."""
TABS = {
    "library": 1, "playlists": 2, "coverage": 3, "recordings": 3, "models": 4, "training": 4, "training-result": 4,
    "listeners": 5, "group": 5, "map": 6, "steer": 0, "found": 0, "words": 4,
}  # fmt: skip
ELECTRIC = {"Drum & Bass", "House", "Rock", "Chiptune", "Ambient"}
"""Genres of the demo library; it has too few artists of each to be told apart one by one."""
FANS = {"anna": ELECTRIC, "ben": {"Classical", "Folk", "Jazz"}}
"""Who is made up to have heard which genres."""
EPOCHS, LOOKED_AT = {"training": 30, "training-result": 8}, 6
"""How long a training takes, and after which epoch it is looked at while it goes on."""
WORDS = "slow piano no drums"
"""What is searched for."""


def main() -> None:
    """Write the pictures that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--theme", choices=("light", "dark"), required=True)
    parser.add_argument("--scale", default="1")
    parser.add_argument("pages", nargs="+")
    asked = parser.parse_args()
    suffix = f"{asked.theme}{'' if asked.scale == '1' else f'@{asked.scale}x'}"
    app = application()
    for page in asked.pages:
        with tempfile.TemporaryDirectory() as place:
            data = Path(place) / "data"
            if page != "first-run":
                shutil.copytree(asked.data, data)
            Settings(theme=asked.theme, full_panel=page in FULL).save(data)
            folders = folders_of(data, Path(place))
            if page == DIALOGS:
                remember(folders)
            opened = open_window(folders)
            opened.window.resize(*SIZE)
            if page == DIALOGS:
                look_at_all(app, opened, lambda name, seen: seen.save(str(asked.out / f"{name}-{suffix}.png")))
            else:
                use(app, opened, page)
                opened.window.grab().save(str(asked.out / f"{page}-{suffix}.png"))
            opened.window.close()
            wait(app, 0.2)


def folders_of(data: Path, place: Path) -> Folders:
    """The usual folders, but what is trained here goes away with the place."""
    folders = Folders.default(data)
    (place / "models").mkdir()
    for installed in folders.models.glob("[!.]*"):
        (place / "models" / installed.name).symlink_to(installed)
    return replace(folders, models=place / "models")


def use(app: QApplication, opened: Opened, page: str) -> None:
    """Do what a person would do before looking at this page."""
    until(app, lambda: opened.session is not None)
    wait(app, 1.5)
    if page == "first-run" or opened.session is None:
        return
    workspace = opened.session.window
    if page in ("main", "full"):
        until(app, lambda: any(s.isVisible() for s in workspace.taste.findChildren(GainSlider)))
        drag(app, next(s for s in workspace.taste.findChildren(GainSlider) if s.isVisible()), to=1.6)
        wait(app, 0.5)
        click(workspace.view.viewport(), QPoint(120, 28 * 2 + 14))
    else:
        bar = workspace.tabs.tabBar()
        click(bar, bar.tabRect(TABS[page]).center())
        if page == "recordings":
            wait(app, 0.5)
            below = workspace.coverage.tabs.tabBar()
            click(below, below.tabRect(1).center())
        if page in EPOCHS:
            train(app, opened.session, page)
        if page in ("listeners", "group"):
            hear(app, opened.session, page)
        if page == "map":
            lay_out(app, opened.session)
        if page == "steer":
            steer(app, opened.session)
        if page == "found":
            search(app, opened.session)
        if page == "words":
            learn(app, opened.session)
    wait(app, 1.5)


def train(app: QApplication, session: Session, page: str) -> None:
    """Train on a table of labels; look while it goes on, or when it is done."""
    models = session.window.models
    table = session.desk.folders.data / "labels.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("path", "label"))
        for track in session.desk.indexing.tracks():
            lines.writerow((track.path, "electric" if ELECTRIC & {*track.tags.genres} else "acoustic"))
    click(models.train)
    form = models.training.form
    form.choose_csv(table)
    form.epochs.setValue(EPOCHS[page])
    until(app, form.start.isEnabled)
    click(form.start)
    if page == "training":
        until(app, lambda: len(models.training.epochs) >= LOOKED_AT, 300)
    else:
        until(app, lambda: session.training.job is None, 300)


def hear(app: QApplication, session: Session, page: str) -> None:
    """Import what two people have heard; then a list for both and the person here."""
    listeners, log = session.window.listeners, session.desk.folders.data / "friends.csv"
    with log.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("user", "artist", "track", "count"))
        lines.writerows(("anna", "Somebody Else", f"Not Here {number}", number) for number in range(1, 9))
        for name, genres in FANS.items():
            heard = [t for t in session.desk.indexing.tracks() if genres & {*t.tags.genres}]
            lines.writerows((name, track.artist, track.title, 3) for track in heard[::3])
    session.listeners.load([log], "")
    until(app, lambda: session.listeners.job is None and listeners.model.rowCount() > 2)
    listeners.table.selectAll()
    wait(app, 0.5)
    if page == "group":
        click(listeners.together)
        until(app, lambda: listeners.group.model.rowCount() > 0)


def lay_out(app: QApplication, session: Session) -> None:
    """Make the map, and draw around the tracks of a prototype."""
    page = session.window.map
    until(app, lambda: page.state is State.NO_MAP)
    click(page.empty.button)
    until(app, lambda: page.state is None and page.map.resting, 300)
    there = page.map.on_screen()[page.points.nearest == 0]
    (left, top), (right, bottom) = (there.min(axis=0) - 8).tolist(), (there.max(axis=0) + 8).tolist()
    line = [QPoint(round(x), round(y)) for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))]
    QTest.mousePress(page.map, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, line[0])
    for corner in line[1:]:
        QTest.mouseMove(page.map, corner)
    QTest.mouseRelease(page.map, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, line[-1])


def steer(app: QApplication, session: Session) -> None:
    """From a track by the first offer below the list, then by the mood grid, as a hand drags its target."""
    session.window.for_you.view.choose_row(2)
    bar, page = session.window.for_you.bar, session.window.steer
    until(app, bar.isVisible)
    click(bar.buttons[0])
    until(app, lambda: page.state is None)
    seed = page.grid.start or MIDDLE
    goal = (0.85 if seed[0] < MIDDLE[0] else 0.15, 0.8 if seed[1] < MIDDLE[1] else 0.2)
    here, there = (page.grid.spot(place).toPoint() for place in (seed, goal))
    QTest.mousePress(page.grid, Qt.MouseButton.LeftButton, pos=here)
    for step in range(1, 9):
        QTest.mouseMove(page.grid, here + (there - here) * step / 8)
        wait(app, 0.05)
    QTest.mouseRelease(page.grid, Qt.MouseButton.LeftButton, pos=there)
    until(app, lambda: page.answer is not None and page.answer.steer.point is not None)


def search(app: QApplication, session: Session) -> None:
    """By words, as a hand types them; what was found is kept under a name."""
    window = session.window
    QTest.keyClick(window.for_you.view, Qt.Key.Key_Slash)
    QTest.keyClicks(window.search, WORDS)
    until(app, lambda: not session.search.busy)
    QTest.keyClick(window.search, Qt.Key.Key_Return)
    until(app, lambda: not session.search.busy and window.found.view.hasFocus())
    session.searches.save("Late evening", WORDS)
    until(app, lambda: window.library.searches.count() > 0)


def learn(app: QApplication, session: Session) -> None:
    """Learn words and sounds; look when it is done."""
    page = session.window.models.meaning
    click(session.window.models.words)
    until(app, lambda: bool(page.status.tracks or page.status.problem))
    if page.card.learn.isEnabled():
        click(page.card.learn)
        until(app, lambda: page.running)
        until(app, lambda: not page.running and bool(page.status.report), 300)


if __name__ == "__main__":
    main()
