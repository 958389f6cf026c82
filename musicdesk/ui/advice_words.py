"""Recommenders in words: what the desk says of them, without the commands that a terminal would take."""

import re
from collections.abc import Sequence

from musicdesk.records import RecommenderStatus

_COMMAND = re.compile(r"(: |\.? ?(Run|run|then run): )?musicdesk [a-z].*$", re.DOTALL)
_IMPORT = "musicdesk listens import"
IMPORT_HINT = "Import what others listen to on the page Listeners (Alt+6)."
ALONE = ("blend", "none")
"""Choices that are no recommender."""


def knows_text(sentence: str) -> str:
    """How much a recommender knows, with a capital, and without a command at its end."""
    plain = _COMMAND.sub("", sentence).strip()
    file = "." in plain.partition(" ")[0].rstrip(".,:")  # its name is left as it is
    return plain if file else plain[:1].upper() + plain[1:]


def problem_text(sentence: str) -> str:
    """Why a recommender cannot advise, and what to do about it in the window."""
    plain = knows_text(sentence)
    if plain and not plain.endswith("."):
        plain += "."
    return f"{plain} {IMPORT_HINT}" if _IMPORT in sentence else plain


def state_text(status: RecommenderStatus) -> str:
    """Whether a recommender can be used, in a word or two; "" where nothing needs saying."""
    if status.name in ALONE:
        return ""
    if status.problem:
        return "cannot advise yet"
    if status.stale:
        return "to be learned anew"
    return "" if status.made else "learns first"


def by_part(statuses: Sequence[RecommenderStatus]) -> dict[str, list[RecommenderStatus]]:
    """The choices under what their part of the score is called, "" where it is several or none, which come first."""
    groups: dict[str, list[RecommenderStatus]] = {}
    for status in statuses:
        groups.setdefault(_capital(status.part), []).append(status)
    return groups


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def learning_text() -> str:
    """What is under way while nothing better is known."""
    return "Learning from what was heard"
