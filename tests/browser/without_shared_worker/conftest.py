"""The same desks as everywhere, of browsers without SharedWorker."""

import pytest

from tests.browser.desk import Desk
from tests.browser.hosted import HostedDesk


@pytest.fixture(scope="session")
def desk_type() -> type[Desk]:
    return HostedDesk
