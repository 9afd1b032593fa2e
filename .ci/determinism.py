"""Play the demo on every Python given and under several hash seeds: all must write the same.

    python .ci/determinism.py ENVIRONMENT...

Events are compared byte for byte, summaries without what time and place decide, and the last
run of each Python is checked by the next one.
"""

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

SEEDS = ("0", "1", "random")
OUT = Path("build/determinism")


def folder_of(environment: Path, seed: str) -> Path:
    """Where a run writes."""
    return OUT / f"{environment.name}-{seed}"


def call(environment: Path, seed: str, *arguments: str | Path) -> None:
    """Run the program of an environment; what it said is shown when it fails."""
    command = [environment / "bin" / "margincall", *arguments]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONHASHSEED": seed},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{environment.name}, PYTHONHASHSEED={seed}: {arguments}\n{done.stdout}")


def play(run: tuple[Path, str]) -> tuple[str, str]:
    """Play the demo; return the digest of its events, and its summary made comparable."""
    folder = folder_of(*run)
    call(*run, "demo", "--out", folder)
    events = hashlib.sha256((folder / "events.jsonl").read_bytes()).hexdigest()
    summary = json.loads((folder / "summary.json").read_text())
    del summary["elapsed_s"]
    for file in summary["run"]["files"]:
        del file["path"]
    return events, json.dumps(summary, sort_keys=True)


def main() -> None:
    """Compare all runs, then let each Python check a log that another one wrote."""
    environments = [Path(name) for name in sys.argv[1:]]
    runs = list(product(environments, SEEDS))
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        results = dict(zip(runs, pool.map(play, runs), strict=True))
    first = results[runs[0]]
    differing = [f"{run[0].name} PYTHONHASHSEED={run[1]}" for run in runs if results[run] != first]
    if differing:
        sys.exit(f"differ from {runs[0][0].name} PYTHONHASHSEED={runs[0][1]}: {differing}")
    for writer, reader in zip(environments, environments[1:] + environments[:1], strict=True):
        call(reader, "random", "check", folder_of(writer, "random"))
    print(f"{len(runs)} runs agree on {len(environments)} Pythons, events sha256 {first[0]}")


if __name__ == "__main__":
    main()
