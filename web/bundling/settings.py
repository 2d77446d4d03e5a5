"""What pyproject.toml says of the project, and where things are."""

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
PINS = PYPROJECT["tool"]["sip-worker"]
LOCK = ROOT / "tests" / "checks" / "tools.txt"  # the digests of all wheels of the tools
