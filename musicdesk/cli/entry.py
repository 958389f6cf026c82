"""The command's first step, before numpy is loaded: after that the number of its threads is fixed."""

from typing import NoReturn

from musicdesk.ui.app import one_thread


def main() -> NoReturn:
    """Entry point of the command ``musicdesk``."""
    one_thread()
    from musicdesk.cli.main import main as run

    run()
