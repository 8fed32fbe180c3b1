"""A decision to send becomes exactly one honest mail, or none."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nurture.core.account import Account, Limits, UnsubscribeHeader
from nurture.core.contact import Contact
from nurture.core.sequence import Intent, Sequence
from nurture.core.situation import Situation
from nurture.core.touch import Touch, TouchState
from nurture.letter import Letter, fold, write
from nurture.mail.tokens import token_in, verify
from nurture.mail.write.attachment import Attachment
from nurture.mail.write.rendered import Rendered
from nurture.mail.write.template import Hole, parse_template
from tests.fakes.scene import OWNER, due_at

NOW = datetime(2026, 5, 6, 22, 30, tzinfo=UTC)
KEY = b"k" * 32
FILE = "mail/thanks.md"
THANKS = parse_template(
    "---\nsubject: Thank you, {{ given_name }}\n---\nDear {{ given_name }},\n\n*thank you*.\n", FILE
)
FOLLOW_UP = parse_template("Dear {{ given_name }},\n\n*thank you* again.\n", FILE)
WALK = due_at("thanks", NOW)
SITUATION = Situation(
    now=NOW,
    enrollment=WALK,
    contact=Contact("mara@example.org", id=3, given_name="Mara", family_name="Lind"),
    sequence=Sequence("former", "r1", (), why="you were a client of ours"),
    account=Account("anna", "anna@example.com", OWNER),
)


def touch(number: int, subject: str, state: TouchState = TouchState.SENT) -> Touch:
    return Touch(
        id=number, enrollment_id=7, contact_id=3, account="anna", sequence="former", revision="r1",
        step=f"step-{number}", occurrence="1", state=state, message_id=f"m{number}@example.com",
        begun_at=NOW, subject=subject,
    )  # fmt: skip


def letter(
    *thread: Touch,
    situation: Situation = SITUATION,
    template: object = THANKS,
    intent: Intent = Intent.GIVE,
) -> tuple[Letter, EmailMessage]:
    written = write(
        situation, template, thread, message_id="m9@example.com", key=KEY, intent=intent
    )
    parsed = message_from_bytes(written.envelope.wire, policy=default)
    assert isinstance(parsed, EmailMessage)
    return written, parsed


@pytest.mark.parametrize("is_flowed", [True, False])
def test_text_flows_where_its_account_says_so(is_flowed: bool) -> None:
    """Long paragraphs then need no encoding; the words and the signature stay what they are."""
    words = " ".join(["word"] * 40)
    template = parse_template(f"---\nsubject: Hello\n---\n{words}\n", FILE)
    account = replace(SITUATION.account, format_flowed=is_flowed)
    written, parsed = letter(situation=replace(SITUATION, account=account), template=template)
    part = parsed.get_body(("plain",)) or parsed
    assert (part["Content-Type"].params.get("format") == "flowed") is is_flowed
    assert ("7bit" in str(part["Content-Transfer-Encoding"])) is is_flowed
    text = body(parsed).replace("\r\n", "\n")
    assert "\n-- \n" in text
    assert words in (text.replace(" \n", " ") if is_flowed else text)
    again = fold(written.sheet, NOW.astimezone(ZoneInfo(OWNER.zone)))
    assert again.envelope.wire == written.envelope.wire


def body(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_letter_goes_from_the_owners_mailbox_to_the_contact_alone() -> None:
    written, mail = letter()
    assert (written.envelope.sender, written.envelope.recipient) == (
        "anna@example.com",
        "mara@example.org",
    )
    assert written.envelope.message_id == "m9@example.com"
    assert mail["message-id"] == "<m9@example.com>"
    assert mail["from"] == "Anna Berg <anna@example.com>"
    assert mail["to"] == "Mara Lind <mara@example.org>"
    assert written.subject == mail["subject"] == "Thank you, Mara"
    assert mail["date"] == "Thu, 07 May 2026 00:30:00 +0200"


def test_a_letter_says_who_writes_from_where_why_and_how_to_stop_it() -> None:
    _, mail = letter()
    for kind in ("plain", "html"):
        text = body(mail, kind)
        assert "Anna Berg" in text
        assert "Street 1, Vienna" in text
        assert "you were a client of ours" in text
    assert body(mail).startswith("Dear Mara,")


def test_a_letter_of_its_own_subject_begins_a_conversation() -> None:
    _, mail = letter(touch(1, "Hello"))
    assert mail["in-reply-to"] is None
    assert mail["references"] is None


def test_a_follow_up_threads_under_the_subject_that_really_began_it() -> None:
    older, first, second = touch(1, "Older"), touch(2, "Hello"), touch(3, "Re: Hello")
    written, mail = letter(older, first, second, template=FOLLOW_UP)
    assert written.subject == mail["subject"] == "Re: Hello"
    assert mail["in-reply-to"] == "<m3@example.com>"
    assert mail["references"] == "<m2@example.com> <m3@example.com>"


def test_a_follow_up_continues_only_what_may_have_reached_them() -> None:
    thread = (
        touch(1, "Hello", TouchState.UNCERTAIN),
        touch(2, "Other", TouchState.BOUNCED),
        touch(3, "Other", TouchState.REFUSED),
        touch(4, "Other", TouchState.CANCELLED),
    )
    written, mail = letter(*thread, template=FOLLOW_UP)
    assert written.subject == "Re: Hello"
    assert mail["references"] == "<m1@example.com>"


@pytest.mark.parametrize(
    "thread",
    [(), (touch(1, "Hello", TouchState.BOUNCED),), (touch(1, "Hello", TouchState.REFUSED),)],
)
def test_re_never_stands_above_a_first_mail(thread: tuple[Touch, ...]) -> None:
    with pytest.raises(Hole, match=f"{FILE}: subject is needed, for there is no earlier mail"):
        letter(*thread, template=FOLLOW_UP)


@pytest.mark.parametrize("given_name", ["", "  "])
def test_p6_a_letter_with_a_hole_is_never_written(given_name: str) -> None:
    hollow = replace(SITUATION, contact=replace(SITUATION.contact, given_name=given_name))
    with pytest.raises(Hole, match="given_name"):
        letter(situation=hollow)


def test_the_address_is_nobodys_name() -> None:
    nameless = replace(SITUATION, contact=Contact("mara@example.org", id=3))
    plain = parse_template("---\nsubject: Hello\n---\nHello.\n", FILE)
    assert letter(situation=nameless, template=plain)[1]["to"] == "mara@example.org"


@pytest.mark.parametrize("name", ["Mara\r\nBcc: eve@example.net", "Mara\nX: y", "Mara\x00"])
def test_f4_a_line_end_in_a_name_is_held_and_adds_no_header(name: str) -> None:
    nasty = replace(SITUATION, contact=replace(SITUATION.contact, family_name=name))
    with pytest.raises(Hole, match=f"{FILE}: the header To holds a control character"):
        letter(situation=nasty)


def test_an_answer_finds_its_contact_by_a_token_where_plus_addresses_work() -> None:
    account = replace(SITUATION.account, subaddressing=True)
    _, mail = letter(situation=replace(SITUATION, account=account))
    box = mail["reply-to"].addresses[0]
    local, token = box.username.split("+")
    assert (local, box.domain, box.display_name) == ("anna", "example.com", "Anna Berg")
    assert verify(KEY, token) == "3"
    assert letter()[1]["reply-to"] is None


def test_a_mailbox_with_no_room_for_a_token_goes_without() -> None:
    account = replace(SITUATION.account, address="a" * 60 + "@example.com", subaddressing=True)
    assert letter(situation=replace(SITUATION, account=account))[1]["reply-to"] is None


@pytest.mark.parametrize(
    ("wanted", "intent", "per_day", "is_there"),
    [
        ("greetings", Intent.GREET, 100, True),
        ("greetings", Intent.GIVE, 100, False),
        ("greetings", Intent.ASK, 200, False),
        ("greetings", Intent.GIVE, 201, True),
        ("always", Intent.CLOSE, 100, True),
        ("never", Intent.GREET, 1000, False),
    ],
)
def test_a_header_to_unsubscribe_by_is_for_greetings_and_for_many(
    wanted: str, intent: Intent, per_day: int, is_there: bool
) -> None:
    account = replace(
        SITUATION.account,
        unsubscribe_header=UnsubscribeHeader(wanted),
        limits=Limits(per_day=per_day),
    )
    _, mail = letter(situation=replace(SITUATION, account=account), intent=intent)
    assert (mail["list-unsubscribe"] is not None) == is_there
    for never in ("list-unsubscribe-post", "list-id", "precedence"):
        assert mail[never] is None


def test_the_unsubscribe_address_names_the_contact_where_plus_addresses_work() -> None:
    plain = letter(intent=Intent.GREET)[1]["list-unsubscribe"]
    assert plain == "<mailto:anna@example.com?subject=unsubscribe>"
    account = replace(SITUATION.account, subaddressing=True)
    _, mail = letter(situation=replace(SITUATION, account=account), intent=Intent.GREET)
    target = str(mail["list-unsubscribe"]).removeprefix("<mailto:").partition("?")[0]
    assert target.startswith("anna+u+")
    assert token_in([target], KEY) == "3"


def test_an_address_outside_ascii_is_spelled_for_a_url() -> None:
    account = replace(SITUATION.account, address="jörg&co@bücher.example")
    _, mail = letter(situation=replace(SITUATION, account=account), intent=Intent.GREET)
    spelled = "<mailto:j%C3%B6rg%26co@xn--bcher-kva.example?subject=unsubscribe>"
    assert mail["list-unsubscribe"] == spelled


def test_a_picture_travels_with_the_mail_or_the_mail_not_at_all() -> None:
    shows = parse_template("---\nsubject: Hi\n---\nSee ![us](mail/us.png).\n", FILE)
    us = Attachment("mail/us.png", b"\x89PNG")
    written = write(
        SITUATION, shows, (), message_id="m9@example.com", key=KEY, files={us.path: us}.get
    )
    assert written.sheet.words.pictures == (us.path,)
    assert b"Content-Type: image/png" in written.envelope.wire
    with pytest.raises(Hole, match=r"mail/us\.png: is missing or cannot go with a mail"):
        write(SITUATION, shows, (), message_id="m9@example.com", key=KEY)


def test_a_preview_is_the_truth() -> None:
    assert letter()[0] == letter()[0]


def test_a_mail_of_plain_words_gets_no_html_from_its_footer() -> None:
    written, _ = letter()
    plain = replace(written.sheet, words=Rendered("Hello", "Dear Mara", ""))
    parsed = message_from_bytes(fold(plain, NOW).envelope.wire, policy=default)
    assert parsed.get_content_type() == "text/plain"


@given(
    st.text('Aé日=&<{ "\t\x07', max_size=60),
    st.text(max_size=60),
    st.sampled_from(["word " * 30, "Grüße", "short"]),
    st.sampled_from(["", "https://example.com/stop"]),
)
def test_a_mail_reads_the_same_whether_it_is_put_together_at_once_or_line_by_line(
    name: str, city: str, words: str, site: str
) -> None:
    page = "[{{ given_name }}](https://example.com/?q={{ city }})"
    text = f"{words} {{{{ given_name }}}}\n\n{{% if city %}}{page} {words}{{% endif %}}"
    template = parse_template(f"---\nsubject: To {{{{ given_name }}}}\n---\n{text}\n", FILE)
    contact = replace(SITUATION.contact, given_name=name, city=city)
    account = replace(SITUATION.account, unsubscribe_url=site)
    try:
        at_once, _ = letter(
            situation=replace(SITUATION, contact=contact, account=account), template=template
        )
    except Hole:
        assume(False)
    said = at_once.sheet.words
    kept = Rendered(said.subject, said.text, said.html, said.pictures)
    by_line = fold(replace(at_once.sheet, words=kept), NOW.astimezone(ZoneInfo(OWNER.zone)))
    assert _told(at_once) == _told(by_line)


def _told(written: Letter) -> list[object]:
    parsed = message_from_bytes(written.envelope.wire, policy=default)
    fields = [(name, str(value)) for name, value in parsed.items()]
    parts = [part for part in parsed.walk() if not part.is_multipart()]
    return [fields, [(each["Content-Type"], each.get_content()) for each in parts]]
