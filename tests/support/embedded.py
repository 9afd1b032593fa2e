"""What a lab gives in one process without a bus: the measure for every other way to run it."""

import json
from pathlib import Path

from click.testing import CliRunner

from engine.cli.main import main

SAME = ("commands", "events", "event_hash", "state_hash")


def replayed(lab: str, folder: Path) -> dict[str, object]:
    """The counts and hashes of a lab that is replayed into a folder of `folder`."""
    out = folder / "replayed"
    arguments = ["replay", "--lab", lab, "--out", str(out), "--force", "--json"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    summary = json.loads(done.stdout)
    return {key: summary[key] for key in SAME}
