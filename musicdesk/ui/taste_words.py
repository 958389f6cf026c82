"""What is said of a taste as a whole."""

from musicdesk.records import Taste

EMPTY = (
    "Your taste will stand here as a handful of named sliders.\n\n"
    "Add a folder of music and let musicdesk listen to it; like a few tracks to make the taste yours."
)
SILENT = "Nothing counts now: every slider is muted or at 0, so the list has no order."


def is_silent(taste: Taste) -> bool:
    """Whether nothing counts, so that a list has no order."""
    return not (taste.gains.any() or taste.advisor_gains.any())


def made_from(taste: Taste) -> str:
    """What the taste was built from, in a sentence."""
    if not taste.liked:
        return "Made from your whole library. Like a few tracks, and it becomes yours."
    return f"Made from {taste.liked:,} track{'s' * (taste.liked != 1)} that you like."
