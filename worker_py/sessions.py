"""Who is signed in: the session that a tab named last. Those before it are over, and stay so."""

from .protocol import Failure

REMEMBERED_SESSIONS = 100  # that are over; pages of older ones are long gone


class Sessions:
    """The sign-ins of which tabs have told. A page that comes back out of the browser's cache still names an old one:
    that must not bring the one before back. But who began to name it later than the current one was named is signed in
    again. A tab that names none goes along with whoever is there.

    same: other sessions of the same operator, who signed in again.
    """

    def __init__(self) -> None:
        self.current: str | None = None
        self.same: set[str] = set()
        self._since: int | None = None
        self._over: dict[str, str | None] = {}  # with the operator whose session it was

    @property
    def have_changed(self) -> bool:
        """True if a session is over: a tab of which nothing is known may be one of that."""
        return bool(self._over)

    def is_over(self, session: str | None, since: int | None = None, now: int = 0) -> bool:
        """True if another session took the place of this one, which a page named from `since` on."""
        if session is None or session == self.current or session in self.same:
            return False
        if since is None or self._since is None:
            return session in self._over
        begun = min(self._since, now)  # after the clock was set back nobody is to be locked out
        return since < begun or (since == begun and session in self._over)

    def begin(self, session: str | None, since: int | None, operator: str | None) -> bool:
        """A tab named this session, or none. True if it takes the place of another, that of `operator`."""
        if session is None:
            return False
        if session == self.current or session in self.same:
            self._since = max(self._since or 0, since or 0) or None
            return False
        before, self.current, self._since = self.current, session, since
        self._over.pop(session, None)
        if before is None:
            return False
        for name in (before, *sorted(self.same)):
            self._over[name] = operator
        self.same.clear()
        while len(self._over) > REMEMBERED_SESSIONS:
            del self._over[next(iter(self._over))]
        return True

    def rejoin(self, operator: str) -> None:
        """The current session is that of this operator: so are those before that were."""
        self.same |= {session for session, whose in self._over.items() if whose == operator}
        for session in self.same:
            self._over.pop(session, None)


def unknown_page() -> Failure:
    """Return what a tab is told that may be one of a session that is over, until it says who it is."""
    message = "The phone does not know this page, and somebody else has signed in. Reload the page."
    return Failure("unauthorized", message, retryable=True)


def taken_over() -> Failure:
    """Return what a tab of a session that is over is told."""
    return Failure("unauthorized", "Another sign-in has taken over the phone. Reload this page.")
