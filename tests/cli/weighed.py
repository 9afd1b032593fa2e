"""`python -m tests.cli.weighed ARGUMENTS...`: call `margincall`, then tell the memory it took.

A process of its own, because memory that was once taken is seldom given back, and because what a
parent held before the call would count as the child's.
"""

import resource
import sys
from pathlib import Path

from engine.cli.main import main

_STATUS = Path("/proc/self/status")


def peak_kib() -> int:
    """Return the most memory that this process ever held, in KiB.

    Linux tells it of the program itself; elsewhere a parent's part may be in it.
    """
    if _STATUS.exists():
        (line,) = [each for each in _STATUS.read_text().splitlines() if each.startswith("VmHWM:")]
        return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(sys.argv[1:], standalone_mode=False)
    sys.stderr.write(f"{peak_kib()}\n")
