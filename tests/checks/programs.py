"""Checks that are programs of their own: Python modules, and pytest, whose report has the faults and durations."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from textwrap import shorten
from xml.etree import ElementTree as ET

from .step import Findings, Output

WHY = 400  # characters of why a test failed
# While one process waits for a browser, another can use the processor.
PROCESSES = (os.cpu_count() or 1) + 1
SIDE_BY_SIDE = ("-p", "tests.checks.schedule", f"--numprocesses={PROCESSES}", "--no-loadscope-reorder")


def module(*arguments: str, python: str = sys.executable) -> Callable[[Output], Findings]:
    """Return what runs a Python module."""
    return lambda output: program([python, "-m", *arguments], output)


def program(command: Sequence[str], output: Output) -> Findings:
    """Run a program; its exit code is a fault unless it is 0."""
    code = subprocess.call(command, stdout=output, stderr=output and subprocess.STDOUT)
    return Findings([f"It ended with exit code {code}."] if code else ())


def pytest(*arguments: str, python: str = sys.executable) -> Callable[[Output], Findings]:
    """Return what runs pytest. Each test that fails is a fault, with the beginning of why."""

    def run(output: Output) -> Findings:
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder, "report.xml")
            here = (f"--junitxml={report}", "-o", f"cache_dir={folder}/cache")
            ended = module("pytest", *arguments, *here, python=python)(output)
            cases = list(ET.parse(report).iter("testcase")) if report.exists() else []  # noqa: S314 - we wrote it
        durations = {name_of(case): float(case.get("time", 0)) for case in cases}
        return Findings([fault for case in cases for fault in faults_of(case)] or ended.faults, durations)

    return run


def faults_of(case: ET.Element) -> Iterator[str]:
    """Yield why a test of a report in JUnit's XML failed, if it did."""
    for fault in case:
        if fault.tag in {"failure", "error"}:
            yield f"{name_of(case)}: {shorten(fault.get('message', ''), WHY)}"


def name_of(case: ET.Element) -> str:
    """Return the name of a test of a report in JUnit's XML, such as `tests.unit.test_call::test_a_call`."""
    return f"{case.get('classname')}::{case.get('name')}"
