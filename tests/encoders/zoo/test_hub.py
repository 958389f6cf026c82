"""Downloads from a real server on this computer that cuts, lies, forgets and sends elsewhere."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from encoders.model_server import File, Hub, serving

from musicdesk.encoders.base import Download
from musicdesk.encoders.zoo import hub as hubs
from musicdesk.encoders.zoo.disk import check_room
from musicdesk.encoders.zoo.hub import fetch, inside
from musicdesk.errors import ModelUnavailable
from musicdesk.jobs import Cancelled, Job, Progress

CONTENT = bytes(range(256)) * 4000  # 1 MB
OTHER = CONTENT[::-1]
PATH = "/org/model/resolve/main/weights.bin"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving({PATH: File(CONTENT)}) as hub:
        yield hub


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "downloads").mkdir()
    return tmp_path / "downloads"


def of(hub: Hub, **known: str | int) -> Download:
    return Download(hub.address(PATH), "weights.bin", **known)  # type: ignore[arg-type]


def get(download: Download, folder: Path, job: Job | None = None) -> hubs.Fetched:
    return fetch(download, folder, job or Job(), timeout_s=5.0, first_wait_s=0.01)


def bodies(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".note")


def ranges(hub: Hub) -> list[str]:
    return [wanted for _, wanted in hub.asked]


def cancelled_halfway(hub: Hub, folder: Path) -> int:
    """What is kept of a download that somebody cancelled."""
    hub.files[PATH].pause_s = 0.01
    job = Job(lambda progress: job.cancel() if progress.done > 300_000 else None)
    with pytest.raises(Cancelled):
        get(of(hub), folder, job)
    hub.files[PATH].pause_s = 0.0
    return (folder / "weights.bin.part").stat().st_size


def test_a_file_comes_whole_and_is_told_in_bytes(hub: Hub, folder: Path) -> None:
    heard: list[Progress] = []
    fetched = get(of(hub, size_bytes=len(CONTENT), sha256=sha256(CONTENT)), folder, Job(heard.append))
    assert fetched.path.read_bytes() == CONTENT
    assert (fetched.sha256, fetched.size_bytes) == (sha256(CONTENT), len(CONTENT))
    assert (heard[-1].done, heard[-1].total, heard[-1].unit) == (len(CONTENT), len(CONTENT), "bytes")
    assert bodies(folder) == ["weights.bin"]


def test_what_is_there_already_is_not_fetched_again(hub: Hub, folder: Path) -> None:
    first = get(of(hub), folder)
    assert get(of(hub), folder) == first
    assert len(hub.asked) == 1


def test_what_is_there_but_damaged_is_fetched_again(hub: Hub, folder: Path) -> None:
    path = get(of(hub), folder).path
    path.write_bytes(CONTENT[:-1] + b"?")
    assert get(of(hub), folder).path.read_bytes() == CONTENT


def test_a_file_of_another_address_is_not_taken_for_this_one(hub: Hub, folder: Path) -> None:
    get(of(hub), folder)
    hub.files["/new"] = File(OTHER)
    assert get(Download(hub.address("/new"), "weights.bin"), folder).path.read_bytes() == OTHER


def test_a_cancelled_download_goes_on_where_it_stopped(hub: Hub, folder: Path) -> None:
    kept = cancelled_halfway(hub, folder)
    assert 300_000 < kept < len(CONTENT)
    assert get(of(hub), folder).path.read_bytes() == CONTENT
    assert ranges(hub) == ["", f"bytes={kept}-"]


def test_a_killed_program_leaves_what_the_next_goes_on_with(hub: Hub, folder: Path) -> None:
    hub.files[PATH].pause_s = 0.01
    script = (
        "import sys; from pathlib import Path; from musicdesk.encoders.zoo.hub import fetch; "
        "from musicdesk.encoders.base import Download; from musicdesk.jobs import Job; "
        "fetch(Download(sys.argv[1], 'weights.bin'), Path(sys.argv[2]), Job())"
    )
    child = subprocess.Popen([sys.executable, "-c", script, hub.address(PATH), str(folder)])
    part = folder / "weights.bin.part"
    until = time.monotonic() + 60
    while time.monotonic() < until and (not part.exists() or part.stat().st_size < 200_000):
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert 200_000 <= part.stat().st_size < len(CONTENT)
    hub.files[PATH].pause_s = 0.0
    assert get(of(hub), folder).path.read_bytes() == CONTENT
    assert ranges(hub)[-1].startswith("bytes=")


def test_a_connection_that_breaks_is_taken_up_again(hub: Hub, folder: Path) -> None:
    hub.files[PATH].cuts = [100_000, 50_000, 0, 0, 300_000]
    assert get(of(hub, sha256=sha256(CONTENT)), folder).path.read_bytes() == CONTENT
    assert ranges(hub)[1:3] == ["bytes=100000-", "bytes=150000-"]
    assert hub.sent == len(CONTENT)


def test_a_connection_that_only_breaks_is_given_up_and_what_came_is_kept(hub: Hub, folder: Path) -> None:
    hub.files[PATH].cuts = [100_000, 0, 0, 0, 0, 0]
    with pytest.raises(ModelUnavailable, match=r"stopped in the middle\. 100 kB are kept.*--from-dir"):
        get(of(hub), folder)
    assert bodies(folder) == ["weights.bin.part"]


def test_a_server_that_knows_no_ranges_sends_all_again(hub: Hub, folder: Path) -> None:
    kept = cancelled_halfway(hub, folder)
    hub.files[PATH].ranges = False
    assert get(of(hub), folder).path.read_bytes() == CONTENT
    assert ranges(hub) == ["", f"bytes={kept}-"]


def test_a_file_that_changed_meanwhile_is_fetched_from_its_beginning(hub: Hub, folder: Path) -> None:
    cancelled_halfway(hub, folder)
    hub.files[PATH] = File(OTHER)
    assert get(of(hub), folder).path.read_bytes() == OTHER


def test_a_changed_file_behind_an_unchanged_tag_does_not_pass(hub: Hub, folder: Path) -> None:
    hub.files[PATH].tag = '"one"'
    cancelled_halfway(hub, folder)
    hub.files[PATH] = File(OTHER, tag='"one"')
    assert get(of(hub, sha256=sha256(OTHER)), folder).path.read_bytes() == OTHER
    assert ranges(hub)[-1] == ""


def test_a_file_that_became_shorter_is_fetched_from_its_beginning(hub: Hub, folder: Path) -> None:
    hub.files[PATH].tag = '"one"'
    cancelled_halfway(hub, folder)
    hub.files[PATH] = File(CONTENT[:1000], tag='"one"')
    assert get(of(hub), folder).path.read_bytes() == CONTENT[:1000]


def test_without_tag_and_hash_nothing_is_continued(hub: Hub, folder: Path) -> None:
    hub.files[PATH].tag = ""
    cancelled_halfway(hub, folder)
    assert get(of(hub), folder).path.read_bytes() == CONTENT
    assert ranges(hub) == ["", ""]


def test_without_tag_and_hash_a_broken_connection_means_all_again(hub: Hub, folder: Path) -> None:
    hub.files[PATH] = File(CONTENT, tag="", cuts=[100_000])
    assert get(of(hub), folder).path.read_bytes() == CONTENT
    assert ranges(hub) == ["", ""]


def test_without_tag_a_known_hash_is_enough_to_go_on(hub: Hub, folder: Path) -> None:
    hub.files[PATH].tag = ""
    kept = cancelled_halfway(hub, folder)
    assert get(of(hub, sha256=sha256(CONTENT)), folder).path.read_bytes() == CONTENT
    assert ranges(hub) == ["", f"bytes={kept}-"]


def test_all_that_lacked_was_the_name(hub: Hub, folder: Path) -> None:
    path = get(of(hub), folder).path
    path.rename(folder / "weights.bin.part")
    assert get(of(hub), folder).path.read_bytes() == CONTENT
    assert len(hub.asked) == 1


def test_a_wrong_hash_is_told_and_deleted(hub: Hub, folder: Path) -> None:
    with pytest.raises(ModelUnavailable, match="not the file that it should be"):
        get(of(hub, sha256=sha256(OTHER)), folder)
    assert bodies(folder) == []


def test_a_wrong_size_is_told_before_anything_comes(hub: Hub, folder: Path) -> None:
    with pytest.raises(ModelUnavailable, match="1,024,000 bytes, 7 were expected"):
        get(of(hub, size_bytes=7), folder)
    assert bodies(folder) == []


@pytest.mark.parametrize("said", [len(CONTENT) + 5, len(CONTENT) - 5])
def test_a_length_that_is_a_lie_does_not_pass(hub: Hub, folder: Path, said: int) -> None:
    hub.files[PATH].declared_size = said
    hub.files[PATH].ranges = False
    with pytest.raises(ModelUnavailable, match=r"stopped in the middle|not the file that it should be"):
        get(of(hub, sha256=sha256(CONTENT)), folder)
    assert "weights.bin" not in bodies(folder)


def test_a_body_without_a_length_comes_whole(hub: Hub, folder: Path) -> None:
    hub.files[PATH].chunked = True
    assert get(of(hub), folder).path.read_bytes() == CONTENT


def test_what_the_hub_declares_before_it_sends_on_is_checked(hub: Hub, folder: Path) -> None:
    hub.files["/cdn"] = File(CONTENT, tag='"of the cdn"')
    size = len(CONTENT)
    hub.files[PATH] = File(b"", redirect=hub.address("/cdn"), linked_sha256=sha256(CONTENT), linked_size=size)
    assert get(of(hub), folder).sha256 == sha256(CONTENT)
    hub.files["/cdn"].content = OTHER
    (folder / "weights.bin").unlink()
    with pytest.raises(ModelUnavailable, match="not the file that it should be"):
        get(of(hub), folder)
    assert bodies(folder) == []


def test_a_redirected_download_goes_on_where_it_stopped(hub: Hub, folder: Path) -> None:
    hub.files["/cdn"] = File(CONTENT, cuts=[200_000])
    hub.files[PATH] = File(b"", redirect="/cdn", linked_sha256=sha256(CONTENT))
    assert get(of(hub), folder).path.read_bytes() == CONTENT
    assert [wanted for path, wanted in hub.asked if path == "/cdn"] == ["", "bytes=200000-"]


@pytest.mark.parametrize("to", ["http://example.org/x", "ftp://example.org/x", "file:///etc/passwd"])
def test_nothing_is_fetched_without_encryption(hub: Hub, folder: Path, to: str) -> None:
    hub.files[PATH] = File(b"", redirect=to)
    with pytest.raises(ModelUnavailable, match=r"not safe|refuses"):
        get(of(hub), folder)
    with pytest.raises(ModelUnavailable, match="not safe"):
        get(Download(to, "weights.bin"), folder)


def test_a_hub_elsewhere_cannot_send_us_to_this_computer() -> None:
    from musicdesk.encoders.zoo.transfer import _check_address

    with pytest.raises(ModelUnavailable, match="not safe"):
        _check_address("http://127.0.0.1/secret", before="https://example.org/x")
    with pytest.raises(ModelUnavailable, match="not safe"):
        _check_address("https://localhost/secret", before="https://example.org/x")
    _check_address("https://cdn.example.org/x", before="https://example.org/x")


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "does not give this file to everyone"),
        (403, "--from-dir"),
        (404, "does not have this file any more"),
        (451, "refuses to send this file"),
    ],
)
def test_a_refusal_is_a_sentence_and_is_not_repeated(hub: Hub, folder: Path, status: int, sentence: str) -> None:
    hub.files[PATH].statuses = [status] * 9
    with pytest.raises(ModelUnavailable, match=sentence):
        get(of(hub), folder)
    assert len(hub.asked) == 1


def test_a_server_in_trouble_is_asked_again_and_then_given_up(hub: Hub, folder: Path) -> None:
    hub.files[PATH].statuses = [503, 429, 500]
    assert get(of(hub), folder).path.read_bytes() == CONTENT
    hub.files["/x"] = File(CONTENT, statuses=[503] * 9)
    with pytest.raises(ModelUnavailable, match=r"does not work at the moment \(503\)"):
        get(Download(hub.address("/x"), "x"), folder)
    assert len([path for path, _ in hub.asked if path == "/x"]) == hubs.TRIES


def test_no_server_at_all_is_told_at_once(folder: Path) -> None:
    with serving() as gone:
        pass
    with pytest.raises(ModelUnavailable, match=r"127\.0\.0\.1 cannot be reached\. Try again with a network"):
        get(of(gone), folder)


def test_a_server_that_falls_silent_is_left(hub: Hub, folder: Path) -> None:
    hub.files[PATH].pause_s = 1.0
    with pytest.raises(ModelUnavailable, match="does not answer"):
        fetch(of(hub), folder, Job(), timeout_s=0.1, first_wait_s=0.01)


def test_cancelling_does_not_wait_for_a_silent_server(hub: Hub, folder: Path) -> None:
    hub.files[PATH].pause_s = 600.0
    job = Job()
    threading.Timer(0.3, job.cancel).start()
    with pytest.raises(Cancelled):
        fetch(of(hub), folder, job, timeout_s=600.0)


def test_a_full_disk_is_told_before(folder: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"Toy needs 10+\.0 GB of room in .* are free\. Make room"):
        check_room(folder / "not" / "yet", 10**18, what="Toy")
    check_room(folder, 0, what="Toy")


def test_a_server_that_announces_more_than_fits_is_not_listened_to(hub: Hub, folder: Path) -> None:
    with pytest.raises(ModelUnavailable, match="Make room"):
        fetch(of(hub), folder, Job(), then_bytes=10**18)
    assert bodies(folder) == []


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "/etc/x", "a/b", "a\\b", "C:x", "x\0y"])
def test_no_name_leads_out_of_the_folder(hub: Hub, folder: Path, name: str) -> None:
    with pytest.raises(ModelUnavailable, match="no name of a file"):
        get(Download(hub.address(PATH), name), folder)
    assert inside(folder, "pytorch_model.bin") == folder / "pytorch_model.bin"
    assert not hub.asked
