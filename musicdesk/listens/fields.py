"""What stands in a field of a foreign log, whatever program wrote it: text, time, count, stars, place of a file."""

import os
import re
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from musicdesk.records import printable

MOST = 1_000_000_000
"""Above every count."""
LATEST = 4_102_444_800.0
"""2100: what lies beyond is no time."""
_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip
_CLOCK = r"(?:,?[ T]+(\d{1,2}):(\d\d)(?::(\d\d))?\s*([ap]m)?)?"
_NAMED = re.compile(rf"(?:\w+,\s+)?(\d{{1,2}})[ -]([a-z]{{3}})[a-z]*\.?,?[ -](\d{{4}}){_CLOCK}(?:\s*(?:utc|gmt|z))?")
_NAMED_FIRST = re.compile(rf"([a-z]{{3}})[a-z]*\.? (\d{{1,2}}),? (\d{{4}}){_CLOCK}")
_NUMBERED = re.compile(rf"(\d{{1,2}})[./-](\d{{1,2}})[./-](\d{{4}}){_CLOCK}")


def text(value: object) -> str:
    """A field as one line of text that can be shown and kept; "" for what is no text or number."""
    if not isinstance(value, str):
        return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""
    if value.isascii() and value.isprintable():
        return value.strip()
    return " ".join(_CONTROLS.sub(" ", printable(value)).split())


def mbid(value: object) -> str:
    """A MusicBrainz id, alone or in an address; "" if there is none."""
    found = _MBID.search(value.lower()) if isinstance(value, str) and len(value) >= 36 else None
    return found[0] if found else ""


def number(value: object) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool):
        return float(value)
    try:
        found = float(value) if isinstance(value, (int, float, str)) else None
    except (ValueError, OverflowError):
        return None
    return found if found is not None and abs(found) < 1e18 else None


def count(value: object) -> int | None:
    """A whole count from 0, or None."""
    found = number(value)
    return None if found is None or found < 0 else int(min(found, MOST))


def stars(value: object, *, best: float) -> float | None:
    """A rating on a scale up to ``best`` as 0 to 5 stars; None for what is none, also below 0."""
    found = number(value)
    return None if found is None or not 0 <= found <= best else round(5 * found / best, 3)


def seconds(value: object, *, in_one: float = 1.0) -> float | None:
    """A length that makes sense, of which ``in_one`` make a second; ``3:07`` is understood too."""
    if isinstance(value, str) and re.fullmatch(r"(\d+:)?\d{1,3}:\d\d", value.strip()):
        parts = [int(part) for part in value.split(":")]
        found: float | None = sum(part * 60**place for place, part in enumerate(reversed(parts)))
    else:
        found = number(value)
        found = None if found is None else found / in_one
    return found if found is not None and 0 < found < 1e6 else None


def path(value: object) -> str:
    """Where a file is, from a path or a ``file:`` address; "" for what is elsewhere than on a disk."""
    if not value:
        return ""
    told = _encodable(value.replace("\0", "")) if isinstance(value, str) else ""
    if told.lower().startswith("file:"):
        bare = re.sub(r"(?i)^file:(//(localhost)?(?=/))?", "", told)
        told = os.fsdecode(unquote_to_bytes(os.fsencode(bare))).replace("\0", "")
        told = told.removeprefix("/") if re.match(r"/[A-Za-z]:[\\/]", told) else told
    return "" if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", told) else told


def _encodable(told: str) -> str:
    """A name that a file system can have: bytes that were no UTF-8 stay, other halves of characters do not."""
    try:
        return os.fsdecode(os.fsencode(told))
    except UnicodeEncodeError:
        return printable(told)


# -------------------------------------------------------------------------------------------------------- time


def moment(value: object, *, day_first: bool = True) -> float | None:
    """A time in seconds since the epoch, from seconds, milliseconds or microseconds, ISO 8601, or a date as people
    write it; None for what is none, and for the year 1970, which programs write where they know no time.

    A time without a zone is UTC, as the exports of Last.fm are. ``day_first`` reads 03/04/2020 as the third of April.
    """
    found = number(value)
    if found is not None:
        while found > LATEST:
            found /= 1000
    elif isinstance(value, datetime):
        found = (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    elif isinstance(value, str):
        found = _written(value.strip(), day_first)
    return found if found is not None and 366 * 86_400 < found < LATEST else None


@lru_cache(maxsize=4096)
def _written(value: str, day_first: bool) -> float | None:
    try:
        told = datetime.fromisoformat(value.removesuffix(" UTC"))
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return _by_hand(value.lower(), day_first)


def _by_hand(value: str, day_first: bool) -> float | None:
    if found := _NAMED.fullmatch(value):
        day, month, year, *clock = found.groups()
        return _stamp(year, _MONTHS.get(month), day, clock)
    if found := _NAMED_FIRST.fullmatch(value):
        month, day, year, *clock = found.groups()
        return _stamp(year, _MONTHS.get(month), day, clock)
    if found := _NUMBERED.fullmatch(value):
        one, other, year, *clock = found.groups()
        day, number_of_month = (one, other) if day_first else (other, one)
        return _stamp(year, int(number_of_month), day, clock)
    return None


def _stamp(year: str, month: int | None, day: str, clock: list[str | None]) -> float | None:
    hour, minute, second = (int(part or 0) for part in clock[:3])
    if clock[3] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if clock[3] == "pm" else 0)
    try:
        return datetime(int(year), month or 0, int(day), hour, minute, second, tzinfo=UTC).timestamp()
    except ValueError:
        return None
