"""Who is signed in: the session that a tab named last. Those before it are over, and stay so."""

from .protocol import Failure

REMEMBERED_SESSIONS = 100  # that are over; pages of older ones are long gone


class Sessions:
    """The sign-ins of which tabs have told. A page that comes back out of the browser's cache still names an old one:
    that must not bring the one before back. A tab that names none goes along with whoever is there."""

    def __init__(self) -> None:
        self.current: str | None = None
        self._over: dict[str, None] = {}

    def is_over(self, session: str | None) -> bool:
        """True if another session took the place of this one."""
        return session in self._over

    def begin(self, session: str | None) -> bool:
        """A tab named this session, or none. True if it takes the place of another."""
        if session is None or session == self.current:
            return False
        before, self.current = self.current, session
        if before is None:
            return False
        self._over[before] = None
        if len(self._over) > REMEMBERED_SESSIONS:
            del self._over[next(iter(self._over))]
        return True


def taken_over() -> Failure:
    """Return what a tab of a session that is over is told."""
    return Failure("unauthorized", "Another sign-in has taken over the phone. Reload this page.")
