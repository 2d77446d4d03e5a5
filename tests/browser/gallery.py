"""Phones that show what a test gives them, side by side on a page: each has a stand-in for its client, and there is
neither hub nor backend."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Route

from .arabic import WORDS
from .backend import DIST
from .scenes import NOW, Scene, State

ORIGIN = "http://127.0.0.1:9"  # all that is asked for there comes from `_serve`
PICTURE = 1610  # px that a picture is wide at the most
GAP, MARGIN = 28, 24  # px, as gallery.html has them


Theme = Literal["light", "dark"]


class Gallery:
    """A page of phones. The time stands still until somebody moves it."""

    def __init__(self, browser: Browser, theme: Theme = "light", width: int = 360, lang: str = "en") -> None:
        count = PICTURE // (width + GAP)
        self._context = browser.new_context(
            base_url=ORIGIN,
            color_scheme=theme,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="UTC",
            viewport={"width": count * (width + GAP) - GAP + 2 * MARGIN, "height": 900},
        )
        self.page = self._context.new_page()
        self.page.route("**/*", _serve)
        self.page.clock.install(time=(NOW - 60_000) / 1_000)
        self.page.clock.pause_at(NOW / 1_000)
        self.page.goto("/")
        self._do("prepare", {"count": count, "width": width, "lang": lang, "arabic": WORDS})

    def hang(self, scene: Scene) -> Locator:
        """Add a phone in that state, and return it."""
        self._context.clear_permissions()
        if not scene.asks:
            self._context.grant_permissions(["notifications"])
        self._do("hang", scene._asdict())
        phone = self.page.locator(f'[id="{scene.name}"]')
        for part in scene.clicks:
            phone.locator(part).dispatch_event("click")  # as soon as it is there
        return phone

    def show(self, phone: Locator, state: State) -> None:
        """Let the hub say that this is the state now."""
        phone.evaluate("(phone, state) => phone.client.show(state)", state)
        self.wait(20)  # ms; what follows within a frame is drawn together

    def wait(self, milliseconds: int) -> None:
        """Move the time."""
        self.page.clock.run_for(milliseconds)

    def faults(self, scene: Scene) -> Sequence[str]:
        """Return what of that phone is cut off, stands out, lies upon something else or cannot be seen."""
        return [f"{scene.name}: {fault}" for fault in self._do("faults", scene._asdict())]

    def photograph(self, path: Path) -> None:
        """Take a picture of all that hangs here."""
        taken = b64encode(self.page.screenshot(full_page=True, animations="disabled", caret="hide")).decode()
        path.write_bytes(b64decode(self._do("inFewColours", {"picture": taken}, file="png.js")))

    def close(self) -> None:
        self._context.close()

    def _do(self, what: str, given: dict[str, Any], file: str = "gallery.js") -> Any:
        """Call a function of a file beside this one."""
        return self.page.evaluate(f"async given => (await import('/{file}')).{what}(given)", given)


def _serve(route: Route) -> None:
    path = urlsplit(route.request.url).path
    if path.startswith("/dist/"):
        route.fulfill(path=DIST / path.removeprefix("/dist/"), content_type="text/javascript")
    elif path.endswith(".js"):
        route.fulfill(path=Path(__file__).parent / path.removeprefix("/"), content_type="text/javascript")
    else:
        route.fulfill(path=Path(__file__).with_name("gallery.html"), content_type="text/html")
