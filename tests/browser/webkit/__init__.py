"""WebKitGTK behind the part of Playwright's API that the tests use: Selenium can drive it, Playwright cannot.

session.py     a display and a MiniBrowser on it, which WebKitWebDriver drives
browser.py     Browser and BrowserContext
page.py        Page
locator.py     Locator
assertions.py  what `expect` gives
injected.py    the script by which Playwright finds and judges elements, which runs in any engine
"""

from .assertions import WebKitAssertions
from .browser import WebKitBrowser
from .locator import WebKitLocator
from .page import WebKitPage

__all__ = ["WebKitAssertions", "WebKitBrowser", "WebKitLocator", "WebKitPage"]
