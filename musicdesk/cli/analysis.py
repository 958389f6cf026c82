"""Commands about listening: analyze, status, retry, watch."""

import json
import queue
import time
from collections.abc import Sequence
from pathlib import Path

import click

from musicdesk.cli.context import Context, json_option, passed
from musicdesk.cli.output import coverage_json, coverage_line, show
from musicdesk.cli.progress import job
from musicdesk.errors import NotFound, NothingYet, UserFacing
from musicdesk.jobs import Job
from musicdesk.records import Coverage, Failure, printable

SHOWN = 20
TICK_S = 0.5


@click.command()
@click.option("--encoder", "encoders", multiple=True,
              help="Which encoder listens; may be given again (default: the best installed).")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64), help="Processes at the same time (default: half the cores).")
@click.option("--device", type=click.Choice(("auto", "cpu", "cuda", "mps")), help="Where networks run.")
@click.option("--pace", type=click.FloatRange(0.05, 1), help="Share of the time to work, 0.05 to 1.")
@click.option("--nice", type=click.IntRange(0, 19), help="How far to step back behind other programs, 0 to 19.")
@click.option("--quick/--full", default=None, help="Listen quickly only, or in full at once (default: quick first).")
@click.option("--retry", is_flag=True, help="Try files again that failed before.")
@json_option
@passed
def analyze(
    context: Context, encoders: tuple[str, ...], workers: int | None, device: str | None, pace: float | None,
    nice: int | None, quick: bool | None, retry: bool, as_json: bool,
) -> None:  # fmt: skip
    """Listen to every track that is new; Ctrl-C keeps what is done, the next run does only the rest.

    Example: musicdesk analyze --encoder musicnn --workers 2
    """
    indexing = context.desk.indexing
    done: list[Coverage] = []
    for encoder in encoders or (None,):
        if retry:
            indexing.retry(encoder)
        if not indexing.coverage(encoder).found:
            raise NothingYet("There is no music yet. Give a folder first: musicdesk scan ~/Music")
        with job() as work:
            coverage = indexing.analyze(
                encoder=encoder, workers=workers, device=device, pace=pace, nice=nice, quick=quick, job=work
            )
        done.append(coverage)
    lines = [line for coverage in done for line in (coverage_line(coverage), *_failures(coverage.failures))]
    more = {"encoders": [coverage_json(coverage) for coverage in done]} if len(done) > 1 else {}
    show({**coverage_json(done[0]), **more}, "\n".join(lines), as_json=as_json)
    for coverage in done:
        if coverage.found and not coverage.usable and not coverage.excluded:
            raise UserFacing("No file could be analysed. The reasons are above.")


@click.command()
@click.option("--encoder", help="For which encoder (default: the one in use).")
@click.option("--failures", is_flag=True, help="List every file that failed: its reason, when, when it is tried again.")
@click.option("--csv", "table", type=click.Path(dir_okay=False, path_type=Path), help="Write the failures to a file.")
@json_option
@passed
def status(context: Context, encoder: str | None, failures: bool, table: Path | None, as_json: bool) -> None:
    """How much of the library is analysed: found = ok + partial + silent + failed + excluded + pending + stale.

    Example: musicdesk status --failures --csv failures.csv
    """
    indexing = context.desk.indexing
    coverage, sources = indexing.coverage(encoder), indexing.sources()
    others = [other for other in indexing.coverages() if other.encoder != coverage.encoder]
    lines = [coverage_line(coverage), *(coverage_line(other) for other in others)]
    lines += [f"  {s.path}: {s.tracks} tracks{'' if s.online else ' (offline)'}" for s in sources]
    if failures:
        lines += _failures(coverage.failures, limit=None)
    if table is not None:
        count = indexing.export_failures(table, encoder)
        lines.append(f"{count} failures written to {printable(str(table))}")
    folders = [{"path": s.path, "tracks": s.tracks, "online": s.online} for s in sources]
    data = {**coverage_json(coverage), "folders": folders, "others": [coverage_json(other) for other in others]}
    show(data, "\n".join(lines), as_json=as_json)


@click.command()
@click.argument("words", nargs=-1)
@click.option("--encoder", help="For which encoder (default: the one in use).")
@json_option
@passed
def retry(context: Context, words: tuple[str, ...], encoder: str | None, as_json: bool) -> None:
    """Let failed files be tried again: all, or those whose path or reason holds all WORDS.

    Example: musicdesk retry live/1999
    """
    indexing = context.desk.indexing
    known = indexing.coverage(encoder).failures
    chosen = [f for f in known if all(w.casefold() in f"{f.path} {f.reason}".casefold() for w in words)]
    if words and not chosen:
        raise NotFound(f"No failure fits “{' '.join(words)}”. See: musicdesk status --failures")
    indexing.retry(encoder, chosen)
    lines = [f"{len(chosen)} files will be tried again. Next: musicdesk scan && musicdesk analyze"]
    lines += [f"  {printable(f.path)}" for f in chosen[:SHOWN]]
    show({"files": [f.path for f in chosen]}, "\n".join(lines), as_json=as_json)


@click.command()
@click.option("--workers", type=click.IntRange(1, 64), help="Processes at the same time (default: half the cores).")
@json_option
@passed
def watch(context: Context, workers: int | None, as_json: bool) -> None:
    """Stay, and take in new, changed and moved music as it comes; Ctrl-C ends it. With --json a line a time.

    Example: musicdesk watch
    """
    indexing = context.desk.indexing
    if not indexing.sources():
        raise NothingYet("No folder is known yet. Give one: musicdesk scan ~/Music")
    due: queue.SimpleQueue[frozenset[str]] = queue.SimpleQueue()
    with job() as work, indexing.watch(due.put, say=_say, first=True):
        _say("Watching. Ctrl-C ends it.")
        while True:
            folders = _next(due, work)
            try:
                report = indexing.scan(sorted(folders), job=work)
            except NotFound:  # it went again; the watch asks anew when it is back
                continue
            coverage = indexing.analyze(workers=workers, job=work)
            names = ("found", "added", "changed", "moved", "missing")
            counts = {name: getattr(report, name) for name in names}
            news = ", ".join(f"{counts[name]} {name}" for name in names if counts[name])
            line = json.dumps({**counts, "folders": sorted(folders), "coverage": coverage_json(coverage)})
            click.echo(line if as_json else f"{time.strftime('%H:%M:%S')} {news}; {coverage_line(coverage)}")


def _say(sentence: str) -> None:
    if sentence:
        click.echo(sentence, err=True)


def _next(due: "queue.SimpleQueue[frozenset[str]]", work: Job) -> frozenset[str]:
    while True:
        try:
            return due.get(timeout=TICK_S)
        except queue.Empty:
            work.check()


def _failures(failures: Sequence[Failure], *, limit: int | None = SHOWN) -> list[str]:
    lines = [f"  {f.state.value:<7} {printable(f.path)}: {f.reason}{_when(f)}" for f in failures[:limit]]
    if limit is not None and len(failures) > limit:
        lines.append(f"  … and {len(failures) - limit} more; see: musicdesk status --failures")
    return lines


def _when(failure: Failure) -> str:
    if not failure.retry_after:
        return ""
    at = time.strftime("%Y-%m-%d %H:%M", time.localtime(failure.retry_after))
    return f" (tried {failure.attempts} times, again after {at})"


COMMANDS = (analyze, status, retry, watch)
