"""The group ``tastes``: tastes under names, presets, comparison, files, and the taste over time."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import changes_json, changes_table, show, table, taste_json
from musicdesk.cli.taste import tell
from musicdesk.records import NamedTaste, TasteComparison, TasteHistory

NOW = "as it stands"
SPARKS = "▁▂▃▄▅▆▇█"


@click.group()
def tastes() -> None:
    """Keep tastes under names, compare them, carry them elsewhere, and see how yours has changed.

    Example: musicdesk tastes save work
    """


@tastes.command("list")
@json_option
@passed
def list_tastes(context: Context, as_json: bool) -> None:
    """List the tastes that are kept.

    Example: musicdesk tastes list --json
    """
    kept = context.desk.tastes.names()
    rows = [(k.name, str(k.prototypes), k.encoder, _day(k.changed), "in use" if k.current else "") for k in kept]
    text = table(("Name", "Prototypes", "Made with", "Kept", ""), rows) if rows else "No taste is kept yet."
    show({"tastes": [_named_json(k) for k in kept]}, text, as_json=as_json)


@tastes.command()
@click.argument("name")
@json_option
@passed
def save(context: Context, name: str, as_json: bool) -> None:
    """Keep the taste as it stands under NAME, in place of one of that name.

    Example: musicdesk tastes save work
    """
    kept = context.desk.tastes.save(name)
    show(_named_json(kept), f"Kept as “{kept.name}”: {kept.prototypes} prototypes.", as_json=as_json)


@tastes.command()
@click.argument("name")
@json_option
@passed
def use(context: Context, name: str, as_json: bool) -> None:
    """Make the taste NAME the current one; `musicdesk taste undo` brings back the one before.

    Example: musicdesk tastes use running
    """
    tell(context.desk, context.desk.tastes.use(name), as_json=as_json)


@tastes.command()
@click.argument("name")
@click.argument("new_name")
@json_option
@passed
def rename(context: Context, name: str, new_name: str, as_json: bool) -> None:
    """Give the taste NAME another name.

    Example: musicdesk tastes rename work "deep work"
    """
    context.desk.tastes.rename(name, new_name)
    show({"renamed": name, "name": new_name}, f"“{name}” is called “{new_name}” now.", as_json=as_json)


@tastes.command()
@click.argument("name")
@json_option
@passed
def remove(context: Context, name: str, as_json: bool) -> None:
    """Forget the taste NAME; the one in use stays as it is.

    Example: musicdesk tastes remove running
    """
    context.desk.tastes.remove(name)
    show({"removed": name}, f"“{name}” is forgotten.", as_json=as_json)


@tastes.command()
@json_option
@passed
def presets(context: Context, as_json: bool) -> None:
    """List gains that follow from your taste itself, and what each would change.

    Example: musicdesk tastes presets
    """
    found = context.desk.tastes.presets()
    rows = [(p.name, p.says, f"{len(p.changes)} gains" if p.changes else "as it is") for p in found]
    data = {"presets": [{"name": p.name, "says": p.says, "changes": changes_json(p.changes)} for p in found]}
    show(data, table(("Preset", "", "Would change"), rows, limit=90), as_json=as_json)


@tastes.command()
@click.argument("name")
@json_option
@passed
def preset(context: Context, name: str, as_json: bool) -> None:
    """Set the gains of the preset NAME; locked prototypes keep theirs.

    Example: musicdesk tastes preset "all equal"
    """
    tell(context.desk, context.desk.tastes.apply_preset(name), as_json=as_json)


@tastes.command()
@click.argument("first")
@click.argument("second", default="")
@json_option
@passed
def compare(context: Context, first: str, second: str, as_json: bool) -> None:
    """Put two kept tastes side by side; without SECOND, FIRST and the taste as it stands.

    Example: musicdesk tastes compare work running
    """
    found = context.desk.tastes.compare(first, second)
    show(_comparison_json(found), _comparison_text(found), as_json=as_json)


@tastes.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--name", default="", help="A kept taste (default: the taste as it stands).")
@click.option("--vectors", is_flag=True, help="With vectors: larger, but useful where none of your tracks is.")
@json_option
@passed
def export_taste(context: Context, file: Path, name: str, vectors: bool, as_json: bool) -> None:
    """Write a taste to FILE as small JSON, for another library or another computer.

    Example: musicdesk tastes export work.json --name work
    """
    path = context.desk.tastes.export(file, name, with_vectors=vectors)
    size = path.stat().st_size
    show({"path": str(path), "bytes": size}, f"Written to {path}, {size / 1024:.1f} KiB.", as_json=as_json)


@tastes.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", default="", help="Keep it under this name instead of using it at once.")
@json_option
@passed
def import_taste(context: Context, file: Path, name: str, as_json: bool) -> None:
    """Take the taste from FILE: its prototypes are found again by the tracks that stand for them.

    Example: musicdesk tastes import work.json --name work
    """
    found = context.desk.tastes.read(file)
    if found.encoder:
        click.echo(f"Made with the encoder {found.encoder}; found again here by its tracks and words.", err=True)
    if found.left_out:
        click.echo(f"Nothing here stands for: {', '.join(found.left_out)}", err=True)
    loaded = context.desk.tastes.load(file, name=name)
    if name and not as_json:
        show({}, f"Kept as “{name}”: {len(loaded.prototypes)} prototypes.", as_json=False)
    elif as_json:
        show({**taste_json(loaded), "name": name or found.name, "left_out": list(found.left_out)}, "", as_json=True)
    else:
        tell(context.desk, loaded, as_json=False)


@tastes.command()
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How far to look back.")
@json_option
@passed
def history(context: Context, days: int, as_json: bool) -> None:
    """Show the gains day by day, and what has changed.

    Example: musicdesk tastes history --days 90
    """
    found, changed = context.desk.tastes.over_time(days), context.desk.tastes.changed(days)
    curves = [
        {"id": c.id, "name": c.name, "slot": c.slot, "gains": [None if g is None else round(g, 3) for g in c.gains]}
        for c in found.curves
    ]
    data = {"days": list(found.days), "curves": curves, "changed": changes_json(changed)}
    text = f"{_curves_text(found)}\n\n" + (changes_table(changed) if changed else "Nothing has changed.")
    show(data, text, as_json=as_json)


def _named_json(kept: NamedTaste) -> dict[str, Any]:
    return {
        "name": kept.name,
        "prototypes": kept.prototypes,
        "encoder": kept.encoder,
        "changed": kept.changed,
        "current": kept.current,
    }


def _comparison_json(found: TasteComparison) -> dict[str, Any]:
    return {
        "first": found.first,
        "second": found.second,
        "gains": changes_json(found.gains),
        "shared": found.shared,
        "of": found.of,
        "first_words": list(found.first_words),
        "second_words": list(found.second_words),
    }


def _comparison_text(found: TasteComparison) -> str:
    names = found.first or NOW, found.second or NOW
    lines = [changes_table(found.gains, heads=names), f"{found.shared} of the first {found.of} picks are in both lists"]
    for name, words in zip(names, (found.first_words, found.second_words), strict=True):
        if words:
            lines.append(f"only {name} sounds like: {', '.join(words)}")
    return "\n".join(lines)


def _curves_text(found: TasteHistory) -> str:
    """A line a prototype, a mark a day."""
    width = max((len(c.name) for c in found.curves), default=0)
    lines = [f"{found.days[0]} to {found.days[-1]}" if found.days else ""]
    return "\n".join([*lines, *(f"{c.name:<{width}}  {''.join(map(_spark, c.gains))}" for c in found.curves)])


def _spark(gain: float | None) -> str:
    return "·" if gain is None else SPARKS[round((gain + 1) / 3 * (len(SPARKS) - 1))]


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d")


COMMANDS = (tastes,)
