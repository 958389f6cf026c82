"""Weights that come with musicdesk: in the package where it is installed, in ``assets`` in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]
HOMES = (_PACKAGE / "shipped", _PACKAGE.parent / "assets" / "models")


def shipped_folder(name: str) -> Path:
    """The folder of the weights called ``name`` that came with musicdesk; the place in the package if there is none."""
    places = [home / name for home in HOMES]
    return next((place for place in places if place.is_dir()), places[0])
