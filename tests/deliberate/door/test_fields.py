from __future__ import annotations

import pytest

from deliberate.door.fields import one_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Quiet \n Heron\t", "Quiet Heron"),
        ("Ann\u202eelttiL", "AnnelttiL"),
        ("\u2066Ann\u2069", "Ann"),
        ("bell\x07", "bell"),
        ("سلام دنیا", "سلام دنیا"),
        ("", ""),
    ],
)
def test_a_line_holds_no_breaks_controls_or_turns_of_direction(typed: str, kept: str) -> None:
    assert one_line(typed) == kept
