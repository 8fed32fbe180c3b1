"""A template is sent whole or not at all, and no value of a contact is ever taken for markup."""

import html
import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.errors import Misconfigured
from nurture.mail.write.markdown import content_id
from nurture.mail.write.rendered import Filled
from nurture.mail.write.template import LIMIT, Hole, Template, parse_template

_FILE = "mail/former-client/hello.md"


def _template(body: str, subject: str = "Hello") -> Template:
    return parse_template(f'---\nsubject: "{subject}"\n---\n{body}\n', _FILE)


def _render(body: str, subject: str = "Hello", **values: object) -> Filled:
    return _template(body, subject).render(values)


def test_both_parts_say_the_same_and_the_text_reads_well() -> None:
    rendered = _render(
        "Dear {{ name }},\n\n# News\n\nI *really* thought of **you** and of\n"
        "[this page](https://example.com/a_b), <https://example.com>,\n"
        "[me@example.com](mailto:me@example.com).\n\n"
        "- one\n- two\n  - deeper\n\n3. three\n4. four\n\n> quoted\n> words\n\n"
        "    code\n\n---\n\n![a picture](https://evil.example/x.png) `x_y`\n",
        "For {{ name }}",
        name="Jim",
    )
    assert rendered.subject == "For Jim"
    assert rendered.text == (
        "Dear Jim,\n\nNews\n\nI really thought of you and of\n"
        "this page (https://example.com/a_b), https://example.com,\nme@example.com.\n\n"
        "- one\n- two\n  - deeper\n\n3. three\n4. four\n\n> quoted\n> words\n\n"
        "    code\n\n* * *\n\na picture x_y"
    )
    assert "<p>Dear Jim,</p>" in rendered.html
    assert "<img" not in rendered.html
    assert '<a href="https://example.com/a_b">this page</a>' in rendered.html


def test_paragraphs_of_a_list_item_stay_inside_it() -> None:
    assert _render("- one\n\n  more\n\n- two").text == "- one\n\n  more\n\n- two"


@pytest.mark.parametrize(
    "value",
    [
        "[x](http://evil.example)", "<b>bold</b>", "*Jim*", "_Jim_", "`Jim`", "# Jim", "> Jim",
        "1. Jim", "- Jim", "![x](http://evil.example/x.png)", "Jim & Söhne <jim@example.org>",
        "a\\*b", "&lt;b&gt;", "---", "https://evil.example", "<script>alert(1)</script>",
        "xQ7T0Qx", "{% x", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_a_value_is_printed_as_typed_and_never_becomes_markup(value: str) -> None:
    template = _template("{{ name }}\n\n**{{ name }}** and [{{ name }}](https://example.com)")
    if "{%" in value:
        with pytest.raises(Hole, match="left over"):
            template.render({"name": value})
        return
    rendered = template.render({"name": value})
    assert rendered.text == f"{value}\n\n{value} and {value} (https://example.com)"
    shown = html.escape(value)
    assert rendered.html == (
        f"<p>{shown}</p>\n<p><strong>{shown}</strong> and "
        f'<a href="https://example.com">{shown}</a></p>'
    )


@settings(max_examples=200)
@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_no_value_opens_a_tag(value: str) -> None:
    try:
        rendered = _render("Dear {{ name }}, [x](https://example.com/?q={{ name }})", name=value)
    except Hole:
        assert not value.strip() or re.search(r"\{\{|\{%|\}\}|%\}|\{#", " ".join(value.split()))
        return
    assert re.findall(r"<(/?\w+)", rendered.html) == ["p", "a", "/a", "/p"]
    assert rendered.text.startswith(f"Dear {' '.join(value.split())}, x (https://example.com/?q=")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "data:x", "file:/x"])
def test_a_value_that_is_a_link_must_be_one_a_reader_may_follow(address: str) -> None:
    with pytest.raises(Hole, match="no address that a link may open"):
        _render("[page]({{ link }})", link=address)
    rendered = _render("[page]({{ link }})", link='https://example.com/?a=1&b="2')
    assert rendered.html == '<p><a href="https://example.com/?a=1&amp;b=%222">page</a></p>'


@pytest.mark.parametrize(
    ("body", "values", "name", "line"),
    [
        ("Dear\n{{ given_name }}", {}, "given_name", 5),
        ("Dear\n{{ given_name }}", {"given_name": ""}, "given_name", 5),
        ("Dear\n{{ given_name }}", {"given_name": " \t"}, "given_name", 5),
        ("Dear\n{{ given_name }}", {"given_name": None}, "given_name", 5),
        ("\n\n{{ custom.project }}", {"custom": {}}, "custom.project", 6),
        ("\n{{ given_name | title }}", {}, "given_name", 5),
        ("{% if city %}x{% endif %}", {}, "city", 4),
        ("\n{% for each in interests %}x{% endfor %}", {}, "interests", 5),
        ("{{ city if city }}", {"city": ""}, "city", 4),
        ("{{ interests }}", {"interests": ("a", "b")}, "interests", 4),
        ("{{ interests | join(', ') }}", {"interests": ()}, "interests", 4),
        ("{{ name.__class__.__mro__ }}", {"name": "x"}, None, 4),
    ],
)
def test_a_gap_stops_the_mail_and_is_named_with_its_line(
    body: str, values: dict[str, object], name: str | None, line: int
) -> None:
    with pytest.raises(Hole) as caught:
        _template(body).render(values)
    assert caught.value.place.line == line
    assert caught.value.place.file == _FILE
    if name is not None:
        assert caught.value.name == name


