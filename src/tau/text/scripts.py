"""Ranges of Unicode for scripts, to be put into the brackets of a regular expression.

    re.compile(f"[{HAN}]")

The one table of scripts: what else looks at Chinese, Japanese or Korean takes a range from here.
"""

HAN = "\u4e00-\u9fff"
"""The common Han characters: all of everyday Chinese, and Japanese kanji."""
HAN_RARE = "\u3400-\u4dbf\uf900-\ufaff\U00020000-\U0003ffff"
"""The other Han characters: extensions A and later, and the compatibility forms."""
KANA = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
"""Japanese syllables, with the signs that repeat a character (々)."""
HANGUL = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"
"""Korean, as syllables and as single letters."""
SOUTHEAST_ASIAN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Thai, Lao, Burmese and Khmer."""

CJK = KANA + HAN_RARE + HAN + HANGUL
"""Chinese, Japanese and Korean."""
UNSPACED = SOUTHEAST_ASIAN + CJK
"""Scripts whose words are not separated by spaces, so that pairs of characters stand for words.

Korean does put spaces, but between phrases: a noun and its particle are one piece.
"""
HAN_AND_KANA = "\u3040-\u9fff"
"""Text without any spaces, to count its characters where spaces count the words of all others.

Wider than `KANA` and `HAN`: bopomofo and signs between the two blocks count too. Without Korean.
"""
EAST_ASIAN_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
"""Characters that models read as about one token each, punctuation and full-width letters too."""
