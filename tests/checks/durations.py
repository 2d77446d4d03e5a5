"""How many seconds each test took in the last run, kept in the cache, so that the next run starts with the longest."""

import json
from collections.abc import Mapping
from pathlib import Path

from web.bundling.cache import cache_folder
from web.bundling.files import write_whole


def known() -> dict[str, float]:
    """Return the seconds that each test took in the last run, by its name; nothing before the first run."""
    try:
        return dict(json.loads(file().read_bytes()))
    except (FileNotFoundError, ValueError):
        return {}


def keep(durations: Mapping[str, float]) -> None:
    """Keep the seconds that each test took."""
    write_whole(file(), json.dumps(durations, indent=1, sort_keys=True).encode())


def file() -> Path:
    """Return where they are kept."""
    return cache_folder() / "durations.json"
