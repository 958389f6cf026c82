"""``python -m musicdesk`` is the command ``musicdesk``."""

from musicdesk.cli.main import main

if __name__ == "__main__":
    main()
