"""The rules of the house that a tool can keep."""

import ast
import subprocess
import sys
from pathlib import Path

import click
import pytest

from musicdesk.cli.main import cli

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "musicdesk").rglob("*.py"))
FORBIDDEN_ROOMS = {"utils", "helpers", "common", "manager"}


def commands(group: click.Group = cli, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    found: list[tuple[tuple[str, ...], click.Command]] = []
    for name, command in group.commands.items():
        here = (*path, name)
        found += commands(command, here) if isinstance(command, click.Group) else [(here, command)]
    return found


@pytest.mark.parametrize(("path", "command"), commands(), ids=[" ".join(p) for p, _ in commands()])
def test_every_command_has_json_and_an_example(path, command):
    assert any("--json" in option.opts for option in command.params), "no --json"
    assert f"Example: musicdesk {' '.join(path)}" in (command.help or ""), "no example in its help"


@pytest.mark.parametrize("path", [p for p, _ in commands()], ids=" ".join)
def test_every_command_stands_in_the_readme(path):
    assert f"musicdesk {' '.join(path)}" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(ROOT)))
def test_no_module_outgrows_a_reader(module):
    lines = module.read_text().splitlines()
    reasoned = "Longer than" in (ast.get_docstring(ast.parse(module.read_text())) or "")
    assert len(lines) <= 350 or reasoned, f"{len(lines)} lines without a reason in the docstring"


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(ROOT)))
def test_no_function_outgrows_a_screen(module):
    functions = [n for n in ast.walk(ast.parse(module.read_text())) if isinstance(n, ast.FunctionDef)]
    long = [f"{f.name}: {f.end_lineno - f.lineno + 1}" for f in functions if f.end_lineno - f.lineno >= 60]
    assert not long


def test_no_room_is_a_lumber_room():
    assert not [m for m in MODULES if FORBIDDEN_ROOMS & {m.stem, *m.parent.parts}]


def imported_by(statement: str) -> set[str]:
    script = f"import sys; {statement}; print(*sorted(m for m in sys.modules if '.' not in m))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_window_stands_before_the_heavy_libraries_load():
    loaded = imported_by("import musicdesk.ui.app")
    assert not loaded & {"torch", "librosa", "transformers", "sounddevice", "numba"}


def test_the_command_line_starts_without_the_heavy_libraries():
    loaded = imported_by("import musicdesk.cli.main")
    assert not loaded & {"torch", "librosa", "PySide6", "scipy", "sounddevice", "numba"}


def test_no_pickle_is_loaded_but_between_our_own_processes():
    for module in MODULES:
        tree, text = ast.parse(module.read_text()), module.read_text()
        names = {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
        ours = {"pickle"} if module.relative_to(ROOT) == Path("musicdesk/audio/serving.py") else set()
        assert not names & {"pickle", "dill", "joblib", "shelve", "marshal"} - ours, module
        assert "allow_pickle=True" not in text, module
        assert "shell=True" not in text, module
