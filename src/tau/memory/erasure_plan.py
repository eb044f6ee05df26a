"""What goes when something is to be forgotten: a plan, made before anything is erased.

Forgetting a message takes with it:

- its other versions (what it was edited from, other replies to the same words), with what hung on
  those that were hidden anyway;
- Tau's replies to it, and later replies of Tau that *repeat* it;
- the claims that were drawn from it, and what the person said of facts that vanish with them;
- titles of conversations that were made of its words, or repeat it.

A later reply repeats it if it could have known it and shares something telling with it. It could
have known what came before it in its conversation, what it recalled, also by way of another reply,
and what a fact tells. Telling is a word that nobody says elsewhere in this memory, or a run of
words: three that are not mere grammar, or six characters of a script without spaces. Everyday words
never are. What the person says elsewhere in their own words stays; the plan names it, so that it
can be chosen too.

A plan is pure: it reads a memory and changes nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from tau.errors import NotFound
from tau.facts import Fact
from tau.journal.entries import (
    ChangeUndone,
    Claim,
    ClaimLearned,
    ConversationChanged,
    Entry,
    FactJudged,
)
from tau.memory import Memory, Message
from tau.text.scripts import UNSPACED
from tau.text.tokenization import STOP_WORDS, fold_text, terms

PHRASE_WORDS = 3
PHRASE_CHARACTERS = 6
_MAX_DIRECT_CANDIDATES = 200
_MAX_LOOKUP_WORDS = 3_000
MAX_RARE_MESSAGES = 5
"""A word that at most so many messages say tells where else the same thing was said."""

_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_FUNCTION_CHARACTERS = frozenset(
    "的了是在我你您他她它们就都而及与和也吗呢吧啊呀哦这那有不没之其于个会要去来到把被给让跟对从很说看想还再又"
    "のはがをにでとへもやかねよなただすまてしいるれ은는이가을를에의도로와과"
)
_COMMON_WORDS = frozenset(
    terms(
        "ask back bad best better big bit bring call care change come day days done eat end even "
        "evening ever every everything family feel feeling find fine first food friend fun give "
        "glad go goes going gone good great happy hard hear hello help hey hi home hope hour house "
        "idea keep kind know last late later learn leave let life little live long look lot love "
        "make making man maybe mean meet mind minute moment month morning much name need never "
        "new next nice night okay old one people person place plan play please question read "
        "ready really remember reply right said say see share show since sleep small something "
        "soon sorry sound start still stop story sure take talk tell thank thanks thing things "
        "think thought time today together told tomorrow tonight try two understand use want "
        "water way week weekend well went woman wonderful word work world worry write year "
        "yesterday yet sorts sound sounds enjoy enjoying lovely welcome happen happened "
        "今天 明天 昨天 现在 时间 知道 觉得 喜欢 希望 谢谢 你好 早上 晚上 下午 朋友 家里 工作 "
        "生活 东西 事情 问题 开心 高兴 一下 一起 一个 我们 他们 你们 没有 就是 不是 这个 那个 "
        "但是 因为 所以 如果 还是 已经 可能 应该 需要 想要 告诉 记得 帮你 感觉 真的 非常 很好"
    )
)


class ErasureRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants forgotten: messages, facts and single entries, by what names them.

    `whole` says that a conversation of which no message is left goes too, name and all.
    """

    messages: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()
    whole_conversations: bool = False


class ErasurePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What goes: identifiers for the person to look at, places in the journal to erase.

    `messages` are those named and their other versions, `replies` Tau's that answer or repeat them,
    `titles` the conversations that lose a title, `conversations` those that go whole, `elsewhere`
    messages of the person's that may say the same and stay. `again` is written anew, without what
    goes. `brought` names what goes and came with a file, which is not to bring it back.
    """

    messages: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    conversations: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    seqs: tuple[int, ...] = ()
    rewritten: tuple[Entry, ...] = ()
    imported_ids: tuple[str, ...] = ()


def plan_erasure(memory: Memory, request: ErasureRequest) -> ErasurePlan:
    """Return what goes from `memory` for `wish`. Raises `NotFound` for what is not there."""
    return _ErasurePlanner(memory, request).build()


class _ErasurePlanner:
    """The making of one plan."""

    def __init__(self, memory: Memory, request: ErasureRequest) -> None:
        self._memory = memory
        self._request = request
        self._chosen: dict[str, Message] = {}
        self._replies: dict[str, Message] = {}
        self._claims: dict[str, tuple[int, ClaimLearned]] = {}
        self._titles: dict[int, ConversationChanged] = {}
        self._claim_terms: set[str] = set()
        """Words of the claims that go: they may stand in no message and be repeated still."""
        self._exposed: set[str] = set()
        self._identifying_cache: dict[str, bool] = {}
        self._phrases: set[tuple[str, ...]] = set()

    def build(self) -> ErasurePlan:
        self._select_named()
        self._cascade_to_replies()
        self._cascade_to_titles()
        facts = self._unsupported_facts()
        emptied = self._empty_conversations() if self._request.whole_conversations else {}
        closed = self._ended_claims(facts)
        said = (*self._chosen.values(), *self._replies.values())
        seqs = {*self._request.entries, *self._titles, *closed, *(message.seq for message in said)}
        seqs.update(seq for seq, _ in self._claims.values())
        seqs.update(self._judgements())
        seqs.update(seq for entries in emptied.values() for seq in entries)
        return ErasurePlan(
            messages=tuple(self._chosen),
            replies=tuple(self._replies),
            facts=tuple(facts),
            titles=tuple(dict.fromkeys(title.id for title in self._titles.values())),
            conversations=tuple(emptied),
            elsewhere=tuple(self._elsewhere()),
            seqs=tuple(sorted(seqs)),
            rewritten=(*self._still_archived(emptied), *closed.values()),
            imported_ids=tuple(self._imported_ids(emptied)),
        )

    # --- what was named -------------------------------------------------------------------

    def _select_named(self) -> None:
        """Take the messages and claims that were named, and what comes with them."""
        facts = self._memory.facts
        named = [fact for name in self._request.facts for fact in self._correction_chain(name)]
        messages = [self._memory.message(name) for name in self._request.messages]
        messages += [
            m for fact in named for source in fact.sources if (m := self._find_message(source))
        ]
        children = _ChildIndex(self._memory)
        for message in messages:
            self._select_message(message, children)
        claims = {claim.id for fact in named for claim in facts.claims_of(fact.id)}
        entries = set(self._request.entries)
        for seq, entry in facts.entries():
            if not isinstance(entry, ClaimLearned):
                continue
            named_so = (
                entry.id in claims or seq in entries or any(map(self._is_erased, entry.sources))
            )
            if named_so or (entry.corrects in claims and not self._find_fact(entry.id)):
                self._cascade(seq, entry)  # a correction that was undone is no fact any more

    def _correction_chain(self, name: str) -> list[Fact]:
        """Return a fact and those that it had corrected: they are not to come back."""
        found = [self._memory.facts.get(name)]
        while before := self._find_fact(found[-1].corrects or ""):
            if before in found:
                break
            found.append(before)
        return found

    def _select_message(self, message: Message, children: "_ChildIndex") -> None:
        waiting = [message]
        while waiting:
            one = waiting.pop()
            if self._is_erased(one.id):
                continue
            answers = _is_reply(one) and not _is_reply(message)
            (self._replies if answers else self._chosen)[one.id] = one
            self._phrases |= _phrases(one.text) if not answers else set()
            below = children.of(one.conversation)
            waiting += [o for o in below.get(one.parent, ()) if _is_reply(o) == _is_reply(one)]
            waiting += [
                child
                for child in below.get(one.id, ())
                if not one.visible or (_is_reply(child) and not _is_reply(one))
            ]

    def _cascade(self, seq: int, learned: ClaimLearned) -> None:
        self._claims[learned.id] = (seq, learned)
        self._claim_terms.update(filter(_can_identify, _terms_of(learned.claim)))
        self._phrases |= _phrases(learned.claim.text)
        self._identifying_cache.clear()

    # --- what repeats it ------------------------------------------------------------------

    def _cascade_to_replies(self) -> None:
        """Take Tau's replies that repeat what goes, and then those that repeat because of them."""
        while found := [reply for reply in self._candidates() if self._repeats(reply.text)]:
            self._replies |= {reply.id: reply for reply in found}
            self._identifying_cache.clear()
            for seq, entry in self._memory.facts.entries():
                if isinstance(entry, ClaimLearned) and any(map(self._is_erased, entry.sources)):
                    self._cascade(seq, entry)
        for seq, entry in self._memory.facts.entries():
            if not isinstance(entry, ClaimLearned) or entry.sources:
                continue
            if self._repeats_claim(entry.claim):
                self._cascade(seq, entry)

    def _candidates(self) -> list[Message]:
        """Return Tau's replies that could have known what goes."""
        begun: dict[str, int] = {}
        for message in self._chosen.values():
            before = begun.get(message.conversation, message.seq)
            begun[message.conversation] = min(before, message.seq)
        first = min((*begun.values(), *(seq for seq, _ in self._claims.values())), default=0)
        found: dict[str, Message] = {}
        for message in self._memory.messages:
            if _is_reply(message) and message.seq > first:
                here = begun.get(message.conversation, message.seq) < message.seq
                if here or any(self._is_erased(each) or each in found for each in message.recalled):
                    found[message.id] = message
                    begun.setdefault(message.conversation, message.seq)
        for word in self._claim_terms:
            said = (
                m for m in self._memory.messages_with_term(word) if _is_reply(m) and m.seq > first
            )
            found |= {message.id: message for message in said}
        self._exposed.update(found)
        self._identifying_cache.clear()
        left = {name: message for name, message in found.items() if not self._is_erased(name)}
        return (
            list(left.values())
            if len(left) <= _MAX_DIRECT_CANDIDATES
            else self._sharing_terms(left)
        )

    def _sharing_terms(self, replies: Mapping[str, Message]) -> list[Message]:
        """Return those of many replies that may repeat something, found by the index of words."""
        words = self._claim_terms | {w for one in self._chosen.values() for w in terms(one.text)}
        if len(words) > _MAX_LOOKUP_WORDS:
            return list(replies.values())
        shared: Counter[str] = Counter()
        for word in words:
            weight = PHRASE_WORDS if self._is_identifying(word) else 1
            for message in self._memory.messages_with_term(word):
                if message.id in replies:
                    shared[message.id] += weight
        return [replies[name] for name, count in shared.items() if count >= PHRASE_WORDS]

    def _repeats(self, text: str) -> bool:
        return any(map(self._is_identifying, terms(text))) or not self._phrases.isdisjoint(
            _phrases(text)
        )

    def _is_identifying(self, word: str) -> bool:
        """Tell whether a word is said in what goes, else only by who knew it from there."""
        if not _can_identify(word):
            return False
        if word not in self._identifying_cache:
            sayers = list(self._memory.messages_with_term(word))
            known = word in self._claim_terms or any(one.id in self._chosen for one in sayers)
            self._identifying_cache[word] = known and all(
                self._is_erased(one.id) or one.id in self._exposed for one in sayers
            )
        return self._identifying_cache[word]

    def _repeats_claim(self, claim: Claim) -> bool:
        """Tell whether a claim that leans on no message says the same.

        Pairs of characters of a script without spaces are often shared by chance (both of two
        allergies are one): most of them have to be.
        """
        words = {word for word in _terms_of(claim) if _can_identify(word)}
        pairs = {word for word in words if _UNSPACED.search(word)}
        shared = sum(map(self._is_identifying, pairs))
        return any(map(self._is_identifying, words - pairs)) or 2 * shared > len(pairs)

    def _cascade_to_titles(self) -> None:
        """Take titles that are the beginning of what goes, or repeat it."""
        beginnings = {(one.conversation, _single_line(one.text)) for one in self._chosen.values()}
        texts: dict[str, list[str]] = {}
        for conversation, text in beginnings:
            texts.setdefault(conversation, []).append(text)
        entries = set(self._request.entries)
        for conversation, change in self._memory.conversations.titles():
            title = _single_line(change.title or "").removesuffix("…")
            made_of_it = any(text.startswith(title) for text in texts.get(conversation, ()))
            if change.seq in entries or (title and made_of_it) or self._repeats(title):
                self._titles[change.seq] = ConversationChanged(
                    at=change.at, id=conversation, archived=change.archived
                )

    # --- what follows from it -------------------------------------------------------------

    def _unsupported_facts(self) -> list[str]:
        """Return the facts of which no claim is left."""
        every: Counter[str] = Counter()
        going: Counter[str] = Counter()
        for _, entry in self._memory.facts.entries():
            if isinstance(entry, ClaimLearned) and (fact := self._find_fact(entry.id)):
                every[fact.id] += 1
                going[fact.id] += entry.id in self._claims
        return [name for name, count in going.items() if count == every[name]]

    def _judgements(self) -> Iterator[int]:
        """Yield the entries that tell of claims which go."""
        names = set(self._claims)
        for seq, entry in self._memory.facts.entries():
            if isinstance(entry, FactJudged) and entry.fact in names:
                names.add(entry.id)
                yield seq
            elif isinstance(entry, ChangeUndone) and entry.target in names:
                yield seq

    def _ended_claims(self, vanishing: list[str]) -> dict[int, ClaimLearned]:
        """Return claims to write anew with an end, since what ended them goes.

        Somebody who wants their new home forgotten has not moved back to the old one.
        """
        closed: dict[int, ClaimLearned] = {}
        places = {
            entry.id: seq
            for seq, entry in self._memory.facts.entries()
            if isinstance(entry, ClaimLearned)
        }
        for fact in self._memory.facts.all():
            follower = self._find_fact(fact.superseded_by or "")
            if fact.id in vanishing or follower is None or follower.id not in vanishing:
                continue
            last = self._memory.facts.claims_of(fact.id)[-1]
            if last.claim.valid_to is None and last.id not in self._claims:
                claim = msgspec.structs.replace(last.claim, valid_to=fact.valid_to)
                closed[places[last.id]] = msgspec.structs.replace(last, claim=claim)
        return closed

    def _empty_conversations(self) -> dict[str, list[int]]:
        """Return the conversations of which no message is left, with all their entries."""
        names = {one.conversation for one in (*self._chosen.values(), *self._replies.values())}
        return {
            name: self._memory.conversations.entries_of(name)
            for name in names
            if all(
                self._is_erased(message.id)
                for message in self._memory.conversations.all_messages(name)
            )
        }

    def _imported_ids(self, emptied: Iterable[str]) -> dict[str, None]:
        """Return the names of what goes and came with a file: messages, claims, conversations."""
        said = (*self._chosen.values(), *self._replies.values())
        messages = [one for one in said if one.imported is not None]
        begun = {one.conversation for one in messages}
        named = {*emptied, *(title.id for title in self._titles.values())}
        claims = (learned for _, learned in self._claims.values())
        names = dict.fromkeys(one.id for one in messages)
        names |= dict.fromkeys(each.id for each in claims if each.imported is not None)
        return names | dict.fromkeys(name for name in sorted(named) if name in begun)

    def _still_archived(self, emptied: dict[str, list[int]]) -> list[Entry]:
        """Return what an erased title's entry told besides, to be written again."""
        titles = self._titles.values()
        return [one for one in titles if one.archived is not None and one.id not in emptied]

    def _elsewhere(self) -> dict[str, None]:
        """Return the person's own messages that stay and share a rare word with what goes."""
        words = dict.fromkeys(self._claim_terms)
        words |= dict.fromkeys(w for one in self._chosen.values() for w in terms(one.text))
        found: dict[str, None] = {}
        for word in filter(_can_identify, words):
            sayers = [
                one for one in self._memory.messages_with_term(word) if not self._is_erased(one.id)
            ]
            if len(sayers) <= MAX_RARE_MESSAGES:
                found |= {one.id: None for one in sayers if one.is_from_person and one.visible}
        return found

    # --- looking up -----------------------------------------------------------------------

    def _is_erased(self, message: str) -> bool:
        return message in self._chosen or message in self._replies

    def _find_message(self, message: str) -> Message | None:
        try:
            return self._memory.message(message)
        except NotFound:
            return None

    def _find_fact(self, name: str) -> Fact | None:
        try:
            return self._memory.facts.get(name)
        except NotFound:
            return None


