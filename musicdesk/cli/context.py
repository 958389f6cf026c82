"""What every command gets: the desk, opened on first use."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import click

from musicdesk.desk.desk import Desk
from musicdesk.settings import Folders

Command = TypeVar("Command", bound=Callable[..., Any])


class Context:
    """The chosen folders and their desk."""

    def __init__(self, folders: Folders) -> None:
        self.folders = folders

    @classmethod
    @contextmanager
    def make(cls, data: Path | None) -> Iterator["Context"]:
        """A context whose desk is closed at the end."""
        context = cls(Folders.default(data))
        try:
            yield context
        finally:
            if "desk" in context.__dict__:
                context.desk.close()

    @cached_property
    def desk(self) -> Desk:
        """The desk of the chosen data folder."""
        return Desk(self.folders)


passed = click.make_pass_decorator(Context)


def json_option(command: Command) -> Command:
    """Give a command the option ``--json``."""
    option = click.option("--json", "as_json", is_flag=True, help="Print JSON, made for programs.")
    return option(command)  # type: ignore[no-any-return,unused-ignore]
