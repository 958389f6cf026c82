"""A watch on real folders, changed by real processes: which folders it asks for, when, and how often."""

import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from watching import Asked, a_while, make, run, until

pytestmark = pytest.mark.filterwarnings("ignore:Callback with id:RuntimeWarning")

# ------------------------------------------------------------------------------------------- what is asked for


def test_nothing_happens_nothing_is_asked(music: Path, watch: Any, asked: Asked) -> None:
    assert watch(music).problem == ""
    a_while()
    assert asked.calls == []


def test_a_new_file_a_new_folder_a_retagged_and_a_removed_file(music: Path, watch: Any, asked: Asked) -> None:
    watch(music)
    make(music / "a/2.mp3")
    until(lambda: asked.calls == [{str(music / "a")}])
    make(music / "c/deep/1.opus")
    until(lambda: asked.calls[1:] == [{str(music / "c/deep")}])
    with (music / "b/1.flac").open("r+b") as file:
        file.write(b"tag")
    until(lambda: asked.calls[2:] == [{str(music / "b")}])
    (music / "b/1.flac").unlink()
    until(lambda: asked.calls[3:] == [{str(music / "b")}])
    make(music / "loose.wav")
    until(lambda: asked.calls[4:] == [{str(music)}])


def test_moves_ask_for_both_ends_at_once(music: Path, watch: Any, asked: Asked) -> None:
    watch(music)
    (music / "a/1.mp3").rename(music / "b/new name.mp3")
    until(lambda: asked.calls == [{str(music / "a"), str(music / "b")}])
    (music / "b").rename(music / "c")  # what is gone is asked for where it was
    until(lambda: asked.calls[1:] == [{str(music)}])


def test_a_folder_that_goes_is_asked_for_at_the_nearest_one_that_stays(music: Path, watch: Any, asked: Asked) -> None:
    make(music / "artist/one/1.mp3")
    make(music / "artist/two/1.mp3")
    watch(music)
    shutil.rmtree(music / "artist/one")
    until(lambda: asked.calls == [{str(music / "artist")}])
    (music / "artist/two").rename(music.parent / "elsewhere")
    until(lambda: asked.calls[1:] == [{str(music / "artist")}])
    (music.parent / "elsewhere").rename(music / "artist/three")
    until(lambda: asked.calls[2:] == [{str(music / "artist/three")}])


def test_a_finished_download_counts_under_its_last_name(music: Path, watch: Any, asked: Asked) -> None:
    watch(music)
    part = make(music / "b/2.mp3.part")
    a_while()
    assert asked.calls == []
    part.rename(music / "b/2.mp3")
    until(lambda: asked.calls == [{str(music / "b")}])


def test_what_is_no_music_or_hidden_and_what_is_only_read_is_no_change(music: Path, watch: Any, asked: Asked) -> None:
    for name in (".cache/1.mp3", "@eaDir/1.mp3"):
        make(music / name)
    watch(music)
    for name in ("musicdesk.db", "musicdesk.db-wal", "musicdesk.lock", "list.m3u8", "a/cover.jpg", ".cache/2.mp3",
                 "@eaDir/2.mp3", "a/.1.mp3.tmp.mp3", "a/.hidden.mp3", "a/new folder/notes.txt"):  # fmt: skip
        make(music / name)
    for file in music.rglob("*"):
        if file.is_file():
            file.read_bytes()
    shutil.rmtree(music / ".cache")
    a_while()
    assert asked.calls == []


def test_a_stop_sign_that_comes_or_goes_is_a_change(music: Path, watch: Any, asked: Asked) -> None:
    watch(music)
    make(music / "a/.nomedia", b"")
    until(lambda: asked.calls == [{str(music / "a")}])
    (music / "a/.nomedia").unlink()
    until(lambda: asked.calls[1:] == [{str(music / "a")}])


def test_names_that_are_no_utf8_are_asked_for_by_their_bytes(music: Path, watch: Any, asked: Asked) -> None:
    watch(music)
    odd = os.fsencode(music) + b"/caf\xe9"
    os.mkdir(odd)
    with open(odd + b"/1.mp3", "wb") as file:
        file.write(b"x")
    until(lambda: {os.fsencode(folder) for folder in asked.folders} == {odd})


