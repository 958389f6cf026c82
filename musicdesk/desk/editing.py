"""Every change of taste, feedback, own tags and words on moods, as one undoable step each.

Window and command line share the history.
"""

from collections.abc import Callable, Mapping

from musicdesk.errors import ReadOnlyData
from musicdesk.events import Events
from musicdesk.records import Edit, Feedback, History, MoodCorrection, Taste
from musicdesk.store.feedback import FeedbackStore
from musicdesk.store.moods import MoodStore
from musicdesk.store.own_tags import OwnTagStore
from musicdesk.store.tastes import TasteStore


class Editing:
    """The only writer of feedback, taste, the listener's tags and word on moods."""

    def __init__(
        self, *, feedback: FeedbackStore, tastes: TasteStore, tags: OwnTagStore, moods: MoodStore, events: Events,
        now: Callable[[], float],
    ) -> None:  # fmt: skip
        self._feedback, self._tastes, self._tags, self._moods = feedback, tastes, tags, moods
        self._events, self._now = events, now
        self._unkept: Taste | None = None

    def taste(self) -> Taste | None:
        """The current taste, if one was ever made."""
        return self._unkept or self._tastes.current()

    def apply(self, label: str, *, taste: Taste | None, feedback: Mapping[str, Feedback] | None = None) -> None:
        """Make one step: the taste and the feedback as they shall be from now on."""
        after = dict(feedback or {})
        before = {audio_hash: self._feedback.get(audio_hash) for audio_hash in after}
        self._tastes.push(Edit(label, self._tastes.current(), taste, before, after))
        self._feedback.put(after)
        self._announce(after, {}, {})

    def tag(self, label: str, tags: Mapping[str, tuple[str, ...]]) -> None:
        """Make one step: all tags of these sounds as they shall be from now on; the taste stays as it is."""
        known = self._tags.all().of
        before = {audio_hash: known.get(audio_hash, ()) for audio_hash in tags}
        self._tastes.push(Edit(label, None, None, tags_before=before, tags_after=tags))
        self._tags.put(tags)
        self._announce({}, tags, {})

    def feel(self, label: str, said: Mapping[str, MoodCorrection]) -> None:
        """Make one step: all that is said of what these sounds feel like from now on; the taste stays as it is."""
        known = self._moods.some(list(said))
        before = {audio_hash: known.get(audio_hash, MoodCorrection(audio_hash)) for audio_hash in said}
        self._tastes.push(Edit(label, None, None, moods_before=before, moods_after=said))
        self._moods.put(said.values(), now=self._now())
        self._announce({}, {}, said)

    def renew(self, taste: Taste) -> None:
        """Replace the taste without a step: it was made anew because the library grew.

        Where another process is the one that writes, it holds for this process alone.
        """
        try:
            self._tastes.set_current(taste)
            self._unkept = None
        except ReadOnlyData:
            self._unkept = taste
        self._events.taste_changed.emit(None)

    def undo(self) -> str:
        """Take the last step back; its label, "" if there is none."""
        edit = self._tastes.undo()
        if edit is None:
            return ""
        self._put(edit.feedback_before, edit.tags_before, edit.moods_before)
        return edit.label

    def redo(self) -> str:
        """Make the step again that was taken back; its label, "" if there is none."""
        edit = self._tastes.redo()
        if edit is None:
            return ""
        self._put(edit.feedback_after, edit.tags_after, edit.moods_after)
        return edit.label

    def history(self) -> History:
        """What undo and redo would do."""
        return self._tastes.history()

    def _put(
        self, feedback: Mapping[str, Feedback], tags: Mapping[str, tuple[str, ...]], moods: Mapping[str, MoodCorrection]
    ) -> None:
        self._feedback.put(feedback)
        if tags:
            self._tags.put(tags)
        if moods:
            self._moods.put(moods.values(), now=self._now())
        self._announce(feedback, tags, moods)

    def _announce(
        self, feedback: Mapping[str, Feedback], tags: Mapping[str, tuple[str, ...]], moods: Mapping[str, MoodCorrection]
    ) -> None:
        if feedback:
            self._events.feedback_changed.emit(frozenset(feedback))
        if tags:
            self._events.tags_changed.emit(frozenset(tags))
        if moods:
            self._events.moods_changed.emit(None)
        self._events.taste_changed.emit(None)
