"""Folders and settings: declared once, with default and meaning; kept as TOML beside the database."""

import os
import tomllib
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

import platformdirs
import tomli_w

from musicdesk.errors import BadRequest, DataFolderError
from musicdesk.whole_files import whole

VERSION = 1


@dataclass(frozen=True, slots=True)
class Folders:
    """Where musicdesk keeps things."""

    data: Path
    """Database and settings of one listener's desk."""
    models: Path
    """Weights, shared by every data folder."""
    cache: Path
    """What can be made again."""

    @classmethod
    def default(cls, data: Path | None = None) -> Self:
        """The usual folders of this system; ``data`` and $MUSICDESK_MODELS replace theirs."""
        home = Path(platformdirs.user_data_dir("musicdesk", appauthor=False))
        models = os.environ.get("MUSICDESK_MODELS")
        return cls(
            data=data.absolute() if data else home,
            models=Path(models).absolute() if models else home / "models",
            cache=Path(platformdirs.user_cache_dir("musicdesk", appauthor=False)),
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person can set. Unknown keys of a file are left alone, bad values fall back to the default."""

    encoder: str = "musicnn"
    """The encoder whose vectors are used."""
    sentences: str = "minilm"
    """What reads texts: minilm, a folder that holds a BERT, or sentences: and the name of one of the hub."""
    recommender: str = "blend"
    """What advises beside the prototypes: blend (whatever suits what is known), none, or a recommender's name."""
    workers: int = 0
    """Processes for the analysis; 0: half the cores."""
    device: str = "auto"
    """auto (a GPU if there is one), cpu, cuda or mps."""
    pace: float = 1.0
    """Share of the time that the analysis works, 0.05 to 1; the rest it leaves to others."""
    nice: int = 10
    """How far the analysis steps back behind other programs, 0 to 19."""
    quick_first: bool = True
    """Whether a large new library is listened to quickly first, and in full after that."""
    watch: bool = True
    """Whether the window looks for new and changed music by itself."""
    rescan_minutes: int = 0
    """Look through the folders every so many minutes, for network drives that tell nothing; 0: never."""
    theme: str = "system"
    """system, light or dark."""
    volume: float = 0.8
    """0 to 1."""
    replay_gain: str = "track"
    """track, album or off."""
    animate_rows: bool = True
    """Whether rows glide to their new place; where the system wants little motion they never do."""
    hover_preview: bool = False
    """Whether a track of a list or of the map is heard while the pointer rests on it."""
    steer_strength: float = 0.7
    """How far "more like this, but …" goes, 0 to 1."""
    steer_keep: str = ""
    """What it keeps: genre, instrument, tempo, vocals, with commas between."""
    full_panel: bool = False
    """Whether the taste panel shows mute, solo, lock and the charts."""
    all_prototypes: bool = False
    """Whether the taste panel shows all prototypes, or the six most telling ones first."""
    window: str = ""
    """Size and panels of the window, as Qt saves them (base64)."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read ``settings.toml`` of a data folder; a missing or unreadable file gives the defaults."""
        raw = read_toml(folder / "settings.toml")
        known: dict[str, Any] = {}
        for option in fields(cls):
            value = raw.get(option.name)
            if isinstance(value, int) and isinstance(option.default, float):
                value = float(value)
            if type(value) is type(option.default):
                known[option.name] = value
        return cls(**known)

    def save(self, folder: Path) -> None:
        """Write ``settings.toml`` whole or not at all; keys of a newer version stay."""
        path = folder / "settings.toml"
        merged = {**read_toml(path), **asdict(self), "version": VERSION}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with whole(path) as new:
                new.write_text(tomli_w.dumps(merged), encoding="utf-8")
        except OSError as error:
            raise DataFolderError(f"The settings could not be saved in {folder}: {error.strerror}.") from error

    def changed(self, **values: Any) -> Self:
        """These settings with some values replaced."""
        unknown = set(values) - {option.name for option in fields(self)}
        if unknown:
            raise BadRequest(f"There is no setting called {', '.join(sorted(unknown))}.")
        return replace(self, **values)


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a table; empty if it is missing or broken."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}
