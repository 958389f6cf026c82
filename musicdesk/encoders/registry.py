"""The encoders that are to be had here: our own and those of other packages, all by the same door.

An encoder is an entry point of the group ``musicdesk.encoders`` that names an EncoderPlugin; its name is the one in the
plugin's key. Our own are found even where there are no entry points, as in a frozen bundle.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from musicdesk.encoders.base import Encoder, EncoderPlugin, Head
from musicdesk.encoders.zoo import weights
from musicdesk.errors import ModelUnavailable, NotFound

GROUP = "musicdesk.encoders"
OWN = {
    "musicnn": "musicdesk.encoders.musicnn:PLUGIN",
    "cnn": "musicdesk.encoders.cnn:PLUGIN",
    "handcrafted": "musicdesk.encoders.handcrafted:PLUGIN",
    "musicnn-study": "musicdesk.encoders.musicnn:STUDY",
    "mert-95m": "musicdesk.encoders.mert:SMALL",
    "mert-330m": "musicdesk.encoders.mert:LARGE",
    "mert-330m-study": "musicdesk.encoders.mert:STUDY",
    "music2vec": "musicdesk.encoders.music2vec:PLUGIN",
    "music2vec-study": "musicdesk.encoders.music2vec:STUDY",
    "musicfm": "musicdesk.encoders.musicfm:PLUGIN",
    "musicfm-study": "musicdesk.encoders.musicfm:STUDY",
    "muq": "musicdesk.encoders.muq:PLUGIN",
    "muq-study": "musicdesk.encoders.muq:STUDY",
    "muq-mulan": "musicdesk.encoders.muq_mulan:PLUGIN",
    "muq-mulan-study": "musicdesk.encoders.muq_mulan:STUDY",
    "mule": "musicdesk.encoders.mule:PLUGIN",
    "mule-study": "musicdesk.encoders.mule:STUDY",
    "encodecmae": "musicdesk.encoders.encodecmae:PLUGIN",
    "encodecmae-study": "musicdesk.encoders.encodecmae:STUDY",
    "encodecmae-mel": "musicdesk.encoders.encodecmae:MEL",
    "jukebox": "musicdesk.encoders.jukebox:PLUGIN",
    "jukebox-study": "musicdesk.encoders.jukebox:STUDY",
    "vibenet": "musicdesk.encoders.vibenet:PLUGIN",
    "htcl": "musicdesk.encoders.htcl:PLUGIN",
}
"""Our own encoders and where their plugins stand."""
BY_DEFAULT = ("musicnn", "cnn", "handcrafted")
"""What listens unless the person chooses another: the first of these that is installed."""
TRAINED = "cnn-"
"""How the names of networks begin that were trained on this computer."""
MEANINGS = "htcl-"
"""How the names of those begin that were learned here from words and choices."""

_log = logging.getLogger(__name__)


def names(models: Path | None = None) -> tuple[str, ...]:
    """The names of all encoders, our own first; with those that were trained into the folder ``models``."""
    return tuple(plugins(models))


def plugins(models: Path | None = None) -> dict[str, EncoderPlugin]:
    """All encoders, name → plugin; one that does not load is logged and left out."""
    return {name: _own(name) for name in OWN} | _trained(models) | _foreign()


def plugin(name: str, models: Path | None = None) -> EncoderPlugin:
    """The encoder of this name; raises NotFound, naming those that there are."""
    if name in OWN:
        return _own(name)
    known = plugins(models)
    if name not in known:
        raise NotFound(f"There is no encoder called {name!r}. Known are: {', '.join(known)}.")
    return known[name]


def best_available(models: Path) -> str:
    """The best of our own encoders whose weights are installed; there is always one."""
    return next(name for name in BY_DEFAULT if weights.status(_own(name), models).installed)


def load(name: str, *, models: Path, device: str = "cpu") -> Encoder:
    """A ready encoder with checked weights, on ``device`` as torch calls it.

    Raises:
        NotFound: nobody knows the name.
        ModelUnavailable: weights are missing or damaged, or a library is missing.
    """
    chosen = plugin(name, models)
    weights.verify(chosen, models)
    with _libraries(chosen):
        return chosen.load(weights.folder_of(chosen.spec, models), device)


def open_head(name: str, *, models: Path) -> Head | None:
    """What turns a pooled row of an encoder into the vector that is kept; None where the row itself is kept.

    Raises:
        NotFound: nobody knows the name.
        ModelUnavailable: weights are missing or damaged, or a library is missing.
    """
    chosen = plugin(name, models)
    if chosen.head is None:
        return None
    weights.verify(chosen, models)
    with _libraries(chosen):
        return chosen.head(weights.folder_of(chosen.spec, models))


def forget_foreign() -> None:
    """Look for the encoders of other packages anew at the next call."""
    _foreign.cache_clear()


def _own(name: str) -> EncoderPlugin:
    module, _, attribute = OWN[name].partition(":")
    found = getattr(import_module(module), attribute)
    assert isinstance(found, EncoderPlugin)
    return found


@contextmanager
def _libraries(chosen: EncoderPlugin) -> Iterator[None]:
    """A library that is missing is told as a sentence."""
    try:
        yield
    except ImportError as error:
        missing, extra = error.name or str(error), chosen.spec.extra
        wanted = f'"musicdesk[{extra}]"' if extra else missing
        raise ModelUnavailable(
            f"The encoder {chosen.spec.key.name} needs the Python package {missing}. Run: pip install {wanted}"
        ) from error


def _trained(models: Path | None) -> dict[str, EncoderPlugin]:
    """The networks that were trained on this computer; a folder that holds none is left out."""
    if models is None:
        return {}
    found = _networks(models)
    return found | _meanings(models, found)


def _networks(models: Path) -> dict[str, EncoderPlugin]:
    folders = [config.parent for config in sorted(models.glob(f"{TRAINED}*/config.json"))]
    if not folders:
        return {}
    from musicdesk.encoders.convnet.trained import plugin_of

    return {folder.name: found for folder in folders if (found := plugin_of(folder))}


def _meanings(models: Path, networks: dict[str, EncoderPlugin]) -> dict[str, EncoderPlugin]:
    """What was learned from words and choices, each on the encoder that it was learned on."""
    folders = [config.parent for config in sorted(models.glob(f"{MEANINGS}*/config.json"))]
    if not folders:
        return {}
    from musicdesk.encoders.htcl import base_of, plugin_of

    found = {}
    for folder in folders:
        key = base_of(folder)
        base = None if key is None else _own(key.name) if key.name in OWN else (networks | _foreign()).get(key.name)
        if known := plugin_of(folder, base):
            found[folder.name] = known
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
