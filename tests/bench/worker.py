"""A look into a shared worker through the DevTools protocol, which no page has."""

import json
from typing import Any

from playwright.sync_api import CDPSession

from tests.browser.waiting import until

PATIENCE = 15.0  # s until an answer must be there


class Inspector:
    """A session with one target; what it asks is answered before it returns."""

    def __init__(self, browser: CDPSession, target: str) -> None:
        self._browser = browser
        self._answers: dict[int, Any] = {}
        self._session = browser.send("Target.attachToTarget", {"targetId": target, "flatten": False})["sessionId"]
        browser.on("Target.receivedMessageFromTarget", self._received)

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""
        return self.ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"]["value"]

    def ask(self, method: str, **params: Any) -> Any:
        """Return what a method of the protocol answers."""
        number = len(self._answers)
        message = json.dumps({"id": number, "method": method, "params": params})
        self._browser.send("Target.sendMessageToTarget", {"sessionId": self._session, "message": message})

        def answered() -> bool:
            self._browser.send("Target.getTargets")  # lets what the worker says come in
            return number in self._answers

        until(f"the worker answers {method}", answered, patience=PATIENCE)
        answer = self._answers[number]
        if "error" in answer:
            raise RuntimeError(f"{method} in the worker: {answer['error']['message']}")
        return answer["result"]

    def detach(self) -> None:
        """Leave the worker to itself; with somebody attached it could not even close."""
        self._browser.send("Target.detachFromTarget", {"sessionId": self._session})
        self._browser.remove_listener("Target.receivedMessageFromTarget", self._received)

    def _received(self, event: dict[str, Any]) -> None:
        message = json.loads(event["message"])
        if event["sessionId"] == self._session and "id" in message:
            self._answers[message["id"]] = message
