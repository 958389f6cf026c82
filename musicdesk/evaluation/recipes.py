"""How a file of a fault run is made, and what the program may make of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVarTuple

from musicdesk.evaluation.sound_files import Sounds

Values = TypeVarTuple("Values")
Content = Callable[[Sounds], bytes]
"""The bytes of a file, made of new sounds."""

OK = frozenset({"ok"})
PARTIAL = frozenset({"partial", "failed"})
"""Sound is missing that the file promises: saying that it is whole would be a lie."""
DAMAGED = frozenset({"ok", "partial", "failed", "silent"})
"""Nobody can know what is left; only that it is counted and harms nothing else."""
HEARD = frozenset({"ok", "partial"})
FAILED = frozenset({"failed"})
SILENT = frozenset({"silent"})
ABSENT = frozenset({"absent"})
"""No file of sound at all: it must not be met, and must not stop the walk."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a file is made."""

    kind: str
    name: str
    """Its ending or name; a number is put before it."""
    expect: frozenset[str]
    """The states that it may come out in."""
    make: Callable[[Path, Sounds], None]
    """Given the path and a source of sounds."""


def holding(kind: str, ending: str, expect: frozenset[str], content: Content, *, name: str = "") -> Recipe:
    """A recipe for a file with this content."""
    return Recipe(kind, name or f".{ending}", expect, lambda path, sounds: put(path, content(sounds)))


def given(content: Callable[[Sounds, *Values], bytes], *values: *Values) -> Content:
    """The content with all but its source of sounds given."""
    return lambda sounds: content(sounds, *values)


def put(path: Path, data: bytes) -> None:
    """Write a file."""
    path.write_bytes(data)
