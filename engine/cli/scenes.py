"""A lab of scenes: each played in its modes, its claim checked, all of them told together."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import msgspec

from engine.cli import compare_files
from engine.cli.contest import Contestant, Run, comparison, in_mode, own_files
from engine.cli.folder import claim
from engine.cli.mistake import DISAGREEMENT, Mistake
from engine.cli.own_ticks import own_ticks
from engine.cli.run import run as replayed
from engine.cli.run import version, write_whole
from engine.cli.search import Searched
from engine.core.command import Mode
from engine.report.compare import Comparison
from engine.report.compare import side as side_of
from engine.report.compare_page import equity
from engine.scenes.judge import judged
from engine.scenes.outcome import BillOutcome, DaysRow, SceneOutcome, encoded
from engine.scenes.page import page
from engine.scenes.setting import Bill, Scene
from engine.scenes.sheet import Seen, Sheet, sheet, shown
from engine.scenes.table import show
from engine.scenes.witness import Fate, Moments
from feeds.replay import FileArg

PAGE = "index.html"
DATA = "scenes.json"


class Trial(msgspec.Struct, frozen=True):
    """A scene that was played in each of its modes."""

    outcome: SceneOutcome
    comparison: Comparison
    runs: list[Run]


def play(bill: Bill, out: Path, *, force: bool, quiet: bool, as_json: bool) -> None:
    """Play all scenes into a folder and tell what they came to.

    Each has a folder of its own with a comparison, and in it a finished run for each mode. Exits
    with 1 where something that was expected does not come true. Raises `Mistake`, `Breach`.
    """
    if (out / DATA).exists() and not force:
        raise Mistake(f"--out {out}: holds scenes already; name another, or use --force")
    for scene in bill.scenes:
        for mode in scene.modes:
            claim(out / scene.name / mode, replace=force)
    trials = []
    for trial, scene in zip(_trials(bill, quiet=quiet), bill.scenes, strict=True):
        trials.append(trial)
        compare_files.write(out / scene.name, trial.comparison, trial.runs)
        for mode in scene.modes:
            folder, lab = out / scene.name / mode, in_mode(scene.lab, mode)
            own = own_ticks(lab, folder)
            replayed(lab, own.feed, folder, total=own.total, quiet=True)
    outcome = _together(bill, trials)
    _write(out, outcome, trials, logged=True)
    _tell(outcome, out, quiet=quiet, as_json=as_json)


def look(bill: Bill, out: Path | None, *, quiet: bool, as_json: bool) -> None:
    """Play all scenes without a log; with a folder, the page and each comparison are written.

    Exits as `play` does.
    """
    trials = list(_trials(bill, quiet=quiet or as_json))
    outcome = _together(bill, trials)
    if out is not None:
        for trial in trials:
            (out / trial.outcome.name).mkdir(parents=True, exist_ok=True)
            compare_files.write(out / trial.outcome.name, trial.comparison, trial.runs)
        _write(out, outcome, trials, logged=False)
    _tell(outcome, out, quiet=quiet, as_json=as_json)


def played(bill: Bill, *, quiet: bool) -> BillOutcome:
    """What all scenes come to, with nothing written."""
    return _together(bill, list(_trials(bill, quiet=quiet)))


def _trials(bill: Bill, *, quiet: bool) -> Iterator[Trial]:
    for number, scene in enumerate(bill.scenes, 1):
        if not quiet:
            click.echo(f"scene {number} of {len(bill.scenes)}: {scene.name}", err=True)
        yield _tried(scene)


def _together(bill: Bill, trials: Sequence[Trial]) -> BillOutcome:
    return BillOutcome(
        version=version(),
        lab=bill.name,
        title=bill.title,
        about=bill.about,
        holds=all(trial.outcome.holds for trial in trials),
        scenes=tuple(trial.outcome for trial in trials),
    )


def _write(out: Path, outcome: BillOutcome, trials: Sequence[Trial], *, logged: bool) -> None:
    equities = {
        trial.outcome.name: equity([run.played() for run in trial.runs]) for trial in trials
    }
    write_whole(out / DATA, encoded(outcome))
    write_whole(out / PAGE, page(outcome, equities, logged=logged).encode())


def _tell(outcome: BillOutcome, out: Path | None, *, quiet: bool, as_json: bool) -> None:
    if as_json:
        click.echo(encoded(outcome).decode(), nl=False)
    elif not quiet:
        show(outcome)
        if out is not None:
            click.echo(f"\nWritten: {out / PAGE}, {out / DATA} and a folder for each scene.")
    for scene in outcome.scenes:
        for check in scene.checks:
            if not check.holds:
                click.echo(
                    f"{scene.name}: does not come true: {check.says}; found: {check.found}",
                    err=True,
                )
    if not outcome.holds:
        raise click.exceptions.Exit(DISAGREEMENT)


def _tried(scene: Scene) -> Trial:
    """Play a scene in each of its modes, on the same ticks."""
    with TemporaryDirectory() as folder:
        files = own_files(scene.lab, Path(folder))
        runs = []
        seen = []
        for mode in scene.modes:
            lab = in_mode(scene.lab, mode)
            run = Run(Contestant(mode, lab, mode), files)
            units = {each.symbol: each.unit_value for each in lab.venue.contracts}
            fate = Fate([account.name for account in lab.accounts], units)
            moments = Moments(run.exchange, lab.report.watch, scene.moments)
            run.witnesses += [fate, moments]
            run.to_end(quiet=True)
            runs.append(run)
            played = run.played()
            seen.append(
                Seen(
                    mode=mode,
                    played=played,
                    side=side_of(played),
                    fate=fate,
                    moments=moments,
                    found=_found(scene, mode, files),
                )
            )
        compared = comparison(scene.lab, runs, is_own=True)
    return Trial(_outcome(scene, compared, sheet(scene, seen)), compared, runs)


def _found(scene: Scene, mode: Mode, files: Sequence[FileArg]) -> dict[tuple[str, str], int | None]:
    if not scene.searches:
        return {}
    searched = Searched(scene.lab, mode, files)
    return {(each.account, each.find): searched.answer(each) for each in scene.searches}


def _outcome(scene: Scene, compared: Comparison, figures: Sheet) -> SceneOutcome:
    sides = list(zip(scene.modes, compared.sides, strict=True))
    checks = tuple(judged(expected, figures) for expected in scene.expected)
    return SceneOutcome(
        name=scene.name,
        title=scene.title,
        claim=scene.claim,
        finding=scene.finding,
        holds=all(check.holds for check in checks),
        modes=scene.modes,
        ticks=compared.ticks,
        hashes={mode: side.event_hash for mode, side in sides},
        accounts=scene.accounts,
        figures=shown(scene, figures),
        checks=checks,
        days=tuple(
            DaysRow(account.account, mode, account.days)
            for name in scene.days
            for mode, side in sides
            for account in side.watched
            if account.account == name
        ),
        markets=compared.markets,
    )
