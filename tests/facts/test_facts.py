"""Claims become facts: duplicates, newer values, corrections, and what waits."""

import pytest

from tau.errors import NotFound
from tau.facts import Facts
from tau.facts.facts import undoable
from tau.journal.entries import (
    Claim,
    ClaimLearned,
    ConversationChanged,
    FactJudged,
    LearnedUpTo,
    LearningChanged,
    Record,
)

from .claims import Journal, dislikes, home, likes


@pytest.fixture
def journal() -> Journal:
    return Journal()


# --- the same said again --------------------------------------------------------------------


def test_what_is_said_again_is_one_fact_with_all_its_sources(journal: Journal) -> None:
    first = journal.learn(likes("hiking"), at=10, sources=("m1", "m2"))
    again = journal.learn(likes("Hiking "), at=20, sources=("m2", "m3"))
    [fact] = journal.facts.all()
    assert fact.id == first
    assert journal.fact(again) == fact
    assert fact.sources == ("m1", "m2", "m3")
    assert (fact.said_on, fact.last_said_on) == (10, 20)
    assert [claim.id for claim in journal.facts.claims_of(again)] == [first, again]
    assert journal.facts.of_message("m3") == [fact]
    assert journal.facts.of_message("m9") == []


def test_case_width_and_full_stops_make_no_other_fact(journal: Journal) -> None:
    for text in ("Plays chess", "plays chess.", "ｐｌａｙｓ  chess"):
        journal.learn(Claim(topic="habit", text=text))
    assert len(journal.facts.all()) == 1


def test_the_same_about_others_is_another_fact_whatever_their_case(journal: Journal) -> None:
    journal.learn(likes("tea", about="Mia"))
    journal.learn(likes("tea", about="mia"))
    journal.learn(likes("tea", about="Ben"))
    journal.learn(likes("tea"))
    assert len(journal.facts.all()) == 3


def test_chinese_texts_fold_as_others_do(journal: Journal) -> None:
    journal.learn(Claim(topic="home", text="住在北京", slot="home", value="北京"))
    journal.learn(Claim(topic="home", text="住在北京", slot="home", value="北京"))
    journal.learn(Claim(topic="home", text="住在上海", slot="home", value="上海"))
    assert journal.states() == {"住在北京": "past", "住在上海": "current"}


def test_an_empty_text_is_a_fact_like_any_other(journal: Journal) -> None:
    name = journal.learn(Claim(topic="other", text=""))
    assert journal.fact(name).state == "current"


def test_what_tells_of_no_facts_is_passed_over() -> None:
    facts = Facts()
    facts.apply(Record(seq=1, at=0, entry=ConversationChanged(at=0, id="c"), raw=b""))
    assert (facts.all(), facts.changes) == ([], 0)


# --- one thing at a time --------------------------------------------------------------------


def test_a_newer_value_closes_the_older_one_where_it_begins(journal: Journal) -> None:
    berlin = journal.learn(home("Berlin"), at=10)
    porto = journal.learn(home("Porto", valid_from=15), at=20)
    old, new = journal.fact(berlin), journal.fact(porto)
    assert (old.state, old.valid_to, old.superseded_by) == ("past", 15, porto)
    assert (new.state, new.valid_from, new.valid_to) == ("current", 15, None)
    assert journal.facts.history(berlin) == [old, new] == journal.facts.history(porto)


def test_older_news_learned_later_closes_nothing_newer(journal: Journal) -> None:
    porto = journal.learn(home("Porto"), at=20)
    berlin = journal.learn(home("Berlin"), at=10)
    assert journal.fact(porto).state == "current"
    old = journal.fact(berlin)
    assert (old.state, old.valid_to, old.superseded_by) == ("past", 20, porto)


def test_between_two_of_the_same_instant_the_later_entry_holds(journal: Journal) -> None:
    journal.learn(home("Berlin"), at=10)
    journal.learn(home("Porto"), at=10)
    assert journal.current() == ["Lives in Porto"]


