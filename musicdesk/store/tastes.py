# ruff: noqa: S608  (what is put into the SQL are constants of this file and question marks)
"""The taste as it stands, and the history of edits behind it: whole records before and after, as JSON.

Arrays are base64 of little-endian float32, so a taste comes back to the bit. Undo and redo move along the history and
survive a restart; what an edit did to the feedback is kept here and applied by whoever asked.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import sqlite_utils

from musicdesk.records import Advisor, Edit, EncoderKey, Feedback, FloatArray, History, Origin, Prototype, Taste
from musicdesk.store.database import Database, storable

LIMIT = 500
"""Edits that can be undone."""
_EDIT = "SELECT id, label, taste_before, taste_after, feedback_before, feedback_after FROM edits "
_LAST_DONE = "WHERE undone = 0 ORDER BY id DESC LIMIT 1"
_FIRST_UNDONE = "WHERE undone = 1 ORDER BY id LIMIT 1"


class TasteStore:
    """The current taste and its undo history."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def current(self) -> Taste | None:
        """The taste as it stands; None before the first."""
        with self._db.reading() as sql:
            row = sql.execute("SELECT taste FROM taste WHERE id = 1").fetchone()
        return load_taste(row[0]) if row else None

    def set_current(self, taste: Taste | None) -> None:
        """Replace the taste without a step in the history (a new encoder, say; an edit goes through :meth:`push`)."""
        with self._db.writing() as sql:
            _set_current(sql, taste)

    def push(self, edit: Edit) -> None:
        """Make an edit the last of the history and its taste the current one; what was undone can no longer be redone.

        An edit without a taste before and after (of the feedback alone) leaves the current taste as it is.
        """
        with self._db.writing() as sql:
            sql.execute("DELETE FROM edits WHERE undone = 1")
            sql.table("edits").insert(_row(edit), pk="id")
            sql.execute("DELETE FROM edits WHERE id NOT IN (SELECT id FROM edits ORDER BY id DESC LIMIT ?)", [LIMIT])
            _move_to(sql, edit.taste_after, edit)

    def undo(self) -> Edit | None:
        """Step back: the edit that was taken back, None if there is none."""
        with self._db.writing() as sql:
            edit = _step(sql, _LAST_DONE, undone=True)
            if edit:
                _move_to(sql, edit.taste_before, edit)
            return edit

    def redo(self) -> Edit | None:
        """Step forward again: the edit that was made again, None if there is none."""
        with self._db.writing() as sql:
            edit = _step(sql, _FIRST_UNDONE, undone=False)
            if edit:
                _move_to(sql, edit.taste_after, edit)
            return edit

    def history(self) -> History:
        """What undo and redo would do."""
        with self._db.reading() as sql:
            undo, redo = (
                sql.execute(f"SELECT label FROM edits {which}").fetchone() for which in (_LAST_DONE, _FIRST_UNDONE)
            )
        return History(undo[0] if undo else "", redo[0] if redo else "")


def _step(sql: sqlite_utils.Database, which: str, *, undone: bool) -> Edit | None:
    row = sql.execute(_EDIT + which).fetchone()
    if row is None:
        return None
    sql.table("edits").update(row[0], {"undone": int(undone)})
    return _edit(row)


def _move_to(sql: sqlite_utils.Database, taste: Taste | None, edit: Edit) -> None:
    if edit.taste_before is not None or edit.taste_after is not None:
        _set_current(sql, taste)


def _set_current(sql: sqlite_utils.Database, taste: Taste | None) -> None:
    if taste is None:
        sql.execute("DELETE FROM taste")
    else:
        sql.table("taste").upsert({"id": 1, "taste": dump_taste(taste)}, pk="id")


# ------------------------------------------------------------------------------------------------ records as text


def dump_taste(taste: Taste) -> str:
    """``taste`` as JSON in ASCII."""
    said = {field.name: getattr(taste, field.name) for field in fields(Taste)}
    prototypes = [
        {field.name: getattr(prototype, field.name) for field in fields(Prototype)} for prototype in taste.prototypes
    ]
    advisors = [asdict(advisor) for advisor in taste.advisors]
    said = {**said, "key": asdict(taste.key), "prototypes": prototypes, "advisors": advisors}
    return json.dumps(said, default=_plain)


def load_taste(text: str) -> Taste:
    """The taste that :func:`dump_taste` wrote, equal to the bit; older ones know less."""
    said = json.loads(text)
    said["key"] = EncoderKey(**said["key"])
    said["prototypes"] = tuple(_prototype(raw) for raw in said["prototypes"])
    said["advisors"] = tuple(Advisor(**raw) for raw in said.get("advisors", ()))
    return Taste(**said)


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return base64.b64encode(value.astype("<f4").tobytes()).decode("ascii")
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{value!r} has no place in a taste.")


def _prototype(raw: dict[str, Any]) -> Prototype:
    vector: FloatArray = np.frombuffer(base64.b64decode(raw.pop("vector")), dtype="<f4").astype(np.float32)
    lists: dict[str, Any] = {
        name: tuple(raw[name]) for name in ("exemplars", "tracks", "pinned", "refused") if name in raw
    }
    raw.update(lists, origin=Origin(raw.get("origin", Origin.LIKES)))
    return Prototype(vector=vector, **raw)


def _feedback_text(changes: Mapping[str, Feedback]) -> str:
    return json.dumps({audio_hash: asdict(said) for audio_hash, said in changes.items()})


def _feedback(text: str) -> dict[str, Feedback]:
    return {audio_hash: Feedback(**said) for audio_hash, said in json.loads(text).items()}


def _row(edit: Edit) -> dict[str, Any]:
    return {
        "label": storable(edit.label),
        "taste_before": dump_taste(edit.taste_before) if edit.taste_before else None,
        "taste_after": dump_taste(edit.taste_after) if edit.taste_after else None,
        "feedback_before": _feedback_text(edit.feedback_before),
        "feedback_after": _feedback_text(edit.feedback_after),
    }


def _edit(row: tuple[Any, ...]) -> Edit:
    _, label, taste_before, taste_after, feedback_before, feedback_after = row
    return Edit(
        label,
        load_taste(taste_before) if taste_before else None,
        load_taste(taste_after) if taste_after else None,
        _feedback(feedback_before),
        _feedback(feedback_after),
    )
