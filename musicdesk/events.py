"""What the desk announces: a typed list of listeners, called in order on the thread that emits."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


class Event(Generic[T]):
    """A list of listeners; ``event.listen(f)``, then ``event.emit(value)`` calls ``f(value)``."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], None]] = []

    def listen(self, listener: Callable[[T], None]) -> Callable[[], None]:
        """Call ``listener`` with every value emitted from now on; the answer undoes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def emit(self, value: T) -> None:
        """Call every listener with ``value``."""
        for listener in tuple(self._listeners):
            listener(value)


@dataclass(frozen=True)
class Events:
    """The handful of things that the desk announces. Values are small: ids, never rows."""

    library_changed: Event[None] = field(default_factory=Event)
    """Tracks came, moved, went, were retagged or excluded."""
    analysis_changed: Event[None] = field(default_factory=Event)
    """A batch of vectors was committed."""
    feedback_changed: Event[frozenset[str]] = field(default_factory=Event)
    """Likes, dislikes, ratings, plays changed for these audio hashes."""
    tags_changed: Event[frozenset[str]] = field(default_factory=Event)
    """The listener's own tags of these audio hashes changed."""
    taste_changed: Event[None] = field(default_factory=Event)
    """The current taste or its undo history changed."""
    playlists_changed: Event[None] = field(default_factory=Event)
    """A saved playlist came, changed or went."""
    listeners_changed: Event[None] = field(default_factory=Event)
    """What was heard elsewhere came, went, or was matched with the library anew."""
    moods_changed: Event[None] = field(default_factory=Event)
    """Moods were corrected, more was measured, or the translator learned."""
    searches_changed: Event[None] = field(default_factory=Event)
    """A saved search came, changed or went."""
