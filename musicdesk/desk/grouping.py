"""A list for several listeners: everyone's kinds of music have their share, and every pick says whose it is."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from musicdesk.desk import blend
from musicdesk.desk.genres import Genres, genres
from musicdesk.desk.heard import ME, Heard
from musicdesk.desk.snapshot import Snapshot
from musicdesk.errors import BadRequest, NotFound, NothingYet
from musicdesk.jobs import Job
from musicdesk.ranking.filters import allowed
from musicdesk.recommend.genre_profile import Multicategory
from musicdesk.recommend.log import BoolArray
from musicdesk.recommend.shared_list import SharedPick
from musicdesk.records import Feedback, FloatArray, GroupList, GroupPick, GroupShare, IntArray, Pick, Query, Track

ROUNDS = 12
"""How often picks that are too many of one artist, album or recording are replaced by others of their kind."""
YOU = "me"
"""What the person at this desk is called beside the others."""


def members(names: Sequence[str], heard: Heard) -> tuple[str, ...]:
    """The listeners that are meant, each once; raises BadRequest for none, NotFound for a stranger."""
    known = {name.casefold(): name for name in reversed(heard.names)}
    found = [known.get(name.casefold(), ME if blend.is_me(name) else name) for name in names]
    if not found:
        raise BadRequest("A list for a group needs its listeners: give one or more names.")
    for name in found:
        if name != ME and name not in heard.names:
            there = ", ".join(called(known) for known in heard.names) or "nobody yet"
            raise NotFound(f"Nothing of the analysed library was heard by a “{name}”. Listeners are: {there}")
    return tuple(dict.fromkeys(found))


def called(name: str) -> str:
    """A listener's name for people."""
    return YOU if name == ME else name


def group(
    names: Sequence[str], *, snapshot: Snapshot, heard: Heard, feedback: Mapping[str, Feedback], query: Query,
    now: float,
) -> GroupList:  # fmt: skip
    """The list of ``query.limit`` tracks for some listeners of ``heard``; raises NothingYet, NotFound, BadRequest.

    The multicategory method of the CNN paper: every listener has the same number of places, and every kind of music
    that they prefer its share of them. What anyone of them knows or dislikes is left out, unless the query wants it.
    """
    who = members(names, heard)
    unknown = [called(name) for name in who if not heard.liked_by(name)]
    if unknown:
        raise NothingYet(f"Nothing that {' and '.join(unknown)} liked or played is in the analysed library yet.")
    kinds, method = genres(snapshot), Multicategory()
    rows = snapshot.shelf.rows
    method.fit(heard.over(rows, n_items=len(rows)), kinds.shares, job=Job())
    profiles = np.stack([method.profile(heard.history(name, rows)) for name in who])
    may = allowed(snapshot.shelf, query, feedback if ME in who else {}, now=now).mask
    picks = _within_caps(method, profiles, may & _untold(who, heard, query, rows), snapshot, query)
    if not picks:
        raise NothingYet("These listeners know every track that fits. Ask for what they know, too: --known")
    return GroupList(_picks(picks, who, kinds, snapshot), _group_shares(picks, who, kinds, method, profiles, heard))


def _untold(who: Collection[str], heard: Heard, query: Query, rows: Mapping[str, int]) -> BoolArray:
    """What none of them knows, or what none of them dislikes where known tracks are wanted.  # [n]"""
    free = np.ones(len(rows), dtype=np.bool_)
    for name in who:
        history = heard.history(name, rows)
        told = history.degrees < 0 if query.include_known else np.ones(len(history), np.bool_)
        free[history.items[told]] = False
    return free


def _within_caps(
    method: Multicategory, profiles: FloatArray, free: BoolArray, snapshot: Snapshot, query: Query
) -> list[SharedPick]:
    """The shared list; what is too much of one artist, album or recording makes room for another of its kind."""
    shelf = snapshot.shelf
    codes = [
        (column.astype(np.int64), most)
        for column, most in (
            (shelf.artist_ids, query.max_per_artist), (shelf.album_ids, query.max_per_album), (shelf.recordings, 1),
        )
        if column is not None
    ]  # fmt: skip
    picks: Sequence[SharedPick] = ()
    for _ in range(ROUNDS):
        picks = method.shared(profiles, query.limit, allowed=free)
        over = _over(np.array([pick.item for pick in picks], np.int64), codes)
        if not over:
            return list(picks)
        free = free.copy()
        free[list(over)] = False
    return [pick for pick in picks if pick.item not in over]


def _over(items: IntArray, codes: Sequence[tuple[IntArray, int]]) -> set[int]:
    """The items, best first, that go over a cap; the code -1 is unknown and never capped, a cap of 0 is none."""
    over: set[int] = set()
    for code, most in codes:
        counts: dict[int, int] = {}
        for item in items.tolist():
            key = int(code[item])
            if most and key != -1 and item not in over:
                counts[key] = counts.get(key, 0) + 1
                if counts[key] > most:
                    over.add(item)
    return over


def _picks(picks: Sequence[SharedPick], who: Sequence[str], kinds: Genres, snapshot: Snapshot) -> tuple[GroupPick, ...]:
    found = []
    for pick in picks:
        audio_hash = snapshot.shelf.hashes[pick.item]
        track = snapshot.tracks.get(audio_hash) or Track(0, "", audio_hash)
        whose = tuple(called(who[number]) for number in (pick.listener, *pick.also))
        kind = pick.category if pick.category >= 0 else int(kinds.shares[pick.item].argmax())
        found.append(GroupPick(Pick(track, pick.score, min(max(pick.score, 0.0), 1.0)), whose, kinds.names[kind]))
    return tuple(found)


def _group_shares(
    picks: Sequence[SharedPick], who: Sequence[str], kinds: Genres, method: Multicategory, profiles: FloatArray,
    heard: Heard,
) -> tuple[GroupShare, ...]:  # fmt: skip
    shares = []
    for number, (name, profile) in enumerate(zip(who, profiles, strict=True)):
        liked = method.shares(profile)
        best = [kinds.names[kind] for kind in np.argsort(-liked, kind="stable").tolist() if liked[kind] > 0]
        count = sum(pick.listener == number for pick in picks)
        shares.append(GroupShare(called(name), tuple(best), count, blend.listener_knows(name, heard)))
    return tuple(shares)