def test_a_value_that_comes_back_is_another_fact(journal: Journal) -> None:
    first = journal.learn(home("Berlin"), at=10)
    porto = journal.learn(home("Porto"), at=20)
    again = journal.learn(home("Berlin"), at=30)
    facts = journal.facts.all()
    assert [(fact.id, fact.state, fact.valid_to) for fact in facts] == [
        (first, "past", 20),
        (porto, "past", 30),
        (again, "current", None),
    ]
    assert journal.facts.history(first) == facts


def test_slots_of_different_people_do_not_exclude_each_other(journal: Journal) -> None:
    journal.learn(home("Berlin"))
    journal.learn(home("Porto", about="Mia"))
    assert len(journal.current()) == 2


def test_to_dislike_a_thing_is_to_like_it_no_more(journal: Journal) -> None:
    journal.learn(likes("coffee"))
    journal.learn(likes("tea"))
    journal.learn(dislikes("coffee"))
    assert journal.current() == ["Likes tea", "Dislikes coffee"]


def test_a_value_with_an_end_to_come_holds_until_then(journal: Journal) -> None:
    name = journal.learn(home("Porto", valid_to=100), at=10)
    assert journal.fact(name).state == "current"
    assert journal.current(99) == ["Lives in Porto"]
    assert journal.current(100) == []


def test_what_is_said_again_after_its_end_is_another_fact(journal: Journal) -> None:
    journal.learn(home("Porto", valid_to=100), at=10)
    journal.learn(home("Porto"), at=120)
    assert [fact.valid_to for fact in journal.facts.all()] == [100, None]


# --- what is over when it is said -----------------------------------------------------------


def test_what_was_over_when_it_was_said_closes_nothing(journal: Journal) -> None:
    journal.learn(home("Porto"), at=10)
    journal.learn(Claim(topic="home", text="Lived in Berlin", slot="home", value="Berlin",
                        valid_to=20), at=20)  # fmt: skip
    assert journal.states() == {"Lives in Porto": "current", "Lived in Berlin": "past"}


def test_what_is_over_ends_the_fact_that_it_tells_of(journal: Journal) -> None:
    name = journal.learn(likes("sushi"), at=10)
    journal.learn(likes("sushi", valid_to=20), at=20)
    [fact] = journal.facts.all()
    assert (fact.id, fact.state, fact.valid_to) == (name, "past", 20)
    journal.learn(likes("sushi"), at=30)
    assert journal.current() == ["Likes sushi"]
    assert len(journal.facts.all()) == 2


def test_to_have_lived_somewhere_before_tells_of_the_fact_that_is_past(journal: Journal) -> None:
    berlin = journal.learn(home("Berlin"), at=10)
    journal.learn(home("Porto"), at=20)
    journal.learn(home("Berlin", valid_to=30), at=30)
    fact = journal.fact(berlin)
    assert (fact.state, fact.valid_to, fact.sources) == ("past", 20, ("m1", "m3"))
    assert journal.current() == ["Lives in Porto"]


def test_an_end_long_ago_does_not_end_what_began_since(journal: Journal) -> None:
    journal.learn(home("Berlin"), at=50)
    journal.learn(home("Berlin", valid_to=20), at=60)
    assert [fact.state for fact in journal.facts.all()] == ["current", "past"]


# --- what waits -----------------------------------------------------------------------------


def test_what_waits_closes_nothing_and_is_folded_with_nothing_believed(journal: Journal) -> None:
    own = journal.learn(home("Porto"))
    other = journal.learn(home("Berlin"), trust="waiting")
    same = journal.learn(home("Porto"), trust="waiting")
    assert journal.fact(own).sources == ("m1",)
    assert [fact.id for fact in journal.facts.waiting()] == [other, same]
    assert journal.current() == ["Lives in Porto"]


def test_what_was_approved_counts_as_if_it_had_been_believed(journal: Journal) -> None:
    journal.learn(home("Porto"))
    waiting = journal.learn(home("Berlin"), trust="waiting")
    journal.judge(waiting, "approved")
    assert journal.current() == ["Lives in Berlin"]
    assert journal.facts.waiting() == []


def test_an_approval_covers_all_that_said_the_same_until_then(journal: Journal) -> None:
    one = journal.learn(likes("tea"), trust="waiting")
    two = journal.learn(likes("tea"), trust="waiting")
    assert [fact.sources for fact in journal.facts.waiting()] == [("m1", "m2")]
    journal.judge(one, "approved")
    assert journal.facts.waiting() == []
    assert journal.fact(two).sources == ("m1", "m2")
    journal.learn(likes("tea"), trust="waiting")
    assert len(journal.facts.waiting()) == 1


