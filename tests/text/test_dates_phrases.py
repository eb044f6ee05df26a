"""Simple time expressions of German, French, Spanish, Italian, Portuguese and Dutch."""

from datetime import date

import pytest

from tau.text.dates import spans
from tau.text.dates.phrases import LANGUAGES, phrasebook
from tau.text.dates.tokens import parse_numeric_date

from .dates_reading import WEDNESDAY, read

READINGS = """
Was haben wir gestern gemacht? -> 2023-08-15
Vorgestern war ich krank, und übermorgen gehe ich wieder -> 2023-08-14, 2023-08-18
Ich gehe morgen in die Stadt -> 2023-08-17
Letzte Woche war ich in Rom -> 2023-08-07..2023-08-13
Das war vor drei Tagen im Büro -> 2023-08-13
vor ein paar Wochen waren wir dort -> 2023-07-09..2023-08-05
Was habe ich im Mai gemacht? -> 2023-05-01..2023-05-31
Wir haben letzten Freitag und letzten Sommer gelacht -> 2023-08-11, 2022-06-01..2022-08-31
Am 3. Juni 2022 haben wir geheiratet -> 2022-06-03
Die Prüfung war am 3.6.2023 und nicht früher -> 2023-06-03
im Jahr 2021 war das -> 2021-01-01..2021-12-31
nächsten Montag bin ich da -> 2023-08-21
Ich bin in zwei Wochen wieder da -> 2023-08-27..2023-09-02
Qu'est-ce que j'ai fait hier ? -> 2023-08-15
Aujourd'hui je suis à la maison -> 2023-08-16
La semaine dernière nous étions à Rome -> 2023-08-07..2023-08-13
Il y a trois jours je suis tombé -> 2023-08-13
Nous étions là en mars 2021 et l'été dernier -> 2021-03-01..2021-03-31, 2022-06-01..2022-08-31
avant-hier et après-demain je ne suis pas là -> 2023-08-14, 2023-08-18
Vendredi dernier on a mangé ensemble -> 2023-08-11
Je suis parti le 3/6/2023 avec ma sœur -> 2023-06-03
Je suis né le 1er mai -> 2023-05-01
¿Qué hice ayer? -> 2023-08-15
La semana pasada estuve enfermo -> 2023-08-07..2023-08-13
hace tres días que no como -> 2023-08-13
el 3 de junio de 2022 nos casamos, y en mayo también -> 2022-06-03, 2023-05-01..2023-05-31
el próximo mes vamos a Roma; pasado mañana no -> 2023-09-01..2023-09-30, 2023-08-18
El viernes pasado fui con mis amigos -> 2023-08-11
Tre giorni fa ho visto Anna, e la settimana scorsa no -> 2023-08-13, 2023-08-07..2023-08-13
l'altro ieri non c'ero -> 2023-08-14
Quindi, in autunno e nel 2019 ero a Roma -> 2022-09-01..2022-11-30, 2019-01-01..2019-12-31
Há dois dias que não saí, e ontem choveu -> 2023-08-14, 2023-08-15
na semana passada eu fui, em maio de 2020 também -> 2023-08-07..2023-08-13, 2020-05-01..2020-05-31
Drie dagen geleden was ik ziek en vorige week ook -> 2023-08-13, 2023-08-07..2023-08-13
"""

NO_DATES = """
Guten Morgen, wie geht es dir?
Ich bin hier und das ist alles
trabajo por la mañana y esta mañana también
I ate mayo and hier we go, die Woche!
The Mars rover and the planet Mars
Pass the mayo, please
We had demain over, quel dommage
Das kostet 3.50 und nicht mehr
"""


def cases(table: str) -> list[tuple[str, list[str]]]:
    rows = [line.partition(" -> ") for line in table.strip().splitlines()]
    return [(text, means.split(", ")) for text, _, means in rows]


@pytest.mark.parametrize(("text", "means"), cases(READINGS))
def test_what_it_means(text: str, means: list[str]) -> None:
    assert read(text) == means


@pytest.mark.parametrize("text", NO_DATES.strip().splitlines())
def test_words_that_only_look_like_dates(text: str) -> None:
    assert read(text) == []


def test_the_words_are_those_of_the_text() -> None:
    text = "Wir haben LETZTE WOCHE viel gelacht"
    assert [(span.text, span.at) for span in spans(text, WEDNESDAY)] == [("LETZTE WOCHE", 10)]


def test_a_plan_lies_ahead() -> None:
    assert read("Die Prüfung ist am 3. Juni", prefer="future") == ["2024-06-03"]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_table_is_complete(language: str) -> None:
    book = phrasebook(language)
    assert set(book.calendar.months.values()) == set(range(1, 13))
    assert set(book.calendar.weekdays.values()) == set(range(7))
    assert set(book.calendar.units.values()) == {"hour", "day", "week", "weekend", "month", "year"}
    assert set(book.calendar.seasons.values()) == {"spring", "summer", "autumn", "winter"}
    assert set(book.which.values()) == {-1, 0, 1}
    assert set(book.numbers.values()) == set(range(1, 13))
    assert {-2, -1, 0, 1} <= set(book.calendar.days.values())


@pytest.mark.parametrize(
    ("word", "day_first", "means"),
    [
        ("3/6/2023", False, date(2023, 3, 6)),
        ("3/6/2023", True, date(2023, 6, 3)),
        ("3/16/2023", True, date(2023, 3, 16)),
        ("31/12/99", False, date(1999, 12, 31)),
        ("2023-6-3", True, date(2023, 6, 3)),
        ("31/31/2023", False, None),
        ("-", True, None),
        ("3", True, None),
    ],
)
def test_dates_in_numbers(word: str, day_first: bool, means: date | None) -> None:
    assert parse_numeric_date(word, day_first=day_first) == means
