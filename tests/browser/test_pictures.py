"""Every state of the phone, narrow and wide, in three languages: all of it is to be seen, and nothing is cut off. With
--pictures the README gets its contact sheets of them."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from . import marks
from .gallery import Gallery
from .scenes import SCENES

pytestmark = [marks.ONCE, pytest.mark.whole_browser]

SHEETS = {("en", 360): "light", ("ru", 240): "dark", ("ar", 360): "right-to-left"}


@pytest.mark.parametrize("width", [240, 360])
@pytest.mark.parametrize("lang", ["en", "ru", "ar"])
def test_every_state_is_drawn_whole(browser: Browser, pictures: Path, lang: str, width: int) -> None:
    gallery = Gallery(browser, "dark" if lang == "ru" else "light", width, lang)
    for scene in SCENES:
        expect(gallery.hang(scene).locator(".phone")).to_have_attribute("lang", lang)
    if name := SHEETS.get((lang, width)):
        gallery.photograph(pictures / f"{name}.png")
    assert [fault for scene in SCENES for fault in gallery.faults(scene)] == []
    gallery.close()
