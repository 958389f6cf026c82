"""The card beside installed weights (``config.json``): what they are, where they came from, what they must hash to."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from musicdesk.encoders.base import EncoderSpec

FILE = "config.json"
WEIGHTS = "weights.safetensors"
TRAINED_HASH = "weights_sha256"
"""Under what name the card of a network that was trained here keeps the hash of its weights."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A file that weights were made from."""

    name: str
    url: str
    """"" for a file that a person brought."""
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Card:
    """What is written beside weights."""

    name: str
    files: Mapping[str, str]
    """Name → sha256."""
    version: str = ""
    title: str = ""
    licence: str = ""
    source: str = ""
    setting: str = ""
    package: str = ""
    origins: tuple[Origin, ...] = ()
    accepted: Mapping[str, str] = field(default_factory=dict)
    """The licence that was accepted and the day; empty if none had to be."""

    @classmethod
    def of(
        cls, spec: EncoderSpec, *, files: Mapping[str, str], origins: tuple[Origin, ...], accepted: bool, now: float
    ) -> Self:
        """The card of weights that are being installed."""
        day = time.strftime("%Y-%m-%d", time.gmtime(now))
        return cls(
            name=spec.weights_name, files=files, version=spec.key.version, title=spec.title, licence=spec.licence,
            source=spec.source, setting=spec.setting, package=spec.weights.package if spec.weights else "",
            origins=origins, accepted={"licence": spec.licence, "on": day} if accepted else {},
        )  # fmt: skip

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The card of a folder; None if there is none, or none that can be read."""
        raw = raw_card(folder)
        files = raw.get("files", {WEIGHTS: raw[TRAINED_HASH]} if TRAINED_HASH in raw else None)
        if not isinstance(files, dict) or not all(isinstance(part, str) for pair in files.items() for part in pair):
            return None
        accepted = raw.get("accepted")
        return cls(
            str(raw.get("name", folder.name)),
            files,
            origins=_origins(raw.get("origins")),
            accepted={str(k): str(v) for k, v in accepted.items()} if isinstance(accepted, dict) else {},
            **{
                name: str(raw.get(name, "")) for name in ("version", "title", "licence", "source", "setting", "package")
            },
        )

    def write(self, folder: Path) -> None:
        """Put it into a folder."""
        raw = {
            **{name: getattr(self, name) for name in ("name", "version", "title", "licence", "source", "setting")},
            "package": self.package,
            "origins": [asdict(origin) for origin in self.origins],
            "files": dict(self.files),
            "accepted": dict(self.accepted),
        }  # fmt: skip
        (folder / FILE).write_text(json.dumps(raw, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def raw_card(folder: Path) -> dict[str, Any]:
    """The ``config.json`` of a folder as it stands there; empty if there is none that can be read."""
    try:
        raw = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _origins(raw: Any) -> tuple[Origin, ...]:
    try:
        return tuple(Origin(str(o["name"]), str(o["url"]), int(o["size_bytes"]), str(o["sha256"])) for o in raw or ())
    except (TypeError, KeyError, ValueError):
        return ()