def test_a_custom_field_means_itself_whatever_its_name() -> None:
    custom = {"items": "two chairs", "values": "trust"}
    assert _render("{{ custom.items }}, {{ custom.values }}", custom=custom).text == (
        "two chairs, trust"
    )


def test_what_the_subject_sets_is_unknown_to_the_body() -> None:
    with pytest.raises(Hole, match="town has no value"):
        _render("{{ town }}", "{% set town = 'Ulm' %}{{ town }}")


def test_what_the_body_sets_is_unknown_to_the_subject() -> None:
    rendered = _render("{% set town = 'Bonn' %}{{ town }}", "{{ town }}", town="Ulm")
    assert (rendered.subject, rendered.text) == ("Ulm", "Bonn")


@pytest.mark.parametrize("body", ["{{ city | title }}", "{% if city %}{% endif %}"])
def test_the_first_gap_is_told_before_what_fails_behind_it(body: str) -> None:
    with pytest.raises(Hole, match="name is empty") as caught:
        _render(f"{{{{ name }}}},\n\n{body}", name="")
    assert caught.value.place.line == 4


def test_a_default_fills_a_gap_and_an_empty_value() -> None:
    body = "{{ city | default('your town') }}"
    assert [_render(body).text, _render(body, city="").text, _render(body, city="Ulm").text] == [
        "your town",
        "your town",
        "Ulm",
    ]


@pytest.mark.parametrize("subject", ["{{ name }}", "{% if name == 'x' %}x{% endif %}"])
def test_an_empty_subject_is_never_sent(subject: str) -> None:
    with pytest.raises(Hole):
        _render("body", subject, name="")


def test_a_value_cannot_break_the_subject_in_two() -> None:
    assert _render("x", "Hi {{ name }}", name="Jim\r\nBcc: a@b.example").subject == (
        "Hi Jim Bcc: a@b.example"
    )
    with pytest.raises(Hole, match="line end"):
        _render("x", "Hi {{ name }}", name="Jim\0")
    with pytest.raises(Hole, match="line end"):
        parse_template("---\nsubject: |\n  two\n  lines\n---\nbody\n", _FILE).render({})


@pytest.mark.parametrize("value", ["{{ first_name }}", "{% if %}", "Jim }}", "{# x"])
def test_a_placeholder_left_over_by_another_tool_stops_the_mail(value: str) -> None:
    for body, subject in (("Dear {{ name }}", "Hello"), ("Dear", "{{ name }}")):
        with pytest.raises(Hole, match="left over"):
            _render(body, subject, name=value)


def _endless() -> Iterator[str]:
    yield from ["x"] * LIMIT
    pytest.fail("it reads on after the mail is too long")


