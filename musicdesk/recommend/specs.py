"""What is known of every recommender without loading it, or torch."""

from musicdesk.recommend.base import HABITS, HISTORY, SOUND, RecommenderSpec

_STUDY = "Tamm & Aljanaki, comparison of pretrained audio encoders for recommendation, 2026"
_GENRES = "CNN-based music recommendation, 2022 (class vectors, preference degree, modified similarity Z)"

_ALL = (
    RecommenderSpec(
        "popularity", "Popularity", "What most people listen to, the same for everyone.",
        HABITS, "baseline", needs_others=True,
    ),
    RecommenderSpec(
        "content-mean", "Sound of all I like", "What sounds like the average of everything you like.",
        SOUND, _STUDY + ": KNN", needs_vectors=True, serves_cold=True,
    ),
    RecommenderSpec(
        "content-last", "Sound of my latest", "What sounds like the last few tracks you liked.",
        HISTORY, _STUDY + ": KNN over the last n", needs_vectors=True, serves_cold=True,
    ),
    RecommenderSpec(
        "item-knn", "People who liked this", "What people like who also like the tracks you like.",
        HABITS, "Sarwar et al., Item-based collaborative filtering, WWW 2001; Aiolli, RecSys 2013",
        needs_others=True,
    ),
    RecommenderSpec(
        "user-cf", "People like me", "What the people like whose listening is most like yours.",
        HABITS, "Resnick et al., GroupLens, CSCW 1994: R_AB = k Σ sim(A, a) R_aB", needs_others=True,
    ),
    RecommenderSpec(
        "ease", "Habits, linear (EASE)", "What goes with your tracks in everyone's listening, taken all at once.",
        HABITS, "Steck, Embarrassingly shallow autoencoders, WWW 2019", needs_others=True,
    ),
    RecommenderSpec(
        "elsa", "Habits, low rank (ELSA)", "What goes with your tracks in a compact map of everyone's listening.",
        HABITS, "Vančura et al., Scalable linear shallow autoencoder, RecSys 2022", needs_others=True, trained=True,
    ),
    RecommenderSpec(
        "mult-vae", "Habits, out of a taste (Mult-VAE)",
        "What a taste like yours would draw, as everyone's listening tells.",
        HABITS, "Liang et al., Variational autoencoders for collaborative filtering, WWW 2018",
        needs_others=True, trained=True,
    ),
    RecommenderSpec(
        "recvae", "Habits, out of a taste (RecVAE)", "What a taste like yours would draw, learned more cautiously.",
        HABITS, "Shenbin et al., RecVAE, WSDM 2020", needs_others=True, trained=True,
    ),
    RecommenderSpec(
        "macridvae", "Habits, by kinds (MacridVAE)",
        "What goes with your tracks, kind by kind, where the kinds come from people's habits.",
        HABITS, "Ma et al., Learning disentangled representations for recommendation, NeurIPS 2019",
        needs_others=True, trained=True,
    ),
    RecommenderSpec(
        "protomf", "Habits, by types (ProtoMF)", "What is near the same types of listener and of music as your tracks.",
        HABITS, "Melchiorre et al., ProtoMF, RecSys 2022", needs_others=True, trained=True,
    ),
    RecommenderSpec(
        "shallow", "Shallow network", "Listeners and sounds in one space, learned from everyone's listening.",
        HABITS, _STUDY + ": shallow network", needs_vectors=True, needs_others=True, serves_cold=True, trained=True,
    ),
    RecommenderSpec(
        "contrastive-content", "Sound, taught by habits", "What sounds as if it went with what you like.",
        SOUND, _STUDY + ": contrastive projection, content space",
        needs_vectors=True, needs_others=True, serves_cold=True, trained=True,
    ),
    RecommenderSpec(
        "contrastive-collaborative", "Habits, taught by sound", "What goes with your tracks, smoothed by the sound.",
        HABITS, _STUDY + ": contrastive projection, collaborative space",
        needs_vectors=True, needs_others=True, trained=True,
    ),
    RecommenderSpec(
        "contrastive-average", "Sound and habits, averaged", "The middle between how it sounds and who listens to it.",
        HABITS, _STUDY + ": contrastive projection, average space",
        needs_vectors=True, needs_others=True, serves_cold=True, trained=True,
    ),
    RecommenderSpec(
        "hybrid", "Habits foretold from sound",
        "What goes with your tracks, foretold from the sound where few heard it.",
        HABITS, _STUDY + ": hybrid, ELSA whose item factors come from the audio",
        needs_vectors=True, needs_others=True, serves_cold=True, trained=True,
    ),
    RecommenderSpec(
        "bert4rec", "What comes next (BERT4Rec)", "What tends to follow the tracks you heard last, in their order.",
        HISTORY, "Sun et al., BERT4Rec, CIKM 2019; " + _STUDY,
        needs_vectors=True, needs_others=True, serves_cold=True, trained=True,
    ),
    RecommenderSpec(
        "comprehensive", "Genres, taken together", "What has the same mixture of genres as all you like.",
        SOUND, _GENRES, needs_vectors=True, serves_cold=True,
    ),
    RecommenderSpec(
        "multicategory", "Genres, one by one", "The best of each genre that you like, by its share.",
        SOUND, _GENRES, needs_vectors=True, serves_cold=True,
    ),
)  # fmt: skip

SPECS = {spec.name: spec for spec in _ALL}
"""Name → spec, in the order in which people are shown them."""
