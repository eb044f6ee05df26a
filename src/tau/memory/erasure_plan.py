"""Erasure plan: what is erased when something is forgotten, decided before anything is.

Forgetting a message also erases:

- what it was edited from and to, if the person said it;
- Tau's replies that *repeat* it;
- the claims that were drawn from it, and what the person decided about facts that vanish with them;
- titles of conversations that were made from its words, or repeat it;
- the files that came with it and with no other message, and replies that repeat a passage of them.

A reply to it repeats it if it has any word of it that is not mere grammar. Another reply repeats it
if it could have known it and shares an identifying word or phrase with it (`repetition`). It could
have known what came before it in its conversation, what it recalled, also by way of another reply,
and what a fact says. An identifying word is one that nobody says elsewhere in this memory.

What the person says elsewhere stays, also where a reply is forgotten that repeats it. The plan
lists what of it may say the same, and the replies that repeat nothing, so that they can be chosen
too.

A plan is pure: it reads a memory and changes nothing.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import chain

import msgspec

from tau.journal.entries import Claim, ClaimLearned, ConversationChanged, Entry
from tau.memory.erasure_branches import MessageBranches
from tau.memory.erasure_effects import (
    Erased,
    empty_conversations,
    imported_ids,
    judgements,
    still_archived,
    unsupported_facts,
)
from tau.memory.erasure_of_facts import entries_to_rewrite
from tau.memory.erasure_of_files import files_to_erase, replies_that_repeat_files
from tau.memory.erasure_request import ErasureTargets, correction_chain
from tau.memory.memory import Memory
from tau.memory.messages import Message
from tau.memory.repetition import (
    PHRASE_WORDS,
    can_identify,
    claim_terms,
    is_unspaced,
    phrases,
    shares_content,
    single_line,
    telling_phrases,
)
from tau.text.tokenization import terms

_MAX_DIRECT_CANDIDATES = 200
_MAX_LOOKUP_WORDS = 3_000
MAX_RARE_MESSAGES = 5
"""A word that at most so many messages hold shows where else the same thing was said."""


class ErasurePlan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan: ids for the person to review, and the places in the journal to erase.

    `messages` are the person's, `replies` Tau's: those named, and those that go with them. `titles`
    are the conversations that lose a title, `conversations` those that are erased whole, and
    `files` the attached files that go.
    `elsewhere` are messages of the person's that may say the same and stay, `answers` Tau's replies
    that repeat nothing and stay, `artifacts` what was made with specialists, may say the same and
    stays. `rewritten` is written again, without what is erased.
    `imported_ids` are of what is erased and was imported: the same file must not import it again.
    """

    messages: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    conversations: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    artifacts: tuple[str, ...] = ()
    seqs: tuple[int, ...] = ()
    files: tuple[str, ...] = ()
    rewritten: tuple[Entry, ...] = ()
    imported_ids: tuple[str, ...] = ()


def plan_erasure(memory: Memory, targets: ErasureTargets) -> ErasurePlan:
    """Return what `targets` erase from `memory`. Raises `NotFound` for what is not there."""
    return _ErasurePlanner(memory, targets).build()


