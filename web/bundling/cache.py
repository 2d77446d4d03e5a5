"""The cache: folders that are named by what they are made of, and checked before each use."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from .digests import digests, sha256
from .programs import say

LISTING = ".sha256"  # in a folder of the cache: the digests of its other files


def cached_folder(name: str, inputs: Iterable[str], make: Callable[[Path], None], *, sealed: bool = True) -> Path:
    """Return the folder that `make` makes of `inputs`. It is made beside its place and takes it by a rename: a folder
    that is there is whole, and of two processes that make it at once the first wins. In a sealed one every file must
    still be as it was made. Python's own folders are not sealed: it writes its bytecode there, and nothing of them
    gets into a bundle."""
    folder = cache_folder() / f"{name}-{sha256(json.dumps(list(inputs)).encode())[:12]}"
    changed = changed_file(folder) if sealed and folder.exists() else None
    if changed:
        say(f"{folder} is no longer as it was made ({changed} was changed) and will be made anew")
    if changed or not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=folder.parent) as workspace:
            new = Path(workspace, "new")
            new.mkdir()
            make(new)
            if sealed:
                (new / LISTING).write_text(json.dumps(listing(new)), encoding="utf-8")
            if changed:
                folder.rename(Path(workspace, "old"))
            try:
                new.rename(folder)
            except OSError:
                if not folder.exists():
                    raise
    return folder


def changed_file(folder: Path) -> str | None:
    """Return the path of a file that is not as it was when its folder was sealed; None if there is none."""
    try:
        before = json.loads((folder / LISTING).read_bytes())
    except (FileNotFoundError, ValueError):
        return LISTING
    now = listing(folder)
    if now == before:
        return None
    return next((name for name in sorted({*before, *now}) if before.get(name) != now.get(name)), LISTING)


def listing(folder: Path) -> dict[str, str]:
    """Return the digest of each file below a folder."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    files.pop(LISTING, None)
    return digests({name: path.read_bytes() for name, path in files.items()})


def forget() -> None:
    """Remove the cache: what is built then is made of packages that are fetched, and checked against their pins."""
    if cache_folder().exists():
        shutil.rmtree(cache_folder())


def cache_folder() -> Path:
    """Return where downloads are kept between builds."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sip-phone-widget"
