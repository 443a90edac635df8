"""A peer in a process of its own: its lines on stdout, its memory and CPU time, its end."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from patience import SOON

#: Start-up of the slowest peer (a debug build on a busy machine). Seconds.
START_TIMEOUT = 20.0


class Process:
    """Runs `command`; its stdout is kept line by line, its stderr goes to ours (pytest shows it for a failed test).

    `environment` is all that it gets of one, besides PATH."""

    def __init__(
        self, command: Sequence[str], stdin: bool = False, environment: Mapping[str, str] | None = None,
        errors: IO[str] | None = None,
    ) -> None:
        self.command = list(command)
        self._popen = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors or sys.stderr,
            env=None if environment is None else {"PATH": os.environ["PATH"], **environment},
        )
        self._lines: list[str] = []
        self._ended = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._popen.stdout is not None
        for line in self._popen.stdout:
            with self._changed:
                self._lines.append(line.decode("utf-8", "replace").rstrip("\n"))
                self.took(self._lines[-1])
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def took(self, line: str) -> None:
        """Called with each line of stdout, in order."""

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def is_alive(self) -> bool:
        return self._popen.poll() is None

    def line(self, index: int, within: float = START_TIMEOUT) -> str:
        """Line `index` of stdout, awaited."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._lines) > index or self._ended, within)
            assert len(self._lines) > index, (
                f"{self.command[0]} printed no line {index}; exit code {self._popen.poll()}"
            )
            return self._lines[index]

    def count(self, text: str) -> int:
        """How many lines so far are exactly `text`."""
        with self._changed:
            return self._lines.count(text)

    def await_count(self, text: str, count: int, within: float = SOON) -> None:
        """Waits for `count` lines that are exactly `text`."""
        with self._changed:
            self._changed.wait_for(lambda: self._lines.count(text) >= count or self._ended, within)
            seen = self._lines.count(text)
        assert seen >= count, f"{seen} of {count} lines {text!r} on stdout within {within:.1f} s"

    def await_lines(self, condition: Callable[[], bool], within: float) -> bool:
        """Looks at `condition` again after each line, until it holds (True), stdout ends or time runs out."""
        with self._changed:
            self._changed.wait_for(lambda: condition() or self._ended, within)
            return condition()

    def write_line(self, line: str) -> None:
        assert self._popen.stdin is not None
        self._popen.stdin.write(line.encode() + b"\n")
        self._popen.stdin.flush()

    def close_stdin(self) -> None:
        assert self._popen.stdin is not None
        self._popen.stdin.close()

    def kill(self) -> None:
        """SIGKILL, and waits for the end."""
        self._popen.kill()
        self._popen.wait()

    def terminate(self) -> None:
        """SIGTERM; does not wait."""
        self._popen.send_signal(signal.SIGTERM)

    def wait(self, within: float) -> int:
        """Exit code of a process that is about to end."""
        return self._popen.wait(within)

    def stop(self) -> None:
        """Ends the process whatever its state."""
        if self._popen.stdin is not None:
            with contextlib.suppress(OSError):
                self._popen.stdin.close()
        if self.is_alive:
            self.kill()
        self._reader.join()

    # Linux only: elsewhere memory bounds and stall detection are not checked.

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _status_kib(self, name: str) -> int:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1])
        raise AssertionError(f"no {name} for process {self.pid}")

    @contextlib.contextmanager
    def flat_memory(self, mebibytes: int) -> Iterator[None]:
        """Fails if resident memory peaks more than `mebibytes` above its level at entry while the body runs."""
        if not Path("/proc/self/clear_refs").exists():
            yield
            return
        before = self._status_kib("VmRSS")
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")  # resets VmHWM to the present level
        yield
        assert self.is_alive, "the process died"
        growth = (self._status_kib("VmHWM") - before) / 1024
        assert growth <= mebibytes, f"resident memory grew by {growth:.1f} MiB, bound is {mebibytes} MiB"

    def await_idle(self, quiet: float = 0.2, within: float = 10.0) -> None:
        """Waits until the process has used no CPU time for `quiet` seconds: whatever it had to do, it has done."""
        if not Path("/proc/self/stat").exists():
            time.sleep(quiet)
            return
        deadline = time.monotonic() + within
        since, spent = time.monotonic(), self.cpu_seconds()
        while time.monotonic() - since < quiet:
            assert time.monotonic() < deadline, f"the process is still busy after {within} s"
            time.sleep(0.02)
            if (now := self.cpu_seconds()) != spent:
                since, spent = time.monotonic(), now
