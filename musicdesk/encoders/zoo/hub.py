"""Files fetched from where their authors publish them: continued where they stopped, checked, whole or not at all.

What has come of a file is kept beside its place as ``NAME.part``, with a note of what it is part of; it outlives a
cancelled, killed or failed download. A file gets its name when it is complete and its hash is the one that musicdesk
knows, or else the one that the server declares. Only what a spec names is fetched.
"""

import hashlib
import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PureWindowsPath
from typing import Self
from urllib.parse import urlsplit

from musicdesk.encoders.base import Download
from musicdesk.encoders.zoo.disk import FULL, check_room, hash_of, size_text
from musicdesk.encoders.zoo.transfer import Answer, Broken, NothingThere, Transfer, Unreachable
from musicdesk.errors import ModelUnavailable
from musicdesk.jobs import Job
from musicdesk.whole_files import whole

TRIES = 4
"""How often in a row a connection may break without a byte having come."""
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0
TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is there and whole."""

    path: Path
    url: str
    size_bytes: int
    sha256: str


def fetch(
    download: Download,
    folder: Path,
    job: Job,
    *,
    then_bytes: int = 0,
    timeout_s: float = TIMEOUT_S,
    first_wait_s: float = FIRST_WAIT_S,
) -> Fetched:
    """Put a file into ``folder``, or find it there; ``then_bytes`` is what has to be free on the disk afterwards.

    Raises:
        ModelUnavailable: no network, refused, gone, not the file that is known, no room; what to do about it.
        Cancelled: what has come stays for the next time.
    """
    path = inside(folder, download.name)
    job.begin(f"Downloading {download.name}", total=download.size_bytes or None, unit="bytes")
    try:
        part = _Part(path, download)
        if not (path.is_file() and part.is_finished(job)):
            _complete(part, job, room_bytes=then_bytes, timeout_s=timeout_s, wait_s=first_wait_s)
        return Fetched(path, download.url, part.size_bytes, part.sha256)
    except OSError as error:
        why = "the disk is full. Make room and try again" if error.errno in FULL else error.strerror or str(error)
        raise ModelUnavailable(f"{download.name} could not be written in {folder}: {why}.") from error


def inside(folder: Path, name: str) -> Path:
    """The path of a file of this name in ``folder``; raises ModelUnavailable for a name that leads elsewhere."""
    if name in ("", ".", "..") or PureWindowsPath(name).name != name or "\0" in name:
        raise ModelUnavailable(f"{name!r} is no name of a file that may be downloaded. Please report this.")
    return folder / name


@dataclass(frozen=True, slots=True)
class _Note:
    """What is known of a file, of which a part is here."""

    url: str = ""
    tag: str = ""
    sha256: str = ""
    size_bytes: int | None = None

    @classmethod
    def read(cls, path: Path) -> Self:
        """What was noted; an empty note if nothing, or nothing legible, is there."""
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            size = raw["size_bytes"]
            return cls(str(raw["url"]), str(raw["tag"]), str(raw["sha256"]), None if size is None else int(size))
        except (OSError, ValueError, KeyError, TypeError):
            return cls()

    def write(self, path: Path) -> None:
        """Keep it, whole or not at all."""
        with whole(path) as new:
            new.write_text(json.dumps(asdict(self)), encoding="utf-8")


class _Part:
    """What has come of a file so far: the bytes, their hash, and what they are part of."""

    def __init__(self, path: Path, download: Download) -> None:
        self.path, self.download = path, download
        self._bytes = path.with_name(path.name + ".part")
        self._noted = path.with_name(path.name + ".note")
        noted = _Note.read(self._noted)
        self._note = noted if noted.url == download.url else _Note()
        self._digest = hashlib.sha256()
        self.size_bytes = 0

    @property
    def sha256(self) -> str:
        """The hash of what is here."""
        return self._digest.hexdigest()

    @property
    def tag(self) -> str:
        """What to continue by."""
        return self._note.tag

    @property
    def wanted_sha256(self) -> str:
        """What the hash must be in the end; "" if nobody says."""
        return self.download.sha256 or self._note.sha256

    @property
    def total_bytes(self) -> int | None:
        """How large the file is."""
        return self.download.size_bytes or self._note.size_bytes

    def is_finished(self, job: Job) -> bool:
        """Whether the file is there already, and whole; one that is not is deleted."""
        if self._note.url or self.wanted_sha256:
            self._take_up(self.path, job)
            if self._fits:
                return True
        self.path.unlink()
        self.start_over()
        return False

    def go_on(self, job: Job) -> bool:
        """Take up what an earlier download left, if it can be continued; whether that is the whole file."""
        if not self._bytes.is_file() or not self.can_go_on:
            self.start_over()
            return False
        self._take_up(self._bytes, job)
        return bool(self.wanted_sha256) and self._fits

    @property
    def can_go_on(self) -> bool:
        """Whether it would be noticed if the server had another file by now."""
        return bool(self.tag or self.wanted_sha256)

    def start_over(self) -> None:
        """Forget what has come."""
        self._bytes.unlink(missing_ok=True)
        self._noted.unlink(missing_ok=True)
        self._digest, self.size_bytes = hashlib.sha256(), 0

    def belongs_to(self, answer: Answer) -> bool:
        """Whether what a server is about to send continues what is here."""
        if answer.start != self.size_bytes:
            return False
        other_hash = answer.sha256 and self._note.sha256 and answer.sha256 != self._note.sha256
        other_size = answer.size_bytes is not None and self._note.size_bytes not in (None, answer.size_bytes)
        return not self.size_bytes or not (other_hash or other_size)

    def note(self, answer: Answer) -> None:
        """Remember what a server says; raises ModelUnavailable if it is another file than the one that is known."""
        known = self.download
        if known.size_bytes and answer.size_bytes not in (None, known.size_bytes):
            assert answer.size_bytes is not None
            raise _other(known, f"it has {answer.size_bytes:,} bytes, {known.size_bytes:,} were expected")
        if known.sha256 and answer.sha256 not in ("", known.sha256):
            raise _other(known, f"sha256 {answer.sha256[:12]}…, expected {known.sha256[:12]}…")
        before = self._note if self.size_bytes else _Note()
        size = before.size_bytes if answer.size_bytes is None else answer.size_bytes
        self._note = _Note(known.url, answer.tag, answer.sha256 or before.sha256, size)

    def receive(self, transfer: Transfer, job: Job) -> None:
        """Add what comes; raises Broken if it ends early."""
        self._note.write(self._noted)
        with self._bytes.open("ab") as file:
            for block in transfer.blocks():
                file.write(block)
                self._digest.update(block)
                self.size_bytes += len(block)
                if self.total_bytes is not None and self.size_bytes > self.total_bytes:
                    break
                job.advance(len(block))
        if self.total_bytes is not None and self.size_bytes < self.total_bytes:
            raise Broken(f"{transfer.host} stopped in the middle")

    def finish(self) -> None:
        """Give the file its name; raises ModelUnavailable, and deletes it, if it is not the right one."""
        if not self._fits:
            found, wanted = self.sha256, self.wanted_sha256
            self.start_over()
            why = f"sha256 {found[:12]}…, expected {wanted[:12]}…" if wanted else "it is larger than it should be"
            raise _other(self.download, why)
        replace(self._note, url=self.download.url, sha256=self.sha256).write(self._noted)
        self._bytes.replace(self.path)

    @property
    def _fits(self) -> bool:
        """Whether hash and size are those that they should be, as far as anybody says."""
        return self.wanted_sha256 in ("", self.sha256) and self.total_bytes in (None, self.size_bytes)

    def _take_up(self, path: Path, job: Job) -> None:
        self._digest = hash_of(path, job)
        self.size_bytes = path.stat().st_size


def _complete(part: _Part, job: Job, *, room_bytes: int, timeout_s: float, wait_s: float) -> None:
    """Fetch what is missing, over as many connections as it takes."""
    if part.go_on(job):
        part.finish()
        return
    began, tries = part.size_bytes, 0
    while True:
        before = part.size_bytes
        try:
            _receive(part, job, room_bytes=room_bytes, timeout_s=timeout_s)
            part.finish()
            return
        except Broken as error:
            tries = 1 if part.size_bytes > before else tries + 1
            if tries >= TRIES or (isinstance(error, Unreachable) and part.size_bytes == began):
                raise _gave_up(part, error) from error
            if not part.can_go_on:
                part.start_over()
            _rest(job, max(error.wait_s, wait_s * 2 ** (tries - 1)))
        except ModelUnavailable:
            if part.size_bytes or not began:
                raise
            began = 0  # what was continued turned out not to fit: once more, from its beginning


def _receive(part: _Part, job: Job, *, room_bytes: int, timeout_s: float) -> None:
    """One connection."""
    url = part.download.url
    with Transfer(url, at=part.size_bytes, tag=part.tag, timeout_s=timeout_s, check=job.check) as transfer:
        try:
            answer = transfer.answer()
        except NothingThere:  # all of it has come, or it has become shorter
            if part.size_bytes != part.total_bytes:
                part.start_over()
                raise Broken(f"{transfer.host} has another file by now") from None
            return
        if not part.belongs_to(answer):
            part.start_over()
            if answer.start:
                raise Broken(f"{transfer.host} sends another part than the one asked for")
        part.note(answer)
        _begin(part, job, room_bytes=room_bytes)
        part.receive(transfer, job)


def _begin(part: _Part, job: Job, *, room_bytes: int) -> None:
    """Say what is to come, if there is room for it."""
    total, here = part.total_bytes, part.size_bytes
    if total is not None:
        check_room(part.path.parent, total - here + room_bytes, what=part.path.name)
    going_on = f", from {size_text(here)} on" if here else ""
    job.begin(f"Downloading {part.path.name}{going_on}", total=None if total is None else total - here, unit="bytes")


def _rest(job: Job, wait_s: float) -> None:
    """Leave a server alone for a while."""
    until = time.monotonic() + min(wait_s, LONGEST_WAIT_S)
    while time.monotonic() < until:
        job.check()
        time.sleep(0.05)


def _other(download: Download, why: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"What {urlsplit(download.url).hostname} sends as {download.name} is not the file that it should be ({why}). "
        "It was deleted. Try again later; if it stays so, please report it."
    )


def _gave_up(part: _Part, error: Broken) -> ModelUnavailable:
    kept = f" {size_text(part.size_bytes)} are kept, the next try goes on there." if part.size_bytes else ""
    return ModelUnavailable(
        f"{part.path.name} could not be downloaded: {error}.{kept} Try again with a network connection, or fetch the "
        "files elsewhere and install from their folder (--from-dir)."
    )
