"""A tab of the walk. All kinds are pages that note what they say and hear; what the person does is the same in each."""

from typing import TYPE_CHECKING, Any, Literal

from tests.browser.drivers import Page
from tests.browser.tabs import State

from .rules import Book, Ear, Message, broken

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession

Kind = Literal["widget", "plain", "seed"]
"""With <sip-phone-widget>; with nothing of ours, but a lock; with nothing but the seed's messages. Where the browser
may run a hub anew, the last two say PING as well."""

# Command: the method of SipClient, and the field of the payload that is its first argument.
METHODS = {
    "CMD_DIAL": ("dial", "phone"),
    "CMD_STATUS": ("setStatus", "status"),
    "CMD_DTMF": ("dtmf", "digits"),
    "CMD_TRANSFER": ("transfer", "phone"),
}


DOUBLE_CLICK = 450  # ms; the phone takes a click as a second one for 500
BETWEEN_CLICKS = 150  # ms; a driver's own double click is over before the page can change under the pointer
REPEATS, BETWEEN_REPEATS = 6, 40  # times and ms; of a key that is held


class Tab:
    """One tab, from its first page until it is closed, or crashes. `sent`: its commands that may be said again."""

    def __init__(self, page: Page, kind: Kind, book: Book, *, prerendering: bool = False) -> None:
        self.page = page
        self.kind = kind
        self.crashed = False
        self.prerendering = prerendering
        self.left_out = False  # its worker died while it was frozen, so it has none until it thaws
        self.must_join = False
        self.sent: list[Message] = []
        self._book = book
        self._lifecycle: CDPSession | None = None
        page.on_crash(self._has_crashed)
        self.enter()

    @property
    def has_lock(self) -> bool:
        """True if the hub learns of its death."""
        return self.kind != "seed"

    @property
    def frozen(self) -> bool:
        return self._lifecycle is not None

    # --- what becomes of it -------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """The page is new: it joins the phone."""
        self.ear = Ear(self._book)
        if self.kind == "widget":
            self.page.evaluate("walk.embed()")
        else:
            self.join()

    def join(self) -> None:
        """Ask for the worker."""
        self.sent.clear()
        self.must_join = False
        self.page.evaluate("([hasLock, watches]) => walk.join(hasLock, watches)", [self.has_lock, self._book.reruns])

    def reload(self) -> None:
        self.listen()
        self.page.reload()
        self.enter()

    def lose_worker(self) -> None:
        """The worker has died. Our client knows by itself; a page without it cannot, and asks again when it can."""
        self.must_join = self.kind != "widget"
        self.left_out = self.frozen
        if self.must_join and not self.frozen:
            self.join()

    def freeze(self) -> None:
        self.listen()
        self._lifecycle = self.page.playwright.context.new_cdp_session(self.page.playwright)
        self._lifecycle.send("Page.setWebLifecycleState", {"state": "frozen"})

    def thaw(self) -> None:
        assert self._lifecycle is not None
        self._lifecycle.send("Page.setWebLifecycleState", {"state": "active"})
        self._lifecycle.detach()
        self._lifecycle = None
        self.left_out = False
        if self.must_join:
            self.join()

    def activate(self) -> None:
        """The person goes to a page that was rendered in advance."""
        self.page.evaluate("walk.activate()")
        self.prerendering = False

    def clear(self, storage: str) -> None:
        """Somebody clears what the site has kept in the browser."""
        self.page.evaluate("(storage) => walk.clear(storage)", storage)

    def _has_crashed(self) -> None:
        self.crashed = True

    # --- what the person, or the page, does ---------------------------------------------------------------------------

    def command(self, kind: str, payload: dict[str, Any], identity: str | None) -> None:
        """Give a command and wait for nothing. The widget's client makes ids of its own."""
        if self.kind == "widget":
            method, first = METHODS.get(kind, (kind.removeprefix("CMD_").lower(), ""))
            words = [payload[first]] if first else []
            self.page.evaluate(
                "([method, words]) => void walk.command(method, words)", [method, [*words, payload.get("callId")]]
            )
            return
        message = {"type": kind, "payload": payload} | ({"id": identity} if identity else {})
        self.say(message)
        if identity:
            self.sent.append(message)

    def press(self, number: int, how: str) -> None:
        """Press a button of a call as a hasty person does: twice, or too long. Raise Broken if that gives more
        than one command; the keys of a keypad may give several and are left out."""
        self.listen()
        self.page.playwright.bring_to_front()  # nobody presses what is behind another tab
        if (place := self.page.evaluate("number => walk.button(number)", number)) is None:
            return
        said = len(self.ear.commands)
        page = self.page.playwright
        if how == "double click":
            page.mouse.click(place["x"], place["y"])
            page.wait_for_timeout(BETWEEN_CLICKS)
            page.mouse.click(place["x"], place["y"])
        else:
            for _ in range(REPEATS):  # without a release in between, the driver's key repeats
                page.keyboard.down(how)
                page.wait_for_timeout(BETWEEN_REPEATS)
            page.keyboard.up(how)
        self.listen()
        # On a busy machine the second click may come so late that it counts as one of its own.
        gap = self.page.evaluate("walk.gap()") if how == "double click" else 0
        if len(given := self.ear.commands[said:]) > 1 and gap < DOUBLE_CLICK:
            broken(f"{how} on {place['name']} gave {given}, {gap:.0f} ms apart")

    def say(self, message: Message) -> None:
        """Say something to the hub that our client would never say."""
        if self.kind != "widget":
            self.page.evaluate("message => walk.say(message)", message)

    def greet_again(self) -> None:
        if self.kind != "widget":
            self.page.evaluate("hasLock => walk.greet(hasLock)", self.has_lock)

    def steal(self, number: int) -> None:
        """Take its lock from one of the tabs: a browser may do so, and the hub then takes that tab for dead."""
        self.page.evaluate("number => walk.steal(number)", number)

    def nudge(self) -> None:
        """The network is back, as far as the page can tell."""
        if self.kind == "widget":
            self.page.evaluate("void dispatchEvent(new Event('online'))")
        else:
            self.say({"type": "NUDGE", "payload": {"reason": "online"}})

    # --- what it shows ------------------------------------------------------------------------------------------------

    def listen(self) -> None:
        """Take in what the page has noted. Raise Broken if it must not be."""
        self.ear.listen(self.page.evaluate("walk.notes()"))

    def known(self) -> State | None:
        """The last state that it was told."""
        return self.ear.last["payload"] if self.ear.last else None

    def shows(self) -> tuple[State | None, str]:
        """Return the state that it shows, and what is not yet as it must be in the end, or nothing."""
        self.listen()
        if self.kind != "widget":
            return self.known(), self._lacks()
        look = self.page.evaluate("walk.look()")
        state = look["state"]
        if (look["connection"], look["cards"]) != (state["connectionStatus"], len(state["calls"])):
            return None, f"it draws {look}"
        return state, f"{look['open']} commands have no end" if look["open"] else ""

    def _lacks(self) -> str:
        lacking = self.ear.unanswered()
        return f"{lacking} have no result, after {', '.join(self.ear.trail)}" if lacking else ""

    def registry(self) -> tuple[int, int]:
        """Return how many tabs with a lock its hub knows, and how many without."""
        counts = self.page.evaluate("walk.registry()") or broken("the hub does not tell of its tabs")
        return counts["locked"], counts["others"]

    def journal(self) -> str:
        text = self.page.evaluate("walk.journal()")
        return text if isinstance(text, str) else broken("the hub does not give its journal")
