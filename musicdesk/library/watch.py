"""Watch folders: say which ones to scan when music in them came, changed or went, and not before it is complete."""

import errno
import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self

from musicdesk.library.places import Place, is_empty, linked, on_network, place
from musicdesk.library.settling import PATIENCE_S, QUIET_S, STABLE_S, Settling, topmost
from musicdesk.library.walk import ENDINGS, NO_MUSIC, STOP_SIGNS
from musicdesk.records import printable

if TYPE_CHECKING:
    from musicdesk.library.ears import Ears, Heard

PLACES_S = 5.0
"""How often to look whether a disk came or went."""
DEAF_S = 900.0
"""How often to ask for folders that the system does not let us watch, unless said otherwise."""
CLOSE_S = 10.0
"""How long closing waits for a network drive that answers no more."""
STORM = 5000
"""After so many changes in a row the system may have dropped some (Linux keeps 16,384): the whole folder is due."""
BUSY_S = 0.25
"""How often the thread wakes up while there is something to wait for."""


@dataclass(slots=True)
class _Root:
    folder: str
    at: Place | None = None
    """Where it was when we began to listen; None: we do not."""
    trees: list[str] = field(default_factory=list)
    deaf: bool = False
    network: bool = False
    asked: float = -math.inf


class Watch:
    """Listens to ``folders`` from the beginning, on threads of its own, until it is closed.

    ``due`` is called with the folders to scan: each lies in one of ``folders`` or is one of them, was there a moment
    ago, and holds no file that is still being written. One call at a time, on the thread of the watch; the next comes
    no sooner than ``due`` returned, which must not wait for whoever closes the watch. A storm of changes is one call.
    Reading and playing files is no change; neither are hidden files and files that are no music.

    ``every_s``: ask for every folder this often besides, for network drives that tell nothing; None: never.
    ``first``: ask for every folder once at the start, for what changed while nobody watched.
    ``say`` gets every new ``problem``. A disk that is not there now is listened to, and asked for, when it is back.
    """

    def __init__(
        self,
        folders: Iterable[str],
        *,
        due: Callable[[frozenset[str]], None],
        every_s: float | None = None,
        first: bool = False,
        say: Callable[[str], None] = lambda _: None,
        quiet_s: float = QUIET_S,
        stable_s: float = STABLE_S,
        patience_s: float = PATIENCE_S,
        places_s: float = PLACES_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._roots = {folder: _Root(folder) for folder in topmost(os.path.abspath(f) for f in folders)}
        self._due, self._say, self._clock = due, say, clock
        self._every_s, self._first, self._places_s = every_s, first, places_s
        self._settling = Settling(quiet_s=quiet_s, stable_s=stable_s, patience_s=patience_s)
        self._news: deque[Heard] = deque()
        self._storm, self._looked, self._grown = 0, -math.inf, False
        self._problem = ""
        self._ears: Ears | None = None
        self._listening, self._closing, self._wake = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="watching folders", daemon=True)
        self._thread.start()

    @property
    def problem(self) -> str:
        """What cannot be watched and what happens instead, in sentences; "" if all is well."""
        return self._problem

    def listening(self, timeout_s: float = 0.0) -> bool:
        """Whether every folder that is there is listened to by now; waits for that up to ``timeout_s``."""
        return self._listening.wait(timeout_s)

    def close(self) -> None:
        """Stop listening; ``due`` is not called after this, and no thread is left."""
        self._closing.set()
        self._wake.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(CLOSE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------------------------------------- the thread

    def _run(self) -> None:
        self._ears = self._open_ears()
        try:
            self._look_around(began=True)
            self._listening.set()
            while not self._rested_and_closed():
                self._hear()
                if self._clock() - self._looked >= self._places_s:
                    self._look_around()
                self._call()
        finally:
            if self._ears is not None:
                self._ears.close()

    def _rested_and_closed(self) -> bool:
        """Sleep until there is something to do, and a moment longer: a storm is not taken drop by drop."""
        if not self._settling:
            self._wake.wait(self._places_s)
        self._wake.clear()
        return self._closing.wait(BUSY_S)

    def _open_ears(self) -> "Ears | None":
        from musicdesk.library.ears import Ears  # 50 ms that the start of the program need not wait for

        try:
            return Ears(self._ring)
        except OSError:
            return None

    def _call(self) -> None:
        """Hand out what is ready."""
        ready = self._settling.ready(self._clock())
        folders = topmost(there for folder in ready if (there := self._standing(folder)))
        if folders and not self._closing.is_set():
            self._due(frozenset(folders))
        if ready and self._grown:
            self._grown = False
            self._check_limit()

    def _standing(self, folder: str) -> str:
        """This folder or the nearest above that is there, within the folder watched; "" if not even that is there."""
        while not os.path.isdir(folder):
            if folder in self._roots or folder == os.path.dirname(folder):
                return ""
            folder = os.path.dirname(folder)
        return folder

    # ------------------------------------------------------------------------------------------- what is heard

    def _ring(self, heard: "Heard") -> None:
        """Called on the threads of the ears."""
        self._news.append(heard)
        self._wake.set()

    def _hear(self) -> None:
        if not self._news:
            self._storm = 0
        while self._news:
            heard = self._news.popleft()
            root = self._root_of(heard.folder)
            if root is not None:
                self._take(heard, root)
                self._storm += 1
                if self._storm == STORM:
                    self._storm = 0
                    self._settling.ask(root.folder, self._clock())

    def _root_of(self, tree: str) -> _Root | None:
        return next((root for root in self._roots.values() if tree in root.trees), None)

    def _take(self, heard: "Heard", root: _Root) -> None:
        path, now = heard.path, self._clock()
        folder, name = os.path.split(path)
        if path == heard.folder:  # the folder itself went: its place may be taken by another one of the same number
            root.at, self._looked = None, -math.inf
        elif _is_beside_the_music(os.path.relpath(folder, root.folder)):
            return
        elif name in STOP_SIGNS:
            self._settling.ask(folder, now)
        elif _is_beside_the_music(name):
            return
        elif heard.is_folder:
            # of a new one the files in it are heard; of one that was moved away nothing more
            self._grown = self._grown or heard.is_new
            if not heard.is_new:
                self._settling.ask(path, now)
        elif os.path.splitext(name)[1].lower() in ENDINGS:
            self._settling.note(path, now)
        elif os.path.islink(path) and os.path.isdir(path):
            root.at, self._looked = None, -math.inf

    # ------------------------------------------------------------------------------------------- where to listen

    def _look_around(self, *, began: bool = False) -> None:
        """Listen anew to what came back or is another place than before; ask for what is due by the clock."""
        self._looked = self._clock()
        for root in self._roots.values():
            here = place(root.folder)
            if here != root.at:
                self._attend(root, here)
                if (self._first or not began) and here and not is_empty(root.folder):
                    self._settling.ask(root.folder, self._clock())
            self._ask_by_the_clock(root)
        self._tell()

    def _attend(self, root: _Root, here: Place | None) -> None:
        """Listen to a folder and what is linked into it; to nothing if it is not there."""
        for tree in root.trees:
            if self._ears:
                self._ears.forget(tree)
        root.at, root.trees, root.deaf, root.network = here, [], False, False
        if here is None:
            return
        root.asked, root.network = self._clock(), on_network(root.folder)
        for name, real in ((root.folder, root.folder), *linked(root.folder)):
            root.deaf |= not self._listen(root, name, real)
        self._check_limit()

    def _listen(self, root: _Root, name: str, real: str) -> bool:
        if self._ears is None:
            return False
        root.trees.append(name)
        try:
            self._ears.listen(name, at=real)
        except OSError as error:
            return error.errno in (errno.ENOENT, errno.ENOTDIR)  # it just went: the next look around sees that
        return True

    def _check_limit(self) -> None:
        if self._ears is None or self._ears.full():
            for root in self._roots.values():
                root.deaf |= root.at is not None
            self._tell()

    def _ask_by_the_clock(self, root: _Root) -> None:
        period = self._every_s or (DEAF_S if root.deaf else math.inf)
        if root.at is None or self._clock() - root.asked < period:
            return
        root.asked = self._clock()
        if root.deaf:  # the limit may have been raised
            self._attend(root, root.at)
        self._settling.ask(root.folder)

    # ------------------------------------------------------------------------------------------- sentences

    def _tell(self) -> None:
        deaf = [root.folder for root in self._roots.values() if root.deaf]
        remote = [root.folder for root in self._roots.values() if root.network and not root.deaf]
        problem = " ".join(filter(None, (self._deaf_sentence(deaf), self._network_sentence(remote))))
        if problem != self._problem:
            self._problem = problem
            self._say(problem)

    def _deaf_sentence(self, folders: list[str]) -> str:
        if not folders:
            return ""
        limit = "fs.inotify.max_user_watches" if self._ears else "fs.inotify.max_user_instances"
        return (
            f"The system's limit of watched folders is reached, so changes in {_names(folders)} may go unheard and are "
            f"looked for {_often(self._every_s or DEAF_S)}. Raise {limit} to have them at once."
        )

    def _network_sentence(self, folders: list[str]) -> str:
        if not folders:
            return ""
        instead = (
            f"they are looked for {_often(self._every_s)}."
            if self._every_s
            else "scan it yourself after such changes, or set in the settings how often to look."
        )
        return f"A network drive does not tell what other computers change in {_names(folders)}: {instead}"


def _is_beside_the_music(path: str) -> bool:
    """Whether a walk would pass by a file or folder of this relative path."""
    parts = path.split(os.sep) if path != os.curdir else []
    return any(part.startswith(".") or part.lower() in NO_MUSIC for part in parts)


def _names(folders: list[str]) -> str:
    return ", ".join(printable(folder) for folder in folders)


def _often(every_s: float) -> str:
    minutes = max(1, round(every_s / 60))
    return "every minute" if minutes == 1 else f"every {minutes} minutes"
