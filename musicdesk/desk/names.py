"""Names that a person gives, or that come from elsewhere: clean, and one thing each."""

import unicodedata
from collections.abc import Collection

from musicdesk.errors import BadRequest
from musicdesk.records import Taste, printable

LONGEST = 80
"""Letters of a name; what is longer was not meant to be one."""
_JOINERS = "\u200c\u200d"
"""They hold signs together (a family, a flag) and letters of some scripts apart; at an end they do nothing."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})
_NO_LETTERS = frozenset(map(chr, range(0xFDD0, 0xFDF0)))


def plain_name(text: str) -> str:
    """A name on one line, without letters that cannot be seen or turn the writing round, and not too long."""
    return one_line(text)[:LONGEST].strip(f" {_JOINERS}")


def plain_tag(text: str) -> str:
    """A tag as it is kept; raises BadRequest for none, and for what is too long to be one."""
    tag = unicodedata.normalize("NFC", one_line(text))
    if not tag:
        raise BadRequest("A tag needs a letter or a sign that can be seen.")
    if len(tag) > LONGEST:
        raise BadRequest(f"A tag has at most {LONGEST} letters; this one has {len(tag):,}.")
    return tag


def one_line(text: str) -> str:
    """Text on one line, without letters that cannot be seen or turn the writing round; what joins letters stays."""
    seen = "".join(" " if c.isspace() else c for c in printable(text) if c.isspace() or _is_seen(c))
    return " ".join(word for part in seen.split() if (word := part.strip(_JOINERS)))


def _is_seen(letter: str) -> bool:
    """What this Python's tables do not know yet may be a letter or a sign; the ends of the planes never are."""
    if letter in _JOINERS:
        return True
    kind = unicodedata.category(letter)
    return kind not in _UNSEEN and (kind != "Cn" or not (ord(letter) & 0xFFFE == 0xFFFE or letter in _NO_LETTERS))


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
