"""What was heard elsewhere, in words: kinds of logs, reports of imports, listeners, lines without a track."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QUrl

from musicdesk.records import Listen, Listener, ListensReport, printable
from musicdesk.ui.local_files import from_url

YOU = "You"
KINDS = {
    "lastfm": "Last.fm",
    "listenbrainz": "ListenBrainz",
    "table": "a table",
    "itunes": "Music or iTunes",
    "rhythmbox": "Rhythmbox",
    "strawberry": "Strawberry or Clementine",
    "mpd": "MPD",
    "playlist": "a playlist",
}
"""Kinds of logs as people call them."""
EXPORTS = (
    ("Last.fm", "an export of your scrobbles as JSON or CSV, or a .scrobbler.log of a portable player"),
    ("ListenBrainz", "the archive from your settings, or its JSON lines"),
    ("Music, iTunes", "the library as XML (File › Library › Export Library)"),
    ("Rhythmbox", "rhythmdb.xml"),
    ("Strawberry, Clementine", "strawberry.db or clementine.db"),
    ("MPD", "the sticker database, or the state file"),
    ("Playlists", "M3U, PLS, XSPF, JSPF: what stands in it was heard once"),
    ("Any other", "a table (CSV, TSV) with artist and track, and if there are: user, time, count"),
)
"""What can be read, and where it is found."""
FILTER = (
    "Listening logs (*.json *.jsonl *.csv *.tsv *.txt *.log *.zip *.xml *.plist *.db *.sqlite *.sqlite3 state mpdstate "
    "*.m3u *.m3u8 *.pls *.xspf *.jspf);;All files (*)"
)
SUFFIXES = frozenset(
    (".json", ".jsonl", ".csv", ".tsv", ".log", ".zip", ".xml", ".plist", ".db", ".sqlite", ".sqlite3")
)
"""Files that are taken for logs when they are dropped; a playlist stays a playlist, a sound stays a sound."""
NAMES = frozenset(("state", "mpdstate"))


def logs_in(urls: Iterable[QUrl]) -> list[Path]:
    """The logs among these addresses, by their names; what is in them is looked at when they are read."""
    paths = [Path(path) for path in map(from_url, urls) if path]
    return [path for path in dict.fromkeys(paths) if is_log(path) and path.is_file()]


def is_log(path: Path) -> bool:
    """Whether a file may be a log, by its name."""
    return path.suffix.lower() in SUFFIXES or path.name in NAMES


def called(name: str) -> str:
    """A listener's name for people."""
    return name or YOU


def names_text(names: Sequence[str]) -> str:
    """You, anna and ben."""
    told = [called(name) for name in names]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}" if told else ""


def whom(names: Sequence[str]) -> str:
    """The same within a sentence: you, anna and ben."""
    return names_text([name or YOU.lower() for name in names])


def count(number: int, what: str) -> str:
    """3 lines, 1 line."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def share(part: int, whole: int) -> str:
    """A share in percent; nothing rounds to none or to all that is not."""
    if not whole or part in (0, whole):
        return "100 %" if part else "0 %"
    return f"{min(99, max(1, round(100 * part / whole)))} %"


# ---------------------------------------------------------------------------------------------- an import


@dataclass(frozen=True, slots=True)
class Told:
    """The report of an import in words."""

    title: str
    facts: str
    bad: tuple[str, ...]
    """Lines that say nothing, with their reasons."""


def told(report: ListensReport) -> Told:
    """What an import brought."""
    kind = KINDS.get(report.kind, report.kind)
    title = f"{printable(report.path.name)}: {kind}, heard by {_whose(report.listeners)}"
    bad = tuple(f"Line {line:,}: {reason}" for line, reason in report.bad)
    return Told(title, " · ".join(_facts(report)), bad)


def _whose(names: Sequence[str]) -> str:
    return whom(names) if len(names) <= 3 else f"{len(names):,} listeners"


def _facts(report: ListensReport) -> list[str]:
    known = report.read - report.new
    facts = [f"{count(report.read, 'line')} read"]
    if not report.new:
        facts.append("all of them were known already" if known else "none of them says anything")
    else:
        facts.append(f"{report.new:,} new" + (f", {known:,} known already" if known else ""))
        facts.append(f"{report.matched:,} found in your library ({share(report.matched, report.new)})")
    if report.undated:
        facts.append(f"{report.undated:,} without a time")
    if report.bad:
        facts.append(f"{len(report.bad):,} could not be read")
    return facts


def advice_after(report: ListensReport) -> str:
    """What to do about an import that found little; "" for nothing."""
    if report.new and not report.matched:
        return "None of it is in your library yet. It is kept, and found again when you add the music."
    return ""


# ---------------------------------------------------------------------------------------------- who is there


def remove_question(listener: Listener) -> tuple[str, str]:
    """What is asked before what was imported for a listener is forgotten."""
    lines = count(listener.listens, "line")
    if not listener.name:
        return (
            "Forget what was imported for you?",
            f"{lines} of logs go. What you liked and played here stays, and so do the files that you imported.",
        )
    return (
        f"Forget {listener.name}?",
        f"{lines} of logs go. The files that you imported stay, so that they can be imported again.",
    )


def join_question(old: str, new: str) -> tuple[str, str]:
    """What is asked before two listeners become one."""
    if not new:
        return f"Is {old} you?", f"What was imported for {old} counts as yours then. They cannot be told apart again."
    return f"Make {old} and {new} one?", "There is a listener of that name. They cannot be told apart again."


def line_text(listen: Listen) -> str:
    """A line without a track, for the clipboard: tab between the columns."""
    return "\t".join((listen.artist, listen.title, listen.album, f"{listen.count}", called(listen.listener)))
