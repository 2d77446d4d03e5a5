"""What people type, paste or link, read as the number to dial and the digits that follow it. Everything that decides so
stands in this file. The wire is strict: on it a number is ASCII with separators, and the backend gets digits alone."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

PHONE = re.compile(r"\+?[0-9*#]+", re.ASCII)
MAX_PHONE = 32
MAX_TYPED = 256  # characters; the field takes no more
MAX_DIGITS = 32  # in one go
DIGITS = re.compile(rf"[0-9A-D*#]{{1,{MAX_DIGITS}}}", re.ASCII)  # the events of RFC 4733


def _characters(*ranges: tuple[int, int]) -> str:
    return "".join(chr(code) for first, last in ranges for code in range(first, last + 1))


DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\u30fc"
SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
# Zero width, marks of direction, and what makes an emoji of a digit.
UNSEEN = "\u00ad\u034f\u061c\u180e\u20e3\ufeff" + _characters(
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F)
)
# Stands in a number and is no part of it: the visual separators of RFC 3966, and what comes with one that is pasted.
SEPARATORS = str.maketrans("", "", f"{SPACES}{DASHES}{UNSEEN}./()[]\u00b7\u2044\u2215")
CONTROLS = str.maketrans("", "", _characters((0, 0x1F), (0x7F, 0x9F)))  # typed or pasted: tabs, line breaks
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}

# Possessive, so that no character is looked at twice, whatever the text is.
SEPARATOR = f"[{re.escape(''.join(map(chr, SEPARATORS)))}]"
GAP = f"{SEPARATOR}*+"
NUMBER_AND_REST = re.compile(rf"\A({GAP}(?:\+{GAP})?+(?:[0-9*#]{GAP})*+)(.*)", re.DOTALL)  # matches any text
# In +49 (0) 30 the 0 is dialled within the country only; in +39 (06) it is a part of the number.
TRUNK = re.compile(rf"({GAP}(?:\+|00|011)(?:{SEPARATOR}*?[0-9]){{1,3}}{SEPARATOR}*?)[(\[]\s*0\s*[)\]]")
SCHEME = re.compile(rf"{GAP}(?:(?P<link>(?:tel|callto) *:)|(?:tel|тел)[.: ]++|(?P<sip>sips?:))", re.IGNORECASE)
# The user of a SIP address is a number for everybody if it is an international one; any other means something to its
# host alone.
SIP_USER = re.compile(r"(\+[^@:;?]+)((?:;[^@:?]*)?)@")
PARAMETER = re.compile(r";\s*([a-z][a-z0-9-]*)=([^;?]*)", re.IGNORECASE)
DIALLED_LATER = ("ext", "postd")  # the parameters that are for the one who answers
EXTENSION = re.compile(
    rf"(?:extension|extn|ext|x|durchwahl|dw|добавочный|доб|внутренний|внутр|вн)[.:#]*+{GAP}(?=[0-9])", re.IGNORECASE
)
PAUSE = re.compile("[,;pw]+", re.IGNORECASE)
SENT = re.compile("[0-9A-D*#]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number as the backend gets it. after: digits for the one who answers, in the order in which they are sent."""

    phone: str
    after: tuple[str, ...] = ()


def read_wire(text: str) -> PhoneNumber | None:
    """Return the number that a program gives, or None if it is none."""
    return _number(text)


def read_typed(text: str) -> PhoneNumber | None:
    """Return the number that a person types, pastes or clicks, or None if it is none."""
    if len(text) > MAX_TYPED:
        return None
    [(number, rest)] = NUMBER_AND_REST.findall(_without_scheme(_in_ascii(text)))
    after = _after(rest)
    return None if after is None else _number(number, after)


def _number(text: str, after: tuple[str, ...] = ()) -> PhoneNumber | None:
    trunk = TRUNK.match(text)
    phone = (trunk[1] + text[trunk.end() :] if trunk else text).translate(SEPARATORS)
    return PhoneNumber(phone, after) if PHONE.fullmatch(phone) and len(phone) <= MAX_PHONE else None


def _in_ascii(text: str) -> str:
    """Every decimal digit of Unicode is one of ours; control characters go."""
    digits = "".join(str(int(character)) if character.isdecimal() else character for character in text)
    return digits.translate(FULL_WIDTH).translate(CONTROLS)


def _without_scheme(text: str) -> str:
    """Return what follows `tel:` and the like; nothing of a SIP address that is no international number."""
    scheme = SCHEME.match(text)
    if scheme is None:
        return text
    rest = text[scheme.end() :]
    if not scheme["link"] and not scheme["sip"]:
        return rest
    address = unquote(rest.partition("?")[0])
    if scheme["link"]:
        return address
    user = SIP_USER.match(address)
    return f"{user[1]}{user[2]}" if user else ""


def _after(text: str) -> tuple[str, ...] | None:
    """Return what is sent after the number; None if there is anything that cannot be sent."""
    said = PARAMETER.sub(lambda found: f",{found[2]}" if found[1].lower() in DIALLED_LATER else "", text)
    first, *later = PAUSE.split(EXTENSION.sub(",", said).translate(SEPARATORS))
    if first or not all(map(SENT.fullmatch, later)):
        return None
    return tuple(digits[at : at + MAX_DIGITS] for digits in later for at in range(0, len(digits), MAX_DIGITS))
