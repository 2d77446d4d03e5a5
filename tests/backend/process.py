"""The reference backend as a process of its own, for tests: started on a free port, stopped at the end."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
PATIENCE = 10  # seconds that a stop may take at the most


@contextlib.contextmanager
def running(dist: Path, *arguments: str, stderr: int | IO[str] | None = None) -> Iterator[str]:
    """Yield the address of a backend that listens, `http://127.0.0.1:PORT`; stop it afterwards.

    `arguments` are those of the command line, after `--port 0`. Its errors go to `stderr`, or to ours.
    Raises RuntimeError if it does not start.
    """
    with start(dist, "--port", "0", *arguments, stderr=stderr) as process:
        try:
            yield read_address(process)
        finally:
            stop(process)


def start(dist: Path, *arguments: str, stderr: int | IO[str] | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.backend", "--dist", str(dist), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True)


def read_address(process: subprocess.Popen[str]) -> str:
    """Wait until the process listens and return its address, without the last slash.

    Raises RuntimeError if it has ended instead; nothing of it is left open.
    """
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.startswith("demo: "):
        process.communicate()
        raise RuntimeError(f"The backend did not start: it said {line!r} and ended with {process.returncode}.")
    return line.removeprefix("demo: ").strip().rstrip("/")


def stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