def test_what_was_rejected_stays_rejected_when_it_comes_again(journal: Journal) -> None:
    one = journal.learn(likes("tea"), trust="waiting")
    verdict = journal.judge(one, "rejected")
    again = journal.learn(likes("tea"), trust="waiting")
    assert journal.facts.waiting() == []
    assert journal.fact(again).state == "rejected"
    journal.undo(verdict)
    assert journal.fact(again).state == "waiting"


def test_a_second_thought_counts(journal: Journal) -> None:
    name = journal.learn(home("Berlin"), trust="waiting")
    journal.judge(name, "rejected")
    journal.judge(name, "approved")
    assert journal.fact(name).state == "current"
    journal.judge(name, "rejected")
    assert journal.fact(name).state == "rejected"


# --- the person's word ----------------------------------------------------------------------


def test_a_correction_takes_the_place_of_a_fact_and_both_stay_in_the_history(
    journal: Journal,
) -> None:
    wrong = journal.learn(likes("hiking"), at=10)
    right = journal.correct(wrong, likes("biking"), at=20)
    old, new = journal.fact(wrong), journal.fact(right)
    assert (old.state, old.valid_to, old.superseded_by) == ("past", 20, right)
    assert (new.state, new.corrects, new.learned_by) == ("current", wrong, "person")
    assert journal.facts.history(right) == [old, new]


def test_a_correction_of_what_is_past_changes_nothing_of_the_present(journal: Journal) -> None:
    berlin = journal.learn(home("Berlin"), at=10)
    journal.learn(home("Porto"), at=20)
    bern = journal.correct(berlin, home("Bern"), at=30)
    assert journal.current() == ["Lives in Porto"]
    assert (journal.fact(bern).state, journal.fact(bern).valid_to) == ("past", 20)


def test_a_correction_outranks_what_said_the_same_before_it(journal: Journal) -> None:
    wrong = journal.learn(home("Berlin"), at=10)
    journal.learn(home("Berlin"), at=15)
    journal.correct(wrong, home("Bern"), at=20)
    late = journal.learn(home("Berlin"), at=12)
    assert journal.current() == ["Lives in Bern"]
    assert journal.fact(late).state == "past"


def test_what_the_person_says_after_a_correction_is_newer_than_it(journal: Journal) -> None:
    wrong = journal.learn(home("Berlin"), at=10)
    journal.correct(wrong, home("Bern"), at=20)
    journal.learn(home("Berlin"), at=30)
    assert journal.current() == ["Lives in Berlin"]


def test_a_wrong_value_closed_nothing_once_it_is_corrected_away(journal: Journal) -> None:
    journal.learn(home("Porto"), at=10)
    wrong = journal.learn(home("Berlin"), at=20)
    journal.correct(wrong, likes("Berlin"), at=30)
    assert journal.current() == ["Lives in Porto", "Likes Berlin"]


def test_a_correction_may_be_corrected(journal: Journal) -> None:
    wrong = journal.learn(home("Berlin"), at=10)
    better = journal.correct(wrong, home("Bern"), at=20)
    best = journal.correct(better, home("Basel"), at=30)
    assert journal.current() == ["Lives in Basel"]
    assert [fact.id for fact in journal.facts.history(wrong)] == [wrong, better, best]


def test_who_corrects_what_was_corrected_means_what_stands_there_now(journal: Journal) -> None:
    wrong = journal.learn(home("Berlin"), at=10)
    journal.correct(wrong, home("Bern"), at=20)
    journal.correct(wrong, home("Basel"), at=30)
    assert journal.current() == ["Lives in Basel"]


def test_a_correction_with_the_same_value_gives_another_text(journal: Journal) -> None:
    wrong = journal.learn(home("Porto"), at=10)
    journal.correct(wrong, Claim(topic="home", text="Lives in Porto, by the sea", slot="home",
                                 value="Porto"), at=20)  # fmt: skip
    assert journal.current() == ["Lives in Porto, by the sea"]


