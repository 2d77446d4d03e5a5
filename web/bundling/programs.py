"""Other programs: run them, become them, and tell why one failed."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from . import settings
from .errors import BuildError

MARKED = re.compile(r"^(?:npm error|ERROR:|✘ \[ERROR\]) (?!code |errno |syscall |Exception:)(.+)", re.MULTILINE)
TAMPERED = re.compile(r"^ {4}(\S+?==[^\s;]+).* from .*\n +Expected sha256", re.MULTILINE)  # as pip tells it


def run(command: Sequence[str | Path], complaint: str, **options: Any) -> str:
    """Return what a program prints; if it fails, a BuildError of the complaint and its own words."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, **options)
    if done.returncode:
        raise BuildError(f"{complaint}: {cause(done.stderr + done.stdout)}")
    return str(done.stdout)


def cause(output: str) -> str:
    """Return the line of a failed program's output that tells most, without the marks of npm, pip and esbuild."""
    tampered = [
        f"what was fetched as {pin} has none of the digests in {settings.LOCK.name}" for pin in TAMPERED.findall(output)
    ]
    marked = MARKED.findall(output)
    raised = re.findall(r"^Traceback .*\n(?: .*\n)+(\S.*)", output, flags=re.MULTILINE)[-1:]
    # Node's own stack follows what was thrown; what Python raised is the last line of that.
    thrown = re.findall(r"^(\S.*)\n+ {4}at ", output, flags=re.MULTILINE)[:1]
    lines = [*tampered, *marked, *raised, *thrown, *output.split("\n")]
    return next((line[:300].removeprefix("Error: ") for line in lines if line.strip()), "it gave no reason")


def works(*command: str) -> bool:
    """Say whether a program is there and runs; a name on PATH may be a mere shim."""
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def become(*command: str) -> NoReturn:
    """Go on as another program, in the project's folder, so that it gets Ctrl-C and every signal itself."""
    os.chdir(settings.ROOT)
    os.execv(command[0], command)


def say(text: str) -> None:
    """Tell the person on stderr; stdout is for the programs that are started."""
    print(text, file=sys.stderr, flush=True)
