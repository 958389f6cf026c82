"""The listener's own tags: words given to tracks by hand, which are found by search and can become prototypes."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from musicdesk.desk.editing import Editing
from musicdesk.desk.names import plain_tag
from musicdesk.errors import NotFound
from musicdesk.records import OwnTag, OwnTags, Tagged, Track
from musicdesk.store.own_tags import OwnTagStore, folded
from musicdesk.store.tracks import TrackStore

SHOWN = 12
"""So many tags are named where none of a name is there."""


class Tagging:
    """Gives tags, takes them away and renames them; each edit is one step of the history that can be undone.

    A tag belongs to the sound: it outlives moves and retagging of the file, and copies of it share it. In another case
    it is the same tag, and is kept as it was written first.
    """

    def __init__(self, *, own: OwnTagStore, tracks: TrackStore, editing: Editing) -> None:
        self._own, self._tracks, self._editing = own, tracks, editing

    # ------------------------------------------------------------------------------------------- asking

    def all(self) -> OwnTags:
        """All of them, by sound and by tag; the same object as long as none changed."""
        return self._own.all()

    def tags(self) -> tuple[OwnTag, ...]:
        """The tags that there are, those of most tracks first."""
        bearing, files = self.all().bearing, self._files()
        return _by_count(
            OwnTag(tag, sum(files[sound] for sound in sounds), sum(not files[sound] for sound in sounds))
            for tag, sounds in bearing.items()
        )

    def of(self, tracks: Sequence[Track]) -> tuple[OwnTag, ...]:
        """The tags that any of these tracks bears, with how many of them do, those of most first."""
        of = self.all().of
        counts = Counter(tag for track in tracks for tag in of.get(track.audio_hash, ()))
        return _by_count(OwnTag(tag, count) for tag, count in counts.items())

    def tag(self, name: str) -> str:
        """A tag as it is kept, named in any case; raises BadRequest, NotFound."""
        text = plain_tag(name)
        known = self._known(text)
        if known is None:
            there = list(self.all().bearing)
            named = ", ".join(there[:SHOWN]) + (", …" if len(there) > SHOWN else "")
            rest = f"There are: {named}" if there else "None is given yet: musicdesk tag add TAG TRACK"
            raise NotFound(f"You have no tag “{text}”. {rest}")
        return known

    def bearing(self, name: str) -> tuple[Track, ...]:
        """The tracks of the library that bear a tag, in the order they came; raises BadRequest, NotFound."""
        sounds, tracks = self.all().bearing[self.tag(name)], self._tracks.all()
        return tracks.at(np.flatnonzero(tracks.of_sounds(sounds)).tolist())

    # ------------------------------------------------------------------------------------------- changing

    def add(self, tracks: Sequence[Track], tag: str) -> Tagged:
        """Give tracks a tag. Those that could not be read are left out; raises NotFound if that is all of them.

        Raises BadRequest for a tag that cannot be one.
        """
        text = plain_tag(tag)
        text = self._known(text) or text
        sounds, of = _sounds(tracks), self.all().of
        changes = {s: (*of.get(s, ()), text) for s in sounds if text not in of.get(s, ())}
        done = Tagged(text, sum(sounds[s] for s in changes), len(tracks) - sounds.total())
        return self._edit(f"tag {_what(tracks)} “{text}”", changes, done)

    def remove(self, tracks: Sequence[Track], tag: str) -> Tagged:
        """Take a tag from tracks. Raises BadRequest, NotFound."""
        text, of = self.tag(tag), self.all().of
        sounds = _sounds(tracks)
        changes = {s: _without(of[s], text) for s in sounds if text in of.get(s, ())}
        done = Tagged(text, sum(sounds[s] for s in changes), len(tracks) - sounds.total())
        return self._edit(f"take “{text}” from {_what(tracks)}", changes, done)

    def rename(self, old: str, new: str) -> Tagged:
        """Give a tag another name on all its tracks; where that is a tag already, the two become one.

        Raises BadRequest, NotFound.
        """
        before, after = self.tag(old), plain_tag(new)
        other = self._known(after)
        joined = other is not None and other != before
        after = other if other is not None and joined else after
        if after == before:
            return Tagged(after, 0)
        known = self.all()
        changes = {s: (*_without(_without(known.of[s], before), after), after) for s in known.bearing[before]}
        label = f"join tag “{before}” to “{after}”" if joined else f"rename tag “{before}” to “{after}”"
        return self._edit(label, changes, Tagged(after, self._count(changes), joined=joined))

    def drop(self, tag: str) -> Tagged:
        """Take a tag from all its tracks. Raises BadRequest, NotFound."""
        text, known = self.tag(tag), self.all()
        changes = {s: _without(known.of[s], text) for s in known.bearing[text]}
        return self._edit(f"drop tag “{text}”", changes, Tagged(text, self._count(changes)))

    # ------------------------------------------------------------------------------------------- inside

    def _known(self, text: str) -> str | None:
        """The tag as it is kept; None if there is none like it."""
        wanted = folded(text)
        return next((tag for tag in self.all().bearing if folded(tag) == wanted), None)

    def _files(self) -> Counter[str]:
        """How many files of the library are each of the sounds that bear a tag."""
        of = self.all().of
        return Counter(sound for sound in self._tracks.all().columns.hashes if sound in of)

    def _count(self, sounds: Iterable[str]) -> int:
        """How many tracks these sounds are; one that is not here now counts as one."""
        files = self._files()
        return sum(files[sound] or 1 for sound in sounds)

    def _edit(self, label: str, changes: dict[str, tuple[str, ...]], done: Tagged) -> Tagged:
        if changes:
            self._editing.tag(label, changes)
        return done


def _by_count(tags: Iterable[OwnTag]) -> tuple[OwnTag, ...]:
    return tuple(sorted(tags, key=lambda own: (-own.tracks, folded(own.tag))))


def _without(tags: tuple[str, ...], tag: str) -> tuple[str, ...]:
    return tuple(each for each in tags if each != tag)


def _sounds(tracks: Sequence[Track]) -> Counter[str]:
    """The sounds that these tracks are, as far as they could be read, and how often each comes; raises NotFound."""
    sounds = Counter(track.audio_hash for track in tracks if track.audio_hash)
    if len(tracks) and not sounds:
        raise NotFound(f"{tracks[0].label} could not be read, so nothing can be kept about it.")
    return sounds


def _what(tracks: Sequence[Track]) -> str:
    return tracks[0].title if len(tracks) == 1 else f"{len(tracks):,} tracks"
