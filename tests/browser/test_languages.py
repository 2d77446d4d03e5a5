"""The words of the widget: in which language they are, and that none is left out of one."""

import re

from playwright.sync_api import Browser, Route, expect

from . import marks
from .backend import BackendProcess
from .desk import Desk
from .drivers import Page, PlaywrightContext
from .stage import REFUSAL, SCENES, Look, Stage, scene
from .tabs import BOOT, WidgetTab
from .test_accessibility import LISTEN

pytestmark = marks.SHARED_HUB

CONNECTED = {"en": "Connected", "ru": "На связи"}
RUSSIAN = re.compile(r"/sip-phone-russian\.js$")
NEW_ELEMENT = """async (attributes) => {
  const phone = document.querySelector("sip-phone-widget").cloneNode();
  for (const [name, value] of Object.entries(attributes)) phone.setAttribute(name, value);
  document.querySelector("sip-phone-widget").replaceWith(phone);
}"""


def speaks(tab: WidgetTab, language: str) -> None:
    tab.connection.has_text(CONNECTED[language], timeout=BOOT)
    tab.phone.find(".phone").has_attribute("lang", language)


def anew(page: Page, **attributes: str) -> None:
    """Put another element in the place of the widget."""
    page.evaluate(NEW_ELEMENT, attributes)


def in_language_of_page(page: Page, lang: str | None) -> None:
    page.evaluate(
        "lang => lang ? document.documentElement.lang = lang : document.documentElement.removeAttribute('lang')", lang
    )
    anew(page)


def test_a_page_that_names_no_language_or_an_unknown_one_gets_that_of_the_browser(
    browser: Browser, backend: BackendProcess
) -> None:
    context = PlaywrightContext(browser.new_context(base_url=backend.url, locale="ru-RU"))
    page = context.new_page()
    page.goto("/dist/index.html")
    tab = WidgetTab(page)
    speaks(tab, "en")
    for lang in (None, "xx"):
        in_language_of_page(page, "en")
        speaks(tab, "en")
        in_language_of_page(page, lang)
        speaks(tab, "ru")
    context.close()


def test_another_language_while_a_call_rings_changes_every_word_and_nothing_else(
    desk: Desk, backend: BackendProcess
) -> None:
    [tab] = desk.widgets(1)
    backend.ring("100", "Анна")
    tab.shows("Ringing")
    tab.phone.evaluate("phone => { phone.lang = 'ru'; }")
    tab.shows("Звонит")
    expect(tab.phone.locator).not_to_contain_text(re.compile("[a-z]{3}"))
    tab.button("Ответить").click()
    tab.shows("Разговор")
    tab.phone.evaluate("phone => { phone.lang = 'en'; }")
    tab.shows("Talking")


def test_a_russian_operator_reads_in_russian_why_a_number_is_refused(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    tab.phone.evaluate("phone => { phone.lang = 'ru'; }")
    tab.phone.with_role("textbox", "Номер телефона").fill("12a")
    tab.button("Вызов").click()
    tab.error.has_text(re.compile("^Это не похоже на номер телефона"))


def test_a_page_may_bring_a_language_of_its_own_and_what_it_leaves_out_is_english(desk: Desk) -> None:
    [tab] = desk.widgets(1)
    tab.page.evaluate(
        "customElements.get('sip-phone-widget').languages.de = {dial: 'Wählen', connection: {connected: 'Verbunden'}}"
    )
    tab.phone.evaluate("phone => { phone.lang = 'de-AT'; }")
    tab.connection.has_text("Verbunden")
    tab.button("Wählen").is_visible()
    tab.phone.with_role("textbox", "Phone number").is_visible()


def test_words_that_cannot_be_loaded_are_english_and_the_console_says_why(desk: Desk) -> None:
    desk.context.playwright.route(RUSSIAN, lambda route: route.abort())
    tab = desk.widget()
    with tab.page.playwright.expect_console_message(lambda line: 'its words in "ru" could not be loaded' in line.text):
        anew(tab.page, lang="ru")
    speaks(tab, "en")


def test_another_language_reads_no_call_aloud_again_and_what_comes_then_in_its_own_words(stage: Stage) -> None:
    stage.show(SCENES["ringing"])
    stage.phone.evaluate(LISTEN)
    stage.phone.evaluate("phone => { phone.lang = 'ru'; }")
    expect(stage.phone.locator("[part~=call] [part=state]")).to_have_text("Звонит")
    stage.tell("statechange", SCENES["talking"].state)
    expect(stage.phone.locator("[part~=call] [part=state]")).to_have_text("Разговор")
    assert stage.page.evaluate("said") == [["Разговор: Grace Hopper, +493012345678"]]


def test_words_that_come_while_a_call_rings_do_not_read_it_aloud_again(desk: Desk, backend: BackendProcess) -> None:
    waiting: list[Route] = []
    desk.context.playwright.route(RUSSIAN, lambda route: waiting.append(route))  # noqa: PLW0108 - Playwright looks at its code
    tab = desk.widget()
    anew(tab.page, lang="ru")
    tab.is_connected().phone.evaluate(LISTEN)
    backend.ring("100", "Anna")
    tab.phone.with_role("status").has_text("Incoming call from Anna, 100")
    for route in waiting:
        route.continue_()
    tab.shows("Звонит")
    assert tab.page.evaluate("said") == [["Incoming call from Anna, 100"]]


def test_a_reason_in_english_is_marked_as_english_in_another_language(stage: Stage) -> None:
    """tests/javascript/test-reason.mjs has every kind of reason."""
    number = {"code": "invalid_phone", "message": "12a is not a number."}
    stage.page.evaluate("""async () => {
      const {SipPhoneWidget} = await import("/dist/sip-phone-widget.js");
      SipPhoneWidget.languages.de = {phone: "Telefon"};
    }""")
    for lang, error in (("ru", REFUSAL), ("de", number)):
        stage.show(scene(event=("error", error)), Look(lang=lang))
        expect(stage.phone.get_by_role("alert").locator("[lang=en]")).to_have_text([error["message"]])
        expect(stage.phone.locator(".phone")).to_have_attribute("lang", lang)


def test_russian_is_fetched_by_nobody_who_does_not_speak_it(desk: Desk) -> None:
    fetched: list[str] = []
    desk.context.playwright.on("request", lambda request: fetched.append(request.url))
    tab = desk.widget().is_connected()
    assert [url for url in fetched if RUSSIAN.search(url)] == []
    anew(tab.page, lang="ru")
    speaks(tab, "ru")
    assert len([url for url in fetched if RUSSIAN.search(url)]) == 1
