"""ListenBrainz: lines of JSON, a list of them, an answer of its interface, or the whole archive of an export.

An archive holds ``listens/YEAR/MONTH.jsonl`` and ``feedback.jsonl`` (loved and hated recordings); it is read where it
lies, nothing is unpacked. Source: listenbrainz.readthedocs.io, "JSON documentation", and the export's own files.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from musicdesk.jobs import Job
from musicdesk.listens.fields import mbid, moment, seconds, text
from musicdesk.listens.gathering import Gathering, without_lone_name
from musicdesk.records import Listen, ListenLog

HATED_STARS = 1.0
"""What ListenBrainz calls hated."""


def read(entries: Iterable[tuple[int, Any]], *, job: Job) -> ListenLog:
    """The log in parsed entries, each with the line where it stands; what could not be parsed is a sentence."""
    found = Gathering(job)
    for line, entry in entries:
        if isinstance(entry, dict) and entry.get("score", 1) == 0:
            continue  # an opinion that was taken back
        found.take(entry if isinstance(entry, str) else _listen(entry, line), line)
    return without_lone_name(found.log("listenbrainz"))


def entries_in(value: Any) -> Iterator[Any]:
    """The listens in a list of them or in an answer of the interface."""
    if isinstance(value, dict):
        value = value.get("payload", value)
        inner = value.get("listens", value.get("feedback")) if isinstance(value, dict) else value
        yield from entries_in(inner) if isinstance(inner, list) else (value,)
    elif isinstance(value, list):
        for item in value:
            yield item if not isinstance(item, str) else {}


def is_entry(value: Any) -> bool:
    """Whether this is how ListenBrainz tells a listen, or what someone thinks of a recording."""
    return isinstance(value, dict) and ("track_metadata" in value or {"score", "recording_msid"} <= value.keys())


def _listen(entry: Any, line: int) -> Listen | str:
    if not isinstance(entry, dict):
        return "It is no listen."
    told = _dict(entry, "track_metadata")
    more, mapped = _dict(told, "additional_info"), _dict(told, "mbid_mapping")
    score = entry.get("score")
    length_s = seconds(more.get("duration_ms"), in_one=1000) or seconds(more.get("duration"))
    return Listen(
        artist=text(told.get("artist_name")),
        title=text(told.get("track_name")),
        album=text(told.get("release_name")),
        recording_mbid=next(filter(None, map(mbid, _ids(entry, more, mapped))), ""),
        length_s=length_s,
        at=moment(entry.get("listened_at", entry.get("created"))),
        count=1 if score is None else 0,
        stars=HATED_STARS if score == -1 else None,
        liked=score == 1,
        listener=text(entry.get("user_name")),
        line=line,
    )


def _ids(entry: dict[str, Any], more: dict[str, Any], mapped: dict[str, Any]) -> Iterator[Any]:
    """What was told when it was heard, before what ListenBrainz made of it later."""
    yield more.get("recording_mbid")
    yield mapped.get("recording_mbid")
    yield entry.get("recording_mbid")


def _dict(value: dict[str, Any], name: str) -> dict[str, Any]:
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}
