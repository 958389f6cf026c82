"""What the tests of commands share: a data folder of their own, and a way to ask."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from musicdesk.cli.main import run


@pytest.fixture
def data(analysed: Path, tmp_path: Path) -> Path:
    shutil.copytree(analysed / "data", tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def call(data: Path, capsys: pytest.CaptureFixture[str]):
    def ask(*arguments: str) -> tuple[int, str, str]:
        code = run(["--data", str(data), *arguments])
        return (code, *capsys.readouterr())

    return ask


@pytest.fixture
def read(call):
    def ask(*arguments: str) -> Any:
        code, out, err = call(*arguments, "--json")
        assert code == 0, err
        return json.loads(out)

    return ask