def test_a_folder_given_by_a_link_and_folders_linked_into_it_are_heard_under_their_own_names(
    music: Path, watch: Any, asked: Asked
) -> None:
    link, outside = music.parent / "link", music.parent / "outside"
    make(outside / "x/1.mp3")
    link.symlink_to(music)
    (music / "b/out").symlink_to(outside)
    watch(link)
    make(music / "a/2.mp3")
    until(lambda: asked.calls == [{str(link / "a")}])
    make(outside / "x/2.mp3")
    until(lambda: asked.calls[1:] == [{str(link / "b/out/x")}])
    (music / "a/late").symlink_to(make(music.parent / "late/1.mp3").parent)
    until(lambda: asked.calls[2:] == [{str(link)}])
    make(music.parent / "late/2.mp3")
    until(lambda: asked.calls[3:] == [{str(link / "a/late")}])


def test_several_folders_and_one_within_another(music: Path, watch: Any, asked: Asked) -> None:
    other = make(music.parent / "other/1.mp3").parent
    watch(music, other, music / "a")
    make(other / "2.mp3")
    make(music / "a/2.mp3")
    until(lambda: asked.calls == [{str(other), str(music / "a")}])


def test_all_is_asked_for_at_the_start_if_wished(music: Path, watch: Any, asked: Asked) -> None:
    watch(music, music.parent / "none", first=True)
    until(lambda: asked.calls == [{str(music)}])


def test_all_is_asked_for_by_the_clock_if_wished(music: Path, watch: Any, asked: Asked) -> None:
    watch(music, every_s=1.0)
    until(lambda: len(asked.calls) >= 2)
    assert asked.folders == {str(music)}


# ------------------------------------------------------------------------------------------- when, and how often


def test_five_hundred_files_copied_slowly_are_one_request(music: Path, watch: Any, asked: Asked) -> None:
    watch(music, quiet_s=1.0)
    copy = """
for number in range(500):
    folder = f"{sys.argv[1]}/album {number // 20}"
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/{number}.mp3", "wb") as file:
        for _ in range(4):
            file.write(b"x" * 20_000)
            file.flush()
    time.sleep(0.005)
"""
    assert run(copy, music).wait() == 0
    until(lambda: asked.calls)
    a_while()
    assert len(asked.calls) == 1
    assert asked.folders == {str(music / f"album {number}") for number in range(25)}


def test_a_growing_file_is_not_asked_for_before_it_is_complete(music: Path, watch: Any, asked: Asked) -> None:
    slow, seen = music / "slow/1.mp3", []
    asked.on_call = lambda: seen.append(slow.stat().st_size)
    watch(music, stable_s=1.5)
    grow = """
os.mkdir(os.path.dirname(sys.argv[1]))
with open(sys.argv[1], "wb") as file:
    for _ in range(30):
        file.write(b"x" * 1000)
        file.flush()
        time.sleep(0.1)
"""
    growing = run(grow, slow)
    until(lambda: slow.exists())
    make(music / "a/2.mp3")  # a complete one does not wait for it
    until(lambda: asked.calls == [{str(music / "a")}])
    assert growing.poll() is None
    assert growing.wait() == 0
    until(lambda: asked.calls[1:] == [{str(music / "slow")}])
    assert seen[-1] == 30_000


def test_one_request_at_a_time_and_what_happens_meanwhile_is_the_next(music: Path, watch: Any, asked: Asked) -> None:
    began, go_on = threading.Event(), threading.Event()

    def scan() -> None:
        began.set()
        assert go_on.wait(30)

    asked.on_call = scan
    watch(music)
    make(music / "a/2.mp3")
    assert began.wait(30)
    for number in range(5):
        make(music / f"b/{number}.mp3")
        time.sleep(0.2)
    a_while()
    go_on.set()
    until(lambda: asked.calls == [{str(music / "a")}, {str(music / "b")}])
    assert asked.most == 1


def test_a_storm_too_large_for_the_system_asks_for_the_whole_folder(
    music: Path, watch: Any, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("musicdesk.library.watch.STORM", 300)
    watch(music)
    storm = "for n in range(400): open(f'{sys.argv[1]}/b/{n}.txt', 'w').close()\nopen(f'{sys.argv[1]}/b/x.mp3', 'w')"
    assert run(storm, music).wait() == 0
    until(lambda: asked.folders == {str(music)})
