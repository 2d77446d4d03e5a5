"""The version of a bundle: that of the project, and a name for the content."""

import json
from collections.abc import Mapping
from typing import Any

from . import settings
from .digests import digests, sha256
from .pages import pages_and_licences
from .scripts import ESBUILD, script_sources

LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")  # digits could be taken for a telephone number


def version_of(hub: Mapping[str, Any]) -> str:
    """Return the version with a name for the content of a bundle with that hub: two builds are never taken for one."""
    files = digests(script_sources() | pages_and_licences())
    content = json.dumps([hub, files, settings.PINS["esbuild-wasm"], ESBUILD], sort_keys=True)
    return f"{settings.PROJECT['version']}+{sha256(content.encode())[:8].translate(LETTERS)}"
