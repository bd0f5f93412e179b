"""Results as lines of JSON, one a run, so that a comparison can be gone on with."""

import json
import os
import time

KEY = ("tool", "table", "split", "budget")


def read_results(path):
    """Return the newest result of each run, by tool, table, split and budget."""
    if not path.exists():
        return {}
    lines = [json.loads(line) for line in path.read_text().splitlines() if line]
    return {tuple(line[name] for name in KEY): line for line in lines}


def append_result(path, result):
    """Write one line and see it to the disk."""
    with path.open("a") as file:
        file.write(json.dumps(result) + "\n")
        file.flush()
        os.fsync(file.fileno())


def busy_share(seconds=2.0):
    """Return the share of all cores that is at work, over so many seconds."""
    first = _read_ticks()
    time.sleep(seconds)
    busy, total = (b - a for a, b in zip(first, _read_ticks(), strict=True))
    return busy / max(total, 1)


def _read_ticks():
    with open("/proc/stat") as file:
        ticks = [int(word) for word in file.readline().split()[1:9]]
    idle = ticks[3] + ticks[4]
    return sum(ticks) - idle, sum(ticks)
