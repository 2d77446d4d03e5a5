"""The rules of the house: who may import what, and one vocabulary for Python and JavaScript."""

import ast
import re
from pathlib import Path

import pytest

from worker_py import protocol
from worker_py.hub import Hub
from worker_py.replay import INPUTS

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "worker_py").glob("*.py"))
THE_BROWSER = {"js", "pyodide", "pyodide_js", "asyncio", "time", "datetime", "random", "secrets", "socket", "os"}

# Each module may import only those before it.
ORDER = [
    *("json_text", "plain_text", "phone_number", "call", "events", "state", "credentials"),
    *("protocol", "effects", "ports", "sip_api", "clock", "rings", "versions", "sessions", "stream", "check"),
    *("commands", "orders", "outcome", "hub"),
    *("checkpoint", "pseudonyms", "journal", "browser", "replay"),
]


def imports(module: Path) -> set[str]:
    """Return the names of the modules that `module` imports; those of the package without its name."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(imported):
                names |= {alias.name.partition(".")[0] for alias in imported}
            case ast.ImportFrom(module=None, names=imported):
                names |= {alias.name for alias in imported}
            case ast.ImportFrom(module=str(name)):
                names.add(name.partition(".")[0])
    return names


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_only_the_edge_knows_the_browser_and_the_clock(module: Path) -> None:
    assert module.stem == "browser" or imports(module) & THE_BROWSER == set()


@pytest.mark.parametrize("module", [module for module in MODULES if module.stem != "__init__"], ids=lambda it: it.name)
def test_dependencies_point_one_way(module: Path) -> None:
    inner = imports(module) & {other.stem for other in MODULES}
    assert inner <= set(ORDER[: ORDER.index(module.stem)])


def test_every_input_of_the_hub_ends_in_the_same_last_step() -> None:
    assert [name for name in INPUTS if not hasattr(getattr(Hub, name), "__wrapped__")] == []


def words(*paths: str) -> set[str]:
    """Return the message names that these files write as strings."""
    text = "".join((ROOT / path).read_text(encoding="utf-8") for path in paths)
    return set(re.findall(r"\"([A-Z]+(?:_[A-Z]+)*)\"", text)) - {"HEAD"}


def scripts(room: str) -> list[str]:
    """Return the paths of the scripts in a room of web/."""
    paths = [path.relative_to(ROOT).as_posix() for path in (ROOT / "web" / room).glob("**/*.js")]
    assert paths
    return paths


def test_javascript_and_python_use_the_same_message_names() -> None:
    inputs = {protocol.INIT_PORT, protocol.PING, protocol.NUDGE, protocol.FOCUS, protocol.BYE}
    inputs |= {protocol.JOURNAL, protocol.CHECK, protocol.HEADERS}
    outputs = {protocol.SYNC_STATE, protocol.CMD_RESULT, protocol.ERROR, protocol.PONG, protocol.REINIT}
    inputs.update(protocol.COMMANDS)
    outputs |= {protocol.OUTDATED, protocol.HANDOVER, protocol.PROGRESS, protocol.SCREEN_POP}
    assert words(*scripts("client")) == inputs | outputs
    assert words("web/worker/sip-worker.js") <= inputs | outputs
    assert words("web/wire/channels.js") == {protocol.BYE}, "what only carries messages knows when a tab has left"


def test_the_widget_knows_no_message() -> None:
    assert words(*scripts("widget")) & {*words("web/client/sip-client.js"), protocol.PONG} == set()


def test_nothing_from_outside_becomes_markup() -> None:
    for path in (ROOT / "web").glob("**/*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", path.read_text("utf-8")
        )
