"""The steps that a person can take back, whatever they are about."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from musicdesk.records.mood import MoodCorrection
from musicdesk.records.taste import Feedback, Taste


@dataclass(frozen=True, slots=True)
class Edit:
    """One step of the undo history: the taste, the feedback, the listener's tags and word on moods before and after."""

    label: str
    taste_before: Taste | None
    taste_after: Taste | None
    feedback_before: Mapping[str, Feedback] = field(default_factory=dict)
    feedback_after: Mapping[str, Feedback] = field(default_factory=dict)
    tags_before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Audio hash → all tags of that sound."""
    tags_after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    moods_before: Mapping[str, MoodCorrection] = field(default_factory=dict)
    """Audio hash → all that the listener said of what that sound feels like."""
    moods_after: Mapping[str, MoodCorrection] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """Where the person stands in the undo history, as labels to show ("" if there is nothing)."""

    undo: str = ""
    redo: str = ""
