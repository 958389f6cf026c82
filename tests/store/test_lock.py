"""One process writes; it is named, and it frees the folder however it ends."""

import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from namespaces import in_namespace

from musicdesk.store import lock
from musicdesk.store.lock import FILE, Writer

Start = Callable[[str], "subprocess.Popen[str]"]
HOLD = """
import sys, time
from pathlib import Path
from musicdesk.store.lock import Writer
writer = Writer(Path(sys.argv[1]))
print(writer.claim(), flush=True)
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """``start(script)``: a process that runs it with the folder as argument; killed in the end."""
    with ExitStack() as stack:

        def _start(script: str) -> "subprocess.Popen[str]":
            command = [sys.executable, "-c", script, str(tmp_path)]
            process = stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            stack.callback(process.kill)
            return process

        yield _start


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().rstrip("\n")


def test_another_process_is_named_and_kill_9_frees_its_claim(tmp_path: Path, start: Start) -> None:
    holder = start(HOLD + "time.sleep(600)")
    assert line(holder) == ""
    writer = Writer(tmp_path)
    expected = f"Another musicdesk (process {holder.pid}) has this library open; this one only reads."
    assert writer.claim() == expected
    assert not writer.held
    assert writer.claim() == expected
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert writer.claim() == ""
    assert writer.held


def test_processes_that_the_killed_one_left_behind_do_not_hold_its_claim(tmp_path: Path, start: Start) -> None:
    children = """
import multiprocessing, subprocess
if __name__ == "__main__":
    worker = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,))
    worker.start()
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print(worker.pid, sleeper.pid, flush=True)
    time.sleep(600)
"""
    holder = start(HOLD + children)
    assert line(holder) == ""
    left = [int(pid) for pid in line(holder).split()]
    holder.kill()
    holder.wait()
    try:
        assert [os.kill(pid, 0) for pid in left] == [None, None]
        assert Writer(tmp_path).claim() == ""
    finally:
        for pid in left:
            os.kill(pid, signal.SIGKILL)


def test_release_lets_the_next_one_write(tmp_path: Path, start: Start) -> None:
    mine = Writer(tmp_path)
    assert mine.claim() == ""
    other = start(HOLD + "sys.stdin.readline(); print(writer.claim(), flush=True); sys.stdin.readline()")
    assert line(other) == f"Another musicdesk (process {os.getpid()}) has this library open; this one only reads."
    mine.release()
    mine.release()
    assert not mine.held
    print(file=other.stdin, flush=True)
    assert line(other) == ""
    assert f"(process {other.pid})" in mine.claim()


def test_of_many_that_claim_at_once_one_gets_it(tmp_path: Path, start: Start) -> None:
    go = tmp_path / "go"
    at_once = HOLD.replace("print(", f"\nwhile not Path({str(go)!r}).exists(): pass\nprint(")
    many = [start(at_once + "sys.stdin.readline()") for _ in range(6)]
    time.sleep(0.5)
    go.touch()
    assert sorted(bool(line(one)) for one in many) == [False, *[True] * 5]


def test_two_desks_of_one_process_do_not_both_write(tmp_path: Path) -> None:
    one, two = Writer(tmp_path), Writer(tmp_path)
    assert (one.claim(), one.claim()) == ("", "")
    assert f"(process {os.getpid()})" in two.claim()
    two.release()
    assert two.claim()
    one.release()
    assert two.claim() == ""


def test_each_folder_has_its_own_writer_and_a_new_folder_is_made(tmp_path: Path) -> None:
    one, two = Writer(tmp_path / "a"), Writer(tmp_path / "b" / "c")
    assert (one.claim(), two.claim()) == ("", "")
    assert (tmp_path / "b" / "c" / FILE).is_file()


@pytest.mark.parametrize("left", [b"", b"\xff\xfe nonsense", b"12", b"999999999 2020-01-01T00:00:00+0000 "])
def test_what_cannot_be_read_of_the_writer_is_not_said(tmp_path: Path, left: bytes) -> None:
    writer = Writer(tmp_path)
    assert writer.claim() == ""
    (tmp_path / FILE).write_bytes(left + (platform.node().encode() if left.endswith(b" ") else b""))
    assert Writer(tmp_path).claim() == "Another musicdesk has this library open; this one only reads."


def test_a_writer_on_another_computer_is_named_with_it(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    assert writer.claim() == ""
    (tmp_path / FILE).write_text("77 2020-01-01T00:00:00+0000 kitchen\n")
    assert "(process 77 on kitchen)" in Writer(tmp_path).claim()


def test_what_a_dead_writer_left_is_no_claim(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(f"{os.getpid()} 2020-01-01T00:00:00+0000 {platform.node()}\n" + "x" * 5000)
    writer = Writer(tmp_path)
    assert writer.claim() == ""
    pid, _, host = (tmp_path / FILE).read_text().split()
    assert (int(pid), host) == (os.getpid(), platform.node())


def test_a_file_that_is_removed_while_it_is_claimed_keeps_nobody_out_and_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, removed = lock._locked, []

    def remove_once(descriptor: int) -> bool:
        if not removed:
            removed.append(True)
            (tmp_path / FILE).unlink()
        return real(descriptor)

    monkeypatch.setattr(lock, "_locked", remove_once)
    writer = Writer(tmp_path)
    assert writer.claim() == ""
    assert removed
    assert f"(process {os.getpid()})" in Writer(tmp_path).claim()


def test_a_folder_that_cannot_be_written_says_so() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        as_root = os.geteuid() == 0
        try:
            if as_root:
                os.seteuid(65534)
            for place in (folder, folder / "new"):
                said = Writer(place).claim()
                assert "cannot be written" in said
                assert said.endswith("; this one only reads.")
        finally:
            if as_root:
                os.seteuid(0)
            folder.chmod(0o755)


def test_a_disk_that_is_read_only_says_so(tmp_path: Path) -> None:
    script = """
    import subprocess
    from pathlib import Path
    from musicdesk.store.lock import Writer
    folder = sys.argv[1]
    subprocess.run(["mount", "-t", "tmpfs", "none", folder], check=True)
    writer = Writer(Path(folder))
    assert writer.claim() == ""
    writer.release()
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    print(writer.claim())
    """
    said = in_namespace(script, str(tmp_path))
    assert "cannot be written" in said
    assert said.endswith("; this one only reads.")


def test_a_file_in_place_of_the_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert "is not a folder" in Writer(tmp_path / "data").claim()


def test_a_disk_without_locks_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unable(_: int, __: int) -> None:
        raise OSError(lock.errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock.fcntl, "flock", unable)
    assert "cannot lock files" in Writer(tmp_path).claim()
