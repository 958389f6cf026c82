"""Who advises beside the prototypes, and how loudly: from nothing to much data without a step that anyone has to take.

While nothing is known nobody advises, and the list is the prototypes' alone. A few tracks that were liked or played
bring "sounds like my taste", softly; some more bring "my history", the latest of them; the listening of others brings
"people's habits". The more there is to go by, the nearer their gains come to where they end: n / (n + half) of it, with
n what they were made from.
"""

from dataclasses import dataclass

from musicdesk.desk.heard import ME, Heard
from musicdesk.recommend import registry
from musicdesk.recommend.base import HABITS, RecommenderSpec

BLEND, NONE = "blend", "none"
FEWEST = 3
"""Fewer tracks that were liked or played are no taste."""
LATEST = 10
"""With no more than these the latest are all there is, and "my history" would only repeat what they sound like."""
HALF_OWN, HALF_OTHERS = 10, 5
"""Tracks of one's own, other listeners, with which an advisor has half the say that it can have."""
SOUND_MOST = 0.5
"""Where the gains of what goes by sound alone end in the blend, all of them together: the prototypes go by it already.

Measured on 162 tracks with 5 likes in two genres, precision@10 with "sounds like my taste" at 0, ½, 1 and 2: .50, .50,
.48, .45 (one genre: .30 throughout).
"""
STRANGER = 0.2
"""What everyone's habits are worth to somebody who is not known yet, and the least gain of what a listener chose."""
EASE_MOST = 3_000
"""Listeners or sounds that anyone heard, whichever are fewer, up to which EASE is made in seconds; beyond, item-kNN
speaks of people's habits."""
HINT, FAIR = 10, 40
"""Fewer tracks of one's own are a first hint, fewer than the second a fair picture."""


@dataclass(frozen=True, slots=True)
class Counsel:
    """One recommender that is to advise."""

    method: str
    part: str
    found: float
    """The gain that what it knows speaks for."""
    knows: str


def plan(choice: str, heard: Heard) -> tuple[Counsel, ...]:
    """Who is to advise: by the listener's ``choice``, a recommender's name, "blend" or "none"; only who can."""
    if choice == NONE:
        return ()
    if choice != BLEND:
        spec = registry.spec(choice)
        return () if problem(spec, heard) else (_counsel(spec, heard, least=STRANGER),)
    specs = [registry.spec(method) for method in blended(heard)]
    by_sound = SOUND_MOST / max(1, sum(not spec.needs_others for spec in specs))
    return tuple(_counsel(spec, heard, most=1.0 if spec.needs_others else by_sound) for spec in specs)


def blended(heard: Heard) -> tuple[str, ...]:
    """The recommenders of the blend, as far as what is known carries."""
    few = min(len(heard.listeners), len(heard.sounds)) <= EASE_MOST
    habits = ("ease" if few else "item-knn",) if len(heard.listeners) > 1 else ()
    history = ("content-last",) if heard.own > LATEST else ()
    return (*habits, *history, *(("content-mean",) if heard.own >= FEWEST else ()))


def problem(spec: RecommenderSpec, heard: Heard) -> str:
    """Why a recommender has nothing to go by, and what to do; "" if it has."""
    if spec.needs_others and len(heard.listeners) < 2:
        return (
            "It goes by what other people listen to, and nothing is known of any yet. "
            "Run: musicdesk listens import FILE --listener NAME"
        )
    if not spec.needs_others and not heard.own:
        return "It goes by what you listen to. Like or play a few tracks first."
    return ""


def knows(spec: RecommenderSpec, heard: Heard) -> str:
    """What a recommender is made from, in a sentence."""
    if spec.part == HABITS or spec.needs_others:
        you = _far(heard.own) if heard.own else "nothing is known of you yet, so it goes by what most people like"
        return (
            f"from {_count(len(heard.listeners), 'listener')} and {_count(heard.listens, 'play')} "
            f"of {len(heard.sounds):,} of your tracks; {you}"
        )
    return f"from {_count(heard.own, 'track')} that you liked or played; {_far(heard.own)}"


def listener_knows(name: str, heard: Heard) -> str:
    """What is known of one listener, in a sentence."""
    return f"from {_count(heard.plays_of(name), 'play')} of {_count(heard.liked_by(name), 'track')}"


def _counsel(spec: RecommenderSpec, heard: Heard, *, least: float = 0.0, most: float = 1.0) -> Counsel:
    found = max(least, most * _worth(spec, heard))
    return Counsel(spec.name, spec.part, round(found, 2), knows(spec, heard))


def _worth(spec: RecommenderSpec, heard: Heard) -> float:
    """The gain that what a recommender knows speaks for, 0 to 1."""
    own = _trust(heard.own, HALF_OWN)
    return _trust(heard.others, HALF_OTHERS) * max(STRANGER, own) if spec.needs_others else own


def _trust(count: int, half: int) -> float:
    return count / (count + half)


def _far(own: int) -> str:
    return "a first hint" if own < HINT else "a fair picture" if own < FAIR else "well founded"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def is_me(name: str) -> bool:
    """Whether this is the listener at this desk, who has no name in a log."""
    return name.casefold() in (ME, "me")
