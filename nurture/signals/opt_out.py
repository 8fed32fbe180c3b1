"""The wish to get no more mail: in words, by one word, or by the unsubscribe address."""

import re
from typing import Final

from nurture.core.verdict import Evidence, Meaning, Weight
from nurture.mail.phrase import by_language, fold
from nurture.mail.read.heard import Heard

_TO_UNSUBSCRIBE: Final = re.compile(
    r"^(?:unsub(?:scribe)?|opt-?out|remove|leave|stop|abmelden|austragen|desabo\w*|baja|uitschrijven)"
    r"(?:[+._=-][^@]{0,200})?@|\+(?:unsub(?:scribe)?|optout|stop|u)[+._=-]"
)
_SUBJECT: Final = re.compile(r"^(?:unsubscribe|opt-?out|remove me|abmelden|desabonnement)\b")
_NOISE: Final = re.compile(r"[^\w\s'-]+")
# A sentence that asks about opting out is talk; one that only is polite about it is an order.
_POLITE: Final = re.compile(
    r"\b(?:can|could|would|will|please|konnen|konnten|wurden|pouvez|pourriez|puede|podria|pode|"
    r"poderia|potete|potrebbe|kunt|kunnen|wilt)\b"
)
# An offer to opt out is a sender's footer: "if you do not wish to receive ...".
_OFFER: Final = re.compile(
    r"\b(?:if you(?! did| would| could| stop)|should you|you can|you may|at any time|click here|"
    r"wenn sie|falls sie|sollten sie|"
    r"wenn du|sie konnen sich|konnen sie sich|jederzeit|si vous|vous pouvez vous|si usted|"
    r"si no desea|si desea|si no quiere|puede darse|se non desidera|se desidera|se non vuo[il]|"
    r"se voce|se nao|caso nao|caso voce|als u|indien u|u kunt zich|om du|hvis du|aby sie|"
    r"если вы|чтобы)\b"
)
# What an opt-out speaks of: mail, the list it goes to, or being written to at all.
_MAIL: Final = re.compile(
    r"e-?mail|\bmail|\bmejl|newsletter|unsub|\bopt(?:ed)?[ -]?(?:out|in)|verteiler|mailing|"
    r"abmeld|abbestell|austrag|"
    r"in ruhe|alone|courriel|correo|desinscri|desabonn|\bbaja\b|disiscri|uitschrijv|nieuwsbrief|"
    r"e-?post|messages?\b|spam|werbung|рассыл|письм|メール|邮件|메일"
)
_WORDS_LIMIT: Final = 120
_SHORT: Final = 15
_FEW: Final = 6


def detect(heard: Heard) -> Evidence | None:
    """Opt-outs in the new words only (domain.md D15), or by the address of List-Unsubscribe.

    Orders count in any sentence of a short mail; single words and "not interested" only where
    they are nearly all that was written, and only for good: "not right now" is a person's answer.
    """
    ways = (_by_address, _by_word, _by_order, _by_subject, _by_no_interest)
    return next((seen for way in ways if (seen := way(heard))), None)


def _found(weight: Weight, quote: str) -> Evidence:
    return Evidence("opt_out", Meaning.UNSUBSCRIBE, weight, quote[:200])


def _by_address(heard: Heard) -> Evidence | None:
    for address in heard.inbound.to:
        if _TO_UNSUBSCRIBE.search(address):
            return _found(Weight.CERTAIN, f"To: {address}")
    return None


def _by_word(heard: Heard) -> Evidence | None:
    """The first line, a sentence, or the subject of an empty mail is nothing but an opt-out."""
    lines = [line for line in heard.written.body.splitlines() if line.strip()]
    if lines and (heard.word_count > _SHORT or lines[0].rstrip().endswith(":")):
        return None
    first = _bare(lines[0] if lines else heard.inbound.subject)
    greeted = first.partition(" ")[2] if len(first.split()) <= _FEW else ""
    words = by_language("nurture.signals")["opt_out_word"]
    # "Stop! The plot is 40 m, not 45." is talk: beside a lone word stands a greeting at most.
    alone = [
        each
        for each in map(_bare, _sentences(heard.body))
        if heard.word_count - len(each.split()) <= _FEW
    ]
    for candidate in (first, greeted, *alone):
        said = words.opens(candidate)
        if said and all(word in _POLITE_WORDS for word in candidate[len(said) :].split()):
            return _found(Weight.LIKELY, said)
    return None


def _bare(line: str) -> str:
    return " ".join(_NOISE.sub(" ", fold(line)).split())


_POLITE_WORDS: Final = frozenset({
    "please", "thanks", "thank", "you", "now", "all", "me", "pls", "thx", "bitte", "danke",
    "sofort", "svp", "merci", "por", "favor", "gracias", "grazie", "per", "favore", "obrigado",
    "obrigada", "aub", "graag", "bedankt", "tack", "tak", "takk", "kiitos", "prosze", "dziekuje",
    "prosim", "emails", "mails", "email", "mail", "newsletter",
})  # fmt: skip


def _by_order(heard: Heard) -> Evidence | None:
    groups = by_language("nurture.signals")
    is_newsletter = not heard.is_answer and heard.inbound.header("list-unsubscribe") is not None
    if heard.word_count > _WORDS_LIMIT or is_newsletter:
        return None
    for sentence in _sentences(heard.body):
        said = groups["opt_out"].find(sentence)
        if not said or groups["opt_out_not"].find(sentence) or _OFFER.search(sentence):
            continue
        if sentence.endswith("?") and not _POLITE.search(sentence):
            continue
        if groups["not_yet"].find(sentence) or _is_of_business(sentence, said):
            continue
        return _found(Weight.LIKELY, said)
    return None


def _is_of_business(sentence: str, said: str) -> bool:
    """Whether the order names a matter of business and no mail: "take the VAT off the contract"."""
    matter = by_language("nurture.signals")["matter"].find(sentence)
    return bool(matter) and matter not in said and not _MAIL.search(sentence)


def _by_subject(heard: Heard) -> Evidence | None:
    """The subject that List-Unsubscribe asked for, above nothing or a mail program's remark."""
    if heard.is_answer or heard.word_count > _SHORT or "?" in heard.body:
        return None
    if not _SUBJECT.match(heard.subject):
        return None
    return _found(Weight.LIKELY, f"Subject: {heard.subject}")


def _sentences(text: str) -> list[str]:
    return [
        each.strip()
        for each in re.split(r"(?<=[.!?。！？])\s+|\n+|(?<=[。！？])", text)
        if each.strip()
    ]


def _by_no_interest(heard: Heard) -> Evidence | None:
    groups = by_language("nurture.signals")
    if heard.word_count > _SHORT or "?" in heard.body:
        return None
    said = groups["no_interest"].find(heard.body)
    if not said or groups["not_now"].find(heard.body):
        return None
    return _found(Weight.LIKELY, said)