class _ErasurePlanner:
    """A plan in progress."""

    def __init__(self, memory: Memory, targets: ErasureTargets) -> None:
        self._erased = Erased(memory)
        self._targets = targets
        self._branches = MessageBranches(memory)
        self._claim_terms: set[str] = set()
        """Words of erased claims, which a reply may repeat though no message says them."""
        self._exposed: set[str] = set()
        self._identifying_cache: dict[str, bool] = {}
        self._phrases: set[tuple[str, ...]] = set()
        self._files: dict[str, int] = {}

    def build(self) -> ErasurePlan:
        self._select_named()
        self._select_files()
        self._cascade_to_replies()
        self._cascade_to_titles()
        erased = self._erased
        facts = unsupported_facts(erased)
        emptied = empty_conversations(erased) if self._targets.whole_conversations else {}
        seqs = {*self._targets.entries, *erased.titles, *self._files.values()}
        seqs.update(message.seq for message in erased.messages())
        seqs.update(seq for seq, _ in erased.claims.values())
        seqs.update(judgements(erased))
        seqs.update(seq for entries in emptied.values() for seq in entries)
        rewritten = entries_to_rewrite(erased.memory, seqs)
        seqs.update(rewritten.claims)
        return ErasurePlan(
            messages=tuple(one.id for one in erased.messages() if not one.is_reply),
            replies=tuple(one.id for one in erased.messages() if one.is_reply),
            answers=tuple(one.id for one in self._answers()),
            facts=tuple(facts),
            titles=tuple(dict.fromkeys(title.id for title in erased.titles.values())),
            conversations=tuple(emptied),
            elsewhere=tuple(self._elsewhere()),
            artifacts=tuple(self._artifacts(seqs)),
            seqs=tuple(sorted(seqs)),
            files=tuple(self._files),
            rewritten=(*still_archived(erased, emptied), *rewritten.entries),
            imported_ids=(*imported_ids(erased, emptied), *self._files),
        )

    def _select_named(self) -> None:
        """Select the messages and claims that were named, and what depends on them."""
        facts = self._erased.memory.facts
        named = [fact for name in self._targets.facts for fact in correction_chain(facts, name)]
        messages = [self._erased.memory.message(name) for name in self._targets.messages]
        messages += [
            m
            for fact in named
            for source in fact.sources
            if (m := self._erased.memory.messages.find(source))
        ]
        for message in messages:
            self._select_message(message)
        claims = {claim.id for fact in named for claim in facts.claims_of(fact.id)}
        entries = set(self._targets.entries)
        for seq, entry in facts.entries():
            if isinstance(entry, ClaimLearned) and (
                entry.id in claims or seq in entries or any(map(self._erased.holds, entry.sources))
            ):
                self._cascade(seq, entry)
        self._cascade_to_undone_corrections()

    def _select_files(self) -> None:
        """Select files, and the replies that repeat them with all that repeats these replies."""
        self._files = files_to_erase(self._erased, self._targets.entries)
        for reply in replies_that_repeat_files(self._erased, self._files):
            self._select_message(reply)

    def _cascade_to_undone_corrections(self) -> None:
        """Erase the corrections of erased claims that were undone and are no facts any more."""
        facts = self._erased.memory.facts
        for seq, entry in facts.entries():
            if (
                isinstance(entry, ClaimLearned)
                and entry.corrects in self._erased.claims
                and facts.find(entry.id) is None
            ):
                self._cascade(seq, entry)

    def _select_message(self, message: Message) -> None:
        if self._erased.holds(message.id):
            return
        for one in self._branches.versions(message):
            self._erased.chosen[one.id] = one
            self._phrases |= (telling_phrases if one.is_reply else phrases)(one.text)

    def _cascade(self, seq: int, learned: ClaimLearned) -> None:
        self._erased.claims[learned.id] = (seq, learned)
        self._claim_terms.update(filter(can_identify, claim_terms(learned.claim)))
        self._phrases |= phrases(learned.claim.text)
        self._identifying_cache.clear()

    def _cascade_to_replies(self) -> None:
        """Select Tau's replies that repeat what is erased, then those that repeat these."""
        said = [one for one in self._erased.chosen.values() if not one.is_reply]
        for words in said:
            for answer in self._branches.answers(words):
                if not self._erased.holds(answer.id) and self._answer_repeats(words, answer):
                    self._erased.replies[answer.id] = answer
        while found := [reply for reply in self._candidates() if self._repeats(reply.text)]:
            self._erased.replies |= {reply.id: reply for reply in found}
            self._identifying_cache.clear()
            for seq, entry in self._erased.memory.facts.entries():
                if isinstance(entry, ClaimLearned) and any(map(self._erased.holds, entry.sources)):
                    self._cascade(seq, entry)
        if said or self._claim_terms:
            self._cascade_to_claims_without_source()
        self._cascade_to_undone_corrections()

    def _cascade_to_claims_without_source(self) -> None:
        for seq, entry in self._erased.memory.facts.entries():
            if not isinstance(entry, ClaimLearned) or entry.sources:
                continue
            if self._repeats_claim(entry.claim):
                self._cascade(seq, entry)

    def _candidates(self) -> list[Message]:
        """Return Tau's replies that could have known what is erased."""
        begun: dict[str, int] = {}
        for message in self._erased.chosen.values():
            start = self._branches.start(message)
            begun[message.conversation] = min(begun.get(message.conversation, start), start)
        first = min((*begun.values(), *(seq for seq, _ in self._erased.claims.values())), default=0)
        found: dict[str, Message] = {}
        for message in self._erased.memory.messages:
            if message.is_reply and message.seq > first:
                here = begun.get(message.conversation, message.seq) < message.seq
                if here or any(
                    self._erased.holds(each) or each in found for each in message.recalled
                ):
                    found[message.id] = message
                    begun.setdefault(message.conversation, message.seq)
        for word in self._claim_terms:
            said = (
                m
                for m in self._erased.memory.messages_with_term(word)
                if m.is_reply and m.seq > first
            )
            found |= {message.id: message for message in said}
        self._exposed.update(found)
        self._identifying_cache.clear()
        left = {name: message for name, message in found.items() if not self._erased.holds(name)}
        return (
            list(left.values())
            if len(left) <= _MAX_DIRECT_CANDIDATES
            else self._sharing_terms(left)
        )

    def _sharing_terms(self, replies: Mapping[str, Message]) -> list[Message]:
        """Return those of many replies that may repeat something, by the lexical index."""
        words = self._claim_terms | {
            w for one in self._erased.chosen.values() for w in terms(one.text)
        }
        if len(words) > _MAX_LOOKUP_WORDS:
            return list(replies.values())
        shared: Counter[str] = Counter()
        for word in words:
            weight = PHRASE_WORDS if self._is_identifying(word) else 1
            for message in self._erased.memory.messages_with_term(word):
                if message.id in replies:
                    shared[message.id] += weight
        return [replies[name] for name, count in shared.items() if count >= PHRASE_WORDS]

    def _answer_repeats(self, words: Message, answer: Message) -> bool:
        return shares_content(words.text, answer.text) or not self._claim_terms.isdisjoint(
            terms(answer.text)
        )

    def _answers(self) -> Iterator[Message]:
        """Yield Tau's replies to erased words that repeat nothing of them and stay."""
        answers = chain.from_iterable(map(self._branches.answers, self._erased.chosen.values()))
        found = {one.id: one for one in answers if not self._erased.holds(one.id)}
        yield from found.values()

    def _artifacts(self, erased: Collection[int]) -> Iterator[str]:
        """Yield the artifacts that stay and were made of what is erased, or repeat it anywhere."""
        if not (self._erased.chosen or self._erased.claims):
            return
        artifacts = self._erased.memory.artifacts
        replies = chain(self._erased.messages(), self._answers())
        made = {one.artifact for one in replies if one.revision is not None}
        for artifact in artifacts.all():
            stays = any(seq not in erased for seq in artifacts.entries_of(artifact.id))
            repeats = artifact.id in made or any(map(self._repeats, artifacts.texts(artifact.id)))
            if stays and repeats:
                yield artifact.id

    def _repeats(self, text: str) -> bool:
        return any(map(self._is_identifying, terms(text))) or not self._phrases.isdisjoint(
            phrases(text)
        )

    def _is_identifying(self, word: str) -> bool:
        """Return whether a word is in what is erased, and else only in what knew of it."""
        if not can_identify(word):
            return False
        if word not in self._identifying_cache:
            sayers = list(self._erased.memory.messages_with_term(word))
            known = word in self._claim_terms or any(
                one.id in self._erased.chosen for one in sayers
            )
            self._identifying_cache[word] = known and all(
                self._erased.holds(one.id) or one.id in self._exposed for one in sayers
            )
        return self._identifying_cache[word]

    def _repeats_claim(self, claim: Claim) -> bool:
        """Return whether a claim without a source message says the same.

        Pairs of characters of a script without spaces are often shared by chance (both of two
        allergies are one): most of them have to be.
        """
        words = {word for word in claim_terms(claim) if can_identify(word)}
        pairs = {word for word in words if is_unspaced(word)}
        shared = sum(map(self._is_identifying, pairs))
        return any(map(self._is_identifying, words - pairs)) or 2 * shared > len(pairs)

    def _cascade_to_titles(self) -> None:
        """Select titles that are the beginning of what is erased, or repeat it."""
        beginnings = {
            (one.conversation, single_line(one.text)) for one in self._erased.chosen.values()
        }
        texts: dict[str, list[str]] = {}
        for conversation, text in beginnings:
            texts.setdefault(conversation, []).append(text)
        entries = set(self._targets.entries)
        for conversation, change in self._erased.memory.conversations.titles():
            title = single_line(change.title or "").removesuffix("…")
            made_of_it = any(text.startswith(title) for text in texts.get(conversation, ()))
            if change.seq in entries or (title and made_of_it) or self._repeats(title):
                self._erased.titles[change.seq] = ConversationChanged(
                    at=change.at, id=conversation, archived=change.archived
                )

    def _elsewhere(self) -> dict[str, None]:
        """Return the person's own messages that stay and share a rare word with what is erased."""
        words = dict.fromkeys(self._claim_terms)
        words |= dict.fromkeys(w for one in self._erased.chosen.values() for w in terms(one.text))
        found: dict[str, None] = {}
        for word in filter(can_identify, words):
            sayers = [
                one
                for one in self._erased.memory.messages_with_term(word)
                if not self._erased.holds(one.id)
            ]
            if len(sayers) <= MAX_RARE_MESSAGES:
                found |= {one.id: None for one in sayers if one.is_from_person}
        return found
