"""`margincall report`: the page of a finished run once more, from its log alone."""

from pathlib import Path

import click
import msgspec

from engine.cli.folder import PAGE, lab_of
from engine.cli.mistake import Mistake, told
from engine.cli.run import setting_of, write_whole
from engine.journal.chain import Chain
from engine.journal.error import JournalError
from engine.journal.read import events, genesis, notes
from engine.journal.write import COMMANDS, EVENTS
from engine.report.chronicle import Chronicle
from engine.report.data import Data, data
from engine.report.notes import Notes, decoded
from engine.report.page import page


@click.command(short_help="Write the page of a finished run again.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what the page shows, as JSON.")
def report(folder: Path, as_json: bool) -> None:
    """Write report.html of a finished run again, the same bytes as the run wrote.

    Only commands.jsonl and events.jsonl of DIR are read; the tick files are not needed.
    """
    with told():
        shown = shown_again(folder)
        if as_json:
            click.echo(msgspec.json.encode(shown).decode())
            return
        write_whole(folder / PAGE, page(shown).encode())
        click.echo(f"Written: {folder / PAGE}")


def shown_again(folder: Path) -> Data:
    """Everything that a run's page shows, from `commands.jsonl` and `events.jsonl`.

    Raises `JournalError` where they are not what a finished run has written.
    """
    if not folder.is_dir():
        raise Mistake(f"{folder}: there is no such folder; expected the folder of a finished run")
    begun = genesis(folder)
    known = _notes(folder)
    setting = setting_of(lab_of(begun, folder), begun.version)
    chronicle, chain = Chronicle(setting), Chain()
    for batch in events(folder, chain):
        chronicle.heard(batch)
    if known.closing is None:
        raise JournalError(
            f"{folder / COMMANDS}: has no end; the run was not finished: run it again"
        )
    if known.closing.event_hash != chain.hex:
        raise JournalError(
            f"{folder / EVENTS}: ends at the hash {chain.hex}, {COMMANDS} says "
            f"{known.closing.event_hash}; they are not of one run: run it again"
        )
    return data(setting, chronicle, known)


def _notes(folder: Path) -> Notes:
    try:
        return decoded(notes(folder))
    except msgspec.MsgspecError as error:
        raise JournalError(
            f"{folder / COMMANDS}: holds a note that is none of this version ({error})"
        ) from error
