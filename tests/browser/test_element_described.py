"""custom-elements.json, the types and the README's tables tell what the element has, no more and no less."""

import json
import re
from typing import Any

from web.bundling import settings

from .backend import DIST
from .desk import Desk

README = (settings.ROOT / "README.md").read_text(encoding="utf-8")
SOURCES, STYLES = (
    "".join(path.read_text(encoding="utf-8") for path in sorted((settings.ROOT / "web/widget").glob(f"**/*.{kind}")))
    for kind in ("js", "css")
)
MANIFEST = json.loads((DIST / "custom-elements.json").read_bytes())
[WIDGET, CLIENT] = [module["declarations"][0] for module in MANIFEST["modules"]]

OWN_MEMBERS = """async ([file, name]) => {
  const { [name]: made } = await import(`/dist/${file}`);
  const kind = ({ value, set }) => (typeof value === "function" ? "method" : set || value ? "field" : "readonly");
  const properties = (object) => Object.entries(Object.getOwnPropertyDescriptors(object));
  const members = (object) => properties(object).map(([name, property]) => [name, kind(property)]);
  return { own: members(made.prototype), static: members(made), attributes: made.observedAttributes };
}"""
# What the platform calls or reads, and the page does not.
PLATFORM = {"constructor", "length", "name", "prototype", "observedAttributes"}
PLATFORM |= {"connectedCallback", "adoptedCallback", "disconnectedCallback", "attributeChangedCallback"}

Members = list[tuple[str, str]]


def names(entries: list[dict[str, Any]]) -> set[str]:
    assert len({entry["name"] for entry in entries}) == len(entries)
    return {entry["name"] for entry in entries}


def described(declaration: dict[str, Any], *, static: bool) -> Members:
    members = [member for member in declaration["members"] if member.get("static", False) is static]
    return sorted((member["name"], "readonly" if member.get("readonly") else member["kind"]) for member in members)


def coded(desk: Desk, file: str, name: str) -> dict[str, Any]:
    return dict(desk.page("/plain.html").evaluate(OWN_MEMBERS, [file, name]))


def public(members: list[list[str]]) -> Members:
    return sorted((name, kind) for name, kind in members if name not in PLATFORM)


def table(header: str) -> set[str]:
    """Return the words in backticks in the first column of the README's table with that header."""
    _, found, rest = README.partition(f"\n{header}\n")
    assert found, header
    rows = rest.partition("\n\n")[0].splitlines()[1:]
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row.split("|")[1])}


def typed(file: str, kind: str) -> set[str]:
    """Return the members of a class or an interface in a file of types."""
    text = (DIST / file).read_text(encoding="utf-8")
    found = re.search(rf"^export {kind} [^{{]*{{\n(.*?)^}}", text, re.MULTILINE | re.DOTALL)
    assert found, kind
    members = re.findall(r'^ {2}(?:static |readonly |get |set )*"?([\w-]+)"?\??[<(:]', found[1], re.MULTILINE)
    return set(members) - PLATFORM - {"addEventListener"}


def test_the_members_of_the_element_and_of_the_client_are_those_described(desk: Desk) -> None:
    for declaration, file in ((WIDGET, "sip-phone-widget.js"), (CLIENT, "sip-client.js")):
        code = coded(desk, file, declaration["name"])
        assert public(code["own"]) == described(declaration, static=False)
        assert public(code["static"]) == described(declaration, static=True)


def test_the_attributes_are_those_observed_and_each_has_its_property(desk: Desk) -> None:
    assert names(WIDGET["attributes"]) == set(coded(desk, "sip-phone-widget.js", "SipPhoneWidget")["attributes"])
    reflecting = {(member["attribute"], member["name"]) for member in WIDGET["members"] if member.get("reflects")}
    inherited = {("lang", "lang")}
    assert {(entry["name"], entry["fieldName"]) for entry in WIDGET["attributes"]} == reflecting | inherited


def test_the_events_are_those_dispatched() -> None:
    events = (settings.ROOT / "web/widget/events.js").read_text(encoding="utf-8")
    made = re.findall(r'(?:#dispatch|new CustomEvent)\("([\w-]+)"', SOURCES)
    dispatched = made + re.findall(r'\["([\w-]+)", ', events)
    assert names(WIDGET["events"]) == set(dispatched)
    assert names(WIDGET["events"]) == typed("sip-phone-widget.d.ts", "interface SipPhoneWidgetEventMap")


def test_the_parts_slots_states_and_custom_properties_are_those_of_the_source(desk: Desk) -> None:
    script = "import('/dist/sip-phone-widget.js').then(({ SipPhoneWidget }) => SipPhoneWidget.languages.en)"
    words = desk.page("/plain.html").evaluate(script)
    values = re.findall(r'\bpart(?:\.value = |: )["`]([^"`]*)', SOURCES)
    parts = {part for value in values for part in re.findall(r"(?<!\S)[a-z-]+(?!\S)", value)}
    assert names(WIDGET["cssParts"]) == parts | {"active", *words["action"], *words["state"]}
    slots = re.findall(r'"slot", { name: "([\w-]+)"', SOURCES) + re.findall(r"slot\.name = `([\w-]+)\$", SOURCES)
    assert {name.removesuffix("<id>") for name in names(WIDGET["slots"])} == set(slots)
    assert names(WIDGET["cssStates"]) == {*words["connection"], *words["state"]}
    assert names(WIDGET["cssProperties"]) == set(re.findall(r"var\((--sip-phone-[\w-]+)", STYLES))


def test_the_types_have_the_members_that_are_described() -> None:
    commands = typed("sip-client.d.ts", "interface SipCommands")
    for declaration, file in ((WIDGET, "sip-phone-widget.d.ts"), (CLIENT, "sip-client.d.ts")):
        assert typed(file, f"class {declaration['name']}") | commands == names(declaration["members"])


def test_the_tables_of_the_readme_are_complete() -> None:
    fields = {member["name"] for member in WIDGET["members"] if member["kind"] == "field" and "static" not in member}
    assert table("| attribute, property | meaning | default |") == names(WIDGET["attributes"]) | fields
    assert table("| event of the element | `detail` | when |") == names(WIDGET["events"])
    assert table("| slot | where it is |") == names(WIDGET["slots"])
    assert table("| part | what it is |") == names(WIDGET["cssParts"])
    methods = {member["name"] for member in CLIENT["members"] if member["kind"] == "method" and "static" not in member}
    assert {entry.partition("(")[0] for entry in table("| method | command |")} == methods
