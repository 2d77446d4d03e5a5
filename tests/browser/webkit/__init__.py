"""WebKitGTK behind the part of Playwright's API that the tests use: Playwright cannot drive the stock one, Selenium can.

session.py     a display and a MiniBrowser on it, which WebKitWebDriver drives
browser.py     Browser and BrowserContext      page.py      Page
locator.py     Locator                         expect.py    expect
injected.py    the script by which Playwright finds and judges elements, which runs in any engine
"""

from .browser import WebKitBrowser
from .expect import expect

__all__ = ["WebKitBrowser", "expect"]
