import gc
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest
import sqlite_utils
from sqlite_utils.migrations import Migrations
from store.samples import KEY, NEXT, WORDS, analysis, scanned, sound

from musicdesk.errors import (
    BrokenDatabase,
    DataFolderError,
    DiskFull,
    NewerDatabase,
    NothingYet,
    ReadOnlyData,
    UserFacing,
)
from musicdesk.store import database as module
from musicdesk.store import migrations
from musicdesk.store.database import FILE, Database, storable
from musicdesk.store.feedback import FeedbackStore
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore

HERE = Path(__file__).parent


def fill(folder, count=3):
    with Database.open(folder) as database:
        TrackStore(database).save([scanned(f"/m/{n}.flac", n) for n in range(count)], now=1.0)


def titles(folder, **how):
    with Database.open(folder, **how) as database:
        return [track.title for track in TrackStore(database).all()]


def start(code, *arguments):
    """A process that runs ``code`` with the store at hand."""
    head = f"""
        import sys; sys.path.insert(0, {str(HERE.parent)!r})
        from pathlib import Path
        from store.samples import *
        from musicdesk.store.database import Database
        from musicdesk.store.tracks import TrackStore
    """
    source = textwrap.dedent(head) + textwrap.dedent(code)
    command = [sys.executable, "-c", source, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


# ------------------------------------------------------------------------------------------------------- opening


def test_a_new_folder_gets_a_database_in_wal_mode_at_the_current_version(tmp_path):
    with Database.open(tmp_path / "new" / "folder") as database:
        assert database.sql.journal_mode == "wal"
        assert database.version == migrations.VERSION
        assert database.sql.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert database.sql.execute("PRAGMA synchronous").fetchone() == (1,)


def test_the_version_counts_the_migrations_and_their_names_are_numbered():
    names = [step.name for step in migrations.MIGRATIONS.pending(sqlite_utils.Database(memory=True))]
    assert len(names) == migrations.VERSION
    assert [name[:6] for name in names] == [f"m{number:04}_" for number in range(1, len(names) + 1)]


def test_what_was_written_is_there_after_a_restart(tmp_path):
    fill(tmp_path)
    assert titles(tmp_path) == ["0", "1", "2"]


@pytest.mark.parametrize("name", ["a?b#c%20d", "é", os.fsdecode(b"caf\xe9"), "trailing space "])
def test_a_data_folder_may_have_any_name(tmp_path, name):
    fill(tmp_path / name)
    assert titles(tmp_path / name) == ["0", "1", "2"]
    assert titles(tmp_path / name, read_only=True) == ["0", "1", "2"]


def test_no_log_is_left_beside_a_closed_database(tmp_path):
    fill(tmp_path)
    assert os.listdir(tmp_path) == [FILE]


# ------------------------------------------------------------------------------------------------------ upgrading


def older(folder, *, stop_before="m0003_feedback", version=2):
    """A library as an older musicdesk left it, with one track."""
    folder.mkdir(exist_ok=True)
    database = sqlite_utils.Database(folder / FILE)
    migrations.MIGRATIONS.apply(database, stop_before=stop_before)
    database.execute(f"PRAGMA application_id={migrations.APPLICATION_ID}")
    database.execute(f"PRAGMA user_version={version}")
    database["sources"].insert({"path": b"/m"})
    database.close()


def test_an_older_library_is_backed_up_then_upgraded(tmp_path):
    older(tmp_path)
    with Database.open(tmp_path) as database:
        assert database.version == migrations.VERSION
        assert [source.path for source in TrackStore(database).sources()] == ["/m"]
        assert FeedbackStore(database).all() == {}
    backup = sqlite_utils.Database(tmp_path / f"{FILE}.backup-2")
    assert backup.execute("PRAGMA user_version").fetchone() == (2,)
    assert list(backup["sources"].rows) == [{"id": 1, "path": b"/m"}]
    backup.close()


def test_a_library_of_this_version_is_not_backed_up(tmp_path):
    fill(tmp_path)
    fill(tmp_path)
    assert os.listdir(tmp_path) == [FILE]


def test_an_upgrade_that_fails_leaves_the_library_as_it_was(tmp_path, monkeypatch):
    fill(tmp_path)
    steps = Migrations("musicdesk")

    @steps()
    def m9998_half(db):
        db["half"].create({"id": int}, pk="id")

    @steps()
    def m9999_broken(db):
        raise RuntimeError

    monkeypatch.setattr(module, "MIGRATIONS", steps)
    monkeypatch.setattr(module, "VERSION", migrations.VERSION + 2)
    with pytest.raises(RuntimeError):
        Database.open(tmp_path)
    monkeypatch.undo()
    with Database.open(tmp_path) as database:
        assert database.version == migrations.VERSION
        assert "half" not in database.sql.table_names()
    assert titles(tmp_path) == ["0", "1", "2"]


def of_version_5(folder):
    """A library as musicdesk 0.2 left it, with rows in the tables that were changed since; gives what is in it."""
    older(folder, stop_before="m0006_listening", version=5)
    database = sqlite_utils.Database(folder / FILE)
    track = {
        "length_s": 200.0, "codec": "flac", "tags": '{"title":"Old"}', "words": "old m", "size_bytes": 1000,
        "mtime_ns": 1, "problem": "", "added": 1.0, "changed": 1.0,
    }  # fmt: skip
    database["tracks"].insert_all(
        {"id": n, "path": f"/m/{n}.flac".encode(), "audio_hash": sound(n), **track} for n in range(1, 6)
    )
    keys = ({"id": n, "name": "musicnn", "version": str(n), "front_end": "mel96"} for n in (1, 2))
    database["encoders"].insert_all({**key, "dim": 4, "vocabulary": '["guitar", "piano"]'} for key in keys)
    vector = {
        "reason": "", "windows": 6, "typical_s": 9.0, "decode_s": 0.1, "features_s": 0.2, "encode_s": 0.3,
        "analysed": 2.0, "vector": np.arange(4, dtype="<f2").tobytes(), "tags": np.ones(2, dtype="<f2").tobytes(),
    }  # fmt: skip
    rows = ((1, 3, "ok"), (1, 5, "ok"), (2, 2, "partial"), (2, 1, "ok"))
    database["vectors"].insert_all(
        {"encoder_id": encoder, "audio_hash": sound(n), "state": state, **vector} for encoder, n, state in rows
    )
    line = {"path": b"/m/4.flac", "mtime_ns": 1, "state": "failed", "reason": "It ends early.", "noted": 3.0}
    database["failures"].insert({"encoder_id": 2, "audio_hash": sound(4), **line})
    before = rows_of(database)
    database.close()
    return before


def rows_of(database):
    return {name: list(database[name].rows) for name in ("sources", "tracks", "encoders", "vectors", "failures")}


def test_a_library_of_version_5_keeps_every_row_and_works_on(tmp_path):
    before = of_version_5(tmp_path)
    with Database.open(tmp_path) as database:
        for name, rows in rows_of(database.sql).items():
            assert [{k: row[k] for k in old} for row, old in zip(rows, before[name], strict=True)] == before[name]
        vectors = VectorStore(database)
        coverage = vectors.coverage(NEXT, now=9.0)
        assert (coverage.ok, coverage.partial, coverage.failed, coverage.stale, coverage.quick) == (1, 1, 1, 2, 0)
        (failure,) = coverage.failures
        assert (failure.reason, failure.noted, failure.attempts, failure.retry_after) == ("It ends early.", 3.0, 1, 0.0)
        assert [one.path for one in vectors.pending(NEXT, now=1e12)] == ["/m/3.flac", "/m/5.flac"]
        assert vectors.load(NEXT).hashes == (sound(2), sound(1))
        vectors.add([analysis(1), analysis(3), analysis(5)], key=NEXT, vocabulary=WORDS, now=4.0)
        assert vectors.load(NEXT).hashes == vectors.traits(NEXT).hashes == tuple(map(sound, (2, 1, 3, 5)))
        assert vectors.forget_stale(NEXT) == 2
    backup = sqlite_utils.Database(tmp_path / f"{FILE}.backup-5")
    assert rows_of(backup) == before
    backup.close()


def test_an_upgraded_library_has_the_same_tables_and_indexes_as_a_new_one(tmp_path):
    of_version_5(tmp_path / "old")
    schemas = []
    for name in ("old", "new"):
        with Database.open(tmp_path / name) as database:
            schemas.append(set(database.sql.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()))
    assert schemas[0] == schemas[1]


def test_a_library_of_a_newer_musicdesk_is_refused_and_left_alone(tmp_path):
    fill(tmp_path)
    raw = sqlite3.connect(tmp_path / FILE)
    raw.execute("PRAGMA user_version=99")
    raw.close()
    before = (tmp_path / FILE).read_bytes()
    for read_only in (False, True):
        with pytest.raises(NewerDatabase, match="newer musicdesk"):
            Database.open(tmp_path, read_only=read_only)
    assert (tmp_path / FILE).read_bytes() == before


def test_an_older_library_cannot_be_read_before_it_is_upgraded(tmp_path):
    older(tmp_path)
    with pytest.raises(ReadOnlyData, match="upgraded"):
        Database.open(tmp_path, read_only=True)


# --------------------------------------------------------------------------------------------------- broken things


def test_a_text_file_called_musicdesk_db_is_a_sentence_and_stays_as_it_is(tmp_path):
    (tmp_path / FILE).write_text("my shopping list\n" * 100)
    for read_only in (False, True):
        with pytest.raises(BrokenDatabase, match="no library"):
            Database.open(tmp_path, read_only=read_only)
    assert (tmp_path / FILE).read_text().startswith("my shopping list")


def test_an_empty_file_becomes_a_library(tmp_path):
    (tmp_path / FILE).touch()
    fill(tmp_path)
    assert titles(tmp_path) == ["0", "1", "2"]


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path):
    other = sqlite_utils.Database(tmp_path / FILE)
    other["addresses"].insert({"name": "Ada"})
    other.close()
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(BrokenDatabase, match="not a library of musicdesk"):
        Database.open(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_truncated_database_is_a_sentence_that_names_the_backup(tmp_path):
    fill(tmp_path, 2000)
    shutil.copy(tmp_path / FILE, tmp_path / f"{FILE}.backup-4")
    os.truncate(tmp_path / FILE, 40_000)
    with pytest.raises(BrokenDatabase, match=r"damaged.*backup-4"):
        titles(tmp_path)


def test_a_folder_in_place_of_the_file_is_a_sentence(tmp_path):
    (tmp_path / FILE).mkdir()
    with pytest.raises(BrokenDatabase, match="is a folder"):
        Database.open(tmp_path)


def test_a_file_in_place_of_the_folder_is_a_sentence(tmp_path):
    (tmp_path / "data").touch()
    for folder in (tmp_path / "data", tmp_path / "data" / "below"):
        with pytest.raises(DataFolderError, match="not a folder"):
            Database.open(folder)


def test_a_mistake_of_ours_keeps_its_traceback(database):
    with pytest.raises(sqlite3.OperationalError, match="no such table"), database.reading() as sql:
        sql.execute("SELECT * FROM nowhere")


# ------------------------------------------------------------------------------------------------------- read only


def test_reading_a_library_that_is_not_there_makes_none(tmp_path):
    with pytest.raises(NothingYet, match="Scan a folder"):
        Database.open(tmp_path, read_only=True)
    assert os.listdir(tmp_path) == []


def test_a_library_opened_to_read_refuses_to_write(tmp_path):
    fill(tmp_path)
    with Database.open(tmp_path, read_only=True) as database, pytest.raises(ReadOnlyData):
        TrackStore(database).add_source("/m")


def test_a_library_on_a_read_only_disk_can_be_read_and_says_so_when_written(tiny_disk):
    folder = tiny_disk()
    fill(folder)
    tiny_disk("remount,ro")
    assert titles(folder, read_only=True) == ["0", "1", "2"]
    with pytest.raises(ReadOnlyData, match="cannot be written"):
        Database.open(folder)
    with pytest.raises(ReadOnlyData):
        Database.open(folder / "new")


def test_what_a_killed_process_left_in_the_log_is_read_from_a_read_only_disk(tiny_disk):
    folder = tiny_disk()
    process = start(
        """
        database = Database.open(Path(sys.argv[1]))
        TrackStore(database).save([scanned("/m/last words.flac", 1)], now=1.0)
        print("saved", flush=True)
        sys.stdin.read()
        import time; time.sleep(60)
        """,
        folder,
    )
    assert process.stdout.readline() == "saved\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert (folder / f"{FILE}-wal").stat().st_size > 0
    tiny_disk("remount,ro")
    assert titles(folder, read_only=True) == ["last words"]


def test_a_folder_without_the_right_to_write_is_a_sentence():
    folder = Path(tempfile.mkdtemp())
    try:
        fill(folder)
        folder.chmod(0o555)
        as_root = os.geteuid() == 0
        if as_root:
            folder.chmod(0o755)
            os.seteuid(65534)
        try:
            with pytest.raises(ReadOnlyData, match="cannot be written"):
                Database.open(folder)
            with pytest.raises(ReadOnlyData, match="cannot be written"):
                Database.open(folder / "new")
            assert titles(folder, read_only=True) == ["0", "1", "2"]
        finally:
            if as_root:
                os.seteuid(0)
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


# ------------------------------------------------------------------------------------------------------- disk full


def test_a_full_disk_is_a_sentence_and_loses_nothing(tiny_disk):
    folder = tiny_disk()
    with Database.open(folder) as database:
        tracks = TrackStore(database)
        saved = 0
        with pytest.raises(DiskFull, match="no room left"):
            for start_ in range(0, 100_000, 200):
                tracks.save([scanned(f"/m/{n}.flac", n) for n in range(start_, start_ + 200)], now=1.0)
                saved += 200
        assert saved > 0
        assert len(tracks.all()) == saved
    with Database.open(folder, read_only=True) as database:
        assert len(TrackStore(database).all()) == saved


def test_a_disk_that_is_full_from_the_start_is_a_sentence(tiny_disk):
    folder = tiny_disk()
    with (folder / "films").open("wb") as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(bytes(65536))
            file.flush()
    with pytest.raises(DiskFull):
        Database.open(folder)


def test_a_batch_that_does_not_fit_is_left_out_whole(database):
    vectors = VectorStore(database)
    vectors.add([analysis(1, dim=64)], key=KEY, vocabulary=("guitar", "piano"), now=1.0)
    pages = database.sql.execute("PRAGMA page_count").fetchone()[0]
    database.sql.execute(f"PRAGMA max_page_count={pages + 8}")
    many = [analysis(number, dim=64) for number in range(1000)]
    with pytest.raises(DiskFull):
        vectors.add(many, key=KEY, vocabulary=("guitar", "piano"), now=1.0)
    assert database.sql["vectors"].count == 1
    database.sql.execute("PRAGMA max_page_count=1000000")
    vectors.add(many, key=KEY, vocabulary=("guitar", "piano"), now=1.0)
    assert database.sql["vectors"].count == 1000


def test_an_upgrade_without_room_for_its_backup_changes_nothing(tmp_path, monkeypatch):
    older(tmp_path)

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Database, "backup", full)
    with pytest.raises(DiskFull):
        Database.open(tmp_path)
    monkeypatch.undo()
    raw = sqlite3.connect(tmp_path / FILE)
    assert raw.execute("PRAGMA user_version").fetchone() == (2,)
    raw.close()


