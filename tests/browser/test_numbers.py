"""Numbers as people type, paste and link them; and that every command has an end, whatever it was given."""

import pytest

from .backend import BackendProcess
from .office import Office
from .test_tel_links import take_links
from .waiting import until

TYPED = {
    "+49 (0) 30/1234": "+49301234",
    "030\u22121234\u200b\t": "0301234",
    "\u0660\u0663\u0660": "030",
    "tel:+49-30-100": "+4930100",
}
LINK = """(href) => {
  const link = document.createElement("a");
  Object.assign(link, {href, textContent: "Call"});
  document.body.append(link);
  const note = (event) => { window.taken = event.defaultPrevented; event.preventDefault(); };
  addEventListener("click", note, {once: true});
  link.click();
  link.remove();
  return taken;
}"""
GIVEN = """async (phone, on) => {
  const cyclic = {};
  cyclic.self = cyclic;
  let deep = [];
  for (let level = 0; level < 200; level += 1) deep = [deep];
  const uncloneable = [document.body, () => 0, Symbol("x")];
  const given = [10n, cyclic, deep, ...uncloneable, undefined, null, NaN, "1".repeat(66_000), new Map()];
  const it = on === "client" ? phone.client : phone;
  const ended = (promise) => promise.then(() => "done", ({name, code}) => `${name} ${code}`);
  const ask = (each) => ["dial", "transfer", "dtmf", "setStatus"].map((name) => it[name](each));
  const asked = given.flatMap((each) => [...ask(each), it.dial("1", each)]);
  const ids = given.filter((each) => each !== undefined && each !== null).map((each) => it.hangup(each));
  return [...new Set(await Promise.all([...asked, ...ids].map(ended)))].sort();
}"""


def dialed(backend: BackendProcess, count: int) -> list[str]:
    posts = until(f"{count} dials", lambda: backend.posts("dial"), lambda posts: len(posts) >= count)
    return [post["phone"] for post in posts]


@pytest.mark.every_engine
def test_field_takes_numbers_as_people_have_them(office: Office) -> None:
    for count, (text, number) in enumerate(TYPED.items(), start=1):
        office.asking.dial(text)
        assert dialed(office.backend, count)[-1] == number
        office.asking.number.has_value("")


def test_digits_after_a_number_are_offered_in_all_tabs_and_sent_by_a_click(office: Office) -> None:
    office.asking.dial("+49 30 1234 ext. 5")
    assert dialed(office.backend, 1) == ["+49301234"]
    office.backend.far(office.backend.only_call(), "answer")
    for tab in (office.asking, office.watching):
        tab.shows("Talking")
        tab.button("Send 5").is_visible()
    assert office.backend.posts("dtmf") == []
    office.watching.button("Send 5").click()
    office.asking.button("Send 5").is_hidden()
    [sent] = office.backend.posts("dtmf")
    assert sent["digits"] == "5"


def test_tel_link_is_dialled_or_left_to_the_browser(office: Office) -> None:
    take_links(office.asking)
    assert office.asking.page.evaluate(LINK, "tel://+4930100") is True
    assert dialed(office.backend, 1) == ["+4930100"]
    assert office.asking.page.evaluate(LINK, "tel:+4930200,,123#") is True
    assert dialed(office.backend, 2)[1] == "+4930200"
    assert office.asking.page.evaluate(LINK, "tel:1-800-FLOWERS") is False
    office.asking.error.is_hidden()


@pytest.mark.parametrize("on", ["client", "element"])
def test_every_command_ends_whatever_it_was_given(office: Office, on: str) -> None:
    ended = office.asking.phone.evaluate(GIVEN, on)
    assert set(ended) <= {"SipError invalid_command", "SipError invalid_phone", "SipError invalid_state", "done"}, ended
    until("the valid one went out", lambda: "1" in dialed(office.backend, 1))


def test_dial_works_after_a_text_that_is_far_too_long(office: Office) -> None:
    office.asking.number.has_attribute("maxlength", "256")
    office.asking.number.evaluate("input => { input.value = '1'.repeat(66_000); }")
    office.asking.button("Dial").click()
    office.asking.error.is_visible()
    office.asking.dial("123")
    assert dialed(office.backend, 1) == ["123"]
