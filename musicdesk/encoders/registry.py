"""The encoders that are to be had here: our own and those of other packages, all by the same door.

An encoder is an entry point of the group ``musicdesk.encoders`` that names an EncoderPlugin; its name is the one in the
plugin's key. Our own are found even where there are no entry points, as in a frozen bundle.
"""

import logging
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from musicdesk.encoders import weights
from musicdesk.encoders.base import Encoder, EncoderPlugin
from musicdesk.errors import ModelUnavailable, NotFound

GROUP = "musicdesk.encoders"
OWN = {
    "musicnn": "musicdesk.encoders.musicnn",
    "handcrafted": "musicdesk.encoders.handcrafted",
}
"""Our own encoders, the best first."""

_log = logging.getLogger(__name__)


def names() -> tuple[str, ...]:
    """The names of all encoders, our own first."""
    return tuple(plugins())


def plugins() -> dict[str, EncoderPlugin]:
    """All encoders, name → plugin; one of another package that does not load is logged and left out."""
    return {name: _own(name) for name in OWN} | _foreign()


def plugin(name: str) -> EncoderPlugin:
    """The encoder of this name; raises NotFound, naming those that there are."""
    if name in OWN:
        return _own(name)
    known = plugins()
    if name not in known:
        raise NotFound(f"There is no encoder called {name!r}. Known are: {', '.join(known)}.")
    return known[name]


def best_available(models: Path) -> str:
    """The best of our own encoders whose weights are installed; there is always one."""
    return next(name for name in OWN if weights.status(_own(name), models).installed)


def load(name: str, *, models: Path, device: str = "cpu") -> Encoder:
    """A ready encoder with checked weights, on ``device`` as torch calls it.

    Raises:
        NotFound: nobody knows the name.
        ModelUnavailable: weights are missing or damaged, or a library is missing.
    """
    chosen = plugin(name)
    weights.verify(chosen, models)
    try:
        return chosen.load(weights.folder_of(chosen.spec, models), device)
    except ImportError as error:
        missing = error.name or str(error)
        raise ModelUnavailable(
            f"The encoder {name} needs the Python package {missing}. Run: pip install {missing}"
        ) from error


def forget_foreign() -> None:
    """Look for the encoders of other packages anew at the next call."""
    _foreign.cache_clear()


def _own(name: str) -> EncoderPlugin:
    found = import_module(OWN[name]).PLUGIN
    assert isinstance(found, EncoderPlugin)
    return found


@cache
def _foreign() -> dict[str, EncoderPlugin]:
    """What other packages offer, looked up once; a name of ours cannot be taken over."""
    points = [point for point in sorted(entry_points(group=GROUP)) if point.name not in OWN]
    return {point.name: plugin for point in points if (plugin := _loaded(point.name, point.load))}


def _loaded(name: str, load: Callable[[], object]) -> EncoderPlugin | None:
    try:
        found = load()
    except Exception:  # noqa: BLE001, RUF100  whatever it is, it is not ours and must not stop the program
        _log.warning("The encoder %s of another package does not load and is left out.", name, exc_info=True)
        return None
    if isinstance(found, EncoderPlugin) and found.spec.key.name == name:
        return found
    _log.warning("The entry point %s names no encoder of that name and is left out.", name)
    return None