# --------------------------------------------------------------------------------------------- threads, processes


def test_every_thread_has_a_connection_and_ended_threads_leave_none(database):
    seen, errors = [], []

    def work(number):
        try:
            FeedbackStore(database).add_play(f"1:{number}", now=1.0, seconds=2.0)
            seen.append(database.sql)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert not errors
    assert len(set(map(id, seen))) == 8
    assert len(FeedbackStore(database).all()) == 8
    last = threading.Thread(target=work, args=(9,))
    last.start()
    last.join()
    assert len(database._connections) <= 2
    for sql in seen[:8]:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            sql.execute("SELECT 1")


def test_readers_are_not_stopped_by_a_writer_and_see_one_moment(database):
    tracks = TrackStore(database)
    tracks.save([scanned("/m/1.flac", 1)], now=1.0)

    def write():
        TrackStore(database).save([scanned("/m/2.flac", 2)], now=1.0)

    with database.reading():
        assert len(tracks.all()) == 1
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
        assert len(tracks.all()) == 1
    assert len(tracks.all()) == 2


def test_a_closed_database_is_not_opened_again_by_accident(database):
    database.close()
    with pytest.raises(RuntimeError, match="closed"):
        TrackStore(database).all()


def test_several_processes_make_and_fill_one_library_together(tmp_path):
    code = """
        number = int(sys.argv[2])
        with Database.open(Path(sys.argv[1])) as database:
            for batch in range(20):
                TrackStore(database).save([scanned(f"/{number}/{batch}.flac", 1000 * number + batch)], now=1.0)
                TrackStore(database).all()
    """
    processes = [start(code, tmp_path, number) for number in range(3)]
    for process in processes:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    with Database.open(tmp_path) as database:
        assert len(TrackStore(database).all()) == 60


