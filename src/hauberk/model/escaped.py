"""Text of strangers, as it may be shown: what drives a terminal or breaks a line is spelled out."""

# All of Unicode's categories Cc, Cf, Zl and Zp (`native/core/src/escaped.rs` has the same), and lone surrogates.
SPELLED_OUT = (
    (0x00, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x600, 0x605),
    (0x61C, 0x61C),
    (0x6DD, 0x6DD),
    (0x70F, 0x70F),
    (0x890, 0x891),
    (0x8E2, 0x8E2),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xD800, 0xDFFF),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0x110BD, 0x110BD),
    (0x110CD, 0x110CD),
    (0x13430, 0x1343F),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE007F),
)


def _spelled_out(code: int) -> str:
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


_TABLE = {
    code: _spelled_out(code) for first, last in SPELLED_OUT for code in range(first, last + 1)
}


def escaped(text: str) -> str:
    """Write such characters as JSON spells them: `\\u001b`. What was escaped stays as it is."""
    return text if text.isascii() and text.isprintable() else text.translate(_TABLE)
