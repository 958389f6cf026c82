"""Names that a person gives, or that come from elsewhere: clean, and one thing each."""

import unicodedata
from collections.abc import Collection

from musicdesk.errors import BadRequest
from musicdesk.records import Taste, printable

LONGEST = 80
"""Letters of a name; what is longer was not meant to be one."""


def plain_name(text: str) -> str:
    """A name on one line, without letters that cannot be seen or turn the writing round, and not too long."""
    seen = (" " if c.isspace() else c for c in printable(text) if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join("".join(seen).split())[:LONGEST].strip()


def free_name(name: str, taste: Taste, *, but: Collection[str] = ()) -> str:
    """The name as it is kept; raises BadRequest if a prototype has it (other than those with the ids ``but``)."""
    name = plain_name(name)
    if name and any(p.name.casefold() == name.casefold() for p in taste.prototypes if p.id not in but):
        raise BadRequest(f"There is a prototype called “{name}” already. Choose another name.")
    return name


def numbered(name: str, taken: Collection[str]) -> str:
    """``name``, or, where it is taken (in any case), the first number behind it that is not."""
    used = {text.casefold() for text in taken}
    names = (name, *(f"{name} {number}" for number in range(2, len(used) + 3)))
    return next(each for each in names if each.casefold() not in used)
