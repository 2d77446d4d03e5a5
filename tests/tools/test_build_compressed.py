"""The compressed copies in a bundle: true, worth their place, reproducible, and made once."""

import gzip
import random
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.tools.stand_ins import built
from web.bundling import compression
from web.bundling.errors import BuildError
from web.bundling.naming import immutable_folder
from web.bundling.node import node_program

TEXT = "export const WORDS = ['telephone', 'operator'];\n" * 60
NOISE = random.Random(7).randbytes(4000)  # noqa: S311 - the same bytes every time, not secret ones
UNBROTLI = """
const content = require("node:fs").readFileSync(process.argv[1]);
process.stdout.write(require("node:zlib").brotliDecompressSync(content));
"""


@pytest.fixture
def kept(project: Path, tmp_path: Path) -> Path:
    """Return where a build of a project with something to compress keeps what it compressed."""
    (project / "web/client/sip-client.js").write_text(TEXT)
    (project / "web" / "licenses" / "noise.bin").write_bytes(NOISE)
    (project / "web" / "licenses" / "short.txt").write_text(TEXT[:999])
    return tmp_path / "cache" / "sip-phone-widget" / "compressed"


@pytest.mark.usefixtures("kept")
def test_just_what_is_long_and_gains_by_it_has_copies(out: Path) -> None:
    assert [name for name in built(out) if name.endswith((".br", ".gz"))] == ["sip-client.js.br", "sip-client.js.gz"]


@pytest.mark.usefixtures("kept")
def test_the_copies_say_what_the_file_says_and_are_smaller(out: Path) -> None:
    files = built(out)
    node = node_program("node")
    unpacked = subprocess.run([*node, "-e", UNBROTLI, out / "sip-client.js.br"], capture_output=True, check=True).stdout
    assert gzip.decompress(files["sip-client.js.gz"][0]) == unpacked == TEXT.encode()
    assert len(files["sip-client.js.br"][0]) < len(files["sip-client.js.gz"][0]) < len(TEXT) / 10


@pytest.mark.usefixtures("kept")
def test_gzip_carries_no_name_no_time_and_no_system(out: Path) -> None:
    assert built(out)["sip-client.js.gz"][0][:10] == b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"


def test_without_its_cache_a_build_makes_the_same_copies(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = built(tmp_path / "first")
    compressed = {path.name for path in kept.iterdir()}
    for path in kept.iterdir():
        path.unlink()
    assert built(tmp_path / "second") == first
    assert {path.name for path in kept.iterdir()} == compressed
    monkeypatch.setattr(compression, "brotlied", compress_nothing)
    monkeypatch.setattr(compression, "gzipped", compress_nothing)
    assert built(tmp_path / "third") == first


def compress_nothing(*_: bytes | Sequence[str]) -> bytes:
    raise BuildError("what is in the cache was compressed again")


@pytest.mark.parametrize(
    "damage",
    [lambda entry: entry[:-1], lambda entry: entry[:40] + b"!" + entry[41:], lambda _: b""],
    ids=["cut short", "another byte", "empty"],
)
def test_a_damaged_entry_of_the_cache_is_made_again(kept: Path, out: Path, damage: Callable[[bytes], bytes]) -> None:
    first = built(out)
    whole = {path: path.read_bytes() for path in kept.iterdir()}
    for path, entry in whole.items():
        path.write_bytes(damage(entry))
    assert built(out) == first
    assert {path: path.read_bytes() for path in kept.iterdir()} == whole


def test_a_runtime_of_other_content_has_another_name() -> None:
    names = [
        immutable_folder("pyodide-1.2.3", files)
        for files in ({"a": b"1", "b": b"2"}, {"b": b"2", "a": b"1"}, {"a": b"2", "b": b"1"}, {"a": b"1"})
    ]
    assert names[0] == names[1]
    assert len(set(names)) == 3
    assert names[0].startswith("pyodide-1.2.3-")


@pytest.mark.usefixtures("kept")
def test_a_file_that_takes_seconds_is_announced_while_it_is_not_cached(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compression, "TAKES_SECONDS", len(TEXT))
    built(out)
    assert "compressing sip-client.js with brotli-" in capsys.readouterr().err
    built(out)
    assert "compressing" not in capsys.readouterr().err
