"""How the command line shows things: the documented JSON, and plain text for people."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import click

from musicdesk.records import (
    Advisor,
    Coverage,
    Explanation,
    GainChange,
    Latency,
    Measure,
    Pick,
    Taste,
    Track,
    printable,
)

BAR = "█▉▊▋▌▍▎▏"[::-1]


def show(data: dict[str, Any], text: str, *, as_json: bool) -> None:
    """Print ``data`` for programs or ``text`` for people."""
    click.echo(as_text(data) if as_json else printable_lines(text))


def as_text(data: dict[str, Any]) -> str:
    """JSON in UTF-8; in ASCII where a file name is none (escapes keep its bytes)."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(data, indent=2)
    return text


def printable_lines(text: str) -> str:
    """Text that any terminal takes."""
    return printable(text)


def track_json(track: Track) -> dict[str, Any]:
    """A track as documented in the README."""
    return {
        "id": track.id,
        "path": track.path,
        "title": track.title,
        "artist": track.artist,
        "album": track.album,
        "length_s": round(track.length_s, 3),
    }


def pick_json(pick: Pick) -> dict[str, Any]:
    """A track with its score and reasons."""
    return {
        **track_json(pick.track),
        "score": round(pick.score, 4),
        "match": round(pick.match, 4),
        "why": [{"part": p.name, "contribution": round(p.contribution, 4)} for p in pick.parts],
    }


def coverage_json(coverage: Coverage) -> dict[str, Any]:
    """Counts that add up to ``found``."""
    names = ("found", "ok", "partial", "silent", "failed", "excluded", "pending", "stale", "quick", "missing")
    return {
        "encoder": coverage.encoder,
        **{name: getattr(coverage, name) for name in names},
        "failures": [
            {
                "path": f.path,
                "state": f.state.value,
                "reason": f.reason,
                "encoder": f.encoder,
                "noted": f.noted,
                "attempts": f.attempts,
                "retry_after": f.retry_after,
            }
            for f in coverage.failures
        ],
    }


def coverage_line(coverage: Coverage) -> str:
    """One line that adds up."""
    parts = ("ok", "partial", "silent", "failed", "excluded", "pending", "stale")
    counts = " + ".join(f"{getattr(coverage, part)} {part}" for part in parts)
    extra = f"; {coverage.quick} listened to quickly so far" if coverage.quick else ""
    gone = f"; {coverage.missing} not on the disk now" if coverage.missing else ""
    return f"{coverage.found} found = {counts}{extra}{gone} ({coverage.encoder})"


def taste_json(taste: Taste) -> dict[str, Any]:
    """The taste as documented in the README."""
    return {
        "encoder": taste.key.name,
        "liked": taste.liked,
        "variety": round(taste.variety, 3),
        "prototypes": [
            {
                "number": number,
                "id": p.id,
                "name": p.name,
                "gain": round(p.gain, 3),
                "counts": round(float(gain), 3),
                "muted": p.muted,
                "solo": p.solo,
                "locked": p.locked,
                "slot": p.slot,
                "support": p.support,
                "origin": p.origin.value,
                "word": p.word,
                "faithful": None if p.faithful is None else round(p.faithful, 4),
                "found": round(p.found, 3),
                "exemplars": list(p.exemplars),
                "pinned": list(p.pinned),
                "refused": list(p.refused),
            }
            for number, (p, gain) in enumerate(zip(taste.prototypes, taste.gains, strict=True), start=1)
        ],
        "advisors": [advisor_json(a, gain) for a, gain in zip(taste.advisors, taste.advisor_gains, strict=True)],
    }


def advisor_json(advisor: Advisor, counts: float) -> dict[str, Any]:
    """A recommender as a slider; ``counts`` is its gain after mute and solo."""
    return {
        "id": advisor.id,
        "name": advisor.name,
        "gain": round(advisor.gain, 3),
        "counts": round(float(counts), 3),
        "muted": advisor.muted,
        "knows": advisor.knows,
    }


def changes_json(changes: Iterable[GainChange]) -> list[dict[str, Any]]:
    """Gains before and after; null where there was, or is, no such slider."""
    return [
        {
            "id": change.id,
            "name": change.renamed or change.name,
            "slot": change.slot,
            "before": None if change.before is None else round(change.before, 3),
            "after": None if change.after is None else round(change.after, 3),
        }
        for change in changes
    ]


def changes_table(changes: Iterable[GainChange], *, heads: tuple[str, str] = ("Before", "After")) -> str:
    """Gains side by side."""
    rows = [(_renamed(c), *("–" if g is None else f"{g:+.2f}" for g in (c.before, c.after))) for c in changes]
    return table(("Prototype", *heads), rows)


def _renamed(change: GainChange) -> str:
    return f"{change.name} → {change.renamed}" if change.renamed else change.name


