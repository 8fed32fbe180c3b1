"""What an incoming mail means for the promise of silence, judged from all evidence at once."""

from collections.abc import Iterable
from datetime import date
from enum import IntEnum, StrEnum
from typing import Final

from nurture.value import frozen


class Meaning(StrEnum):
    """What a mail is; the values are the labels of the corpus and of the ledger."""

    HUMAN_REPLY = "human_reply"
    AUTO_REPLY = "auto_reply"
    AUTO_ACK = "auto_ack"
    LEFT_COMPANY = "left_company"
    BOUNCE_HARD = "bounce_hard"
    BOUNCE_SOFT = "bounce_soft"
    BOUNCE_DELAYED = "bounce_delayed"
    DSN_SUCCESS = "dsn_success"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    CHALLENGE = "challenge"
    CALENDAR = "calendar"
    READ_RECEIPT = "read_receipt"
    LIST_NOISE = "list_noise"
    UNRELATED = "unrelated"

    @property
    def lets_the_talk_go_on(self) -> bool:
        """Whether the sequence may continue; only certain evidence may say so (promise P7)."""
        return self in _GO_ON


_GO_ON: Final = frozenset({
    Meaning.AUTO_REPLY, Meaning.AUTO_ACK, Meaning.CHALLENGE, Meaning.CALENDAR,
    Meaning.READ_RECEIPT, Meaning.LIST_NOISE, Meaning.UNRELATED, Meaning.BOUNCE_DELAYED,
    Meaning.DSN_SUCCESS,
})  # fmt: skip


class Weight(IntEnum):
    """How much one piece of evidence says about the meaning it names."""

    HINT = 1
    LIKELY = 2
    CERTAIN = 3


class Trait(StrEnum):
    """What a mail says besides its meaning, whoever wrote it."""

    LATER = "later"
    REFERRAL = "referral"
    THANKS = "thanks"
    ONLY_THANKS = "only_thanks"
    ERASURE = "erasure"


@frozen
class FailedRecipient:
    """One recipient a report speaks of; `dead` only where the address itself is gone."""

    address: str
    status: str
    dead: bool


@frozen
class Evidence:
    """What one signal saw; `quote` holds the words or the header seen.

    `proves_machine` says that no person typed this mail, whatever it turns out to be; a meaning
    that lets the talk go on is never reached without such a proof.  A meaning of None gives
    facts or the proof only.
    """

    signal: str
    meaning: Meaning | None
    weight: Weight
    quote: str
    proves_machine: bool = False
    recipients: tuple[FailedRecipient, ...] = ()
    return_date: date | None = None
    later: date | None = None
    new_contact: str = ""
    traits: frozenset[Trait] = frozenset()


@frozen
class Verdict:
    """The meaning of a mail with everything that speaks for and beside it.

    `confidence` is between 0 and 1; below CONFIDENT a person should look (`needs_check`).
    """

    meaning: Meaning
    confidence: float
    evidence: tuple[Evidence, ...]

    @property
    def needs_check(self) -> bool:
        """Whether the mail belongs into the *to check* queue."""
        return self.confidence < CONFIDENT

    @property
    def recipients(self) -> tuple[FailedRecipient, ...]:
        """The recipients that a report names, in its order."""
        return next((each.recipients for each in self.evidence if each.recipients), ())

    @property
    def return_date(self) -> date | None:
        """The first day an absent person can be written to again; only of an away note."""
        if self.meaning is not Meaning.AUTO_REPLY:
            return None
        return next((each.return_date for each in self.evidence if each.return_date), None)

    @property
    def later(self) -> date | None:
        """The day a person asked to be written to again."""
        return next((each.later for each in self.evidence if each.later), None)

    @property
    def new_contact(self) -> str:
        """Somebody else the mail names to write to: a proposal for the owner, never for us."""
        return next((each.new_contact for each in self.evidence if each.new_contact), "")

    @property
    def traits(self) -> frozenset[Trait]:
        """All traits seen."""
        return frozenset(trait for each in self.evidence for trait in each.traits)


CONFIDENT: Final = 0.75