class _ChildIndex:
    """What hangs on what, in the conversations that are looked at."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._of: dict[str, dict[str | None, list[Message]]] = {}

    def of(self, conversation: str) -> dict[str | None, list[Message]]:
        """Return the messages of a conversation by what they hang on."""
        if conversation not in self._of:
            below = self._of[conversation] = {}
            for message in self._memory.conversations.all_messages(conversation):
                below.setdefault(message.parent, []).append(message)
        return self._of[conversation]


def _is_reply(message: Message) -> bool:
    """Tell whether these are Tau's own words, not somebody's who stands in for Tau's side."""
    return message.by == "tau" and message.speaker is None


def _terms_of(claim: Claim) -> Iterable[str]:
    return terms(f"{claim.text} {claim.value} {claim.about}")


def _can_identify(term: str) -> bool:
    """Tell whether a term can give something away at all: no everyday word, no mere grammar."""
    return len(term) > 1 and term not in _COMMON_WORDS and _FUNCTION_CHARACTERS.isdisjoint(term)


def _phrases(text: str) -> set[tuple[str, ...]]:
    """Return the runs of words that are not mere grammar, and of characters without spaces."""
    found: set[tuple[str, ...]] = set()
    plain = [word for word in _WORDS.findall(fold_text(text)) if word not in STOP_WORDS]
    words = [word for word in plain if not _UNSPACED.search(word)]
    for start in range(len(words) - PHRASE_WORDS + 1):
        found.add(tuple(words[start : start + PHRASE_WORDS]))
    for word in plain:
        if _UNSPACED.search(word):
            for start in range(len(word) - PHRASE_CHARACTERS + 1):
                found.add((word[start : start + PHRASE_CHARACTERS],))
    return found


def _single_line(text: str) -> str:
    return " ".join(text.split())