def test_a_mail_without_bounds_is_stopped() -> None:
    with pytest.raises(Hole, match="longer than"):
        _render("{{ notes }}", notes="x" * (LIMIT + 1))
    with pytest.raises(Hole, match="longer than"):
        _render("{% for each in many %}word {% endfor %}", many=_endless())
    with pytest.raises(Hole, match="no text"):
        _render("{% if name %}x{% endif %}", name="")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("subject: x\n---\nHello", 1, "begins with a line of ---"),
        (" \n", 1, "begins with a line of ---"),
        ("---\nsubject: x\nHello", 1, "not closed"),
        ("---\n---\nHello", 2, "no `subject:`"),
        ("---\n- a\n---\nHello", 2, "no `subject:`"),
        ("---\nsubjct: x\n---\nHello", 2, "did you mean 'subject'"),
        ("---\nsubject: x\nfrom: y\n---\nHello", 3, "unknown key 'from'"),
        ("---\nsubject: x\nsubject: y\n---\nHello", 3, "twice"),
        ("---\nsubject:\n---\nHello", 2, "line of text"),
        ("---\nsubject: {{ name }}\n---\nHello", 2, "quotes"),
        ("---\nsubject: a: b\n---\nHello", 2, "quotes"),
        ("---\n\tsubject: a\n---\nHello", 2, "cannot start any token"),
        ("---\nsubject: x\n---\n\n", 3, "no text"),
        ("---\nsubject: '{{ name'\n---\nHello", 2, "unexpected end"),
        ("---\nsubject: x\n---\nHello\n\n{{ name }", 6, "unexpected '}'"),
        ("---\nsubject: x\n---\nHello\n{% if name %}", 5, "endif"),
        ("---\nsubject: x\n---\nHello\n{{ name | shout }}", 5, "no filter 'shout'"),
        ("---\nsubject: x\n---\nHello\n{{ name | printed }}", 5, "no filter 'printed'"),
        ("---\nsubject: x\n---\nHello\n{{ range(9) }}", 5, "calls no functions"),
        ("---\nsubject: x\n---\nHello\n{{ name.upper() }}", 5, "calls no functions"),
        ("---\nsubject: x\n---\nHello\n{{ 'a' * 9999999999 }}", 5, "'mul'"),
        ("---\nsubject: x\n---\nHello\n{% include 'x' %}", 5, "'include'"),
        ("---\nsubject: x\n---\nHello\n{% macro m() %}{% endmacro %}", 5, "'macro'"),
        ("---\nsubject: x\n---\nHello\n{% set x %}a{% endset %}", 5, "'assignblock'"),
        (
            "---\nsubject: x\n---\nHello\n{% for a in b %}{% for c in d %}{% endfor %}{% endfor %}",
            5,
            "loop inside a loop",
        ),
        ("---\nsubject: x\n---\nHello\n{{ _printed }}", 5, "no value '_printed'"),
        ("---\nsubject: x\n---\nHello xQ7T0Qx", 0, "a word we use ourselves"),
        ("---\nsubject: xQ7SQx\n---\nHello", 0, "a word we use ourselves"),
    ],
)
def test_a_broken_template_is_refused_with_file_and_line(text: str, line: int, words: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        parse_template(text, _FILE)
    first = caught.value.problems[0]
    assert first.place is not None
    assert (first.place.file, first.place.line) == (_FILE, line)
    assert words.lower() in first.message.lower()


def test_a_text_alone_continues_a_conversation_and_has_no_subject_of_its_own() -> None:
    template = parse_template("One more thought, {{ given_name }}.\n\n---\n\nAnna\n", _FILE)
    rendered = template.render({"given_name": "Jim"})
    assert (rendered.subject, rendered.text) == ("", "One more thought, Jim.\n\n* * *\n\nAnna")
    with pytest.raises(Hole) as caught:
        template.render({})
    assert caught.value.place.line == 1


def test_all_problems_are_told_at_once_in_their_order() -> None:
    text = "---\nsubject: '{{ a( }}'\nfrom: x\n---\n{{ b | shout }}\n\n{{ c() }}"
    with pytest.raises(Misconfigured) as caught:
        parse_template(text, _FILE)
    lines = [each.place.line for each in caught.value.problems if each.place]
    assert lines == [2, 3, 5, 7]


def test_the_names_it_takes_are_known_before_it_is_rendered() -> None:
    template = _template(
        "{{ custom.project }}{% for each in interests %}{{ each }}{{ loop.index }}{% endfor %}"
        "{% set town = city %}{{ town }}",
        "{{ given_name }}",
    )
    assert template.variables == {"custom", "interests", "city", "given_name"}


def test_control_lines_leave_no_gaps() -> None:
    body = "One\n{% if city %}\nTwo {{ city }}\n{% endif %}\nThree"
    assert _render(body, city="Ulm").text == "One\nTwo Ulm\nThree"
    assert _render(body, city="").text == "One\nThree"


def test_markdown_is_read_once_for_all_contacts_on_the_same_branch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    template = _template("Dear **{{ name }}**{% if city %} of {{ city }}{% endif %}")
    template.render({"name": "Jim", "city": ""})
    template.render({"name": "Jim", "city": "Ulm"})
    monkeypatch.setattr("nurture.mail.write.shape.read", None)
    assert template.render({"name": "Ann", "city": "Rom"}).text == "Dear Ann of Rom"
    assert template.render({"name": "Ann", "city": ""}).text == "Dear Ann"


@pytest.mark.parametrize(
    ("source", "is_shown"),
    [
        ("mail/office.png", True),
        ("pictures/v1.2/a.b.WEBP", True),
        ("https://x.example/office.png", False),
        ("//x.example/office.png", False),
        ("/etc/office.png", False),
        ("../office.png", False),
        ("a/../office.png", False),
        ("data:image/png;base64,AAAA", False),
        ("office.svg", False),
        ("{{ given_name }}.png", False),
    ],
)
def test_only_a_picture_from_beside_the_sequence_is_shown(source: str, is_shown: bool) -> None:
    template = parse_template(f"---\nsubject: Hi\n---\nSee ![our office]({source}).\n", "x.md")
    rendered = template.render({"given_name": "ada"})
    assert rendered.text == "See our office."
    assert rendered.pictures == ((source,) if is_shown else ())
    shown = f'<img src="cid:{content_id(source)}" alt="our office" />' if is_shown else "our office"
    assert rendered.html == f"<p>See {shown}.</p>"
