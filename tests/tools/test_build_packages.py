"""Packages of the hub: what a build makes of them inside the real Pyodide, and what it refuses."""

import threading
from collections.abc import Iterator, Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import build
from tests.tools.stand_ins import complaint, wheel
from web.bundling import settings
from web.bundling.cache import cache_folder
from web.bundling.errors import BuildError
from web.bundling.hub import hub_sources
from web.bundling.memory_image import freeze
from web.bundling.packages import Packages, resolve, search_path
from web.bundling.registries import published_package

RULES = {"my_rules/__init__.py": "def name_of(phone): return phone[::-1]\n", "my_rules/holidays.py": ""}
EMPTY_LIBRARY = "\0asm\1\0\0\0" + "\0\x0f\x08dylink.0\1\4\0\0\0\0"
NETWORK = "needs the network when it is imported, which a build has not"
OTHER_SYSTEM = "cp314-cp314-manylinux_2_28_x86_64"

real_pyodide = pytest.mark.timeout(600)  # a first build fetches its tools


class Shelf:
    """A package index on this machine: what a test puts on it, it has."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        handler = partial(QuietHandler, directory=str(folder))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def put(self, file: str, content: bytes) -> None:
        folder = self._folder / file.split("-", maxsplit=1)[0].replace("_", "-")
        folder.mkdir(exist_ok=True)
        (folder / file).write_bytes(content)
        links = "".join(f'<a href="{path.name}">{path.name}</a>' for path in sorted(folder.glob("*.whl")))
        (folder / "index.html").write_text(f"<!doctype html><html><body>{links}</body></html>")

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class QuietHandler(SimpleHTTPRequestHandler):
    """Says nothing of what is asked of it."""

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """The index that a build resolves packages with. Micropip itself is fetched before it is set."""
    published_package("micropip")
    (tmp_path / "shelf").mkdir()
    opened = Shelf(tmp_path / "shelf")
    monkeypatch.setenv("PIP_INDEX_URL", opened.url)
    yield opened
    opened.close()


def told(published: dict[str, bytes], requirements: Sequence[str], packages: Packages | None = None) -> str:
    """Return why a hub cannot be built with these packages."""
    with pytest.raises(BuildError) as refused:
        freeze(published, dict(hub_sources()), packages or resolve(published, requirements))
    return str(refused.value)


# --- what is asked for ----------------------------------------------------------------------------


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("requirement", ["rules", "rules>=1", "rules==1.*", "rules @ https://a/b-1-py3-none-any.tgz"])
def test_a_package_that_is_not_pinned_is_refused(
    out: Path, capsys: pytest.CaptureFixture[str], requirement: str
) -> None:
    expected = f'the package "{requirement}" is not pinned: give name==version, or the path of a wheel.'
    assert complaint(out, capsys, "--with", requirement) == expected


def test_packages_of_the_project_are_refused_like_others_and_their_paths_begin_there(
    project: Path, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.PINS, "packages", ["./my_rules.whl"])
    assert complaint(out, capsys) == f"No such file or directory: {project / 'my_rules.whl'}."


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("content", [b"rules", wheel("rules", "1", {}, tag="none")])
def test_a_file_that_is_no_wheel_is_refused(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    (tmp_path / "rules.whl").write_bytes(content)
    assert complaint(out, capsys, "--with", str(tmp_path / "rules.whl")) == f"{tmp_path / 'rules.whl'} is not a wheel."


@pytest.mark.parametrize("command", [[], ["build"], ["serve"], ["test"], ["bench"]])
def test_every_command_takes_packages_more_than_once(command: list[str]) -> None:
    options, rest = build.parse([*command, "--with", "a==1", "--with", "b.whl"])
    assert (options.packages, rest) == (["a==1", "b.whl"], [])


# --- what is picked -------------------------------------------------------------------------------


@real_pyodide
@pytest.mark.usefixtures("fresh_cache")
def test_a_wheel_of_any_name_is_taken_under_the_name_it_should_have(
    published: dict[str, bytes], tmp_path: Path
) -> None:
    content = wheel("my_rules", "1.0", RULES, tag="py2-none-any\nTag: py3-none-any")
    (tmp_path / "rules.whl").write_bytes(content)
    packages = resolve(published, [str(tmp_path / "rules.whl")])
    assert packages == Packages({"my_rules-1.0-py2.py3-none-any.whl": content}, ["my_rules"])


@real_pyodide
@pytest.mark.usefixtures("fresh_cache")
def test_what_a_package_needs_is_picked_and_told_and_is_there_without_the_network(
    published: dict[str, bytes], shelf: Shelf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"rules-1-py3-none-any.whl": wheel("rules", "1", {"rules.py": ""}, ["phones", "my-names>=1"])}
    phones = {f"phones-{version}-py3-none-any.whl": wheel("phones", version, {"phones.py": ""}) for version in "123"}
    names = {f"my_names-{version}-py3-none-any.whl": wheel("my_names", version, {"names.py": ""}) for version in "12"}
    for file, content in (asked | phones | names).items():
        shelf.put(file, content)
    (tmp_path / "mine.whl").write_bytes(names["my_names-1-py3-none-any.whl"])
    requirements = ["rules==1", "phones==2", str(tmp_path / "mine.whl")]
    pinned = resolve(published, requirements)
    assert pinned.wheels == {
        "my_names-1-py3-none-any.whl": names["my_names-1-py3-none-any.whl"],
        "phones-2-py3-none-any.whl": phones["phones-2-py3-none-any.whl"],
        "rules-1-py3-none-any.whl": asked["rules-1-py3-none-any.whl"],
    }
    assert pinned.modules == ["names", "phones", "rules"]
    assert "not pinned" not in capsys.readouterr().err
    loose = resolve(published, ["rules==1"])
    assert list(loose.wheels) == [
        "my_names-2-py3-none-any.whl",
        "phones-3-py3-none-any.whl",
        "rules-1-py3-none-any.whl",
    ]
    assert "not pinned, but needed: my-names==2, phones==3 (list them too" in capsys.readouterr().err
    shelf.close()
    assert resolve(published, requirements) == pinned


@real_pyodide
@pytest.mark.usefixtures("fresh_cache")
def test_what_cannot_be_picked_is_told_in_one_sentence(published: dict[str, bytes], shelf: Shelf) -> None:
    shelf.put("rules-1-py3-none-any.whl", wheel("rules", "1", {"rules.py": ""}, needs=["gone"]))
    shelf.put(f"fast-1-{OTHER_SYSTEM}.whl", wheel("fast", "1", {"fast.py": ""}, tag=OTHER_SYSTEM))
    assert [told(published, [package]) for package in ("gone==1", "rules==1", "rules==2", "fast==1")] == [
        f"the packages cannot be resolved: gone==1: there is no package gone at {shelf.url}.",
        f"the packages cannot be resolved: rules==1: there is no package gone at {shelf.url}.",
        "the packages cannot be resolved: rules==2: there is no wheel of rules==2 for Pyodide, or no such version.",
        "the packages cannot be resolved: fast==1: there is no wheel of fast==1 for Pyodide, or no such version.",
    ]
    shelf.close()
    assert told(published, ["other==1"]) == (
        f"the packages cannot be resolved: other==1: {shelf.url} cannot be reached (is the network there?)."
    )


@real_pyodide
@pytest.mark.usefixtures("fresh_cache")
def test_a_local_wheel_for_another_system_is_refused(published: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "fast.whl").write_bytes(wheel("fast", "1", {"fast.py": ""}, tag=OTHER_SYSTEM))
    assert told(published, [str(tmp_path / "fast.whl")]) == (
        f"the packages cannot be resolved: fast-1-{OTHER_SYSTEM}.whl: Wheel platform 'manylinux_2_28_x86_64' is not "
        "compatible with Pyodide's platform 'emscripten-5.0.3-wasm32'"
    )


@real_pyodide
@pytest.mark.usefixtures("fresh_cache")
def test_a_wheel_with_c_code_is_refused(published: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "fast.whl").write_bytes(wheel("fast", "1", {"fast/_c.so": EMPTY_LIBRARY, "fast/__init__.py": ""}))
    assert told(published, [str(tmp_path / "fast.whl")]) == (
        "fast-1-py3-none-any.whl has C code (fast/_c.so), which cannot be frozen: give the path of a wheel without, if "
        "there is one."
    )


@real_pyodide
@pytest.mark.usefixtures("fresh_cache")
def test_a_wheel_that_has_changed_in_the_cache_is_picked_anew(
    published: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rules.whl").write_bytes(wheel("my_rules", "1.0", RULES))
    first = resolve(published, [str(tmp_path / "rules.whl")])
    [kept] = cache_folder().glob("packages-*/wheels/my_rules-1.0-py3-none-any.whl")
    kept.write_bytes(kept.read_bytes()[:-1])
    assert resolve(published, [str(tmp_path / "rules.whl")]) == first
    assert f"(wheels/{kept.name} was changed) and will be made anew" in capsys.readouterr().err


# --- what is frozen -------------------------------------------------------------------------------


@real_pyodide
@pytest.mark.usefixtures("fresh_cache")
@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("raise ValueError('There is no licence.')", "cannot be imported: ValueError: There is no licence."),
        (
            "import urllib.request\nurllib.request.urlopen('http://phone.test')",
            f"{NETWORK}: urllib.error.URLError: <urlopen error [Errno 23] Host is unreachable>",
        ),
        (
            "from pyodide.http import open_url\nopen_url('http://phone.test')",
            f"{NETWORK}: NameError: name 'XMLHttpRequest' is not defined",
        ),
        (
            "from js import fetch\nfetch('http://phone.test')",
            f"{NETWORK}: pyodide.ffi.JsException: Error: There is no network while a hub is frozen.",
        ),
    ],
    ids=["raises", "urllib", "open_url", "fetch"],
)
def test_a_package_that_cannot_be_imported_fails_the_build_in_one_sentence(
    published: dict[str, bytes], source: str, why: str
) -> None:
    packages = Packages({"rules-1-py3-none-any.whl": wheel("rules", "1", {"rules.py": source})}, ["rules"])
    hub = dict(hub_sources()) | search_path(packages)
    with pytest.raises(BuildError) as refused:
        freeze(published, hub, packages)
    assert str(refused.value) == f"the hub could not be frozen: the package module rules {why}"
