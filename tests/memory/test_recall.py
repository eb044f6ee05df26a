"""A small life in several languages, and questions whose answers are known.

Written for Tau. Every question names the message that answers it; it must be among the first three
by words alone, with the speaker, the neighbours and the sitting helping.
"""

import pytest

from tau.memory import Memory

DAY = 86_400.0

LIFE: dict[str, list[tuple[str, str]]] = {
    "moving": [
        ("person", "We signed the lease for the flat on Harbour Street this morning!"),
        ("tau", "Congratulations! When do you get the keys?"),
        ("person", "On the first of October. The landlord is called Mr. Okafor."),
        ("tau", "Lovely. Will the piano fit through the door?"),
        ("person", "We measured it twice, it should, but only without its legs."),
    ],
    "health": [
        ("person", "The allergist says I must stay away from cashews and pistachios."),
        ("tau", "Good to know. What about peanuts?"),
        ("person", "Peanuts are fine. I carry an EpiPen since the incident at Rosa's wedding."),
    ],
    "work": [
        ("person", "My new manager Thandiwe wants the quarterly report by Friday"),
        ("tau", "What does she expect in it?"),
        (
            "person",
            "Mostly churn numbers. Last time I forgot the appendix and it was embarrassing.",
        ),
    ],
    "家人": [
        ("person", "我妈妈下个月过六十岁生日，我想送她一条丝巾"),
        ("tau", "她喜欢什么颜色？"),
        ("person", "她最喜欢湖蓝色。爸爸打算做红烧肉。"),
    ],
    "学習": [
        ("person", "来年の七月に日本語能力試験を受けるつもりです"),
        ("tau", "どのレベルですか？"),
        ("person", "N2です。漢字の勉強が一番難しい。"),
    ],
    "운동": [
        ("person", "지난주부터 한강에서 자전거를 타기 시작했어요"),
        ("tau", "얼마나 자주 타세요?"),
        ("person", "일주일에 세 번, 퇴근하고 나서요."),
    ],
    "viaje": [
        ("person", "El próximo verano quiero caminar el Camino de Santiago con mi tía Begoña"),
        ("tau", "¿Desde dónde?"),
        ("person", "Desde Roncesvalles, unas cinco semanas."),
    ],
    "чтение": [
        ("person", "Вчера дочитала книгу о полярных экспедициях"),
        ("tau", "Понравилась?"),
        ("person", "Очень, особенно главы про Амундсена."),
    ],
}

QUESTIONS = [
    ("Where is my new flat?", "Harbour Street"),
    ("who is my landlord", "Okafor"),
    ("Does the piano fit?", "without its legs"),
    ("which nuts am I allergic to? cashew?", "cashews"),
    ("why do I carry an epipen", "EpiPen"),
    ("What does Thandiwe want?", "quarterly report"),
    ("what did I forget in the report last time?", "appendix"),
    ("妈妈的生日我要送什么？", "丝巾"),
    ("妈妈喜欢什么颜色", "湖蓝色"),
    ("日本語の試験はいつ？", "七月"),
    ("漢字はどう？", "漢字の勉強"),
    ("자전거 어디서 타?", "한강"),
    ("일주일에 몇 번?", "세 번"),
    ("camino de santiago con quien", "Begoña"),
    ("BEGONA", "Begoña"),
    ("книга об экспедиции", "экспедициях"),
    ("Амундсен", "Амундсена"),
]


@pytest.fixture(scope="module")
def life() -> Memory:
    memory = Memory()
    for day, (conversation, turns) in enumerate(LIFE.items()):
        for minute, (by, text) in enumerate(turns):
            at = day * DAY + 60 * minute
            memory.remember(text, by=by, at=at, conversation=conversation)  # type: ignore[arg-type]
    return memory


@pytest.mark.parametrize(("question", "answer"), QUESTIONS)
def test_the_answer_is_among_the_first_three(life: Memory, question: str, answer: str) -> None:
    assert any(answer in p.message.text for p in life.search(question, limit=3))
