"""The taste shaped by hand: split, merge, take out, add, colour, and what stands for a prototype; one step each."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from musicdesk.desk.gains import as_believed, changes
from musicdesk.desk.names import free_name, numbered, plain_name
from musicdesk.desk.offering import Offering
from musicdesk.desk.recommending import SEED, Recommending
from musicdesk.desk.snapshot import Snapshots
from musicdesk.desk.workbench import workbench
from musicdesk.errors import BadRequest, NotFound, NothingYet
from musicdesk.prototypes import providers
from musicdesk.prototypes import shaping as shapes
from musicdesk.prototypes.inheritance import in_order, offered
from musicdesk.prototypes.shaping import Workbench
from musicdesk.records import (
    PROTOTYPE_SLOTS,
    GainChange,
    IntArray,
    Prototype,
    TagChoice,
    Taste,
    Track,
)
from musicdesk.store.feedback import FeedbackStore
from musicdesk.store.playlists import PlaylistStore
from musicdesk.store.tracks import TrackStore

REMEMBERED = 40
"""So many prototypes that were taken out are remembered, the latest."""


class Shaping:
    """Every edit of the taste beyond gains, mute, solo, lock and rename, which are in ``recommending``."""

    def __init__(
        self,
        *,
        snapshots: Snapshots,
        recommending: Recommending,
        offering: Offering,
        feedback: FeedbackStore,
        tracks: TrackStore,
        playlists: PlaylistStore,
    ) -> None:
        self._snapshots, self._recommending, self._offering = snapshots, recommending, offering
        self._feedback, self._tracks, self._playlists = feedback, tracks, playlists

    # ------------------------------------------------------------------------------------------ how many there are

    def pieces(self, reference: str) -> tuple[Prototype, ...]:
        """What a prototype would be split into, each with its exemplars; nothing is changed. Raises NothingYet."""
        return self._pieces(self._recommending.taste(), self._recommending.prototype(reference))

    def split(self, reference: str) -> Taste:
        """Put its pieces in the place of a prototype. Raises NotFound, NothingYet, BadRequest."""
        taste, whole = self._recommending.taste(), self._recommending.prototype(reference)
        made = self._pieces(taste, whole)
        room = {p.id for p in shapes.making_room(taste.prototypes, len(made) - 1)}
        parts = (made if p.id == whole.id else (p,) for p in taste.prototypes if p.id in {*room, whole.id})
        after = replace(taste, prototypes=tuple(p for part in parts for p in part))
        return self._apply(after, f"split {whole.name} into {len(made)}")

    def merge(self, references: Sequence[str], *, name: str = "") -> Taste:
        """Make one prototype of several; it keeps identity and colour of the one with the most behind it."""
        taste = self._recommending.taste()
        several = list({p.id: p for p in map(self._recommending.prototype, references)}.values())
        if len(several) < 2:
            raise BadRequest("Name two prototypes or more, and they become one.")
        one = shapes.merged(self._bench(), taste, several, name=free_name(name, taste, but={p.id for p in several}))
        gone = {p.id for p in several} - {one.id}
        kept = tuple(one if p.id == one.id else p for p in taste.prototypes if p.id not in gone)
        return self._apply(replace(taste, prototypes=kept), f"merge {' and '.join(p.name for p in several)}")

    def remove(self, reference: str) -> Taste:
        """Take a prototype out; nothing like it comes back by itself, until the taste is reset."""
        taste, gone = self._recommending.taste(), self._recommending.prototype(reference)
        if len(taste.prototypes) == 1:
            raise BadRequest(f"{gone.name} is the only prototype. Add another first, or mute this one.")
        kept = tuple(p for p in taste.prototypes if p.id != gone.id)
        memory = shapes.remembered(gone, kept)
        removed = (*taste.removed, memory)[-REMEMBERED:] if memory else taste.removed
        return self._apply(replace(taste, prototypes=kept, removed=removed), f"remove {gone.name}")

    def add(
        self,
        *,
        tracks: Sequence[Track] = (),
        artist: str = "",
        playlist: str = "",
        tag: str = "",
        text: str = "",
        name: str = "",
    ) -> Taste:
        """Add a prototype made from exactly one of these. Raises BadRequest, NotFound, NothingYet.

        It is called after what it was made from, tracks after what they sound like, unless ``name`` says otherwise. A
        word that is on offer already is taken up: its gain becomes 1.
        """
        if sum(map(bool, (tracks, artist, playlist, tag, text))) != 1:
            raise BadRequest("Say what it shall be made from: tracks, an artist, a playlist, a tag, or words.")
        taste = self._recommending.taste()
        asked = "" if name else tag.strip().casefold()
        on_offer = next((p for p in taste.prototypes if asked and offered(p) and p.word.casefold() == asked), None)
        if on_offer is not None:
            return self._apply(taste.edited(replace(on_offer, gain=1.0)), f"add {on_offer.name}")
        if tag or text:
            made = self._from_words(taste, tag, text, name)
        else:
            rows, called = self._chosen(tracks, artist, playlist)
            given = free_name(name, taste) or (called and numbered(called, _names(taste)))
            made = shapes.from_rows(self._bench(), taste, rows, name=given)
        removed = tuple(p for p in taste.removed if not shapes.alike(p, made) and (not p.word or p.word != made.word))
        kept = shapes.making_room(taste.prototypes, 1)
        after = replace(taste, prototypes=in_order((*kept, made), kept), removed=removed)
        return self._apply(after, f"add {made.name}")

    def tags(self) -> tuple[TagChoice, ...]:
        """The words that a prototype can be made of, those with most tracks first. Raises NothingYet."""
        told = providers.words(self._offering.ground(self._snapshots.current()))
        return tuple(TagChoice(each.word, each.kind, each.tracks) for each in told)

    # ------------------------------------------------------------------------------------------ how one looks

    def recolour(self, reference: str, slot: int) -> Taste:
        """Give a prototype another colour and shape, 0 to 39; the one that has it takes this one's."""
        taste, chosen = self._recommending.taste(), self._recommending.prototype(reference)
        if not 0 <= slot < PROTOTYPE_SLOTS:
            raise BadRequest(f"Colours go from 0 to {PROTOTYPE_SLOTS - 1}; {slot} is none.")
        if slot == chosen.slot:
            return taste
        other = next((p for p in taste.prototypes if p.slot == slot), None)
        after = taste.edited(replace(chosen, slot=slot))
        label = f"recolour {chosen.name}"
        if other:
            after, label = (
                after.edited(replace(other, slot=chosen.slot)),
                f"swap colours of {chosen.name}, {other.name}",
            )
        return self._apply(after, label)

    def pin(self, reference: str, audio_hash: str, on: bool = True) -> Taste:
        """Let a track stand for a prototype for good, before all others. Raises NotFound, NothingYet."""
        p = self._recommending.prototype(reference)
        title = self._title(audio_hash, must_be_heard=on)
        others = tuple(h for h in p.pinned if h != audio_hash)
        pinned = (*others, audio_hash) if on else others
        after = replace(p, pinned=pinned, refused=tuple(h for h in p.refused if h != audio_hash or not on))
        return self._shown(after, f"pin {title} to {p.name}" if on else f"unpin {title} from {p.name}")

    def refuse(self, reference: str, audio_hash: str, on: bool = True) -> Taste:
        """Let a track never stand for a prototype; another takes its place."""
        p = self._recommending.prototype(reference)
        title = self._title(audio_hash)
        others = tuple(h for h in p.refused if h != audio_hash)
        refused = (*others, audio_hash) if on else others
        after = replace(p, refused=refused, pinned=tuple(h for h in p.pinned if h != audio_hash or not on))
        return self._shown(after, f"{title} does not stand for {p.name}" if on else f"{title} may stand for {p.name}")

    # ------------------------------------------------------------------------------------------ what is believed

    def believed(self) -> tuple[GainChange, ...]:
        """The gains that differ from what the model believes: as they are, and as they would be."""
        taste = self._recommending.taste()
        return changes(taste, as_believed(taste))

    def believe(self) -> Taste:
        """Set all gains to what the model believes, those of locked prototypes excepted; one step."""
        taste = self._recommending.taste()
        after = as_believed(taste)
        return self._apply(after, "gains as the model believes") if changes(taste, after) else taste

    # ------------------------------------------------------------------------------------------ inside

    def _bench(self) -> Workbench:
        return workbench(self._snapshots.current(), self._feedback.all())

    def _apply(self, taste: Taste, label: str) -> Taste:
        return self._recommending.apply(taste, label=label)

    def _pieces(self, taste: Taste, whole: Prototype) -> tuple[Prototype, ...]:
        return shapes.pieces(self._bench(), taste, whole, rng=np.random.default_rng(SEED))

    def _from_words(self, taste: Taste, tag: str, text: str, name: str) -> Prototype:
        there, offering = self._snapshots.current(), self._offering
        found = offering.tag(there, tag) if tag else offering.phrase(there, text)
        called = free_name(name, taste) or numbered(plain_name(found.word), _names(taste))
        return shapes.from_candidate(self._bench(), taste, found, name=called)

    def _chosen(self, tracks: Sequence[Track], artist: str, playlist: str) -> tuple[IntArray, str]:
        """The rows of what was chosen, and what that is called; "" for tracks."""
        shelf = self._snapshots.current().shelf
        if artist:
            code = shelf.artists.get(artist.strip().casefold())
            rows = np.flatnonzero(shelf.artist_ids == code).astype(np.int64) if code is not None else np.empty(0, int)
            if code is None:
                raise NotFound(f"No artist is called “{artist}”.")
            return self._heard(rows.tolist(), artist), plain_name(artist)
        if playlist:
            tracks = self._listed(playlist)
        rows_of = [row for track in tracks if (row := shelf.row(track.audio_hash)) is not None]
        return self._heard(rows_of, playlist or ", ".join(t.title for t in tracks[:3])), plain_name(playlist)

    def _heard(self, rows: Iterable[int], what: str) -> IntArray:
        found = np.unique(np.array(list(rows), dtype=np.int64))
        if not len(found):
            raise NothingYet(
                f"Nothing of {what} is analysed, or it is silent or could not be read, so nothing can be made from it. "
                "Run: musicdesk analyze"
            )
        return found

    def _listed(self, playlist: str) -> tuple[Track, ...]:
        wanted = " ".join(playlist.split()).casefold()
        found = next((kept for kept in self._playlists.all() if kept.name.casefold() == wanted), None)
        if found is None:
            raise NotFound(f"There is no playlist called “{playlist}”.")
        return tuple(self._tracks.many(set(found.track_ids)).values())

    def _title(self, audio_hash: str, *, must_be_heard: bool = False) -> str:
        snapshot = self._snapshots.current()
        track = snapshot.tracks.get(audio_hash)
        if must_be_heard and snapshot.shelf.row(audio_hash) is None:
            what = f"“{track.title}” is" if track else "That track is"
            raise NothingYet(f"{what} not analysed, so it cannot stand for a prototype.")
        return f"“{track.title}”" if track else "a track"

    def _shown(self, prototype: Prototype, label: str) -> Taste:
        taste, bench = self._recommending.taste(), self._bench()
        after = shapes.shown(bench, prototype, shapes.behind(bench, taste, prototype))
        return self._apply(taste.edited(after), label)


def _names(taste: Taste) -> set[str]:
    return {p.name for p in taste.prototypes}
