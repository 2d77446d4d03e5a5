"""What a package must not do to the machine that freezes it, tried by packages that do."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tools.stand_ins import wheel
from web.bundling import memory_image
from web.bundling.errors import BuildError
from web.bundling.hub import hub_sources
from web.bundling.packages import Packages, search_path
from web.bundling.pyodide import pyodide_files

pytestmark = [pytest.mark.timeout(600), pytest.mark.usefixtures("fresh_cache")]  # a first build fetches its tools

NODE = "from js import process\nnode = process.getBuiltinModule\n"
REFUSED = "when it is imported, which a build refuses"
NETWORK = "needs the network when it is imported, which a build has not: "
NO_NETWORK = f"{NETWORK}pyodide.ffi.JsException: Error: There is no network while a hub is frozen."
# Goes on whatever is refused, and then tells what was not.
SILENT = """
from js import eval as run, process
from pyodide.ffi import JsException

node = process.getBuiltinModule
attempts = {
    "read": lambda: node("fs").readFileSync("FOLDER/secret", "utf8"),
    "write": lambda: node("fs").writeFileSync("FOLDER/stolen", ""),
    "database": lambda: run("new (process.getBuiltinModule('node:sqlite').DatabaseSync)('FOLDER/stolen')"),
    "spawn": lambda: node("child_process").execFileSync("touch", ["FOLDER/stolen"]),
    "become": lambda: process.execve("/bin/true", ["/bin/true"]),
    "thread": lambda: run("new (process.getBuiltinModule('worker_threads').Worker)('1', { eval: true })"),
    "addon": lambda: run("process.dlopen({ exports: {} }, 'FOLDER/secret')"),
    "wasi": lambda: run("new (process.getBuiltinModule('wasi').WASI)({ version: 'preview1' })"),
    "debugger": lambda: node("inspector").open(0),
    "report": lambda: process.report.writeReport("FOLDER/stolen"),
    "signal": lambda: process.kill(process.ppid, 0),
    "raw signal": lambda: process._kill(process.ppid, 0),
    "debug": lambda: process._debugProcess(process.pid),
    "tcp": lambda: node("net").connect(PORT, "127.0.0.1"),
    "listen": lambda: run("process.getBuiltinModule('net').createServer().listen(0)"),
    "pipe": lambda: node("net").connect("FOLDER/socket"),
    "standard output": lambda: run("new process.stdout.constructor().connect(PORT, '127.0.0.1')"),
    "its handle": lambda: run("new process.stdout._handle.constructor(0).bind('FOLDER/stolen')"),
    "tls": lambda: node("tls").connect(PORT, "127.0.0.1"),
    "udp": lambda: node("dgram").createSocket("udp4").bind(0),
    "name": lambda: run("process.getBuiltinModule('dns').lookup('localhost', () => {})"),
    "promised name": lambda: run("process.getBuiltinModule('dns').promises.lookup('localhost')"),
    "resolver": lambda: run("new (process.getBuiltinModule('dns').Resolver)().resolve4('localhost', () => {})"),
    "fetch": lambda: run("fetch('http://127.0.0.1:PORT')"),
    "WebSocket": lambda: run("new WebSocket('ws://127.0.0.1:PORT')"),
}
done = []
for name, attempt in attempts.items():
    try:
        attempt()
    except (JsException, AttributeError):
        continue
    done.append(name)
raise ValueError(f"{done} {list(process.env.object_keys())}")
"""


@pytest.fixture
def port() -> Iterator[int]:
    """Where somebody listens, to whom nobody connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.fixture
def freeze(tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Return why no hub can be frozen with a package of this source: FOLDER has a `secret`, PORT listens."""
    (tmp_path / "secret").write_text("of the developer")
    monkeypatch.setenv("SIP_SECRET", "of the developer")
    published = pyodide_files(None)

    def freeze(source: str) -> str:
        module = source.replace("FOLDER", str(tmp_path)).replace("PORT", str(port))
        packages = Packages({"rules-1-py3-none-any.whl": wheel("rules", "1", {"rules.py": module})}, ["rules"])
        with pytest.raises(BuildError) as refused:
            memory_image.freeze(published, dict(hub_sources()) | search_path(packages), packages)
        assert not (tmp_path / "stolen").exists()
        return str(refused.value).removeprefix("the hub could not be frozen: the package module rules ")

    return freeze


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("node('fs').readFileSync('FOLDER/secret', 'utf8')", f"reads a file of this machine {REFUSED}"),
        ("node('fs').writeFileSync('FOLDER/stolen', 'x')", f"writes a file of this machine {REFUSED}"),
        ("node('child_process').execFileSync('touch', ['FOLDER/stolen'])", f"starts another program {REFUSED}"),
        ("process.kill(process.ppid, 'SIGUSR1')", f"sends a signal {REFUSED}"),
        ("process.env.SIP_SECRET", "cannot be imported: AttributeError: SIP_SECRET"),
        ("node('net').connect(PORT, '127.0.0.1')", NO_NETWORK),
    ],
    ids=["reads", "writes", "starts", "signals", "environment", "socket"],
)
def test_a_package_that_reaches_for_the_machine_fails_the_build_in_one_sentence(
    freeze: Callable[[str], str], source: str, why: str
) -> None:
    before = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    try:
        assert freeze(NODE + source) == why
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_a_package_that_says_nothing_of_what_it_does_gets_nothing_done(freeze: Callable[[str], str]) -> None:
    allowed = "['TZ']" if os.name != "nt" else "['SYSTEMROOT', 'TZ']"
    assert freeze(SILENT) == f"cannot be imported: ValueError: [] {allowed}"
