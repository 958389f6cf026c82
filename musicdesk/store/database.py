"""One SQLite file, opened once and used from any thread and by several processes at a time.

Every thread has a connection of its own. WAL lets many read while one writes; who must wait, waits up to ``BUSY_S``.
A block of ``reading()`` sees one moment of the database; a block of ``writing()`` is kept whole or not at all, also
when the process is killed in it. What SQLite says of files and disks becomes a sentence here and nowhere else.
"""

import errno
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import sqlite_utils

from musicdesk.errors import (
    BrokenDatabase,
    DataFolderError,
    DiskFull,
    NewerDatabase,
    NothingYet,
    ReadOnlyData,
    UserFacing,
)
from musicdesk.store.migrations import APPLICATION_ID, MIGRATIONS, VERSION

FILE = "musicdesk.db"
BUSY_S = 10.0
"""How long a writer waits for another."""
NEARLY_FULL_BYTES = 1 << 20
CHUNK = 500
"""Values in one ``IN (…)``."""


class Database:
    """The library's database; made by :meth:`open`, shared by the stores, closed once."""

    def __init__(self, path: Path, *, mode: str) -> None:
        self.path = path
        self.read_only = mode != "mode=rwc"
        self._uri = f"file:{quote(os.fsencode(path))}?{mode}"
        self._local = threading.local()
        self.before_writing: Callable[[], None] = lambda: None
        """Called before every transaction that writes; raises ReadOnlyData where another process is the writer."""
        self._guard = threading.Lock()
        self._connections: list[tuple[threading.Thread, sqlite_utils.Database]] = []
        self._closed = False
        try:
            self._check_current() if self.read_only else self._upgrade()
        except BaseException:
            self.close()
            raise

    @classmethod
    def open(cls, folder: Path, *, read_only: bool = False) -> Self:
        """Open the database of a data folder, making or upgrading it first.

        ``read_only`` opens an existing database of this version and changes nothing, also on a medium that cannot be
        written. Raises DataFolderError (ReadOnlyData, DiskFull, NewerDatabase, BrokenDatabase), NothingYet.
        """
        path = Path(folder).absolute() / FILE
        with plain_words(path):
            if read_only:
                return cls._open_to_read(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            return cls(path, mode="mode=rwc")

    @classmethod
    def _open_to_read(cls, path: Path) -> Self:
        if not path.exists():
            raise NothingYet(f"There is no library in {path.parent} yet. Scan a folder of music first.")
        try:
            return cls(path, mode="mode=ro")
        except sqlite3.OperationalError:
            # A medium that cannot be written gives WAL no place for its index; with nothing left in the log
            # the file alone is the whole truth.
            log = path.with_name(path.name + "-wal")
            if log.exists() and log.stat().st_size:
                raise
            return cls(path, mode="immutable=1")

    # ------------------------------------------------------------------------------------------- connections

    @property
    def sql(self) -> sqlite_utils.Database:
        """This thread's connection."""
        mine: sqlite_utils.Database | None = getattr(self._local, "sql", None)
        if mine is None:
            mine = self._local.sql = self._connect()
        return mine

    def _connect(self) -> sqlite_utils.Database:
        with self._guard:
            if self._closed:
                raise RuntimeError("The database is closed.")
            self._close_connections_of_ended_threads()
            connection = sqlite3.connect(self._uri, uri=True, timeout=BUSY_S, check_same_thread=False)
            sql = sqlite_utils.Database(connection, execute_plugins=False)
            for pragma in ("foreign_keys=ON", "synchronous=NORMAL", "cache_size=-65536", "journal_size_limit=67108864"):
                sql.execute(f"PRAGMA {pragma}")
            self._connections.append((threading.current_thread(), sql))
            return sql

    def _close_connections_of_ended_threads(self) -> None:
        asked = [(thread.is_alive(), thread, sql) for thread, sql in self._connections]  # once: it may end meanwhile
        for alive, _, sql in asked:
            if not alive:
                sql.close()
        self._connections = [(thread, sql) for alive, thread, sql in asked if alive]

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            self._closed = True
            for _, sql in self._connections:
                sql.close()
            self._connections.clear()
            self._local = threading.local()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------------------------------------- transactions

    @contextmanager
    def reading(self) -> Iterator[sqlite_utils.Database]:
        """One moment of the database, however many questions are asked within."""
        with plain_words(self.path):
            sql = self.sql
            if sql.conn.in_transaction:
                yield sql
                return
            sql.begin()
            try:
                yield sql
            finally:
                sql.rollback()

    @contextmanager
    def writing(self) -> Iterator[sqlite_utils.Database]:
        """All of it or nothing. The lock is taken at the start: a reader that turned writer could not wait for it."""
        if self.read_only:
            raise ReadOnlyData(f"The library in {self.path.parent} was opened to be read only.")
        self.before_writing()
        with plain_words(self.path):
            sql = self.sql
            if not sql.conn.in_transaction:
                sql.execute("BEGIN IMMEDIATE")
                with _committed(sql):
                    yield sql
            else:
                with sql.atomic():
                    yield sql

    # ------------------------------------------------------------------------------------------- versions

    @property
    def version(self) -> int:
        """The number of the last migration that was applied."""
        return _pragma(self.sql, "user_version")

    def _check_ours(self) -> None:
        empty = not self.sql.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not empty and _pragma(self.sql, "application_id") != APPLICATION_ID:
            raise BrokenDatabase(f"{self.path} is not a library of musicdesk. Move it away, or use another folder.")
        if self.version > VERSION:
            raise NewerDatabase(
                f"The library in {self.path.parent} was written by a newer musicdesk (version {self.version}, this "
                f"one knows {VERSION}). Install the newer one again, or use another folder with --data."
            )

    def _check_current(self) -> None:
        self._check_ours()
        if self.version < VERSION:
            raise ReadOnlyData(
                f"The library in {self.path.parent} is of an older musicdesk and must be upgraded first. "
                "Open it once where it can be written."
            )

    def _upgrade(self) -> None:
        self._check_ours()
        _enable_wal(self.sql)
        with self.writing() as sql:  # also the test whether the folder can be written
            self._check_ours()
            before = self.version
            if before == VERSION:
                return
            if before:
                self.backup(self.path.with_name(f"{self.path.name}.backup-{before}"))
            MIGRATIONS.apply(sql)
            sql.execute(f"PRAGMA application_id={APPLICATION_ID}")
            sql.execute(f"PRAGMA user_version={VERSION}")

    def backup(self, target: Path) -> None:
        """Copy everything that is committed into the file ``target``, whole or not at all."""
        new = target.with_name(target.name + ".new")
        new.unlink(missing_ok=True)
        source = sqlite3.connect(self._uri, uri=True, timeout=BUSY_S)
        copy = sqlite3.connect(new)
        try:
            source.backup(copy)
            copy.close()
            new.replace(target)
        finally:
            copy.close()
            source.close()
            new.unlink(missing_ok=True)


@contextmanager
def _committed(sql: sqlite_utils.Database) -> Iterator[None]:
    try:
        yield
        sql.conn.execute("COMMIT")
    except BaseException:
        sql.rollback()
        raise


def _pragma(sql: sqlite_utils.Database, name: str) -> int:
    return int(sql.execute(f"PRAGMA {name}").fetchone()[0])


def _enable_wal(sql: sqlite_utils.Database) -> None:
    # SQLite does not wait here when another process is making the same file at the same moment.
    end = time.monotonic() + BUSY_S
    while True:
        try:
            return sql.enable_wal()
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(0.02)


def rows_in(sql: sqlite_utils.Database, query: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of ``query``, whose ``IN (?)`` is filled with ``values`` in chunks."""
    for start in range(0, len(values), CHUNK):
        chunk = values[start : start + CHUNK]
        yield from sql.execute(query.replace("(?)", f"({','.join('?' * len(chunk))})"), chunk)


def storable(text: str) -> str:
    """``text`` without the halves of surrogate pairs that SQLite cannot keep as text (they become U+FFFD)."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# ------------------------------------------------------------------------------------------------------ sentences


@contextmanager
def plain_words(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say of the file ``path`` into sentences; mistakes of ours pass through."""
    try:
        yield
    except sqlite3.Error as error:
        sentence = _sentence_for_sqlite(error, path)
        if sentence is None:
            raise
        raise sentence from error
    except OSError as error:
        raise sentence_for_system(error, path) from error


def _sentence_for_sqlite(error: sqlite3.Error, path: Path) -> UserFacing | None:
    code = _code(error)
    if code == sqlite3.SQLITE_FULL:
        return _disk_full(path)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return _read_only(path)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return _broken(path)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DataFolderError(
            f"Another program has been writing to {path} for over {BUSY_S:.0f} s. Close it, or try again later."
        )
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR):
        return _unusable(path, error)
    return None


def _code(error: sqlite3.Error) -> int:
    """The primary result code; 0 for what the module itself found wrong."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _unusable(path: Path, error: sqlite3.Error) -> UserFacing:
    if path.is_dir():
        return BrokenDatabase(f"{path} is a folder, where the library's file should be. Move it away.")
    with suppress(OSError):
        if shutil.disk_usage(path.parent).free < NEARLY_FULL_BYTES:
            return _disk_full(path)
        if os.statvfs(path.parent).f_flag & os.ST_RDONLY:
            return _read_only(path)
    if not os.access(path.parent, os.W_OK | os.X_OK) or (path.exists() and not os.access(path, os.R_OK | os.W_OK)):
        return _read_only(path)
    return DataFolderError(f"{path} cannot be read or written ({error}). Check that the disk is there and sound.")


def _broken(path: Path) -> BrokenDatabase:
    copies = sorted(path.parent.glob(path.name + ".backup-*"))
    way_out = f"Put a backup in its place ({copies[-1].name})" if copies else "Move it away to begin anew"
    return BrokenDatabase(f"{path} is damaged, or no library at all. {way_out}, or use another folder with --data.")


def _disk_full(path: Path) -> DiskFull:
    return DiskFull(f"There is no room left on the disk of {path.parent}. Make some and try again; nothing is lost.")


def _read_only(path: Path) -> ReadOnlyData:
    return ReadOnlyData(f"{path.parent} cannot be written. Give yourself the right to, or use another folder.")


def sentence_for_system(error: OSError, path: Path) -> DataFolderError:
    """The sentence for an error of the file system in the data folder of ``path``."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _disk_full(path)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _read_only(path)
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return DataFolderError(f"{path.parent} is not a folder. Use another one with --data.")
    return DataFolderError(f"{path.parent} cannot be used as data folder: {error.strerror or error}.")
