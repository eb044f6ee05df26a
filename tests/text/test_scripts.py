"""The one table of scripts."""

import re
from pathlib import Path

import pytest

import tau
from tau.text import scripts

RANGES = [name for name in vars(scripts) if name.isupper()]


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("HAN", "汉漢一鿿", "あ한ก々a。㐀"),
        ("HAN_RARE", "㐀\uf900𠀀", "汉あ한a"),
        ("KANA", "あアー々〆ㇰ", "汉한a。"),
        ("HANGUL", "한ᄀㄱ", "汉あa"),
        ("SOUTHEAST_ASIAN", "กກကក", "汉あ한a"),
        ("CJK", "汉あ한𠀀々", "กa。"),
        ("UNSPACED", "汉あ한𠀀กក", "aя。"),
        ("HAN_AND_KANA", "汉あㄅ", "한กa。"),
        ("EAST_ASIAN_WIDE", "汉あ한。Ａ𠀀", "aกя"),
    ],
)
def test_a_range_holds_its_script_and_no_other(name: str, inside: str, outside: str) -> None:
    pattern = re.compile(f"[{getattr(scripts, name)}]")
    assert [each for each in inside if not pattern.match(each)] == []
    assert [each for each in outside if pattern.match(each)] == []


def test_every_range_is_tried() -> None:
    marks = test_a_range_holds_its_script_and_no_other.pytestmark
    assert sorted(case[0] for case in marks[0].args[1]) == sorted(RANGES)


def test_nothing_else_writes_a_range_of_han_or_kana() -> None:
    root = Path(tau.__file__).parent
    written = re.compile(r"\\u(?:4e00|3400|3040|ac00)|一-[鿿龥]|ぁ-")
    files = [path for kind in ("*.py", "*.toml") for path in root.rglob(kind)]
    files = [path for path in files if path.parent != root / "bench" / "data"]
    found = [str(path.relative_to(root)) for path in files if written.search(path.read_text())]
    assert found == ["text/scripts.py"]
