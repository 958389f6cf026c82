"""The group ``recommenders``: which recommender advises beside the prototypes, and how loudly."""

from collections.abc import Sequence
from typing import Any

import click

from musicdesk.cli import progress
from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import advisor_json, advisor_line, pick_json, show, table
from musicdesk.desk.desk import Desk
from musicdesk.errors import NotFound
from musicdesk.records import ADVISOR, GAIN_MAX, GAIN_MIN, GroupList, RecommenderStatus, Taste

part_argument = click.argument("part", metavar="PART")


@click.group()
def recommenders() -> None:
    """Recommenders that advise beside the prototypes: by your history, by the sound, by people's habits.

    Example: musicdesk recommenders list
    """


@recommenders.command("list")
@json_option
@passed
def list_recommenders(context: Context, as_json: bool) -> None:
    """Every recommender: which is chosen (→), what it knows, and what it still lacks.

    Example: musicdesk recommenders list
    """
    _show_statuses(context.desk.advising.statuses(), as_json=as_json)


@recommenders.command()
@click.argument("name")
@json_option
@passed
def use(context: Context, name: str, as_json: bool) -> None:
    """Let recommender NAME advise; “blend” takes whatever suits what is known, “none” leaves it to the prototypes.

    Example: musicdesk recommenders use blend
    """
    status = context.desk.advising.choose(name)
    lines = [f"{status.title} advises from now on." if status.name != "none" else "Nobody advises from now on."]
    lines += [f"  {told}" for told in (status.knows, status.problem) if told]
    if status.name in context.desk.advising.wanting:
        lines.append("  It has to be made first: musicdesk recommenders fit")
    show(status_json(status), "\n".join(lines), as_json=as_json)


@recommenders.command()
@click.argument("name", default="")
@json_option
@passed
def fit(context: Context, name: str, as_json: bool) -> None:
    """Make recommender NAME anew from all that was heard; without a name, those that advise.

    Example: musicdesk recommenders fit
    """
    with progress.job() as job:
        statuses = context.desk.advising.fit(job, name)
    _show_statuses(statuses, as_json=as_json)


@recommenders.command("show")
@json_option
@passed
def show_advisors(context: Context, as_json: bool) -> None:
    """Show who advises now, how loudly, and what they know.

    Example: musicdesk recommenders show
    """
    _show(context.desk, context.desk.recommending.taste(), as_json=as_json)


@recommenders.command("set", context_settings={"ignore_unknown_options": True})
@part_argument
@click.argument("gain", type=click.FloatRange(GAIN_MIN, GAIN_MAX))
@json_option
@passed
def set_gain(context: Context, part: str, gain: float, as_json: bool) -> None:
    """Set how loudly PART of the advice counts, from -1 to 2.

    Example: musicdesk recommenders set "people's habits" 0.8
    """
    _show(context.desk, context.desk.recommending.set_gain(_reference(context.desk, part), gain), as_json=as_json)


@recommenders.command()
@part_argument
@click.option("--off", is_flag=True, help="Take it back.")
@json_option
@passed
def mute(context: Context, part: str, off: bool, as_json: bool) -> None:
    """Let PART of the advice count for nothing.

    Example: musicdesk recommenders mute "my history"
    """
    _show(context.desk, context.desk.recommending.mute(_reference(context.desk, part), not off), as_json=as_json)


def _reference(desk: Desk, part: str) -> str:
    """The advisor that is meant: its name, its recommender's, or the beginning of its name."""
    taste = desk.recommending.taste()
    begun = [a for a in taste.advisors if a.name.casefold().startswith(part.strip().casefold())]
    advisor = taste.advisor(part) or (begun[0] if len(begun) == 1 else None)
    if advisor is None:
        there = ", ".join(a.name for a in taste.advisors)
        raise NotFound(f"Nobody advises by “{part}”. {f'There are: {there}' if there else 'Nobody advises yet.'}")
    return ADVISOR + advisor.name


# ------------------------------------------------------------------------------------------------ what is shown


def status_json(status: RecommenderStatus) -> dict[str, Any]:
    """A recommender as documented in the README."""
    names = ("name", "title", "what", "part", "source", "chosen", "made", "stale", "at_once", "knows", "problem")
    return {name: getattr(status, name) for name in names}


def group_json(group: GroupList) -> dict[str, Any]:
    """A list for several listeners."""
    tracks = [
        {**pick_json(found.pick), "whose": list(found.whose), "category": found.category} for found in group.picks
    ]
    shares = [
        {"listener": s.listener, "categories": list(s.categories), "tracks": s.picks, "knows": s.knows}
        for s in group.shares
    ]
    return {"tracks": tracks, "listeners": shares}


def group_text(group: GroupList) -> str:
    """Numbered tracks with whose they are, and what everyone likes."""
    rows = [
        (str(i), found.pick.track.title, found.pick.track.artist, ", ".join(found.whose), found.category)
        for i, found in enumerate(group.picks, 1)
    ]
    who = (
        f"{share.listener}: {share.picks} of {len(group.picks)}, {', '.join(share.categories)} ({share.knows})"
        for share in group.shares
    )
    return "\n".join([table(("", "Title", "Artist", "Whose", "Kind"), rows), "", *who])


def _show_statuses(statuses: Sequence[RecommenderStatus], *, as_json: bool) -> None:
    rows = [("→" if s.chosen else "", s.name, s.title, s.part, _state(s)) for s in statuses]
    lines = [table(("", "Name", "Title", "Part", "State"), rows)]
    for status in (s for s in statuses if s.chosen):
        lines += [f"{status.title}: {told}" for told in (status.knows, status.problem) if told]
    show({"recommenders": [status_json(s) for s in statuses]}, "\n".join(lines), as_json=as_json)


def _state(status: RecommenderStatus) -> str:
    if status.problem:
        return "cannot advise yet"
    if status.stale:
        return "to be made anew"
    return "ready" if status.made else "to be made"


def _show(desk: Desk, taste: Taste, *, as_json: bool) -> None:
    pairs = zip(taste.advisors, taste.advisor_gains.tolist(), strict=True)
    data = {"recommender": desk.advising.choice, "advisors": [advisor_json(a, counts) for a, counts in pairs]}
    width = max((len(a.name) for a in taste.advisors), default=0)
    lines = [advisor_line(a, width) for a in taste.advisors] or ["Nobody advises: the list is the prototypes' alone."]
    show(data, "\n".join(lines), as_json=as_json)


COMMANDS = (recommenders,)