def taste_text(taste: Taste, exemplars: dict[str, Track]) -> str:
    """The prototypes like channels of a mixer."""
    lines = [_taste_head(taste)]
    names = [p.name for p in taste.prototypes] + [a.name for a in taste.advisors]
    width = max(map(len, names), default=0)
    for number, p in enumerate(taste.prototypes, start=1):
        flags = "".join(mark for mark, on in (("M", p.muted), ("S", p.solo), ("L", p.locked)) if on)
        heard = ", ".join(exemplars[h].title for h in p.exemplars if h in exemplars)
        lines.append(f"{number:>2}  {p.name:<{width}}  {slider(p.gain)} {p.gain:+.2f} {flags:<3} ▶ {heard}")
    lines += [f" +  {advisor_line(advisor, width)}" for advisor in taste.advisors]
    if not taste.gains.any() and not taste.advisor_gains.any():
        lines.append("Nothing counts now: every slider is muted or at 0, so a list has no order but the library's.")
    return "\n".join(lines)


def advisor_line(advisor: Advisor, width: int) -> str:
    """A recommender like a channel of a mixer."""
    flag = "M" if advisor.muted else ""
    return f"{advisor.name:<{width}}  {slider(advisor.gain)} {advisor.gain:+.2f} {flag:<3} {advisor.knows}"


def slider(gain: float, width: int = 13) -> str:
    """A gain from -1 to 2 as a little slider with its zero marked."""
    place = round((gain + 1) / 3 * (width - 1))
    zero = round((width - 1) / 3)
    return "".join("●" if i == place else "┼" if i == zero else "─" for i in range(width))


def picks_text(picks: Sequence[Pick]) -> str:
    """Numbered picks with match and strongest reason."""
    rows = [(str(i), p.track.title, p.track.artist, f"{100 * p.match:.0f} %", p.why) for i, p in enumerate(picks, 1)]
    return table(("", "Title", "Artist", "Match", "Why"), rows)


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    """The parts of a score; they add up."""
    return {
        **track_json(explanation.track),
        "score": round(explanation.score, 5),
        "match": round(explanation.match, 4),
        "rank": explanation.rank,
        "of": explanation.of,
        "parts": [
            {
                "part": p.name,
                "gain": round(p.gain, 3),
                "contribution": round(p.contribution, 5),
                "percentile": round(p.percentile, 4),
            }
            for p in explanation.parts
        ],
        "words": list(explanation.words),
        "left_out": list(explanation.left_out),
    }


def explanation_text(explanation: Explanation) -> str:
    """Bars that add up to the score."""
    track = explanation.track
    lines = [
        f"{track.label}",
        f"place {explanation.rank} of {explanation.of}, better than {100 * explanation.match:.0f} % of your library",
    ]
    largest = max((abs(p.contribution) for p in explanation.parts), default=0.0) or 1.0
    width = max((len(p.name) for p in explanation.parts), default=0)
    for p in explanation.parts:
        bar = "▬" * max(1, round(20 * abs(p.contribution) / largest)) if p.contribution else ""
        near = f"nearer than {100 * p.percentile:.0f} % of your library"
        lines.append(f"  {p.name:<{width}}  {p.contribution:+6.2f}  {bar:<20}  {near} (gain {p.gain:.2f})")
    lines.append(f"  {'together':<{width}}  {explanation.score:+6.2f}")
    if explanation.words:
        lines.append(f"sounds like: {', '.join(explanation.words)}")
    return "\n".join([*lines, *explanation.left_out])


def latency_json(latency: Latency) -> dict[str, Any]:
    """Times of one operation."""
    return {"median_ms": round(latency.median_ms, 3), "p95_ms": round(latency.p95_ms, 3), "n": latency.n}


def measure_json(measure: Measure) -> dict[str, Any]:
    """A mean with its interval."""
    return {
        "mean": round(measure.mean, 4),
        "low": round(measure.low, 4),
        "high": round(measure.high, 4),
        "n": measure.n,
    }


def measure_text(measure: Measure) -> str:
    """A mean with its interval, for people."""
    return f"{measure.mean:.3f} ({measure.low:.3f} to {measure.high:.3f})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, limit: int = 44) -> str:
    """Columns as wide as their longest cell, cut at ``limit``."""
    cells = [tuple(_cut(printable(cell), limit) for cell in row) for row in (head, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in cells)


def clock(seconds: float) -> str:
    """Minutes and seconds, hours where needed: 3:07, 1:02:45."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def _taste_head(taste: Taste) -> str:
    origin = (
        f"from {taste.liked} liked tracks" if taste.liked else "from your library (like a few tracks to make it yours)"
    )
    return f"Your taste, {origin}; variety {taste.variety:.2f}"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
