"""What the bundle takes from the hub: its modules, its first state, and the names of its events."""

from collections.abc import Iterator
from typing import Any

from . import settings
from .errors import BuildError


def hub_sources() -> Iterator[tuple[str, str]]:
    """Yield path and source of every module of the hub; a BuildError if one is not Python."""
    for path in sorted(
        set((settings.ROOT / "worker_py").rglob("*.py")) - {settings.ROOT / "worker_py" / "replay.py"}
    ):  # a command
        name, source = path.relative_to(settings.ROOT).as_posix(), path.read_text(encoding="utf-8")
        try:
            compile(source, name, "exec", dont_inherit=True)
        except SyntaxError as error:
            raise BuildError(f"{name}, line {error.lineno}: {error.msg}.") from None
        yield name, source


def first_state() -> dict[str, Any]:
    """Return the payload of SYNC_STATE that tabs get while Python still loads."""
    from worker_py.protocol import state_payload
    from worker_py.state import State

    return state_payload(State())


def event_names() -> list[str]:
    """Return the names of the events that the hub knows, which it may get while Python still loads."""
    from worker_py.sip_api import EVENT_NAMES

    return list(EVENT_NAMES)
