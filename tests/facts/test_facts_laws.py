"""Laws of the fold, for every journal."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tau.facts import Fact, Facts
from tau.facts.facts import undoable
from tau.facts.resolution import find_related, resolve
from tau.journal.entries import ChangeUndone, Claim, ClaimLearned, Entry, FactJudged, Record, Topic

SLOTS: tuple[tuple[Topic, str], ...] = (("home", "home"), ("like", ""), ("dislike", ""))


def _claim(kind: int, value: str, about: str, over: int, at: float) -> Claim:
    topic, slot = SLOTS[kind]
    end = {0: None, 1: at, 2: at - 3, 3: at + 3}[over]
    text = f"{topic} {value}"
    return Claim(topic=topic, text=text, slot=slot, value=value, about=about, valid_to=end)


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Claims, corrections, verdicts and undoings, each at its own time, in any order of times."""
    count = draw(st.integers(1, 14))
    times = draw(st.permutations(range(10, 10 * count + 10, 10)))
    made: list[Entry] = []
    for place, at in enumerate(map(float, times), 1):
        kind = draw(st.sampled_from("lllllcju"))
        target = f"c{draw(st.integers(1, count))}"
        if kind == "j":
            verdict = draw(st.sampled_from(("confirmed", "approved", "rejected", "doubted")))
            made.append(FactJudged(at=at, id=f"c{place}", fact=target, verdict=verdict))
        elif kind == "u":
            made.append(ChangeUndone(at=at, target=target))
        else:
            claim = _claim(
                draw(st.integers(0, 2)),
                draw(st.sampled_from(("Porto", "porto", "里斯本"))),
                draw(st.sampled_from(("", "", "Mia", "mia"))),
                draw(st.sampled_from((0, 0, 0, 1, 2, 3))),
                at,
            )
            by, corrects = ("person", target) if kind == "c" else ("rules", None)
            trust = "own" if corrects else draw(st.sampled_from(("own", "own", "waiting")))
            said_seq = draw(st.sampled_from((None, None, place)))
            learned = ClaimLearned(
                at=at, id=f"c{place}", claim=claim, sources=(f"m{place}",), by=by, trust=trust,
                corrects=corrects, said_seq=said_seq,
            )  # fmt: skip
            made.append(learned)
    return made


def records(made: list[Entry]) -> list[Record]:
    return [Record(seq=seq, at=e.at, entry=e, raw=b"") for seq, e in enumerate(made, 1)]


def folded(log: list[Record]) -> Facts:
    facts = Facts()
    for record in log:
        facts.apply(record)
    return facts


def without_revision(facts: Facts) -> list[Fact]:
    return [_plain(fact) for fact in facts.all()]


def _plain(fact: Fact) -> Fact:
    values = {name: getattr(fact, name) for name in fact.__struct_fields__}
    return Fact(**{**values, "revision": 0})


@given(entries())
def test_every_claim_that_counts_is_in_exactly_one_fact(made: list[Entry]) -> None:
    facts = folded(records(made))
    undone = {entry.target for entry in made if isinstance(entry, ChangeUndone)}
    counting = [
        entry.id
        for entry in made
        if isinstance(entry, ClaimLearned) and not (entry.by == "person" and entry.id in undone)
    ]
    claims = [claim.id for fact in facts.all() for claim in facts.claims_of(fact.id)]
    assert sorted(claims) == sorted(counting)
    for fact in facts.all():
        own = [claim for claim in made if isinstance(claim, ClaimLearned) and claim.id == fact.id]
        assert len(own) == 1
        assert fact.said_on <= fact.last_said_on
        assert facts.get(fact.id) == fact
        assert fact in facts.history(fact.id)


@given(entries())
def test_of_values_that_exclude_each_other_at_most_one_is_current(made: list[Entry]) -> None:
    facts = folded(records(made))
    held = [
        (fact.about.lower(), fact.slot or fact.text.split()[-1].lower())
        for fact in facts.all()
        if fact.state == "current"
    ]
    assert len(held) == len(set(held))


@given(entries())
def test_what_took_the_place_of_a_fact_is_a_fact(made: list[Entry]) -> None:
    facts = folded(records(made))
    known = {fact.id for fact in facts.all()}
    for fact in facts.all():
        if fact.superseded_by is not None:
            assert fact.superseded_by in known
            assert fact.state in {"past", "rejected"}
            assert fact.valid_to is not None
            linked = {other.id for other in facts.history(fact.id)}
            assert fact.superseded_by in linked


@given(entries())
def test_what_waits_or_was_rejected_changes_nothing_else(made: list[Entry]) -> None:
    everything = folded(records(made))
    silent = {
        claim.id
        for fact in everything.all()
        if fact.state in {"waiting", "rejected"}
        for claim in everything.claims_of(fact.id)
    }
    log = [
        r for r in records(made) if not (isinstance(r.entry, ClaimLearned) and r.entry.id in silent)
    ]
    believed = [f for f in without_revision(everything) if f.state in {"current", "past"}]
    leant_on = {e.corrects for e in made if isinstance(e, ClaimLearned)}
    sided = ("approved", "confirmed")
    leant_on |= {e.fact for e in made if isinstance(e, FactJudged) and e.verdict in sided}
    corrections = {e.id for e in made if isinstance(e, ClaimLearned) and e.corrects}
    if (leant_on | corrections) & silent:
        return  # a correction began when it did, ended what it corrected, or covered others
    assert without_revision(folded(log)) == believed


