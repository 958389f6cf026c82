"""Rhythmbox: ``rhythmdb.xml``, its library with play counts and ratings; the tricks of XML are refused."""

from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from musicdesk.errors import UnreadableLog
from musicdesk.jobs import Job
from musicdesk.listens.fields import count, mbid, moment, path, seconds, stars, text
from musicdesk.listens.gathering import Gathering
from musicdesk.records import Listen, ListenLog


def read(data: bytes, *, job: Job) -> ListenLog:
    """The songs that were played or rated. Raises UnreadableLog."""
    found = Gathering(job)
    for line, song in enumerate(_songs(data), start=1):
        listen = _listen(song, line)
        if listen.count or listen.stars is not None:
            found.take(listen, line)
    return found.log("rhythmbox")


def _songs(data: bytes) -> Iterator[dict[str, str]]:
    """Each song's fields; the tree behind them is let go."""
    try:
        for _, element in iterparse(BytesIO(data), events=("end",)):
            if element.tag == "entry":
                if element.get("type") == "song":
                    yield _fields(element)
                element.clear()
    except DefusedXmlException as error:
        raise UnreadableLog("It defines entities of its own, which is refused as unsafe.") from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise UnreadableLog(f"It is damaged: {error}.") from error


def _fields(element: Element) -> dict[str, str]:
    return {part.tag: part.text or "" for part in element}


def _listen(song: dict[str, str], line: int) -> Listen:
    return Listen(
        artist=text(song.get("artist")),
        title=text(song.get("title")),
        album=text(song.get("album")),
        recording_mbid=mbid(song.get("mb-trackid")),
        path=path(song.get("location")),
        length_s=seconds(song.get("duration")),
        at=moment(song.get("last-played")),
        count=count(song.get("play-count")) or 0,
        stars=stars(song.get("rating"), best=5.0) or None,
        line=line,
    )
