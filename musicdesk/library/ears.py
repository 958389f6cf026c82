"""Folders that tell what happens in them, by the system's own events. Needs watchdog: import it when it is needed."""

import errno
import os
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import ObservedWatch

LINUX = sys.platform.startswith("linux")
# Linux says when a writer is done, once, and of every single write: the latter would cost seconds for a copied album.
# Nobody asks for opened files: our own reading would ring.
_ASKED: list[type[FileSystemEvent]] = [
    FileCreatedEvent, FileClosedEvent if LINUX else FileModifiedEvent, FileMovedEvent, FileDeletedEvent,
    DirCreatedEvent, DirMovedEvent, DirDeletedEvent,
]  # fmt: skip
# what it says of itself when a folder that was moved away comes back; all is well then
warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning, r"watchdog\.")


@dataclass(frozen=True, slots=True)
class Heard:
    """Something happened at a path."""

    folder: str
    """The folder that was listened to."""
    path: str
    """Below ``folder``, or that folder itself."""
    is_folder: bool
    is_new: bool


class Ears:
    """Listens to whole trees of folders; ``hear`` is called on a thread of its own. Close it when done.

    Raises OSError where the system allows no (further) listener.
    """

    def __init__(self, hear: Callable[[Heard], None]) -> None:
        self._hear = hear
        self._watches: dict[str, ObservedWatch] = {}
        self._observer = Observer()
        self._observer.start()

    def listen(self, folder: str, *, at: str | None = None) -> None:
        """Listen to a folder and all below, except behind links; ``at``: where it really lies. Raises OSError."""
        real = os.path.realpath(at or folder)
        ear = _Ear(folder, real, self._hear)
        self._watches[folder] = self._observer.schedule(ear, real, recursive=True, event_filter=_ASKED)

    def forget(self, folder: str) -> None:
        """Listen to this folder no more."""
        watch = self._watches.pop(folder, None)
        if watch is not None:
            self._observer.unschedule(watch)

    def full(self) -> bool:
        """Whether the system's limit is reached, so that folders below those listened to may be left out.

        Nobody tells that of a folder below, so one more folder is tried: the root, which is no music folder.
        """
        try:
            probe = self._observer.schedule(FileSystemEventHandler(), os.path.abspath(os.sep), event_filter=_ASKED)
        except OSError as error:
            return error.errno == errno.ENOSPC
        self._observer.unschedule(probe)
        return False

    def close(self) -> None:
        """End all listening and its threads."""
        self._observer.stop()
        self._observer.join()


class _Ear(FileSystemEventHandler):
    """Passes on what happens in one tree, under the name by which the tree was asked for."""

    def __init__(self, folder: str, real: str, hear: Callable[[Heard], None]) -> None:
        self._folder, self._real, self._hear = folder, real, hear

    def dispatch(self, event: FileSystemEvent) -> None:
        """Pass on both ends of a move as two happenings."""
        new = isinstance(event, FileCreatedEvent | DirCreatedEvent)
        for path in (event.src_path, event.dest_path):
            if path:
                self._hear(Heard(self._folder, self._named(os.fsdecode(path)), event.is_directory, new))

    def _named(self, path: str) -> str:
        return self._folder + path[len(self._real) :] if path.startswith(self._real) else path
