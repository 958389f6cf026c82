"""Words and preference in one space: learned here in the background, kept as an encoder, put to use and taken back.

What is learned is an encoder like any other (``htcl-…`` among the models). It stands on what the encoder in use heard,
so that the whole library has its vectors within seconds, or on spectrograms. An interrupted learning leaves what was
there, and the next one goes on where it stopped.
"""

import re
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from musicdesk.desk.derived_rows import derive
from musicdesk.desk.material import LIKED, LISTED, MOST, PLAYED, Gathering
from musicdesk.desk.meaning_card import card
from musicdesk.desk.meaning_kept import Found, MeaningKept
from musicdesk.desk.modelling import Modelling
from musicdesk.desk.reader import KeptTexts
from musicdesk.desk.stores import Stores
from musicdesk.encoders import htcl, registry, sentences
from musicdesk.encoders.base import EncoderPlugin
from musicdesk.errors import BadRequest, ModelUnavailable, NotFound, NothingYet, ReadOnlyData
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.records.meaning import Choice, MeaningReport, MeaningStatus
from musicdesk.semantic.learning_config import LearningConfig, too_few
from musicdesk.settings import Folders

if TYPE_CHECKING:
    from musicdesk.semantic.learning import Learned
    from musicdesk.semantic.material import Material

__all__ = ["LIKED", "LISTED", "PLAYED", "PLAYED_S", "SOURCES", "LearnWishes", "Meaning"]

Each = Callable[[str, tuple[float, ...]], None]
VECTORS, MEL = SOURCES = ("vectors", "mel")
"""What is learned on: the vectors of the encoder in use, or spectrograms."""
PLAYED_S = 30.0
"""A track that was played so long was taken."""
MOST_DRAWN = 4_000
"""So many tracks are learned from at most where each is a spectrogram: they are all in memory."""
AGAIN_S = 30 * 60.0
"""The same choice within so long counts once."""
HOWS = (PLAYED, LIKED, LISTED)
_NAME = re.compile(rf"{registry.MEANINGS}[a-z0-9][a-z0-9._-]{{0,39}}")


@dataclass(frozen=True, slots=True)
class LearnWishes:
    """What may be chosen of a learning."""

    source: str = VECTORS
    """vectors (of the encoder in use) or mel (spectrograms; every file is decoded once)."""
    epochs: int = 0
    """Of each stage, at most; 0: as many as usual."""
    preference: bool = True
    """Whether it learns from choices as well."""
    use: bool = False
    """Whether it listens from then on."""

    def __post_init__(self) -> None:
        if self.source not in SOURCES or self.epochs < 0:
            raise BadRequest(f"It is learned from {' or '.join(SOURCES)}, in 1 epoch or more (0: as many as usual).")

    @property
    def config(self) -> LearningConfig:
        """The preset, with the epochs that are wished."""
        preset = LearningConfig.mel() if self.source == MEL else LearningConfig.small()
        if not self.epochs:
            return preset
        meaning, preference = (replace(stage, epochs=self.epochs) for stage in (preset.meaning, preset.preference))
        return replace(preset, meaning=meaning, preference=preference)


