"""The commands of the wire: which fields each has, and what makes a field valid.

Whatever else a body holds is ignored: a newer phone may say more.
"""

import re
from typing import Any

from .telephony import Call, Json, Refused, Telephony

# path: (the method of Telephony, the fields it takes)
COMMANDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "dial": ("dial", ("phone",)),
    "answer": ("answer", ("callId",)),
    "hangup": ("hangup", ("callId",)),
    "hold": ("hold", ("callId",)),
    "resume": ("resume", ("callId",)),
    "mute": ("mute", ("callId",)),
    "unmute": ("unmute", ("callId",)),
    "dtmf": ("dtmf", ("callId", "digits")),
    "transfer": ("transfer", ("callId", "phone")),
    "status": ("set_status", ("status",)),
}

# field: (what it must look like, what to tell a person)
FIELDS: dict[str, tuple[str, str]] = {
    "phone": (r"[0-9+*#]{1,32}", "is not a number that can be dialled. Use digits, +, * and #, at most 32."),
    "digits": (r"[0-9A-D*#]{1,32}", "cannot be sent as tones. Use 0 to 9, *, # and A to D, at most 32."),
    "status": (r"(?=.*\S)[^\x00-\x1f\x7f]{1,32}", "is not a status. Use a text of at most 32 characters."),
    "callId": (r"[^\x00-\x1f\x7f]{1,256}", "is not the id of a call."),
}


def read_fields(command: str, body: Json) -> list[str]:
    """Return the fields that a command takes, in order. Raises `Refused` if one is missing or not valid."""
    return [read_field(body, name) for name in COMMANDS[command][1]]


async def carry_out(command: str, arguments: list[str], telephony: Telephony) -> Json | None:
    """Let `telephony` do what the POST says; return the body of the answer, if there is something to say."""
    method, _ = COMMANDS[command]
    result: Call | str | None = await getattr(telephony, method)(*arguments)
    match result:
        case Call():
            return {"call": result.wire()}
        case str():
            return {"operatorStatus": result, "statusSince": telephony.snapshot()["statusSince"]}
        case None:
            return None


def read_field(body: Json, name: str) -> str:
    """Return a field of a body. Raises `Refused`: 400 if it is missing or no text, 422 if it is not valid."""
    value: Any = body.get(name)
    if not isinstance(value, str):
        raise Refused(400, "Incomplete request", f'The body needs "{name}", a text.')
    pattern, complaint = FIELDS[name]
    if not re.fullmatch(pattern, value):
        raise Refused(422, "Not valid", f"{shown(value)} {complaint}")
    return value


def shown(text: str) -> str:
    """Return text from outside in quotes, in plain ASCII and short, so that any log or page can show it."""
    return ascii(text if len(text) <= 40 else text[:40] + "...")