def test_a_correction_of_what_nobody_knows_stands_by_itself(journal: Journal) -> None:
    journal.correct("gone", likes("tea"))
    assert journal.current() == ["Likes tea"]


def test_to_undo_a_correction_brings_the_fact_back(journal: Journal) -> None:
    wrong = journal.learn(home("Berlin"))
    before = journal.fact(wrong)
    right = journal.correct(wrong, home("Bern"))
    journal.undo(right)
    journal.undo(right)
    assert journal.facts.all() == [before]
    assert undoable(journal.facts) == []
    with pytest.raises(NotFound):
        journal.fact(right)


def test_what_was_rejected_closes_nothing_and_stays_so_until_confirmed(
    journal: Journal,
) -> None:
    porto = journal.learn(home("Porto"), at=10)
    berlin = journal.learn(home("Berlin"), at=20)
    journal.learn(home("Porto"), at=25)
    verdict = journal.judge(berlin, "rejected", at=30)
    assert [fact.id for fact in journal.facts.current(1e9)] == [porto]
    assert journal.fact(porto).last_said_on == 25
    assert journal.fact(berlin).state == "rejected"
    assert [seq for seq, entry in undoable(journal.facts) if entry.id == verdict] == [4]
    journal.judge(berlin, "confirmed", at=50)
    assert journal.fact(berlin).confirmed
    assert journal.fact(berlin).valid_to == 25, "Porto was said after it"


def test_to_confirm_is_kept_and_can_be_undone(journal: Journal) -> None:
    name = journal.learn(home("Porto"))
    verdict = journal.judge(name, "confirmed")
    assert journal.fact(name).confirmed
    journal.undo(verdict)
    assert not journal.fact(name).confirmed


def test_a_word_on_what_is_past_or_unknown_changes_nothing_now(journal: Journal) -> None:
    berlin = journal.learn(home("Berlin"))
    journal.learn(home("Porto"))
    journal.judge(berlin, "confirmed")
    journal.judge("nobody", "approved")
    assert journal.current() == ["Lives in Porto"]
    assert journal.fact(berlin).state == "past"
    journal.judge(berlin, "rejected")
    assert journal.states() == {"Lives in Berlin": "rejected", "Lives in Porto": "current"}


# --- entries --------------------------------------------------------------------------------


def test_what_is_forgotten_is_as_if_never_said(journal: Journal) -> None:
    journal.learn(home("Porto"), at=10)
    berlin = journal.learn(home("Berlin"), at=20)
    changes = journal.facts.changes
    journal.forget(*journal.facts.entries_of(berlin))
    assert journal.current() == ["Lives in Porto"]
    assert journal.facts.changes > changes
    with pytest.raises(NotFound):
        journal.fact(berlin)


def test_every_entry_that_tells_of_a_fact_is_named(journal: Journal) -> None:
    name = journal.learn(home("Berlin"))
    journal.learn(home("Berlin"))
    verdict = journal.judge(name, "confirmed")
    journal.undo(verdict)
    right = journal.correct(name, home("Bern"))
    journal.undo(right)
    journal.learn(likes("tea"))
    assert journal.facts.entries_of(name) == [1, 2, 3, 4, 5, 6]


def test_unknown_facts_are_not_found(journal: Journal) -> None:
    for ask in (journal.facts.get, journal.facts.history, journal.facts.claims_of,
                journal.facts.entries_of):  # fmt: skip
        with pytest.raises(NotFound):
            ask("nobody")


def test_pausing_and_how_far_was_read_are_kept_and_forgotten(journal: Journal) -> None:
    journal.write(LearningChanged(at=1, paused=False))
    journal.write(LearningChanged(at=2, paused=True))
    journal.write(LearnedUpTo(at=3, seq=2, method="rules"))
    journal.write(LearnedUpTo(at=4, seq=1, method="rules"))
    assert journal.facts.paused
    assert journal.facts.learned_up_to("rules") == 2
    assert journal.facts.learned_up_to("model") == 0
    journal.forget(2, 3)
    assert not journal.facts.paused
    assert journal.facts.learned_up_to("rules") == 1


