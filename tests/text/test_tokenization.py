"""Words in every script, and words nobody should choke on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.text.tokenization import LONGEST_WORD, MAX_QUERY_TERMS, query_terms, terms


def share(query: str, text: str) -> set[str]:
    return query_terms(query).keys() & terms(text).keys()


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Where do I go running?", "I ran; no, I run every day"),
        ("sisters", "My SISTER'S house"),
        ("cafe", "the Café on the corner"),
        ("CAFÉ", "cafe"),
        ("Müller", "Frau Muller called"),
        ("Straße", "STRASSE 12"),
        ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("妹妹住在哪里", "我的妹妹住在里斯本"),
        ("我的猫叫什么", "我养了一只猫，它很乖"),
        ("京都に行った", "去年、京都へ行きました"),
        ("ｶﾀｶﾅ", "カタカナ"),
        ("서울에서", "저는 서울에 삽니다"),
        ("книги", "я читал книгу"),
        ("กรุงเทพ", "ฉันอยู่กรุงเทพมหานคร"),
        ("iPhone发布", "我买了iPhone"),
        ("don’t panic", "DON'T PANIC"),
        ("3 June 2026", "my exam is on 3 June"),
        ("zoe", "Zoë came by"),
        ("Zoë", "ZOE CAME BY"),
        ("Mueller", "Frau Müller rief an"),
        ("muller", "Frau Müller rief an"),
        ("Müller", "Herr Mueller rief an"),
        ("Lodz", "Byłem w Łodzi, a Łódź jest piękna"),
        ("Søren", "Soren called"),
        ("Soeren", "Søren ringede"),
        ("Ångström", "angstrom"),
        ("Đorđe", "Djordje? No: Dorde"),
        ("istanbul", "İSTANBUL'a gittim"),
        ("Nguyen", "chị Nguyễn"),
        ("eau", "L'eau est froide et je n'aime pas ça"),
        ("arte", "Il museo dell'arte è chiuso"),
        ("étés", "L’été dernier nous étions ici"),
        ("елка", "Мы купили ёлку"),
        ("שלום", "שָׁלוֹם"),
        ("לחתול", "יש לי חתולים"),
        ("كتاب", "كِتَابٌ جديد"),
        ("كتابها", "کتاب‌ها را خواندم"),
        ("किताब", "मैंने किताबें पढ़ीं"),
        ("புத்தகம்", "புத்தகங்கள் வாங்கினேன்"),
        ("图书馆", "我在圖書館"),
        ("圖書館", "我在图书馆"),
        ("ネコ", "ねこがいる"),
        ("Kindergarten", "Meine Tochter geht in den Kindergarten und es ist schön"),
        ("Where is Marta?", "Ayer vi a Marta con su hermana en la plaza"),
        ("сестра", "My сестра moved to the city"),
    ],
)
def test_these_meet(query: str, text: str) -> None:
    assert share(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("What is it about?", "It is what it is"),
        ("我的", "你的"),
        ("😀🎉", "😀🎉"),
        ("", "anything"),
        ("कल", "कम"),
        ("wo ist die", "ich bin die"),
    ],
)
def test_these_do_not(query: str, text: str) -> None:
    assert not share(query, text)


def test_a_word_is_counted_as_often_as_it_is_said() -> None:
    assert terms("Tea, tea and more TEA") == {"tea": 3}
    assert terms("猫猫") == {"猫": 2, "猫猫": 1}


def test_a_pair_of_characters_says_more_than_one() -> None:
    asked = query_terms("里斯本")
    assert asked["里斯"][0] > asked["斯"][0]
    assert query_terms("猫") == {"猫": (1.0, "猫")}


def test_huge_words_are_cut_and_huge_questions_too() -> None:
    assert all(len(term) <= LONGEST_WORD for term in terms("a" * 1_000_000))
    assert len(query_terms(" ".join(f"word{i}" for i in range(100_000)))) == MAX_QUERY_TERMS
    assert len(query_terms("漢字仮名交文" * 5000)) <= MAX_QUERY_TERMS


@given(st.text())
def test_any_text_gives_terms_without_line_breaks(text: str) -> None:
    assert all(term and "\n" not in term for term in terms(text))
    assert all(term and word for term, (_, word) in query_terms(text).items())


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=40))
def test_a_question_of_the_same_words_finds_them(text: str) -> None:
    found = terms(text)
    asked: dict[str, list[str]] = {}
    for term, (_, word) in query_terms(text).items():
        asked.setdefault(word, []).append(term)
    assert all(not found.keys().isdisjoint(known) for known in asked.values())


def test_an_english_word_gives_one_term_and_others_give_what_a_wrong_guess_needs() -> None:
    assert terms("I was painting the kitchens") == {"paint": 1, "kitchen": 1}
    german = terms("Ich habe die Küchen gestrichen, und es war schön")
    assert {"kuch", "kuchen", "kuechen"} <= german.keys()
    assert "und" not in german


def test_a_second_reading_of_a_word_counts_less() -> None:
    asked = query_terms("Wo sind meine Bücher?")
    assert asked["buch"][0] > asked["bucher"][0]
