"""What the shared workers of a Chromium say and suffer, seen through the DevTools protocol."""

import contextlib
import json
from typing import Any

from playwright.sync_api import Browser, CDPSession, Error

from tests.browser.waiting import until

from .engine import Report, Workers

ANSWERED_AFTER = 30.0  # s; a worker that starts Python on a busy machine hears nothing meanwhile


class ChromiumWorkers(Workers):
    """A worker keeps what it said, so looking once at the end shows all."""

    def __init__(self, browser: Browser) -> None:
        self._cdp: CDPSession = browser.new_browser_cdp_session()
        self._answers: dict[tuple[str, int], Any] = {}
        self._report = Report()
        self._cdp.on("Target.receivedMessageFromTarget", self._received)

    def targets(self) -> list[str]:
        infos = self._cdp.send("Target.getTargets")["targetInfos"]
        return [info["targetId"] for info in infos if info["type"] == "shared_worker"]

    def report(self) -> Report:
        self._report = Report()
        for target in self.targets():
            with contextlib.suppress(Error):  # it may end while it is read
                self._read(target)
        return self._report

    def evaluate(self, origin: str, expression: str) -> Any:
        infos = self._cdp.send("Target.getTargets")["targetInfos"]
        [target] = [it["targetId"] for it in infos if it["type"] == "shared_worker" and it["url"].startswith(origin)]
        answer = self._ask(target, ["Runtime.evaluate"], {"expression": expression, "returnByValue": True})
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def run(self, expression: str, target: str | None = None) -> None:
        """The debugger leaves, for it would keep the worker from ending itself later, but not before the worker has
        answered: a busy one would never hear what it was told."""
        [target] = [target] if target else self.targets()
        self._ask(target, ["Runtime.evaluate"], {"expression": f"setTimeout(() => {{ {expression} }})"})

    def close(self, target: str) -> None:
        self._cdp.send("Target.closeTarget", {"targetId": target})
        self.ends(target)

    def _read(self, target: str) -> None:
        self._ask(target, ["Runtime.enable", "Runtime.evaluate"], {"expression": "0"})

    def _ask(self, target: str, methods: list[str], parameters: dict[str, Any]) -> Any:
        """Send these one after the other, the last with its parameters; return what that one is answered."""
        session = self._cdp.send("Target.attachToTarget", {"targetId": target, "flatten": False})["sessionId"]
        last = len(methods) - 1
        for number, method in enumerate(methods):
            message = json.dumps({"id": number, "method": method, "params": parameters if number == last else {}})
            self._cdp.send("Target.sendMessageToTarget", {"sessionId": session, "message": message})

        def has_answered_or_ended() -> bool:
            living = self.targets()  # asking lets what the worker says come in
            return (session, last) in self._answers or target not in living

        until(f"the worker answers {methods[last]}", has_answered_or_ended, patience=ANSWERED_AFTER)
        if (session, last) not in self._answers:
            return None
        self._cdp.send("Target.detachFromTarget", {"sessionId": session})
        return self._answers.pop((session, last))

    def _received(self, event: dict[str, Any]) -> None:
        message = json.loads(event["message"])
        match message:
            case {"id": int(number)}:
                self._answers[event["sessionId"], number] = message.get("result")
            case {"method": "Runtime.exceptionThrown", "params": {"exceptionDetails": details}}:
                self._report.exceptions.append(str(details.get("exception", {}).get("description", details["text"])))
            case {"method": "Runtime.consoleAPICalled", "params": {"args": arguments}}:
                self._report.lines.append(
                    " ".join(str(each.get("value", each.get("description"))) for each in arguments)
                )
