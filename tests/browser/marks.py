"""Whose hub a test has, and why some tests are for one engine alone. What a driver cannot do, the engine itself says:
see engines/."""

import pytest

# Most tests look at something else than how a hub starts and ends: then those of a file share one.
SHARED_HUB = pytest.mark.hub("shared")
OWN_HUB = pytest.mark.hub("own")

ONCE = pytest.mark.only("chromium", "what is looked at here is not of the engine's making: one engine is enough")
SOUNDS = pytest.mark.without("firefox", "Firefox starts no sound on a machine that has nothing to be heard by")
BLOBS = pytest.mark.without("firefox", "Firefox saves it, but its driver tells of no download that comes from a blob")
KEPT_PAGES = pytest.mark.without("firefox", "Firefox keeps no page that holds a lock in its back/forward cache")
NO_POLICY = pytest.mark.without("firefox", "Firefox's driver cannot put aside the policy of the page that it needs")
PRERENDERS = pytest.mark.only("chromium", "no other engine renders pages in advance")
HOSTED = pytest.mark.only("chromium", "which tab hosts the hub, only the driver of Chromium tells")
