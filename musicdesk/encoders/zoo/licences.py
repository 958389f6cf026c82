"""What a licence of weights means for whoever is about to fetch them. No legal advice: the text itself counts."""

from musicdesk.encoders.base import EncoderSpec

_TERMS = (
    (("nd",), "You may not pass on changed weights."),
    (("sa",), "What you make of the weights and pass on has to come under the same licence."),
)


def licence_text(spec: EncoderSpec) -> str:
    """What to show before weights are fetched: whose they are, their licence, what it forbids, where it stands."""
    lines = [f"The weights of {spec.title} come under this licence: {spec.licence}.", *meaning(spec.licence)]
    lines += [f"Published at: {page}" for page in pages(spec)]
    return "\n".join([*lines, f"About it: {spec.source}"] if spec.source not in pages(spec) else lines)


def pages(spec: EncoderSpec) -> tuple[str, ...]:
    """Where the authors publish the weights and say what they allow."""
    addresses = [d.url for d in spec.weights.downloads] if spec.weights else []
    hubs = dict.fromkeys(url.partition("/resolve/")[0] for url in addresses if "/resolve/" in url)
    return tuple(hubs) or (spec.source,)


def meaning(licence: str) -> tuple[str, ...]:
    """What a licence asks and forbids, in sentences; nothing for one that is not known here."""
    words = licence.lower().replace("-", " ").split()
    if any(word in words for word in ("unstated", "unknown", "unverified", "none")) or "not stated" in licence.lower():
        return (
            "Nobody states terms for these weights. Their authors keep all rights; ask them before you rely on it.",
        )
    sentences = []
    if "nc" in words or "noncommercial" in words or "non commercial" in " ".join(words):
        sentences.append("You may use the weights, but not for commercial purposes.")
    if "cc" in words and "by" in words:
        sentences.append("Whoever passes them on has to name their authors.")
        sentences += [sentence for marks, sentence in _TERMS if any(mark in words for mark in marks)]
    if "gpl" in words:
        sentences.append("You may use the weights for any purpose; whoever passes them on does so under this licence.")
    if any(word in words for word in ("mit", "isc", "bsd", "apache")):
        sentences.append("You may use the weights for any purpose; whoever passes them on keeps the notice.")
    return tuple(sentences)