class Meaning:
    """Learns, keeps and serves; remembers choices. Safe to ask from any thread."""

    def __init__(
        self, *, stores: Stores, gathering: Gathering, modelling: Modelling, choose: Callable[[str], None],
        folders: Folders, events: Events, must_write: Callable[[], None], workers: Callable[[], int],
        now: Callable[[], float],
    ) -> None:  # fmt: skip
        """``choose`` sets the encoder in use."""
        self._vectors, self._choices, self._sentences = stores.vectors, stores.choices, stores.sentences
        self._gathering, self._modelling, self._choose, self._events = gathering, modelling, choose, events
        self._must_write, self._workers, self._now = must_write, workers, now
        self._models, self._cache = folders.models, folders.cache
        self._kept = MeaningKept(folders.models, folders.data / "meaning")
        self._learning, self._noting = threading.Lock(), threading.Lock()
        self._noted: dict[tuple[str, str, str], float] = {}

    # ------------------------------------------------------------------------------------------------------ what is

    @property
    def in_use(self) -> str:
        """The name of what was learned here and listens now; "" while another encoder does."""
        used = self._modelling.encoder()
        return used if used.startswith(registry.MEANINGS) else ""

    def status(self) -> MeaningStatus:
        """What there is to learn from, what was learned, and whether it should learn anew; loads no network."""
        base = self._base()
        footing, found = self._gathering.footing(base), self._kept.on(base.spec.key, prefer=self.in_use)
        problem = sentences.problem(self._modelling.reader(), self._models) or too_few(footing.tracks)
        if found is None:
            return MeaningStatus(tracks=footing.tracks, pairs=footing.pairs, problem=problem)
        stale = bool(found.note) or found.before.outgrown(footing)
        report = htcl.read_report(found.folder)
        return MeaningStatus(found.name, report, stale, footing.tracks, footing.pairs, problem, found.note)

    # ------------------------------------------------------------------------------------------------------ learning

    def learn(
        self, job: Job, *, name: str = "", wishes: LearnWishes | None = None, each: Each | None = None
    ) -> MeaningReport:
        """Learn from all that is known, keep it as the encoder ``name`` (htcl-…), and give the library its vectors.

        ``each`` is told after every epoch: the stage, and all its losses so far, on this thread. What was kept under
        the name is replaced when the new one is whole. If another encoder is chosen meanwhile, it is of the one that
        it began with. On spectrograms the library has to be listened to afterwards, with that encoder.

        Raises:
            NothingYet: too few tracks that anything is known of.
            ModelUnavailable: what reads texts is not installed.
            BadRequest: a name that cannot be, or it is learning already.
            ReadOnlyData, DataFolderError: it cannot be kept.
            Cancelled: the job was cancelled; called again it goes on.
        """
        wishes = wishes or LearnWishes()
        self._must_write()
        with self._alone():
            report = self._learn(name, wishes, each, job)
        if wishes.use:
            self.use(report.encoder, job=job)
        return report

    def _learn(self, name: str, wishes: LearnWishes, each: Each | None, job: Job) -> MeaningReport:
        began, heard = time.monotonic(), self._base()
        base = heard if wishes.source == VECTORS else None
        name = proper(name) if name else f"{registry.MEANINGS}{heard.spec.key.name if base else MEL}"
        footing = self._gathering.footing(heard)
        texts = KeptTexts(sentences.open_sentences(self._modelling.reader(), self._models), self._sentences)
        if lacks := too_few(footing.tracks):
            raise NothingYet(lacks)
        material = self._material(heard, wishes, texts, job)
        place = self._kept.under_way(name)
        learned = _taught(material, wishes.config, job=job, each=each, checkpoint=place)
        report = MeaningReport(
            name, heard.spec.key.name if base else MEL, material.sentences.name, len(material), learned.stages,
            time.monotonic() - began,
        )  # fmt: skip
        self._keep(learned, report, base, place, job)
        self._kept.note(name, footing)
        if wishes.source == VECTORS:  # spectrograms are drawn of a part of the library alone
            texts.forget_unused()
        return report

    def _material(self, heard: EncoderPlugin, wishes: LearnWishes, texts: KeptTexts, job: Job) -> "Material":
        """What is learned from."""
        job.begin("Gathering what is known of the tracks")
        library = self._gathering.chosen(heard, most=MOST_DRAWN if wishes.source == MEL else MOST)
        material = self._gathering.material(library, texts, preference=wishes.preference, job=job)
        if wishes.source == VECTORS:
            return material
        from musicdesk.encoders.spectrograms import draw  # decoders, which no start should wait for

        places, sounds = draw(
            [track.path for track in library.tracks], wishes.config.tower, folder=self._cache, job=job,
            workers=self._workers(),
        )  # fmt: skip
        return replace(material.part(np.array(places, np.int64)), sounds=sounds)

    def _keep(
        self, learned: "Learned", report: MeaningReport, base: EncoderPlugin | None, place: Path, job: Job
    ) -> None:
        """Write it beside, give the library its rows, and only then put it in the place of the last."""

        def write(folder: Path) -> None:
            htcl.write(
                folder, learned.network, sentences=report.sentences, base=base.spec.key if base else None,
                report=report, readme=card(report),
            )  # fmt: skip

        made = place / report.encoder
        write(made)
        plugin = htcl.plugin_of(made, base)
        assert plugin is not None
        if base is not None:
            derive(plugin, made, vectors=self._vectors, now=self._now(), job=job)
        write(self._models / report.encoder)
        shutil.rmtree(place, ignore_errors=True)
        if base is not None:
            self._vectors.forget_stale(plugin.spec.key)
        self._events.analysis_changed.emit(None)

    # ------------------------------------------------------------------------------------------------------ in use

    def use(self, name: str = "", *, job: Job | None = None) -> str:
        """Let what was learned listen from now on ("": that of the encoder in use); its name.

        Rows that the library lacks of it are made. Raises NothingYet where nothing was learned, NotFound for a name
        that is none, ModelUnavailable where it stands on another version of its encoder.
        """
        found = self._named(name)
        if found.note:
            raise ModelUnavailable(found.note)
        plugin = registry.plugin(found.name, self._models)
        if plugin.base is not None and not self._read_only():
            derive(plugin, found.folder, vectors=self._vectors, now=self._now(), job=job or Job())
        self._choose(found.name)
        return found.name

    def use_base(self) -> str:
        """Let the encoder listen again on which the one in use stands; its name. It stays where it is none of these."""
        if self.in_use:
            self._choose(self._base().spec.key.name)
        return self._modelling.encoder()

    def forget(self, name: str = "") -> bool:
        """Delete what was learned ("": that of the encoder in use); False if there was none.

        Where it listens, its base does from now on. Raises NotFound for a name that is none, DataFolderError.
        """
        self._must_write()
        try:
            found = self._named(name)
        except NothingYet:
            return False
        if self.in_use == found.name:
            self.use_base()
        gone = self._kept.delete(found.name)
        self._events.analysis_changed.emit(None)
        return gone

    # ------------------------------------------------------------------------------------------------------ choices

    def chose(self, trigger: str, accepted: Iterable[str], how: str) -> None:
        """Remember that the listener took sounds after another one: ``how`` is played, liked or playlist.

        Called by whoever shows a list that was found by a track: audio hashes, the seed's first. A track counts as
        played from PLAYED_S on. The same again within half an hour counts once; where another process writes, nothing
        is remembered. Raises BadRequest for another ``how``.
        """
        if how not in HOWS:
            raise BadRequest(f"A track is taken as {', '.join(HOWS)}; not as {how!r}.")
        if trigger:
            self._remember(trigger, accepted, how)

    def liked(self, sounds: Iterable[str]) -> None:
        """Remember when sounds were liked: what is liked within one session goes together."""
        self._remember("", sounds, LIKED)

    def choices(self) -> dict[str, int]:
        """How many tracks were taken after another one, by how."""
        counts = Counter(choice.how for choice in self._choices.all() if choice.trigger)
        return {how: counts[how] for how in HOWS}

    def forget_choices(self) -> int:
        """Forget all that was remembered, also when things were liked; how many choices those were."""
        count = self._choices.forget()
        self._gathering.forget_count()
        return count

    # ------------------------------------------------------------------------------------------------------ inside

    def _remember(self, trigger: str, accepted: Iterable[str], how: str) -> None:
        now = self._now()
        with self._noting:
            fresh = [
                sound for sound in dict.fromkeys(accepted)
                if sound not in ("", trigger) and now - self._noted.get((trigger, sound, how), -AGAIN_S) >= AGAIN_S
            ]  # fmt: skip
            if not fresh:
                return
            with suppress(ReadOnlyData):
                self._choices.add(Choice(trigger, sound, how, now) for sound in fresh)
                self._noted |= dict.fromkeys(((trigger, sound, how) for sound in fresh), now)
        self._gathering.forget_count()

    def _base(self) -> EncoderPlugin:
        """The encoder to learn on: the one in use, or that on which it stands.

        Instead of one that was learned on spectrograms, or has heard nothing here yet, another one that has.
        """
        used = registry.plugin(self._modelling.encoder(), self._models)
        if used.base is not None:
            return used.base
        names = (*(() if self.in_use else (used.spec.key.name,)), *registry.BY_DEFAULT)
        heard = self._vectors.encoders()
        return registry.plugin(next((name for name in names if name in heard), names[0]), self._models)

    def _named(self, name: str) -> Found:
        """What was learned under a name; "" is that of the encoder in use."""
        base = self._base().spec.key
        if not name:
            found = self._kept.on(base, prefer=self.in_use)
            if found is None:
                raise NothingYet("Nothing was learned from words and choices yet. Run: musicdesk meaning learn")
            return found
        name = proper(name)
        known = {one.name: one for one in self._kept.all(base)}
        if name not in known:
            raise NotFound(f"Nothing was learned under the name {name}. There is: {', '.join(known) or 'nothing yet'}.")
        return known[name]

    def _read_only(self) -> bool:
        try:
            self._must_write()
        except ReadOnlyData:
            return True
        return False

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One learning at a time."""
        if not self._learning.acquire(blocking=False):
            raise BadRequest("It is learning already. Wait for it, or stop it.")
        try:
            yield
        finally:
            self._learning.release()


def proper(name: str) -> str:
    """A name as it is kept, which begins with htcl-; raises BadRequest for one that cannot be."""
    full = name if name.startswith(registry.MEANINGS) else f"{registry.MEANINGS}{name}"
    if not _NAME.fullmatch(full):
        raise BadRequest(f"{name!r} can be no name. Take up to 40 small letters, digits, dots and dashes.")
    return full


def _taught(
    material: "Material", config: LearningConfig, *, job: Job, each: Each | None, checkpoint: Path
) -> "Learned":
    """Both stages."""
    from musicdesk.semantic.learning import learn  # which loads torch

    return learn(material, config=config, job=job, each=each, checkpoint=checkpoint)
