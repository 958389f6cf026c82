"""Fifty queries in plain words, and by which strong labels their answers are judged.

The rule: a track answers a query if its strong label is one of those that the query names. Strong labels come from
credits, titles and formats (``--judged`` names the table), never from listening, and only tracks that have one are
judged. "orchestral" is written for an orchestra, "classical" a recording of a classical work, "tracker" a module of
samples as old games have it (its sound is electronic, so electronic queries take it too, and queries for old games take
nothing else). The queries were written before any answer was looked at, and not changed afterwards.
"""

from typing import NamedTuple

ORCHESTRA = ("orchestral", "classical")
GUITARS = ("rock", "metal")
MACHINES = ("electronic", "tracker")


class Judged(NamedTuple):
    """A query, and the strong labels that answer it."""

    query: str
    labels: tuple[str, ...]


QUERIES = (
    Judged("a symphony orchestra", ORCHESTRA),
    Judged("orchestral film music", ORCHESTRA),
    Judged("strings and brass, grand and epic", ORCHESTRA),
    Judged("music for a fantasy battle with an orchestra", ORCHESTRA),
    Judged("sad violins", ORCHESTRA),
    Judged("a cello playing slowly", ORCHESTRA),
    Judged("classical music", ORCHESTRA),
    Judged("a violin concerto", ORCHESTRA),
    Judged("something baroque", ORCHESTRA),
    Judged("soft strings and a flute", ORCHESTRA),
    Judged("solemn music for a medieval kingdom", ORCHESTRA),
    Judged("harp and woodwinds in a forest", ORCHESTRA),
    Judged("a heroic march with trumpets and drums", ORCHESTRA),
    Judged("instrumental classical, no electronics", ORCHESTRA),
    Judged("death metal", ("metal",)),
    Judged("brutal and aggressive guitars", GUITARS),
    Judged("heavy distorted guitar riffs", GUITARS),
    Judged("fast double bass drums and screaming guitars", GUITARS),
    Judged("music for headbanging", GUITARS),
    Judged("angry loud music", GUITARS),
    Judged("heavy metal without keyboards", GUITARS),
    Judged("a rock band", GUITARS),
    Judged("hard rock with electric guitar", GUITARS),
    Judged("guitar solo over drums and bass", GUITARS),
    Judged("punk energy", GUITARS),
    Judged("something to let off steam", GUITARS),
    Judged("loud guitars for the gym", GUITARS),
    Judged("techno", MACHINES),
    Judged("electronic dance music", MACHINES),
    Judged("synthesizers and a drum machine", MACHINES),
    Judged("a driving beat made with a computer", MACHINES),
    Judged("trance for a night drive", MACHINES),
    Judged("club music with a bass line", MACHINES),
    Judged("bleeps and synth arpeggios", MACHINES),
    Judged("electro pop without vocals", MACHINES),
    Judged("danceable electronica", MACHINES),
    Judged("house music for a party", MACHINES),
    Judged("upbeat synth melodies", MACHINES),
    Judged("dark ambient", ("ambient",)),
    Judged("background noise of water and wind", ("ambient",)),
    Judged("drones with no rhythm", ("ambient",)),
    Judged("atmospheric soundscape", ("ambient",)),
    Judged("music to fall asleep to", ("ambient",)),
    Judged("very quiet and slow, no beat", ("ambient",)),
    Judged("floating in space, meditation", ("ambient",)),
    Judged("old computer game music", ("tracker",)),
    Judged("a tune from an Amiga game", ("tracker",)),
    Judged("retro video game soundtrack", ("tracker",)),
    Judged("cheerful music for a children's game", ("tracker",)),
    Judged("cheap keyboard sounds from the nineties", ("tracker",)),
)
