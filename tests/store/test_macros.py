"""The functions that every view and rule shares, at their edges."""

from __future__ import annotations

from msp_audit.store import empty_relations

CLEANED = (
    (None, None),
    ("", None),
    (" ", None),
    ("\u00a0\u200b\ufeff", None),
    ("plain", "plain"),
    ("two words", "two words"),
    (" before", "before"),
    ("after ", "after"),
    ("two  blanks", "two blanks"),
    ("tab\there\r\n", "tab here"),
    ("no\u00a0break", "no break"),
    ("zero\u200bwidth", "zero width"),
    ("Müller  & Söhne ", "Müller & Söhne"),
    ("Müller", "Müller"),
    ("日本", "日本"),
)


def test_text_is_cleaned_of_blanks_that_nobody_sees() -> None:
    with empty_relations() as database:
        found = [
            (text, database.query("select clean($text)", {"text": text}).scalar()) for text, _ in CLEANED
        ]
    assert found == list(CLEANED)