@given(entries())
def test_what_is_undone_was_never(made: list[Entry]) -> None:
    undone = {entry.target for entry in made if isinstance(entry, ChangeUndone)}
    log = records(made)
    never = [
        record
        for record in log
        if not isinstance(record.entry, ChangeUndone)
        and not (
            isinstance(record.entry, FactJudged)
            and record.entry.id in undone
            and record.entry.verdict != "doubted"
        )
        and not (
            isinstance(record.entry, ClaimLearned)
            and record.entry.by == "person"
            and record.entry.id in undone
        )
    ]
    assert folded(log).all() == folded(never).all()


@given(entries(), st.sets(st.integers(1, 14)))
def test_what_is_forgotten_was_never(made: list[Entry], gone: set[int]) -> None:
    log = records(made)
    facts = folded(log)
    facts.all()
    facts.forget(gone)
    never = folded([record for record in log if record.seq not in gone])
    assert facts.all() == never.all()
    assert facts.kept() == never.kept()
    assert undoable(facts) == undoable(never)


@given(entries())
def test_to_forget_a_fact_leaves_no_entry_of_it(made: list[Entry]) -> None:
    facts = folded(records(made))
    for fact in facts.all():
        claims = {claim.id for claim in facts.claims_of(fact.id)}
        facts.forget(facts.entries_of(fact.id))
        left = {claim.id for other in facts.all() for claim in facts.claims_of(other.id)}
        assert not claims & left
        return


@given(entries(), st.integers(0, 14))
def test_a_snapshot_gives_the_same_facts_back(made: list[Entry], cut: int) -> None:
    log = records(made)
    straight, again = folded(log), Facts()
    again.load(msgspec.msgpack.encode(folded(log[:cut]).kept()))
    for record in log[cut:]:
        again.apply(record)
    assert again.all() == straight.all()
    assert again.kept() == straight.kept()


@given(entries(), st.randoms(use_true_random=False))
def test_when_it_was_said_decides_and_not_when_it_was_learned(
    made: list[Entry], order: object
) -> None:
    """So that a past brought in later stands where it belongs."""
    plain = [
        msgspec.structs.replace(e, said_seq=None)
        for e in made
        if isinstance(e, ClaimLearned) and e.corrects is None and e.trust == "own"
    ]
    mixed = list(plain)
    order.shuffle(mixed)  # type: ignore[attr-defined]
    assert without_revision(folded(records(plain))) == without_revision(folded(records(mixed)))


@given(entries(), st.integers(1, 14))
def test_related_entries_alone_make_the_same_facts(made: list[Entry], seq: int) -> None:
    facts = folded(records(made))
    kept = dict(facts.entries())
    alone, owners, _ = resolve({each: kept[each] for each in find_related(kept, {seq})})
    assert alone == [fact for fact in facts.all() if fact.id in owners.values()]


@given(entries(), st.integers(1, 14))
def test_an_approval_that_is_undone_changed_nothing(made: list[Entry], target: int) -> None:
    log = records(made)
    at, name = 1e6, f"c{target}"
    judged = FactJudged(at=at, id="new", fact=name, verdict="approved")
    undone = ChangeUndone(at=at, target="new")
    after = [*log, *records([judged, undone])]
    after = [Record(seq=seq, at=r.at, entry=r.entry, raw=b"") for seq, r in enumerate(after, 1)]
    assert folded(after).all() == folded(log).all()


@given(entries())
def test_what_waits_and_is_approved_is_confirmed(made: list[Entry]) -> None:
    facts = folded(records(made))
    for waiting in facts.waiting():
        approvals: list[Entry] = [
            FactJudged(at=1e6, id=f"a{claim.id}", fact=claim.id, verdict="approved")
            for claim in facts.claims_of(waiting.id)
        ]
        after = folded(records([*made, *approvals]))
        fact = after.get(waiting.id)
        assert (fact.state != "waiting", fact.trust) == (True, "confirmed")


@given(entries())
def test_the_last_words_hold_whatever_the_clocks_said(made: list[Entry]) -> None:
    """Nothing that is written before what the person says now outranks it."""
    said = ClaimLearned(
        at=1.0, id="last", claim=_claim(0, "Graz", "", 0, 1.0), said_seq=len(made) + 1
    )
    facts = folded(records([*made, said]))
    assert facts.get("last").state == "current"
    lasting = [
        fact.id
        for fact in facts.current(2.0)
        if fact.slot == "home" and not fact.about and fact.valid_to is None
    ]
    assert lasting == ["last"]