def test_only_the_persons_own_word_can_be_undone(journal: Journal) -> None:
    name = journal.learn(home("Porto"))
    journal.undo(name)
    assert journal.current() == ["Lives in Porto"]
    journal.judge(name, "confirmed")
    right = journal.correct(name, home("Rome"))
    kinds = [type(entry) for _, entry in undoable(journal.facts)]
    assert kinds == [FactJudged, ClaimLearned]
    assert journal.fact(right).state == "current"


# --- what is true now, clocks, and trust -----------------------------------------------------


def test_a_move_dated_before_the_older_statement_is_still_the_newer_one(journal: Journal) -> None:
    """ "I live in Berlin", five days later "I moved to Hamburg last week"."""
    day = 86_400.0
    berlin = journal.learn(home("Berlin"), at=100 * day)
    hamburg = journal.learn(home("Hamburg", valid_from=98 * day), at=105 * day)
    assert journal.current() == ["Lives in Hamburg"]
    old = journal.fact(berlin)
    assert (old.state, old.superseded_by) == ("past", hamburg)
    assert old.valid_to == old.said_on, "it was said to hold as late as that"


def test_a_clock_that_was_ahead_does_not_outrank_later_words(journal: Journal) -> None:
    ahead = journal.learn(home("Berlin"), at=1_000, said_seq=1)
    journal.learn(home("Porto"), at=20, said_seq=5)
    assert journal.current() == ["Lives in Porto"]
    assert journal.fact(ahead).state == "past"


def test_words_of_before_are_not_taken_for_a_wrong_clock(journal: Journal) -> None:
    """An older message may be written down later: then its own time counts."""
    journal.learn(home("Porto"), at=20, said_seq=1)
    journal.learn(home("Berlin"), at=10)
    assert journal.current() == ["Lives in Porto"]


def test_what_the_person_tells_after_a_wrong_clock_counts(journal: Journal) -> None:
    journal.learn(home("Berlin"), at=1_000, said_seq=1)
    told = journal.learn(home("Porto"), at=20, said_seq=2, by="person", sources=())
    assert journal.current() == ["Lives in Porto"]
    assert journal.fact(told).trust == "confirmed"


def test_vague_dates_stay_vague(journal: Journal) -> None:
    name = journal.learn(home("Porto", valid_from=5.0, valid_from_precision="month"), at=10)
    journal.learn(home("Porto"), at=20)
    fact = journal.fact(name)
    assert (fact.valid_from, fact.valid_from_precision) == (5.0, "month")


def test_trust_is_confirmed_stated_or_suggested(journal: Journal) -> None:
    stated = journal.learn(likes("tea"))
    told = journal.learn(likes("jazz"), by="person", sources=())
    suggested = journal.learn(likes("golf"), trust="waiting")
    assert [journal.fact(one).trust for one in (stated, told, suggested)] == [
        "stated", "confirmed", "suggested",
    ]  # fmt: skip
    journal.judge(suggested, "approved")
    journal.judge(stated, "confirmed")
    assert {journal.fact(one).trust for one in (stated, told, suggested)} == {"confirmed"}


def test_what_a_model_doubts_waits_until_it_is_approved(journal: Journal) -> None:
    porto = journal.learn(home("Porto"))
    berlin = journal.learn(home("Berlin"))
    journal.judge(berlin, "doubted")
    assert journal.current() == ["Lives in Porto"]
    assert (journal.fact(berlin).state, journal.fact(berlin).trust) == ("waiting", "suggested")
    assert undoable(journal.facts) == [], "a model's doubt is not the person's to undo"
    journal.judge(berlin, "approved")
    assert journal.current() == ["Lives in Berlin"]
    assert journal.fact(porto).superseded_by == berlin


def test_what_a_claim_would_replace_is_known_before_it_counts(journal: Journal) -> None:
    porto = journal.learn(home("Porto"))
    for claim, expected in (
        (home("Berlin"), porto),
        (home("Porto"), None),
        (home("Porto", valid_to=1.0), porto),
        (home("Berlin", valid_to=1.0), None),
        (home("Berlin", about="Mia"), None),
    ):
        found = journal.facts.contradicted_by(ClaimLearned(at=9.0, id="x", claim=claim))
        assert (found.id if found else None) == expected, claim
