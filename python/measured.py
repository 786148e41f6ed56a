"""Runs a command and measures it: wall and CPU seconds and peak memory of all its processes (Linux)."""

import os
import re
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
# Seconds between two looks at /proc.
EVERY = 0.05


@dataclass
class Run:
    """What a command said and took. `lines` are its output with the wall and CPU seconds of each line."""

    code: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    peak: int = 0  # bytes, the largest sum over the processes that lived at once
    lines: list[tuple[float, float, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(line for _, _, line in self.lines)

    def at(self, word: str) -> tuple[float, float]:
        """Wall and CPU seconds at the first line with a word."""
        return next((wall, cpu) for wall, cpu, line in self.lines if word in line)


def run(command, echo: bool = False, until: str | None = None, **options) -> Run:
    """Output and errors as one stream; `options` go to `subprocess.Popen`. A command that has said `until` is ended."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    done, tree = Run(), Tree(process.pid)
    watch = threading.Thread(target=tree.watch, daemon=True)
    watch.start()
    for line in process.stdout:
        done.lines.append((time.perf_counter() - start, tree.look(), line))
        if echo:
            print(line, end="", flush=True)
        if until is not None and until in line:
            process.kill()
            break
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = done.code = os.waitstatus_to_exitcode(status)
    done.wall = time.perf_counter() - start
    tree.ended = True
    watch.join()
    # The system's count has the last moments; ours has children that nobody waited for. Its count of
    # memory is of no use: it begins with what this process held when it started the other.
    done.cpu, done.peak = max(tree.cpu, usage.ru_utime + usage.ru_stime), tree.peak
    return done


class Tree:
    """A process and all that it starts."""

    def __init__(self, root: int):
        self.root, self.seen, self.peak, self.ended = root, {}, 0, False
        self.lock = threading.Lock()

    @property
    def cpu(self) -> float:
        return sum(self.seen.values())

    def watch(self) -> None:
        while not self.ended:
            self.look()
            time.sleep(EVERY)

    def look(self) -> float:
        with self.lock:
            stats = {}
            for folder in Path("/proc").glob("[0-9]*"):
                try:
                    text = (folder / "stat").read_text()
                except OSError:
                    continue  # ended in this moment
                stats[int(folder.name)] = text.rpartition(")")[2].split()
            members = {self.root}
            # A child's number is above its parent's, but for the rare wrap-around.
            for pid in sorted(stats):
                if int(stats[pid][1]) in members:
                    members.add(pid)
            alive = [stats[pid] for pid in members & stats.keys()]
            for pid in members & stats.keys():
                self.seen[pid] = (int(stats[pid][11]) + int(stats[pid][12])) / TICK
            # What is in use now by all, or was in use by one since we last looked.
            self.peak = max(self.peak, sum(int(stat[21]) for stat in alive) * PAGE, *map(highest, members))
            return self.cpu


def highest(pid: int) -> int:
    """The most memory that a process has had since its start, in bytes."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0
