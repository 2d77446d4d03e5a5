"""Compressed copies beside the files, for hosts with static compression."""

import gzip
import hashlib
import io
import os
import tempfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from .cache import cache_folder
from .digests import sha256
from .files import write_whole
from .node import node_program
from .programs import run, say

WORTH_COMPRESSING = 1000  # bytes; less is one packet anyway
MOST_OF_IT = 0.9  # a copy that is not smaller by a tenth is not worth its place
TAKES_SECONDS = 1_000_000  # bytes; while brotli works on as much, a person wants to know
BROTLI = Path(__file__).with_name("brotli.cjs")


def compressed_copies(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return FILE.br and FILE.gz for each file that gains by it, as hosts with static compression look for them."""
    large = {path: content for path, content in files.items() if len(content) >= WORTH_COMPRESSING}
    if not large:
        return {}
    node = node_program("node")
    version = run([*node, "-p", "process.versions.brotli"], "Node does not run").strip()
    tool = f"brotli-{version}-{sha256(BROTLI.read_bytes())[:8]}"
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        copies = pool.map(partial(copies_of, node, tool), large, large.values())
        return {path: content for found in copies for path, content in found.items()}


def copies_of(node: Sequence[str], brotli: str, path: str, content: bytes) -> dict[str, bytes]:
    """Return the compressed copies of one file; none if gzip gains nothing, as with what is packed already."""
    gz = compressed(f"gzip-{zlib.ZLIB_RUNTIME_VERSION}", gzipped, path, content)
    if len(gz) > MOST_OF_IT * len(content):
        return {}
    return {f"{path}.br": compressed(brotli, partial(brotlied, node), path, content), f"{path}.gz": gz}


def compressed(tool: str, compress: Callable[[bytes], bytes], path: str, content: bytes) -> bytes:
    """Return the content as this version of a tool compresses it: from the cache, where a whole one lies there."""
    kept = cache_folder() / "compressed" / f"{sha256(content)}.{tool}"
    if kept.exists():
        entry = kept.read_bytes()
        if hashlib.sha256(entry[32:]).digest() == entry[:32]:
            return entry[32:]
    if len(content) >= TAKES_SECONDS:
        say(f"compressing {path} with {tool} ({len(content) / 1e6:.1f} MB) ...")
    result = compress(content)
    write_whole(kept, hashlib.sha256(result).digest() + result)
    return result


def gzipped(content: bytes) -> bytes:
    """Return the content in gzip, with no name and time in it: the bytes are those of the zlib that Python has."""
    target = io.BytesIO()
    # Unlike gzip.compress, this writes the same header on every Python.
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=target, mtime=0) as file:
        file.write(content)
    return target.getvalue()


def brotlied(node: Sequence[str], content: bytes) -> bytes:
    """Return the content in brotli."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "source"), Path(folder, "target")
        source.write_bytes(content)
        run([*node, BROTLI, source, target], "Node could not compress a file")
        return target.read_bytes()
