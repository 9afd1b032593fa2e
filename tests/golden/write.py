"""Write the golden results anew: `python -m tests.golden.write [--draw] [NAME...]`.

Without a name it writes all. What changed is then read in the difference. A lab whose real file
is not there is left as it is. With `--draw` the worlds get new commands from the swarm before.
"""

import sys
import tempfile
from pathlib import Path

from tests.golden.runs import FOLDER, WORLDS, Result, draw, is_playable, lab_run, labs, world_run


def result_of(name: str) -> Result | None:
    """Play a world or a lab; None where its real file is not there."""
    if name in WORLDS:
        return world_run(name)
    if not is_playable(name):
        return None
    with tempfile.TemporaryDirectory() as folder:
        return lab_run(name, Path(folder))


def main() -> None:
    """Write the results that the arguments name."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--draw"]
    for name in arguments or [*WORLDS, *labs()]:
        if name in WORLDS and "--draw" in sys.argv:
            draw(name)
        result = result_of(name)
        if result is None:
            sys.stdout.write(f"{name}: left as it is, MARGINCALL_SAMPLES names no folder\n")
            continue
        (FOLDER / f"{name}.jsonl").write_text(result.text(), "utf-8")
        sys.stdout.write(f"{name}: {result.line()}\n")


if __name__ == "__main__":
    main()
