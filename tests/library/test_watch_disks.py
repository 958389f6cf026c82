"""A watch where disks come and go, where the system sets limits, and in its end."""

import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from namespaces import in_namespace
from watching import Asked, a_while, make, run, until

from musicdesk.library.watch import Watch

pytestmark = pytest.mark.filterwarnings("ignore:Callback with id:RuntimeWarning")

# ------------------------------------------------------------------------------------------- disks that come and go


def test_a_folder_that_vanishes_asks_for_nothing_and_is_asked_for_when_it_is_back(
    music: Path, watch: Any, asked: Asked
) -> None:
    away = music.parent / "away"
    watch(music)
    music.rename(away)
    a_while()
    assert asked.calls == []
    away.rename(music)
    until(lambda: asked.calls == [{str(music)}])
    make(music / "a/2.mp3")
    until(lambda: asked.calls[1:] == [{str(music / "a")}])


def test_a_folder_that_is_made_anew_is_listened_to_again(music: Path, watch: Any, asked: Asked) -> None:
    watch(music)
    shutil.rmtree(music)
    make(music / "new/1.mp3")
    until(lambda: str(music) in asked.folders)
    make(music / "new/2.mp3")
    until(lambda: str(music / "new") in asked.folders)


def test_a_folder_that_is_not_there_at_the_start_is_noticed_when_it_comes(
    music: Path, watch: Any, asked: Asked
) -> None:
    late = music.parent / "late"
    assert watch(music, late).problem == ""
    make(late / "1.mp3")
    until(lambda: asked.folders == {str(late)})


def test_a_disk_that_is_unmounted_and_mounted_again(tmp_path: Path) -> None:
    script = """
    import subprocess
    from musicdesk.library.watch import Watch
    disk, calls = sys.argv[1] + "/disk", []
    os.mkdir(disk)
    def mount(): subprocess.run(["mount", "--bind", sys.argv[1] + "/real", disk], check=True)
    def until(true):
        end = time.monotonic() + 20
        while not true():
            assert time.monotonic() < end, calls
            time.sleep(0.02)
    os.makedirs(sys.argv[1] + "/real/a")
    open(sys.argv[1] + "/real/a/1.mp3", "w").close()
    mount()
    with Watch([disk], due=calls.append, quiet_s=0.3, stable_s=0.5, places_s=0.2) as watch:
        assert watch.listening(20)
        subprocess.run(["umount", disk], check=True)
        time.sleep(1.5)
        assert calls == [], "an empty place is no change"
        mount()
        until(lambda: calls == [{disk}])
        open(disk + "/a/2.mp3", "w").close()
        until(lambda: calls[1:] == [{disk + "/a"}])
    print("done")
    """
    assert in_namespace(script, str(tmp_path)) == "done"


# ------------------------------------------------------------------------------------------- limits


def test_where_the_limit_of_watches_is_reached_it_says_so_and_asks_by_the_clock(music: Path) -> None:
    for number in range(30):
        (music / f"album {number}").mkdir()
    script = """
    from musicdesk.library import watch
    from musicdesk.library.watch import Watch
    with open("/proc/sys/user/max_inotify_watches", "w") as limit: limit.write("10")
    watch.DEAF_S, calls, said = 1.0, [], []
    with Watch([sys.argv[1]], due=calls.append, quiet_s=0.3, stable_s=0.5, places_s=0.2, say=said.append) as watch:
        assert watch.listening(20)
        end = time.monotonic() + 20
        while not calls and time.monotonic() < end: time.sleep(0.05)
        assert calls[0] == {sys.argv[1]}
        assert said == [watch.problem], said
        print(watch.problem)
        with open("/proc/sys/user/max_inotify_watches", "w") as limit: limit.write("10000")
        while watch.problem and time.monotonic() < end: time.sleep(0.05)
        assert said[1:] == [""], said
    """
    assert in_namespace(script, str(music)) == (
        f"The system's limit of watched folders is reached, so changes in {music} may go unheard and are looked for "
        "every minute. Raise fs.inotify.max_user_watches to have them at once."
    )


def test_new_folders_beyond_the_limit_are_noticed_too(music: Path) -> None:
    script = """
    from musicdesk.library.watch import Watch
    with open("/proc/sys/user/max_inotify_watches", "w") as limit: limit.write("6")
    with Watch([sys.argv[1]], due=lambda _: None, quiet_s=0.3, stable_s=0.5, places_s=0.2) as watch:
        assert watch.listening(20)
        assert watch.problem == ""
        for number in range(8):
            os.mkdir(f"{sys.argv[1]}/new {number}")
            open(f"{sys.argv[1]}/new {number}/1.mp3", "w").close()
        end = time.monotonic() + 20
        while not watch.problem and time.monotonic() < end: time.sleep(0.05)
        print(watch.problem[:40])
    """
    assert in_namespace(script, str(music)) == "The system's limit of watched folders is"


def test_where_no_listener_is_allowed_at_all_it_says_so(music: Path) -> None:
    script = """
    from musicdesk.library.watch import Watch
    with open("/proc/sys/user/max_inotify_instances", "w") as limit: limit.write("0")
    calls = []
    with Watch([sys.argv[1]], due=calls.append, every_s=0.5, quiet_s=0.3, stable_s=0.5, places_s=0.2) as watch:
        assert watch.listening(20)
        end = time.monotonic() + 20
        while not calls and time.monotonic() < end: time.sleep(0.05)
        assert calls[0] == {sys.argv[1]}
        assert "fs.inotify.max_user_instances" in watch.problem, watch.problem
    print("done")
    """
    assert in_namespace(script, str(music)) == "done"


def test_a_network_drive_says_that_it_does_not_tell_everything(
    music: Path, tmp_path: Path, watch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mountinfo").write_text(f"30 22 0:41 / {music} rw - nfs4 nas:/music rw\n")
    monkeypatch.setattr("musicdesk.library.places._MOUNTS", str(tmp_path / "mountinfo"))
    said: list[str] = []
    assert f"what other computers change in {music}: scan it yourself" in watch(music, say=said.append).problem
    assert len(said) == 1
    assert "they are looked for every 15 minutes" in watch(music, every_s=900.0).problem


# ------------------------------------------------------------------------------------------- the end


def test_closing_ends_every_thread_and_every_request(music: Path, asked: Asked) -> None:
    before = set(threading.enumerate())
    one = Watch([str(music)], due=asked, quiet_s=0.1, stable_s=0.1)
    assert one.listening(20)
    make(music / "a/2.mp3")
    one.close()
    one.close()
    assert set(threading.enumerate()) <= before
    calls = list(asked.calls)
    a_while()
    assert asked.calls == calls


def test_it_can_be_closed_at_once_and_from_a_request(music: Path) -> None:
    before = set(threading.enumerate())
    Watch([str(music)], due=lambda _: None).close()
    assert set(threading.enumerate()) <= before
    held: list[Watch] = []
    closed = threading.Event()

    def close(_: frozenset[str]) -> None:
        held[0].close()
        closed.set()

    held.append(Watch([str(music)], due=close, quiet_s=0.1, stable_s=0.1))
    assert held[0].listening(20)
    make(music / "a/2.mp3")
    assert closed.wait(20)
    until(lambda: set(threading.enumerate()) <= before)


def test_the_program_starts_without_the_listener() -> None:
    script = "import musicdesk.library.watch; assert not any('watchdog' in m for m in sys.modules)"
    assert run(script).wait() == 0
