"""The folder of an HTCL that was learned on this computer: config, weights, a card to read, and how well it did."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from musicdesk.encoders.nets.htcl_config import HtclConfig
from musicdesk.encoders.zoo.card import raw_card
from musicdesk.errors import DataFolderError, ModelUnavailable
from musicdesk.records import EncoderKey
from musicdesk.records.meaning import MeaningReport, Probe, StageReport
from musicdesk.whole_files import whole_folder

if TYPE_CHECKING:
    from musicdesk.encoders.nets.htcl_net import HtclNet

KIND = "musicdesk-htcl"
CONFIG, WEIGHTS, README, REPORT = "config.json", "weights.safetensors", "README.md", "report.json"
_AGAIN = "Learn it again, or delete the folder."


@dataclass(frozen=True, slots=True)
class Kept:
    """What a folder says of itself."""

    config: HtclConfig
    base: EncoderKey | None
    """The encoder on whose rows it stands; None for one on spectrograms."""
    sentences: str
    """What reads the texts: minilm, a folder, or sentences of a hub name."""
    sha256: str
    """Of the weights."""
    size_bytes: int
    """Of the weights."""


def write(
    folder: Path,
    network: "HtclNet",
    *,
    sentences: str,
    base: EncoderKey | None = None,
    report: MeaningReport | None = None,
    readme: str = "",
) -> None:
    """Keep a network in ``folder`` (models/htcl-NAME), whole or not at all, in place of what was there.

    Raises DataFolderError where it cannot be written.
    """
    import safetensors.torch

    from musicdesk.encoders.nets.htcl_net import tensors_of

    data = safetensors.torch.save(tensors_of(network))
    told = {
        "kind": KIND,
        "name": folder.name,
        "base": asdict(base) if base else None,
        "sentences": sentences,
        "network": network.config.plain(),
        "files": {WEIGHTS: hashlib.sha256(data).hexdigest()},
    }
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with whole_folder(folder) as new:
            (new / WEIGHTS).write_bytes(data)
            (new / README).write_text(readme, encoding="utf-8")
            if report is not None:
                (new / REPORT).write_text(_json(asdict(report)), encoding="utf-8")
            (new / CONFIG).write_text(_json(told), encoding="utf-8")
    except OSError as error:
        raise DataFolderError(f"What was learned could not be kept in {folder}: {error.strerror}.") from error


def read_config(folder: Path) -> Kept:
    """What a folder holds; raises ModelUnavailable if that is no HTCL, or not a whole one."""
    told = raw_card(folder)
    try:
        if told["kind"] != KIND:
            raise ModelUnavailable(f"{folder} holds no HTCL that musicdesk learned.")
        config, base = HtclConfig.from_plain(told["network"]), told["base"]
        key = EncoderKey(str(base["name"]), str(base["version"]), str(base["front_end"])) if base else None
        size = (folder / WEIGHTS).stat().st_size
        return Kept(config, key, str(told["sentences"]), str(told["files"][WEIGHTS]), size)
    except (OSError, KeyError, TypeError) as error:
        raise ModelUnavailable(f"The config of the network in {folder} cannot be read. {_AGAIN}") from error


def read_report(folder: Path) -> MeaningReport | None:
    """How the learning went; None where nothing legible says so."""
    try:
        told = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        stages = tuple(_stage(stage) for stage in told.pop("stages"))
        return MeaningReport(**told, stages=stages)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _stage(told: Mapping[str, Any]) -> StageReport:
    first, second = told["recall"]
    probes = tuple(Probe(**probe) for probe in told["probes"])
    return StageReport(**{**told, "losses": tuple(told["losses"]), "recall": (first, second), "probes": probes})


def _json(told: object) -> str:
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"
