"""What is told of a search: what it was taken for, what it found, what spoke for a track, what lacks."""

import re
from collections.abc import Mapping

from musicdesk.records.searching import Found, Hit, Reason, SearchStatus, Understood
from musicdesk.ui.columns import percent
from musicdesk.ui.ink import spoken

WITHOUT = "without"
PARTS = ("text", "tags", "sound", "mood", WITHOUT)
SLOTS: Mapping[str, int] = {part: 201 + number for number, part in enumerate(PARTS)}
"""Part of a score → the slot whose colour and sign stand for it."""
MEANS: Mapping[str, str] = {
    "text": "what the file and you say of it",
    "tags": "what is heard in it",
    "sound": "how near its sound is to the words",
    "mood": "what it feels like",
    WITHOUT: "what you do not want",
}
"""Part → what it goes by."""
ASKED: Mapping[int, str] = {SLOTS[part]: means for part, means in MEANS.items()}
"""The same by slot."""
EXACT = "exact"
LONGEST = 40
"""Letters of a search in a short place."""
_COMMAND = re.compile(r"(?:[:.,;]?\s*(?:then\s+)?(?:[Rr]un|with):?|:)\s+musicdesk [^.,;]*[.]?")


def in_the_window(sentence: str) -> str:
    """A sentence of the desk without the command that a terminal would take."""
    return _COMMAND.sub(".", sentence).strip()


def short(query: str) -> str:
    """A query for a short place."""
    text = " ".join(query.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def taken_for(understood: Understood) -> str:
    """What a query was taken for; "" where that is its plain words and nothing else."""
    asked = [*understood.words, *(f"“{phrase}”" for phrase in understood.phrases)]
    asked += [f"{name} “{value}”" for name, value in understood.fields]
    if not (understood.phrases or understood.without or understood.fields):
        return ""
    told = [", ".join(asked)] if asked else []
    told += [f"without {', '.join(understood.without)}"] if understood.without else []
    return f"Taken for: {'; '.join(told)}"


def corrected_text(understood: Understood) -> str:
    """Which words were taken for others; "" if none was."""
    return ", ".join(f"{short(typed)} → {meant}" for typed, meant in understood.corrected)


def as_typed(query: str, understood: Understood) -> str:
    """The query with the words that were taken for others in quotation marks: so they must stand as they are."""
    for typed, _ in understood.corrected:
        query = re.sub(rf'(?<![\w"]){re.escape(typed)}(?![\w"])', f'"{typed}"', query, flags=re.IGNORECASE)
    return query


def remarks(found: Found) -> str:
    """What must be told of an answer, without what is shown beside it."""
    sentence = found.sentence
    for typed, meant in found.understood.corrected:
        sentence = sentence.replace(f"“{typed}” was taken for “{meant}”.", "")
    return in_the_window(" ".join(sentence.split()))


def counts(found: Found, *, whole: bool) -> str:
    """How much was found, in a line below the list."""
    shown = sum(hit.exact for hit in found.hits)
    others = len(found.hits) - shown
    more = f", {shown:,} of them shown" if found.exact > shown else ""
    exact = f"{found.exact:,} hold{'s' * (found.exact == 1)} every word{more}" if found.exact else ""
    meant = f"{others:,} by meaning" if others else "" if whole else "looking for what is meant …"
    return " · ".join(filter(None, (exact, meant)))


def headline(hit: Hit) -> str:
    """What spoke for a hit, in the words that matched; where none did, the part that did most."""
    words = dict.fromkeys(
        f"{'no ' * (reason.part == WITHOUT)}{word}" for reason in hit.reasons if reason.amount > 0
        for word in reason.words if not word.startswith("not ")
    )  # fmt: skip
    if words:
        return ", ".join(words)
    best = max(hit.reasons, key=lambda reason: reason.amount, default=None)
    return best.part if best is not None and best.amount > 0 else ""


def why_text(hit: Hit) -> str:
    """Every reason with its amount, a line each."""
    return "\n".join(f"{reason.part} {spoken(reason.amount, sign=True)}: {_words(reason)}" for reason in hit.reasons)


def part_name(reason: Reason) -> str:
    """A reason as the name of a bar."""
    return f"{reason.part}: {', '.join(reason.words)}" if reason.words else reason.part


def standing_text(place: int, hit: Hit) -> str:
    """Where a hit stands, counted from 0."""
    fits = "holds every word" if hit.exact else f"match {percent(hit.match)}"
    return f"Place {place + 1} of what was found  ·  {fits}"


def needs(status: SearchStatus) -> str:
    """What would let it find more: "read" sentences, "learn" what words sound like, or "" for nothing."""
    return "read" if not status.reader else "learn" if not status.space else ""


def _words(reason: Reason) -> str:
    means = MEANS.get(reason.part, "")
    return f"{', '.join(reason.words)} ({means})" if reason.words else means
