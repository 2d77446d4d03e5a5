"""What tests do to pages, and expect of them, whichever driver does it.

page.py               Context, a person's browser; Page, a document in it
part.py               Part, an element of a page: what a person does to it, and what can be expected of it
playwright_driver.py  these by Playwright, for Chromium and Firefox
selenium_driver.py    Context and Page by Selenium, for WebKitGTK
selenium_part.py      Part by Selenium; find.js finds its elements
minibrowser.py        a display and a browser of WebKitGTK on it
"""

from playwright.sync_api import Browser

from .page import Context, Hear, Page
from .part import Part
from .playwright_driver import PlaywrightContext, PlaywrightPage
from .selenium_driver import WebKitBrowser

__all__ = ["AnyBrowser", "Context", "Hear", "Page", "Part", "PlaywrightContext", "PlaywrightPage", "WebKitBrowser"]

AnyBrowser = Browser | WebKitBrowser
"""What an engine launches."""