def test_a_writer_that_waits_too_long_is_a_sentence(database, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BUSY_S", 0.1)
    with Database.open(tmp_path / "data") as other, other.writing(), pytest.raises(DataFolderError, match="Another"):
        waiting = Database.open(tmp_path / "data")
        waiting.close()


def test_a_process_killed_in_mid_write_leaves_whole_batches(tmp_path):
    code = """
        with Database.open(Path(sys.argv[1])) as database:
            for batch in range(10**6):
                files = [scanned(f"/{batch}/{n}.flac", 50 * batch + n) for n in range(50)]
                TrackStore(database).save(files, now=1.0)
                print(batch, flush=True)
    """
    process = start(code, tmp_path)
    for _ in range(5):
        told = process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    last = int((told + rest).split()[-1])
    with Database.open(tmp_path) as database:
        count = len(TrackStore(database).all())
        assert database.sql.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert count % 50 == 0
    assert count >= 50 * (last + 1)


def test_an_error_in_a_batch_takes_the_whole_batch_back(database):
    with pytest.raises(ZeroDivisionError), database.writing() as sql:
        sql["sources"].insert({"path": b"/m"})
        raise ZeroDivisionError
    assert TrackStore(database).sources() == ()
    with pytest.raises(ZeroDivisionError), database.writing():
        TrackStore(database).add_source("/m")
        raise ZeroDivisionError
    assert TrackStore(database).sources() == ()


def test_no_connection_is_left_open(tmp_path, recwarn):
    fill(tmp_path)
    with pytest.raises(UserFacing):
        Database.open(tmp_path / FILE)
    gc.collect()
    assert not [warning for warning in recwarn if issubclass(warning.category, ResourceWarning)]


def test_text_that_sqlite_cannot_keep_is_made_storable():
    assert storable("caf\udce9") == "caf\ufffd"
    assert storable("\ud83d\ude00 é") == "😀 é"
    assert storable("plain") == "plain"
