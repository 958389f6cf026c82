"""``evaluate prototypes --cold``: the network on artists whom nobody has heard."""

from typing import TYPE_CHECKING, Any

from musicdesk.cli.output import measure_json, measure_text, table

if TYPE_CHECKING:
    from musicdesk.desk.measuring import ColdReport, ColdRow


def text(report: "ColdReport") -> str:
    """For people."""
    k = report.plan.k
    chance = ("chance", f"{report.chance['recall']:.3f}", f"{report.chance['ndcg']:.3f}", "–", "–")
    head = ("Method", f"Recall@{k} (95 %)", f"NDCG@{k} (95 %)", "NDCG beside the network (95 %)", "CPU")
    many = f"{report.asked} listeners asked, {report.candidates} artists that nobody has heard"
    return "\n".join([
        f"{report.plan.protocol}; {many}, {len(report.prototypes)} prototypes, vectors: {report.encoder}",
        "95 % intervals over listeners; * beyond chance (paired)",
        table(head, [*(_cells(row) for row in report.rows), chance]),
    ])  # fmt: skip


def plain(report: "ColdReport") -> dict[str, Any]:
    """For programs."""
    return {
        "data": report.data,
        "encoder": report.encoder,
        "split": str(report.plan.protocol),
        "seeds": list(report.plan.seeds),
        "k": report.plan.k,
        "asked": report.asked,
        "candidates": report.candidates,
        "prototypes": list(report.prototypes),
        "chance": {name: round(value, 4) for name, value in report.chance.items()},
        "rows": [
            {
                "method": row.name,
                **{name: measure_json(measure) for name, measure in row.measures.items()},
                "against_network": {n: {**measure_json(d.measure), "p": round(d.p, 4)} for n, d in row.against.items()},
                "fit_cpu_s": round(row.fit_s, 3),
            }
            for row in report.rows
        ],
    }


def _cells(row: "ColdRow") -> tuple[str, ...]:
    apart = row.against.get("ndcg")
    told = "–"
    if apart:
        m = apart.measure
        told = f"{m.mean:+.3f}{'*' if apart.clear else ''} ({m.low:+.3f} to {m.high:+.3f})"
    return (
        row.name, measure_text(row.measures["recall"]), measure_text(row.measures["ndcg"]), told,
        f"{row.fit_s:.1f} s",
    )  # fmt: skip
