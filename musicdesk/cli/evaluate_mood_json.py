"""What ``evaluate mood`` says to programs."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from musicdesk.cli.output import measure_json
from musicdesk.records import Measure

if TYPE_CHECKING:
    from musicdesk.desk.measured_mood import (
        Chance,
        ClaimRow,
        Dose,
        FewestReport,
        FewestRow,
        MoodReport,
        MoodRow,
        Setting,
    )
    from musicdesk.desk.measuring import Difference


def report_json(report: "MoodReport") -> dict[str, Any]:
    """All of a report."""
    return {
        "data": report.data,
        "split": f"{report.tracks} tracks, {report.artists} artists, parts by artist",
        "seeds": list(report.seeds),
        "moods": {name: dict(counts) for name, counts in report.moods.items()},
        "heard": {"right": _number(report.heard_right), "sure": _number(report.heard_sure)},
        "chance": _chance(report.chance),
        "genre_chance": {name: _chance(each) for name, each in report.genre_chance.items()},
        "window_strength": _number(report.usual),
        "settings": [_setting(setting) for setting in report.settings],
        "notes": list(report.notes),
    }


def fewest_json(report: "FewestReport") -> dict[str, Any]:
    """How few tracks suffice."""
    return {
        "data": report.data,
        "artists": report.artists,
        "beside": report.beside,
        "sizes": [
            {"tracks": list(size.tracks), "rarest_mood": list(size.rarest),
             "libraries": size.libraries, "taught": size.taught, "rows": [_fewest_row(row) for row in size.rows]}
            for size in report.sizes
        ],
        "notes": list(report.notes),
    }  # fmt: skip


def _fewest_row(row: "FewestRow") -> dict[str, Any]:
    return {
        "method": row.name, "combined": _measure(row.combined), "combined@10": _measure(row.combined_10),
        "against": _difference(row.against), "against@10": _difference(row.against_10),
        "window_against": _difference(row.window), "window_against@10": _difference(row.window_10),
    }  # fmt: skip


def _setting(setting: "Setting") -> dict[str, Any]:
    return {
        "labels": setting.labels,
        "searched": setting.searched,
        "cases": setting.cases,
        "rows": [_row(row) for row in setting.rows],
        "doses": [_dose(dose) for dose in setting.doses],
        "equal_mood": [
            {"method": one.name, "beside": one.beside, "places": one.places, "mood": _number(one.mood),
             "reached": one.reached, "genre": _number(one.ours), "genre_beside": _number(one.theirs),
             "ratio": _measure(one.ratio)}
            for one in setting.equal
        ],
        "claims": [_claim(claim) for claim in setting.claims],
    }  # fmt: skip


def _row(row: "MoodRow") -> dict[str, Any]:
    return {
        "method": row.name,
        "kind": row.kind,
        "ablation_of": row.whole or None,
        "strength": _number(row.strength),
        **_measures(row.measures),
        "usual_strength": _measures(row.usual),
        "full_strength": _measures(row.full),
        "different@1": _measure(row.distinct),
        "hub_rate": _measure(row.hubs),
        "own_mood_p@1": _number(row.own_mood),
        "against": {name: _difference(one) for name, one in row.against.items()},
        "against@10": {name: _difference(one) for name, one in row.against_10.items()},
        "usual_against": {name: _difference(one) for name, one in row.against_usual.items()},
        "usual_against@10": {name: _difference(one) for name, one in row.against_usual_10.items()},
    }


def _dose(dose: "Dose") -> dict[str, Any]:
    return {
        "method": dose.name, "percentile": _list(dose.percentile), "likeness": _list(dose.likeness),
        "genre_p@10": _list(dose.genre), "mood_p@10": _list(dose.mood), "spearman": _number(dose.spearman),
    }  # fmt: skip


def _claim(claim: "ClaimRow") -> dict[str, Any]:
    known = {
        "moved": claim.moved, "claimed": claim.claimed, "right": claim.right,
        "right_where_claimed": claim.right_where_claimed, "right_where_not": claim.right_where_not,
    }  # fmt: skip
    told = {name: _measure(one) if one else None for name, one in known.items()}
    return {"method": claim.name, "lists": claim.lists, **told}


def _chance(chance: "Chance") -> dict[str, Any]:
    return {
        "mood_p@1": _number(chance.mood), "genre_p@1": _number(chance.genre),
        "genre_in_mood": _number(chance.genre_in_mood), "possible": _number(chance.possible),
    }  # fmt: skip


def _difference(one: "Difference") -> dict[str, Any]:
    return {**(_measure(one.measure) or {}), "p": _number(one.p)}


def _measures(told: Mapping[str, Measure]) -> dict[str, Any]:
    return {name: _measure(one) for name, one in told.items()}


def _measure(one: Measure) -> dict[str, Any] | None:
    return measure_json(one) if one.n else None


def _list(values: Sequence[float]) -> list[float | None]:
    return [_number(value) for value in values]


def _number(value: float) -> float | None:
    return round(value, 4) if isfinite(value) else None
