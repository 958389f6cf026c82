"""Artists whose tags are text and sound at once: pairs of held-out listeners before and after the second stage."""

import numpy as np
from made_up_meanings import TINY, HashedWords

from musicdesk.evaluation import semantic_artists
from musicdesk.evaluation.semantic_artists import Artists, ArtistsPlan
from musicdesk.evaluation.semantic_data import Remembered
from musicdesk.evaluation.semantic_stages import BEFORE, STAGE_2
from musicdesk.evaluation.semantic_tables import row_of
from musicdesk.jobs import Job
from musicdesk.recommend.log import Log
from musicdesk.semantic.texts import Facts

TAGS = ("metal", "piano", "techno", "folk")


def artists(n=120, listeners=60, seed=0):
    """Artists of four tags and five hidden crowds; a listener plays artists of one crowd, whatever their tags."""
    rng = np.random.default_rng(seed)
    tag, crowd = rng.integers(4, size=n), rng.integers(5, size=n)
    vectors = np.concatenate([3 * np.eye(4)[tag], np.eye(5)[crowd], rng.standard_normal((n, 6))], axis=1)
    users, items = [], []
    for user in range(listeners):
        own = rng.permutation(np.flatnonzero(crowd == user % 5))[:12]
        users += [user] * len(own)
        items += own.tolist()
    log = Log.of(users, items, n_users=listeners, n_items=n)
    facts = tuple(Facts(own_tags=(TAGS[one],)) for one in tag)
    return Artists(vectors.astype(np.float32), facts, tag, log, np.arange(n))


def test_what_listeners_share_is_found_again_and_the_tags_are_kept():
    plan = ArtistsPlan(held=0.4)
    told = semantic_artists.measure(artists(), Remembered(HashedWords()), TINY, seeds=[0], plan=plan, job=Job())
    known, new, strangers, probes = told
    for table in (known, new, strangers):
        recall = {row.method: row.measures["recall@10"].mean for row in table.rows}
        assert recall[STAGE_2] > recall[BEFORE]
    assert row_of(known, STAGE_2).against[BEFORE]["recall@10"].measure.mean > 0
    assert row_of(probes, STAGE_2).measures["tag_accuracy"].mean > probes.chance["tag_accuracy"] + 0.3
