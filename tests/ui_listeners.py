"""Recommenders, listeners, lines and reports to show."""

from pathlib import Path

from musicdesk.records import Listen, Listener, ListensReport, RecommenderStatus

HABITS, SOUND = "people's habits", "sounds like my taste"


def statuses(chosen: str = "blend") -> tuple[RecommenderStatus, ...]:
    """Ready, to be learned, and without anything to go by."""
    made = (
        RecommenderStatus("blend", "Blend", "Whatever suits.", made=True, at_once=True, knows="habits: from 3 plays"),
        RecommenderStatus("none", "None", "The prototypes alone.", made=True, at_once=True),
        RecommenderStatus(
            "ease", "Habits, linear", "What goes with it.", HABITS, "Steck 2019", made=True, at_once=True
        ),
        RecommenderStatus("elsa", "Habits, low rank", "A compact map.", HABITS, "Vančura 2022", knows="from 3 plays"),
        RecommenderStatus(
            "content-mean", "Sound of all I like", "Its mean.", SOUND, problem="Like a few tracks first."
        ),
    )
    return tuple(
        RecommenderStatus(
            s.name, s.title, s.what, s.part, s.source, chosen=s.name == chosen, made=s.made, stale=s.stale,
            at_once=s.at_once, knows=s.knows, problem=s.problem,
        )
        for s in made
    )  # fmt: skip


def listeners() -> tuple[Listener, ...]:
    """The person at this desk, and two others."""
    return (
        Listener("", 220, 40, 65, latest=1_799_990_000.0),
        Listener("anna", 597, 72, 136, latest=1_790_000_000.0),
        Listener("ben", 12, 0, 12),
    )


def unmatched() -> tuple[Listen, ...]:
    """Lines without a track."""
    return (
        Listen(artist="Moondog", title="Bird's Lament", album="Moondog", count=6, listener="anna"),
        Listen(artist="Nina Simone", title="", count=3, listener="ben"),
        Listen(artist="Кино", title="Кукушка", count=1),
    )


def report(**changes: object) -> ListensReport:
    """An import with bad lines and lines without a clock."""
    known: dict[str, object] = {
        "path": Path("/home/me/friends.csv"), "kind": "table", "listeners": ("anna", "ben"), "read": 3000, "new": 2000,
        "matched": 1500, "bad": ((17, "It names no artist."), (20, "Its time is none: “yesterday”.")), "undated": 40,
    }  # fmt: skip
    return ListensReport(**{**known, **changes})  # type: ignore[arg-type]
