"""The browsers on this machine: which engines have one, and why the others have none."""

import os
from collections.abc import Sequence

from tests.browser.engines import ALL, ENGINES
from tests.browser.engines.programs import Absent

from .step import Findings, Output


class Browsers:
    """The engines that the person has chosen; none means that the tests choose."""

    def __init__(self, chosen: Sequence[str] = ()) -> None:
        self.options = [f"--engine={name}" for name in chosen]
        self.left_out: dict[str, str] = {}
        self._wanted = [name for name in chosen if name != ALL]

    def find(self, output: Output) -> Findings:
        """Find the browsers and name their programs in the environment. It is a fault if one that was chosen is not
        there, or if there is none at all."""
        for name in self._wanted or ENGINES:
            engine = ENGINES[name]
            try:
                os.environ[engine.variable] = engine.find()
            except Absent as absent:
                os.environ[engine.variable] = ""  # so that nobody looks for it again
                self.left_out[engine.title] = str(absent)
            else:
                print(f"{engine.title}: {os.environ[engine.variable]}", file=output)
        missing = [f"{title} is left out. {why}" for title, why in self.left_out.items()]
        print(*missing, sep="\n", file=output)
        return Findings(missing if self._wanted or len(missing) == len(ENGINES) else ())
