"""A hub with a package of its own: it is there in both kinds of start, and costs no request in the quick one."""

import json
import shutil
from pathlib import Path

import pytest

import build
from tests.tools.stand_ins import wheel
from web.bundling import settings

from . import marks
from .backend import BackendProcess
from .desk import Desk
from .test_boot import build_of, run_python, snapshot_of

pytestmark = marks.ONCE

# One number is known to the module that is frozen, the other to a file that is read when it is wanted.
RULES = {
    "my_rules/__init__.py": """
def name_of(phone):
    if phone == "+491":
        return "Ada"
    from . import rest
    return rest.name_of(phone)
""",
    "my_rules/rest.py": """
from importlib.resources import files
import json

def name_of(phone):
    return json.loads(files("my_rules").joinpath("names.json").read_text()).get(phone)
""",
    "my_rules/names.json": '{"+492": "Grace"}',
}
NAME = "my_rules-1.0-py3-none-any.whl"
# Call logic of one's own: the caller's name comes from the package.
CHANGE = (
    "    changes = _fields(data)\n",
    "    changes = _fields(data) | {'display_name': my_rules.name_of(data['phone'])}\n",
)

NAMES_AND_REQUESTS = f"""
import json, my_rules
from js import performance

def fetched():
    return [entry.name for entry in performance.getEntriesByType("resource") if entry.name.endswith("{NAME}")]

json.dumps([my_rules.name_of("+491"), len(fetched()), my_rules.name_of("+492"), len(fetched()) > 0])
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle whose hub uses a package."""
    root = tmp_path_factory.mktemp("fork")
    for folder in ("web", "worker_py"):
        shutil.copytree(settings.ROOT / folder, root / folder)
    shutil.copy(settings.ROOT / "LICENSE", root)
    module = root / "worker_py" / "sip_api.py"
    module.write_text(f"import my_rules\n{module.read_text('utf-8').replace(*CHANGE)}", "utf-8")
    (root / "my_rules.whl").write_bytes(wheel("my_rules", "1.0", RULES))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "ROOT", root)
        patch.setattr(build, "compressed_copies", lambda _files: {})  # they take long
        assert build.main(["--with", str(root / "my_rules.whl"), "--out", str(root / "dist")]) == 0
    return root / "dist"


@pytest.fixture
def copy(bundle: Path, tmp_path: Path) -> Path:
    """A copy of that bundle, which may be harmed."""
    return shutil.copytree(bundle, tmp_path / "dist")


@pytest.mark.parametrize("frozen", [True, False], ids=["snapshot", "ordinary"])
def test_a_hub_uses_a_package_whose_wheel_is_in_the_bundle(
    desk_on_copy: tuple[Desk, Path],
    backend_of_copy: BackendProcess,
    frozen: bool,  # noqa: FBT001
) -> None:
    desk, copy = desk_on_copy
    if not frozen:
        snapshot_of(copy).unlink()
    tab = desk.plain().is_connected()
    for phone, name in [("+491", "Ada"), ("+492", "Grace")]:
        backend_of_copy.ring(phone)
        tab.hears(f"payload.calls?.some(({{phone, displayName}}) => phone === '{phone}' && displayName === '{name}')")
    assert len(desk.workers.report().lines) == (0 if frozen else 1)


def test_a_frozen_package_costs_no_request_until_something_else_of_it_is_read(
    desk_on_copy: tuple[Desk, Path],
) -> None:
    desk, copy = desk_on_copy
    value, _ = run_python(desk, copy, NAMES_AND_REQUESTS, build_of(copy))
    assert json.loads(value) == ["Ada", 0, "Grace", True]


def test_a_wheel_that_cannot_be_had_is_named_when_the_hub_starts_the_ordinary_way(
    desk_on_copy: tuple[Desk, Path],
) -> None:
    desk, copy = desk_on_copy
    (copy / build_of(copy)["packages"][0]).unlink()
    snapshot_of(copy).unlink()
    failed = desk.plain().hears("message.type === 'ERROR'")
    assert failed["payload"]["message"].endswith(f"{NAME} cannot be loaded: the web server answered 404.")
