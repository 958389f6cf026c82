"""All recommenders by name; a module is imported when one of its recommenders is made."""

from importlib import import_module
from pathlib import Path
from typing import Any, cast

from musicdesk import kept
from musicdesk.errors import BadRequest, ModelUnavailable, NotFound
from musicdesk.recommend.base import Recommender, RecommenderSpec
from musicdesk.recommend.specs import SPECS

METHODS = {
    "popularity": "musicdesk.recommend.popularity:Popularity",
    "content-mean": "musicdesk.recommend.content:ContentMean",
    "content-last": "musicdesk.recommend.content:ContentLast",
    "item-knn": "musicdesk.recommend.item_knn:ItemKnn",
    "user-cf": "musicdesk.recommend.user_cf:UserCf",
    "ease": "musicdesk.recommend.ease:Ease",
    "elsa": "musicdesk.recommend.elsa:Elsa",
    "mult-vae": "musicdesk.recommend.mult_vae:MultVae",
    "recvae": "musicdesk.recommend.recvae:RecVae",
    "macridvae": "musicdesk.recommend.macridvae:MacridVae",
    "protomf": "musicdesk.recommend.protomf:ProtoMf",
    "shallow": "musicdesk.recommend.shallow:Shallow",
    "contrastive-content": "musicdesk.recommend.contrastive:ContrastiveContent",
    "contrastive-collaborative": "musicdesk.recommend.contrastive:ContrastiveCollaborative",
    "contrastive-average": "musicdesk.recommend.contrastive:ContrastiveAverage",
    "hybrid": "musicdesk.recommend.hybrid:Hybrid",
    "bert4rec": "musicdesk.recommend.bert4rec:Bert4Rec",
    "comprehensive": "musicdesk.recommend.genre_profile:Comprehensive",
    "multicategory": "musicdesk.recommend.genre_profile:Multicategory",
}
"""Where each recommender's class stands."""


def names() -> tuple[str, ...]:
    """The names of all recommenders."""
    return tuple(METHODS)


def spec(name: str) -> RecommenderSpec:
    """What is known of a recommender; raises NotFound, naming those that there are."""
    if name not in METHODS:
        raise NotFound(f"There is no recommender called {name!r}. Known are: {', '.join(METHODS)}.")
    return SPECS[name]


def make(name: str, **config: Any) -> Recommender:
    """A recommender that has learned nothing yet; ``config`` are fields of its config.

    Raises:
        NotFound: nobody knows the name.
        BadRequest: a field that it does not have, or that cannot be right.
    """
    found = _class(name)
    try:
        chosen = found.config_type(**config)
    except TypeError as error:
        raise BadRequest(f"The recommender {name} does not take these settings: {error}.") from error
    return found(config=chosen)


def load(folder: Path) -> Recommender:
    """The recommender that ``save`` left in ``folder``; raises ModelUnavailable if it is missing or broken."""
    name = kept.method_of(folder)
    if name not in METHODS:
        raise ModelUnavailable(f"{folder} holds the recommender {name}, which this musicdesk does not know.")
    return _class(name).load(folder)


def _class(name: str) -> type[Recommender]:
    spec(name)
    module, _, attribute = METHODS[name].partition(":")
    return cast("type[Recommender]", getattr(import_module(module), attribute))