# One ranking.  Reports of mail systems are structure, not words, and come first; a "no" comes
# before any other words, so that none is lost in an automatic mail; then the more particular
# meaning before the general.  A person stands last because "human" is what is left.
RANKING: Final = (
    Meaning.COMPLAINT,
    Meaning.BOUNCE_HARD,
    Meaning.BOUNCE_SOFT,
    Meaning.BOUNCE_DELAYED,
    Meaning.DSN_SUCCESS,
    Meaning.READ_RECEIPT,
    Meaning.CALENDAR,
    Meaning.UNSUBSCRIBE,
    Meaning.LEFT_COMPANY,
    Meaning.CHALLENGE,
    Meaning.AUTO_REPLY,
    Meaning.AUTO_ACK,
    Meaning.UNRELATED,
    Meaning.LIST_NOISE,
    Meaning.HUMAN_REPLY,
)


def judge(evidence: Iterable[Evidence], *, known_contact: bool) -> Verdict:
    """The meaning that the evidence bears, whatever order it comes in.

    A meaning that lets the talk go on needs a proof that a machine wrote: a certain one, or a
    likely one that no sign of a person contradicts.  So does a departure, since a successor writes
    the same words.  Else the mail is a person's (R11: a wrong pause costs a click, a wrong mail
    costs the client).  A stranger's mail that answers nothing is unrelated, and to be checked.
    """
    seen = tuple(sorted(evidence, key=_order))
    chosen = _strongest(seen)
    if chosen in {None, Meaning.HUMAN_REPLY}:
        return _of_a_person(seen, known_contact=known_contact)
    weight = max(each.weight for each in seen if each.meaning is chosen)
    if chosen not in _NEEDS_PROOF:
        return Verdict(chosen, 0.95 if weight is Weight.CERTAIN else 0.85, seen)
    person = _says(seen, Meaning.HUMAN_REPLY, Weight.LIKELY)
    proof = _proof(seen)
    if proof is Weight.CERTAIN or (proof is Weight.LIKELY and not person):
        return Verdict(chosen, (0.97 if weight is Weight.CERTAIN else 0.92) - 0.1 * person, seen)
    return Verdict(Meaning.HUMAN_REPLY, 0.5, seen)


_NEEDS_PROOF: Final = _GO_ON | {Meaning.LEFT_COMPANY}
_REPORTS: Final = frozenset(RANKING[: RANKING.index(Meaning.UNSUBSCRIBE)])


def _order(each: Evidence) -> tuple[int, int, str, str, bool]:
    rank = len(RANKING) if each.meaning is None else RANKING.index(each.meaning)
    return (-int(each.weight), rank, each.signal, each.quote, each.proves_machine)


def _strongest(seen: tuple[Evidence, ...]) -> Meaning | None:
    """The first meaning of a machine or a no; a certain person yields only to reports and noes."""
    certain_person = _says(seen, Meaning.HUMAN_REPLY, Weight.CERTAIN)
    for each in seen:
        if each.meaning in {None, Meaning.HUMAN_REPLY} or each.weight < Weight.LIKELY:
            continue
        is_report = each.meaning in _REPORTS and each.weight is Weight.CERTAIN
        if not certain_person or is_report or each.meaning is Meaning.UNSUBSCRIBE:
            return each.meaning
    return None


def _says(seen: tuple[Evidence, ...], meaning: Meaning, weight: Weight) -> bool:
    return any(each.meaning is meaning and each.weight >= weight for each in seen)


def _proof(seen: tuple[Evidence, ...]) -> Weight | None:
    """The best proof that a machine wrote; a hint of one proves nothing."""
    return max((each.weight for each in seen if each.proves_machine), default=None)


def _of_a_person(seen: tuple[Evidence, ...], *, known_contact: bool) -> Verdict:
    person = _says(seen, Meaning.HUMAN_REPLY, Weight.LIKELY)
    if _proof(seen) is Weight.CERTAIN and not person:
        return Verdict(Meaning.AUTO_REPLY, 0.8, seen)
    doubted = any(each.proves_machine or each.meaning not in _PERSONAL for each in seen)
    if known_contact:
        return Verdict(Meaning.HUMAN_REPLY, 0.7 if doubted else 0.85 + 0.1 * person, seen)
    answers = _says(seen, Meaning.HUMAN_REPLY, Weight.HINT)
    return Verdict(Meaning.HUMAN_REPLY if answers else Meaning.UNRELATED, 0.6, seen)


_PERSONAL: Final = frozenset({None, Meaning.HUMAN_REPLY})
