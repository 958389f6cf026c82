"""How the command line shows encoders: the documented JSON, a table of all, a page about one."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from musicdesk.cli.output import table
from musicdesk.records import EncoderCost, ModelStatus, Strength

TASKS = ("hot", "cold", "mood", "genre")
"""What encoders are compared at."""
NONE = "–"


def model_json(model: ModelStatus, used: str) -> dict[str, Any]:
    """An encoder as documented in the README; ``used`` is the one in use."""
    return {
        "name": model.name,
        "title": model.title,
        "dim": model.dim,
        "rate_hz": model.rate_hz,
        "licence": model.licence,
        "source": model.source,
        "size_bytes": model.size_bytes,
        "installed": model.installed,
        "in_use": model.name == used,
        "problem": model.problem,
        "path": str(model.path) if model.path else None,
        "variant_of": model.variant_of or None,
        "setting": model.setting,
        "window_s": model.window_s,
        "windows": model.windows,
        "download_bytes": model.download_bytes,
        "accept": model.accept,
        "memory_mb": model.memory_mb,
        "devices": list(model.devices),
        "extra": model.extra or None,
        "shipped": model.shipped,
        "trained": model.trained,
        "reads": model.reads,
        "strengths": [asdict(strength) for strength in model.strengths],
        "cost": asdict(model.cost) if model.cost else None,
    }


def models_table(models: Sequence[ModelStatus], used: str) -> str:
    """A line an encoder."""
    rows = [
        (("▸ " if m.name == used else "  ") + m.name, m.title, str(m.dim), size(m.size_bytes), m.licence,
         good_at(m.strengths) or NONE, f"{m.cost.wall_s:.2f}" if m.cost else NONE, state(m, used))
        for m in models
    ]  # fmt: skip
    return table(("Name", "Encoder", "Dim", "Size", "Licence", "Good at", "s/track", "State"), rows)


def readers_table(readers: Sequence[ModelStatus], used: str) -> str:
    """A line for each that reads texts."""
    rows = [
        (("▸ " if m.name == used else "  ") + m.name, m.title, size(m.size_bytes), m.licence, state(m, used))
        for m in readers
    ]
    return table(("Name", "Reads texts", "Size", "Licence", "State"), rows)


def model_text(model: ModelStatus, used: str, variants: Sequence[str]) -> str:
    """All that is known of an encoder, a line a fact."""
    fetched = f", {size(model.download_bytes)} to download" if model.download_bytes else ""
    facts = (
        ("state", model.problem or state(model, used)),
        ("listens to", "" if model.reads else f"{_windows(model)} at {model.rate_hz / 1000:g} kHz"),
        ("gives", f"{model.dim or 'some'} numbers a {'text' if model.reads else 'track'}"),
        ("setting", model.setting),
        ("setting of", model.variant_of),
        ("also as", ", ".join(variants)),
        *(("good at" if n == 0 else "", strength_text(strength)) for n, strength in enumerate(model.strengths)),
        ("cost here", cost_text(model.cost)),
        ("weights", f"{size(model.size_bytes)} on the disk{fetched}"),
        ("lie in", str(model.path) if model.path else ""),
        ("memory", f"{size(model.memory_mb * 1_000_000)} at least" if model.memory_mb else "little"),
        ("runs on", ", ".join(model.devices)),
        ("licence", f"{model.licence}{', to be accepted first' if model.accept else ''}"),
        ("source", model.source),
    )
    lines = [f"  {word:<10}  {text}" for word, text in facts if text]
    return "\n".join([f"{model.title} ({model.name})", *lines])


def state(model: ModelStatus, used: str) -> str:
    """What an encoder is here, in a word or two."""
    if model.extra:
        return f"needs musicdesk[{model.extra}]"
    if not model.installed:
        return "not installed"
    here = "trained here" if model.trained else "built in" if model.shipped else "installed"
    return f"{here}, in use" if model.name == used else here


def good_at(strengths: Sequence[Strength]) -> str:
    """The places of an encoder, the study's first: ``hot 2/10, cold 1/10``."""
    ordered = sorted(strengths, key=lambda strength: strength.by != "study")
    found = [next((s for s in ordered if s.task == task), None) for task in TASKS]
    return ", ".join(f"{s.task} {s.place}/{s.of}" for s in found if s is not None)


def strength_text(strength: Strength) -> str:
    """One place with the figure behind it."""
    by = {"study": "Tamm and Aljanaki 2026"}.get(strength.by, strength.by)
    return f"{strength.task} {strength.place}/{strength.of}  {strength.metric} {strength.value:.3g}, {by}"


def cost_text(cost: EncoderCost | None) -> str:
    """What a track took on this computer."""
    if cost is None:
        return "not measured yet"
    return (
        f"{cost.wall_s:.2f} s a track ({cost.cpu_s:.2f} s of CPU time), {cost.peak_mb:.0f} MB at most, "
        f"on {cost.device}, over {cost.tracks} tracks"
    )


def size(size_bytes: int) -> str:
    """6.3 MB, 380 MB, 1.3 GB; a dash for nothing."""
    if not size_bytes:
        return NONE
    mb = size_bytes / 1e6
    return f"{mb:.1f} MB" if mb < 10 else f"{mb:.0f} MB" if mb < 999.5 else f"{mb / 1000:.1f} GB"


def _windows(model: ModelStatus) -> str:
    return f"{model.windows} window{'' if model.windows == 1 else 's'} of {round(model.window_s, 1):g} s a track"
