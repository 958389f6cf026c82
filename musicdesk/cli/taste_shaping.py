"""More of the group ``taste``: split, merge, remove, add, recolour, what stands for a prototype, what is believed."""

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import changes_json, changes_table, show, table
from musicdesk.cli.taste import name_argument, off_option, taste, tell
from musicdesk.records import PROTOTYPE_SLOTS


@taste.command()
@name_argument
@click.option("--preview", is_flag=True, help="Only show what it would become.")
@json_option
@passed
def split(context: Context, name: str, preview: bool, as_json: bool) -> None:
    """Split prototype NAME into the two to four kinds of tracks that stand behind it.

    Example: musicdesk taste split piano --preview
    """
    if not preview:
        tell(context.desk, context.desk.shaping.split(name), as_json=as_json)
        return
    pieces = context.desk.shaping.pieces(name)
    tracks = context.desk.recommending.by_hash({h for p in pieces for h in p.exemplars})
    titles = [[tracks[h].title for h in p.exemplars if h in tracks] for p in pieces]
    data = [
        {"name": p.name, "slot": p.slot, "support": p.support, "exemplars": list(p.exemplars), "titles": heard}
        for p, heard in zip(pieces, titles, strict=True)
    ]
    rows = [(p.name, ", ".join(heard)) for p, heard in zip(pieces, titles, strict=True)]
    show({"pieces": data}, table(("Would become", "Heard in"), rows, limit=80), as_json=as_json)


@taste.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--name", "new_name", default="", help="What it is called (default: after its tracks).")
@json_option
@passed
def merge(context: Context, names: tuple[str, ...], new_name: str, as_json: bool) -> None:
    """Make one prototype of several.

    Example: musicdesk taste merge 2 5 --name "rainy evenings"
    """
    tell(context.desk, context.desk.shaping.merge(names, name=new_name), as_json=as_json)


@taste.command()
@name_argument
@json_option
@passed
def remove(context: Context, name: str, as_json: bool) -> None:
    """Take prototype NAME out; nothing like it comes back by itself (undo and reset bring it back).

    Example: musicdesk taste remove "loud guitar"
    """
    tell(context.desk, context.desk.shaping.remove(name), as_json=as_json)


@taste.command()
@click.argument("references", nargs=-1, metavar="[TRACK...]")
@click.option("--artist", default="", help="All tracks of this artist.")
@click.option("--playlist", default="", help="The tracks of this saved playlist.")
@click.option("--tag", default="", help="A word from: musicdesk taste tags")
@click.option("--text", default="", help="A few words, such as “slow sad piano”.")
@click.option("--name", "new_name", default="", help="What it is called (default: after what it is made from).")
@json_option
@passed
def add(
    context: Context,
    references: tuple[str, ...],
    artist: str,
    playlist: str,
    tag: str,
    text: str,
    new_name: str,
    as_json: bool,
) -> None:
    """Add a prototype made from tracks, an artist, a playlist, a tag or words. TRACK is a number, a path or words.

    Example: musicdesk taste add 12 17 --name "rainy evenings"
    """
    tracks = [context.desk.indexing.find(reference) for reference in references]
    made = context.desk.shaping.add(
        tracks=tracks, artist=artist, playlist=playlist, tag=tag, text=text, name=new_name
    )  # fmt: skip
    tell(context.desk, made, as_json=as_json)


@taste.command()
@json_option
@passed
def tags(context: Context, as_json: bool) -> None:
    """List the words that a prototype can be made of, and how many tracks speak for each.

    Example: musicdesk taste tags --json
    """
    found = context.desk.shaping.tags()
    text = table(("Word", "From", "Tracks"), [(t.word, t.kind, str(t.tracks)) for t in found])
    data = {"tags": [{"word": t.word, "kind": t.kind, "tracks": t.tracks} for t in found]}
    show(data, text if found else "No words are known here; make prototypes from tracks.", as_json=as_json)


@taste.command()
@name_argument
@click.argument("slot", type=click.IntRange(0, PROTOTYPE_SLOTS - 1))
@json_option
@passed
def recolour(context: Context, name: str, slot: int, as_json: bool) -> None:
    """Give prototype NAME another colour and shape, 0 to 39; the one that has it takes this one's.

    Example: musicdesk taste recolour piano 4
    """
    tell(context.desk, context.desk.shaping.recolour(name, slot), as_json=as_json)


@taste.command()
@name_argument
@click.argument("track")
@off_option
@json_option
@passed
def pin(context: Context, name: str, track: str, off: bool, as_json: bool) -> None:
    """Let TRACK stand for prototype NAME for good, before all others.

    Example: musicdesk taste pin piano "blue hour"
    """
    found = context.desk.indexing.find(track)
    tell(context.desk, context.desk.shaping.pin(name, found.audio_hash, not off), as_json=as_json)


@taste.command()
@name_argument
@click.argument("track")
@off_option
@json_option
@passed
def refuse(context: Context, name: str, track: str, off: bool, as_json: bool) -> None:
    """Let TRACK never stand for prototype NAME; another takes its place. The list stays as it is.

    Example: musicdesk taste refuse piano "iron march"
    """
    found = context.desk.indexing.find(track)
    tell(context.desk, context.desk.shaping.refuse(name, found.audio_hash, not off), as_json=as_json)


@taste.command()
@json_option
@passed
def believed(context: Context, as_json: bool) -> None:
    """Show the gains that differ from what the model believes, or why it believes in none yet; nothing is changed.

    Example: musicdesk taste believed
    """
    changes, doubt = context.desk.shaping.believed(), context.desk.believing.doubt
    text = changes_table(changes, heads=("Yours", "Believed"))
    told = text if changes else "Every gain is as the model believes it."
    show({"changes": changes_json(changes), "doubt": doubt}, "\n".join(filter(None, (doubt, told))), as_json=as_json)


@taste.command()
@json_option
@passed
def believe(context: Context, as_json: bool) -> None:
    """Set all gains to what the model believes; locked prototypes keep theirs.

    Example: musicdesk taste believe
    """
    tell(context.desk, context.desk.shaping.believe(), as_json=as_json)


COMMANDS: tuple[click.Command, ...] = ()
"""All of them belong to the group ``taste``."""
