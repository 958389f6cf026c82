"""Everything that is kept in one database, by what it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from musicdesk.store.choices import ChoiceStore
from musicdesk.store.costs import CostStore
from musicdesk.store.database import Database
from musicdesk.store.feedback import FeedbackStore
from musicdesk.store.full_text import FullText
from musicdesk.store.listeners import ListenerStore
from musicdesk.store.moods import MoodStore
from musicdesk.store.named_tastes import NamedTasteStore
from musicdesk.store.own_tags import OwnTagStore
from musicdesk.store.playlists import PlaylistStore
from musicdesk.store.saved_searches import SavedSearchStore
from musicdesk.store.sentences import SentenceStore
from musicdesk.store.tastes import TasteStore
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore
from musicdesk.store.windows import WindowStore


@dataclass(frozen=True)
class Stores:
    """One store for each thing that is kept."""

    tracks: TrackStore
    vectors: VectorStore
    costs: CostStore
    feedback: FeedbackStore
    tastes: TasteStore
    named: NamedTasteStore
    own_tags: OwnTagStore
    playlists: PlaylistStore
    listeners: ListenerStore
    windows: WindowStore
    moods: MoodStore
    full_text: FullText
    choices: ChoiceStore
    searches: SavedSearchStore
    sentences: SentenceStore

    @classmethod
    def of(cls, database: Database, now: Callable[[], float]) -> Self:
        """The stores of an open database; ``now`` tells the time that edits of the taste are dated by."""
        return cls(
            tracks=TrackStore(database),
            vectors=VectorStore(database),
            costs=CostStore(database),
            feedback=FeedbackStore(database),
            tastes=TasteStore(database, now=now),
            named=NamedTasteStore(database),
            own_tags=OwnTagStore(database),
            playlists=PlaylistStore(database),
            listeners=ListenerStore(database),
            windows=WindowStore(database),
            moods=MoodStore(database),
            full_text=FullText(database),
            choices=ChoiceStore(database),
            searches=SavedSearchStore(database),
            sentences=SentenceStore(database),
        )
