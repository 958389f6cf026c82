# ruff: noqa: S608  (what is put into the SQL are constants of this file and question marks)
"""The taste as it stands, and the history of edits behind it: whole records before and after, as JSON.

Undo and redo move along the history and survive a restart; what an edit did to feedback, tags and moods is kept here
and applied by whoever asked. Whatever changes the taste also keeps it as the last of its day, in the same transaction.
Vectors and tracks, which most edits leave as they are, stand once for the whole history.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import sqlite_utils

from musicdesk.records import Edit, History, Taste
from musicdesk.store.database import Database, storable
from musicdesk.store.moods import dump_moods, load_moods
from musicdesk.store.taste_parts import Parts
from musicdesk.store.taste_text import dump_feedback, dump_tags, dump_taste, load_feedback, load_tags, load_taste

LIMIT = 500
"""Edits that can be undone."""
SWEEP = 64
"""After so many edits, what none of them needs any more is thrown away."""
_EDIT = (
    "SELECT id, label, taste_before, taste_after, feedback_before, feedback_after, tags_before, tags_after, "
    "moods_before, moods_after FROM edits "
)
_LAST_DONE = "WHERE undone = 0 ORDER BY id DESC LIMIT 1"
_FIRST_UNDONE = "WHERE undone = 1 ORDER BY id LIMIT 1"


class TasteStore:
    """The current taste and its undo history."""

    def __init__(self, database: Database, *, now: Callable[[], float] = time.time) -> None:
        self._db, self._now = database, now

    def current(self) -> Taste | None:
        """The taste as it stands; None before the first."""
        with self._db.reading() as sql:
            row = sql.execute("SELECT taste FROM taste WHERE id = 1").fetchone()
        return load_taste(row[0]) if row else None

    def set_current(self, taste: Taste | None) -> None:
        """Replace the taste without a step in the history (a new encoder, say; an edit goes through :meth:`push`)."""
        with self._db.writing() as sql:
            self._set_current(sql, taste)

    def push(self, edit: Edit) -> None:
        """Make an edit the last of the history and its taste the current one; what was undone can no longer be redone.

        An edit without a taste before and after (of feedback, tags or moods alone) leaves the current taste as it is.
        """
        with self._db.writing() as sql:
            sql.execute("DELETE FROM edits WHERE undone = 1")
            parts = Parts(sql)
            number = int(sql.table("edits").insert(_row(edit, parts), pk="id").last_pk or 0)
            sql.execute("DELETE FROM edits WHERE id NOT IN (SELECT id FROM edits ORDER BY id DESC LIMIT ?)", [LIMIT])
            if number % SWEEP == 0:
                parts.sweep()
            self._move_to(sql, edit.taste_after, edit)

    def undo(self) -> Edit | None:
        """Step back: the edit that was taken back, None if there is none."""
        with self._db.writing() as sql:
            edit = _step(sql, _LAST_DONE, undone=True)
            if edit:
                self._move_to(sql, edit.taste_before, edit)
            return edit

    def redo(self) -> Edit | None:
        """Step forward again: the edit that was made again, None if there is none."""
        with self._db.writing() as sql:
            edit = _step(sql, _FIRST_UNDONE, undone=False)
            if edit:
                self._move_to(sql, edit.taste_after, edit)
            return edit

    def history(self) -> History:
        """What undo and redo would do."""
        with self._db.reading() as sql:
            undo, redo = (
                sql.execute(f"SELECT label FROM edits {which}").fetchone() for which in (_LAST_DONE, _FIRST_UNDONE)
            )
        return History(undo[0] if undo else "", redo[0] if redo else "")

    def days(self) -> dict[str, Taste]:
        """How the taste stood at the end of each day on which it changed, without vectors; date → taste, in order."""
        with self._db.reading() as sql:
            rows = sql.execute("SELECT day, taste FROM taste_days ORDER BY day").fetchall()
        return {day: load_taste(text) for day, text in rows}

    def today(self) -> date:
        """The day that it is here."""
        return datetime.fromtimestamp(self._now()).date()

    def _move_to(self, sql: sqlite_utils.Database, taste: Taste | None, edit: Edit) -> None:
        if edit.taste_before is not None or edit.taste_after is not None:
            self._set_current(sql, taste)

    def _set_current(self, sql: sqlite_utils.Database, taste: Taste | None) -> None:
        if taste is None:
            sql.execute("DELETE FROM taste")
            return
        self._keep_first_day(sql)
        sql.table("taste").upsert({"id": 1, "taste": dump_taste(taste)}, pk="id")
        _keep_day(sql, self.today(), taste)

    def _keep_first_day(self, sql: sqlite_utils.Database) -> None:
        """A taste that is older than the days that are kept stood yesterday, too."""
        row = sql.execute("SELECT taste FROM taste WHERE NOT EXISTS (SELECT 1 FROM taste_days)").fetchone()
        if row:
            _keep_day(sql, self.today() - timedelta(days=1), load_taste(row[0]))


def _step(sql: sqlite_utils.Database, which: str, *, undone: bool) -> Edit | None:
    row = sql.execute(_EDIT + which).fetchone()
    if row is None:
        return None
    sql.table("edits").update(row[0], {"undone": int(undone)})
    return _edit(row, Parts(sql))


def _keep_day(sql: sqlite_utils.Database, day: date, taste: Taste) -> None:
    kept = {"day": day.isoformat(), "taste": dump_taste(_without_vectors(taste))}
    sql.table("taste_days").upsert(kept, pk="day")


def _without_vectors(taste: Taste) -> Taste:
    nothing = np.empty(0, dtype=np.float32)
    bare = tuple(replace(prototype, vector=nothing, tracks=()) for prototype in taste.prototypes)
    return replace(taste, prototypes=bare, removed=())


def _row(edit: Edit, parts: Parts) -> dict[str, Any]:
    return {
        "label": storable(edit.label),
        "taste_before": dump_taste(edit.taste_before, aside=parts.put) if edit.taste_before else None,
        "taste_after": dump_taste(edit.taste_after, aside=parts.put) if edit.taste_after else None,
        "feedback_before": dump_feedback(edit.feedback_before),
        "feedback_after": dump_feedback(edit.feedback_after),
        "tags_before": dump_tags(edit.tags_before),
        "tags_after": dump_tags(edit.tags_after),
        "moods_before": dump_moods(edit.moods_before),
        "moods_after": dump_moods(edit.moods_after),
    }


def _edit(row: tuple[Any, ...], parts: Parts) -> Edit:
    _, label, *tastes = row[:4]
    before, after = (load_taste(text, aside=parts.get) if text else None for text in tastes)
    return Edit(
        label, before, after, load_feedback(row[4]), load_feedback(row[5]), load_tags(row[6]), load_tags(row[7]),
        load_moods(row[8]), load_moods(row[9]),
    )  # fmt: skip
