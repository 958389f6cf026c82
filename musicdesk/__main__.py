"""``python -m musicdesk`` is the command ``musicdesk``."""

from musicdesk.cli.entry import main

if __name__ == "__main__":
    main()
