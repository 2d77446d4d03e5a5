"""Text from outside that people read, without the characters that nobody sees and that make it look like another."""

BREAKS = "\t\n\r\u2028\u2029"  # they stand between words, so a space takes their place
# Control characters (C0 and C1), and what changes the direction or the shape of the characters around it: with U+202E
# in it, 321 looks like 123. U+200C and U+200D stay: Persian, Hindi and emoji need them.
HIDDEN = "".join(
    map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x2070)])
)
TABLE = str.maketrans("", "", HIDDEN) | str.maketrans(BREAKS, " " * len(BREAKS))


def plain(text: str) -> str:
    """Return `text` as it may be shown."""
    return text.translate(TABLE)
