"""The script by which Playwright finds elements in a page and judges them. It is taken out of Playwright as it is, so
that "the button called Dial" is the same in every engine."""

import re
from ast import literal_eval
from functools import cache
from pathlib import Path

import playwright

BUNDLE = Path(playwright.__file__).parent / "driver" / "package" / "lib" / "coreBundle.js"
# In the bundle it is a text; its escapes are those that Python has too.
SOURCE = re.compile(r"""injectedScriptSource\.ts"\(\) \{\s*"use strict";\s*\w+ = ('(?:[^'\\]|\\.)*');""", re.DOTALL)
OPTIONS = "{ isUnderTest: false, sdkLanguage: 'python', testIdAttributeName: 'data-testid', customEngines: [] }"


@cache
def install() -> str:
    """Return JavaScript that puts the script into a page, as `playwright`, where no page looks for it."""
    found = SOURCE.search(BUNDLE.read_text("utf-8"))
    assert found, "Playwright keeps the script elsewhere in this version"
    return f"""
      const module = {{}};
      {literal_eval(found[1])}
      const value = new (module.exports.InjectedScript())(window, {OPTIONS});
      Object.defineProperty(window, "playwright", {{ value }});
    """
