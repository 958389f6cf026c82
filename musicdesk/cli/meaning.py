"""The group ``meaning``: words and preference in one space, learned from this library, and put to use."""

from dataclasses import asdict

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import show, table
from musicdesk.cli.progress import job
from musicdesk.errors import BadRequest
from musicdesk.records.meaning import MeaningReport, MeaningStatus, StageReport

STAGES = {"meaning": "What the sounds mean", "preference": "What is taken after what"}


@click.group()
def meaning() -> None:
    """Learn what the words of this library sound like, and what you take after what, as one encoder.

    Example: musicdesk meaning learn --use
    """


@meaning.command()
@click.option("--name", default="", help="Of what is learned (default: htcl- and the encoder it stands on).")
@click.option("--epochs", type=click.IntRange(1, 1000), help="Of each stage, at most.")
@click.option("--from", "source", type=click.Choice(("vectors", "mel")), default="vectors", show_default=True,
              help="On what the encoder in use heard, or on spectrograms of every file: this takes long.")  # fmt: skip
@click.option("--preference/--no-preference", default=True, show_default=True, help="Learn from choices as well.")
@click.option("--use", is_flag=True, help="Let it listen from then on.")
@json_option
@passed
def learn(
    context: Context, name: str, epochs: int | None, source: str, preference: bool, use: bool, as_json: bool
) -> None:
    """Learn words and preference together: two minutes for 2,000 tracks. Stopped, it goes on the next time.

    Words: what files, your tags and the sound itself say of each track. Preference: what you took after a track, liked
    in one session, kept in one playlist, and logs that you imported.

    Example: musicdesk meaning learn --use
    """
    from musicdesk.desk.meaning import LearnWishes

    wishes = LearnWishes(source=source, epochs=epochs or 0, preference=preference, use=use)
    with job() as work:

        def each(stage: str, losses: tuple[float, ...]) -> None:
            work.say(f"{STAGES[stage]}: epoch {len(losses)}, loss {losses[-1]:.4f}")

        report = context.desk.meaning.learn(work, name=name, wishes=wishes, each=each)
    used = context.desk.meaning.in_use == report.encoder
    show({**asdict(report), "in_use": used}, _report_text(report, in_use=used), as_json=as_json)


@meaning.command()
@json_option
@passed
def status(context: Context, as_json: bool) -> None:
    """What there is to learn from, what was learned, and whether it should be learned anew.

    Example: musicdesk meaning status
    """
    found, used = context.desk.meaning.status(), context.desk.meaning.in_use
    show({**asdict(found), "in_use": used}, _status_text(found, used), as_json=as_json)


@meaning.command()
@click.argument("name", default="")
@click.option("--base", is_flag=True, help="Back to the encoder on which it stands.")
@json_option
@passed
def use(context: Context, name: str, base: bool, as_json: bool) -> None:
    """Let what was learned listen: NAME, or that of the encoder in use.

    Example: musicdesk meaning use
    """
    if name and base:
        raise BadRequest("Either a name, or --base.")
    desk = context.desk
    if base:
        used = desk.meaning.use_base()
    else:
        with job() as work:
            used = desk.meaning.use(name, job=work)
    coverage = desk.indexing.coverage(used)
    text = f"{used} listens from now on."
    if not coverage.usable:
        text += f" It has heard nothing of the library yet. Run: musicdesk analyze --encoder {used}"
    show({"encoder": used, "heard": coverage.usable}, text, as_json=as_json)


@meaning.command()
@click.argument("name", default="")
@json_option
@passed
def forget(context: Context, name: str, as_json: bool) -> None:
    """Delete what was learned: NAME, or that of the encoder in use. Choices stay.

    Example: musicdesk meaning forget
    """
    gone = context.desk.meaning.forget(name)
    text = "It is deleted." if gone else "Nothing was learned yet."
    show({"forgotten": gone, "encoder": context.desk.modelling.encoder()}, text, as_json=as_json)


@meaning.command()
@click.option("--forget", "forgetting", is_flag=True, help="Forget all of them.")
@json_option
@passed
def choices(context: Context, forgetting: bool, as_json: bool) -> None:
    """How many tracks you took after another one: played, liked, put into a playlist out of a list like it.

    Example: musicdesk meaning choices
    """
    desk = context.desk.meaning
    counts = desk.choices()
    gone = desk.forget_choices() if forgetting else 0
    told = ", ".join(f"{count} {'into a playlist' if how == 'playlist' else how}" for how, count in counts.items())
    text = f"Taken after another track: {told}." + (f" Forgotten, all {gone} of them." if forgetting else "")
    show({"choices": counts, "forgotten": gone}, text, as_json=as_json)


# ------------------------------------------------------------------------------------------------ what is shown


def _report_text(report: MeaningReport, *, in_use: bool) -> str:
    """What was learned, stage by stage."""
    head = f"{report.encoder}: {report.tracks:,} tracks in {report.seconds:.0f} s, words read by {report.sentences}."
    lines = [head, *(_stage_text(stage) for stage in report.stages)]
    lines += [stage.rolled_back for stage in report.stages if stage.rolled_back]
    if not any(stage.name == "preference" for stage in report.stages):
        lines.append("There were too few choices to learn from; it knows words alone.")
    if in_use:
        return "\n".join([*lines, "It listens from now on."])
    if report.base == "mel":
        return "\n".join([*lines, f"Let it hear the library with: musicdesk analyze --encoder {report.encoder}"])
    return "\n".join([*lines, f"Let it listen with: musicdesk meaning use {report.encoder}"])


def _stage_text(stage: StageReport) -> str:
    """One stage: losses, recall, probes."""
    told = (
        f"{STAGES[stage.name]}: {stage.pairs:,} pairs, {len(stage.losses)} epochs in {stage.seconds:.0f} s, "
        f"best loss {min(stage.losses):.3f}{_recall_text(stage)}."
        if stage.losses else f"{STAGES[stage.name]}: {stage.pairs:,} pairs."
    )  # fmt: skip
    rows = [(p.name, f"{p.before:.3f}", f"{p.after:.3f}", f"{p.chance:.3f}") for p in stage.probes]
    return "\n".join([told, *([table(("Still heard", "Before", "After", "Chance"), rows)] if rows else [])])


def _recall_text(stage: StageReport) -> str:
    """How well what belongs together is found, and what luck would give."""
    if not stage.known:
        return "; there are too few artists to hold any out and see how well it finds sounds"
    before, after = stage.recall
    chance = f" (chance {100 * stage.chance:.0f} %)" if stage.chance is not None else ""
    held = f" of {stage.held:,} held-out pairs" if stage.held else " of the learned pairs"
    return f", Recall@10{held} {100 * before:.0f} → {100 * after:.0f} %{chance}"


def _status_text(found: MeaningStatus, used: str) -> str:
    """What there is and what was learned."""
    lines = [f"{found.tracks:,} tracks and {found.pairs:,} pairs to learn from."]
    if found.report:
        lines.append(_report_text(found.report, in_use=False) if not used else f"{used} listens.")
    elif found.encoder:
        lines.append(f"{found.encoder} was learned; nothing says how well.")
    else:
        lines.append("Nothing was learned yet. Run: musicdesk meaning learn")
    if found.stale and not found.note:
        lines.append("Much came since it was learned. Learn again: musicdesk meaning learn")
    return "\n".join([*lines, *(text for text in (found.note, found.problem) if text)])


COMMANDS = (meaning,)
