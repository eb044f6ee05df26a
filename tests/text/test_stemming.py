"""One word into its terms, in the languages a text may be in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.text.character_forms import unify_characters
from tau.text.languages import PROFILES, script
from tau.text.stemming import LONGEST_WORD, strip_accents, terms_of
from tau.text.tokenization import fold_text


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("basque", "etxe", "etxera"),
        ("catalan", "rellotge", "rellotges"),
        ("czech", "sestra", "sestry"),
        ("danish", "huse", "huset"),
        ("dutch", "katten", "kat"),
        ("english", "running", "runs"),
        ("esperanto", "hundojn", "hundo"),
        ("estonian", "majas", "maja"),
        ("finnish", "talossa", "talosta"),
        ("french", "boulangerie", "boulangeries"),
        ("german", "häuser", "hauses"),
        ("hungarian", "házban", "háznak"),
        ("indonesian", "kucingnya", "kucing"),
        ("irish", "mbácús", "bácús"),
        ("italian", "gatti", "gatto"),
        ("lithuanian", "namas", "namo"),
        ("norwegian", "husene", "huset"),
        ("polish", "książka", "książki"),
        ("portuguese", "meninas", "menina"),
        ("romanian", "pisica", "pisici"),
        ("serbian", "mačka", "mačke"),
        ("serbian", "књига", "knjiga"),
        ("spanish", "gatos", "gato"),
        ("swedish", "husen", "huset"),
        ("turkish", "kitaplar", "kitabım"),
        ("russian", "книга", "книгой"),
        ("ukrainian", "пекарня", "пекарні"),
        ("greek", "γάτες", "γάτα"),
        ("arabic", "المدرسة", "مدرسة"),
        ("persian", "کتابها", "کتاب"),
        ("hindi", "लड़का", "लड़के"),
        ("nepali", "किताबहरू", "किताब"),
        ("tamil", "புத்தகங்கள்", "புத்தகம்"),
        ("hebrew", "המפתחות", "מפתח"),
        ("yiddish", "קינדער", "קינד"),
    ],
)
def test_forms_of_a_word_share_a_term(language: str, one: str, other: str) -> None:
    known = (language,) if language in PROFILES.scripts else ()
    assert set(terms_of(fold_text(one), known)) & set(terms_of(fold_text(other), known))


@pytest.mark.parametrize(
    ("word", "language", "rest"),
    [
        ("l'eau", "french", "eau"),
        ("qu'ami", "french", "ami"),
        ("jusqu'ici", "french", "ici"),
        ("dell'arte", "italian", "arte"),
        ("sant'angelo", "italian", "angelo"),
        ("l'hivern", "catalan", "hivern"),
        ("istanbul'da", "turkish", "istanbul"),
    ],
)
def test_what_stands_at_an_apostrophe_is_left_off(word: str, language: str, rest: str) -> None:
    assert terms_of(word, (language,)) == terms_of(rest, (language,))


def test_an_english_apostrophe_stays() -> None:
    assert terms_of("o'clock", ("english",)) == ("o'clock",)
    assert terms_of("sister's", ("english",)) == ("sister",)


@pytest.mark.parametrize(
    ("word", "alone"),
    [
        ("müller", "muller"),
        ("łódź", "lodz"),
        ("søren", "soren"),
        ("þór", "thor"),
        ("ılgaz", "ilgaz"),
        ("œuvre", "oeuvre"),
        ("nguyễn", "nguyen"),
        ("ёлка", "елка"),
        ("ρολόι", "ρολοι"),
        ("שָׁלוֹם", "שלום"),
        ("كِتَابٌ", "كتاب"),
        ("کتاب", "كتاب"),
    ],
)
def test_accents_and_points_come_off(word: str, alone: str) -> None:
    assert strip_accents(word) == alone


@pytest.mark.parametrize(
    ("word", "written"),
    [("müller", "mueller"), ("søren", "soeren"), ("ångström", "aangstroem"), ("bär", "baer")],
)
def test_letters_written_in_two_ways_give_both(word: str, written: str) -> None:
    assert set(terms_of(written, ())) <= set(terms_of(word, ()))
    assert set(terms_of(strip_accents(word), ())) <= set(terms_of(word, ()))


def test_function_words_of_a_language_give_nothing_in_it() -> None:
    assert terms_of("und", ("german",)) == ()
    assert terms_of("und", ("english",)) != ()
    assert terms_of("для", ("russian",)) == ()


def test_a_script_nobody_asked_for_has_a_language_of_its_own() -> None:
    assert terms_of("книгой", ("german",)) == terms_of("книга", ())


@given(st.text(min_size=1), st.sampled_from([(), ("german",), ("turkish", "english"), ("arabic",)]))
def test_any_word_gives_short_terms_and_always_the_same(
    word: str, languages: tuple[str, ...]
) -> None:
    word = fold_text(word)
    found = terms_of(word, languages) if word else ()
    assert all(0 < len(term) <= 4 * LONGEST_WORD for term in found)
    assert len(set(found)) == len(found)
    assert not word or found == terms_of(word, languages)


@given(st.text())
def test_the_same_characters_keep_their_number(text: str) -> None:
    same = unify_characters(text)
    assert len(same) == len(text)
    assert unify_characters(same) == same


@pytest.mark.parametrize(
    ("run", "same"),
    [
        ("圖書館", "图书馆"),
        ("我們的鑰匙", "我们的钥匙"),
        ("學習漢語", "学习汉语"),
        ("头发發现", "头发发现"),
        ("コーヒー", "こーひー"),
        ("ひらがな", "ひらがな"),
        ("서울", "서울"),
        ("", ""),
    ],
)
def test_characters_with_two_forms_have_one(run: str, same: str) -> None:
    assert unify_characters(run) == same


@pytest.mark.parametrize(
    ("letter", "name"),
    [
        ("a", "LATIN"),
        ("é", "LATIN"),
        ("я", "CYRILLIC"),
        ("ا", "ARABIC"),
        ("א", "HEBREW"),
        ("क", "DEVANAGARI"),
        ("த", "TAMIL"),
        ("α", "GREEK"),
        ("\x00", ""),
    ],
)
def test_scripts_are_named_as_unicode_names_them(letter: str, name: str) -> None:
    assert script(letter) == name


@pytest.mark.parametrize("language", PROFILES.common)
def test_common_words_are_folded_and_in_one_writing(language: str) -> None:
    words = PROFILES.common[language]
    assert all(fold_text(word) == word for word in words)
    assert len(words) >= 35
    assert len(PROFILES.scripts[language]) == (2 if language == "serbian" else 1)
