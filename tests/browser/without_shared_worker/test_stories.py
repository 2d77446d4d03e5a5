"""What holds whoever hosts the hub: stories of other files, told again where there is no SharedWorker."""

from pathlib import Path

import pytest

from tests.browser import marks, test_bundle_faults
from tests.browser.backend import BackendProcess
from tests.browser.desk import Desk
from tests.browser.test_commands import (  # noqa: F401 - pytest takes them from here, with the desks of this folder
    test_a_command_for_a_call,
    test_a_dial_that_is_refused,
    test_a_second_call_is_answered_and_the_first_waits,
    test_dialing,
    test_the_status_of_the_operator,
)
from tests.browser.test_life_cycle import (  # noqa: F401 - as above
    test_an_action_of_the_person,
    test_an_incoming_event,
    test_opening_another_tab,
    test_starting_the_application,
    test_ten_tabs_have_one_connection,
)
from tests.browser.test_versions import (  # noqa: F401 - as above
    site,
    test_a_page_of_an_older_build_that_comes_to_a_new_hub_is_told_and_works,
    test_an_old_page_and_a_new_bundle_side_by_side_both_work_and_the_old_one_is_told,
    test_an_old_worker_out_of_the_cache_serves_a_new_page_and_does_not_end_over_and_over,
)

pytestmark = marks.HOSTED

HARMED = ("script missing", "script a page", "CSP without wasm-unsafe-eval", "wasm missing", "loader truncated")


@pytest.mark.parametrize("harmed", HARMED)
def test_a_broken_bundle_is_told_in_the_same_words(
    desk_on_copy: tuple[Desk, Path], backend_of_copy: BackendProcess, harmed: str
) -> None:
    case = test_bundle_faults.BROKEN_BUNDLES[harmed]
    test_bundle_faults.test_a_broken_bundle_is_a_clear_error_in_every_tab_and_a_working_hub_after_the_cause_is_gone(
        desk_on_copy, backend_of_copy, *case
    )
