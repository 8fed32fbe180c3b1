"""Writes docs/language.md, the reference of the sequence language, from its models.

`python -m tests.house.language` prints it.
"""

import re
from collections.abc import Iterable

from pydantic import BaseModel

from nurture.advice import advices
from nurture.core.calendar import Wait
from nurture.core.merge_field import FIELDS, PARTS
from nurture.definition.calendar import AwayText, CalendarText, QuietText
from nurture.definition.door import EntryText, ExitsText
from nurture.definition.sequence import SequenceText
from nurture.definition.value import SeasonText, WindowText
from nurture.document.code import MEANING
from nurture.steps import Deed, HumanStep, Instant, Mailing, StepModel, step_kinds
from nurture.steps.branch import Way

INTRODUCTION = """\
# The language of sequences

A sequence is a YAML file in the `sequences` folder; beside it lie its mails and letters as
Markdown, the pieces of its library, and `calendar.yaml`. `nurture check` tells every mistake with
file, line and column, and what could be better. The first line gives completion and explanations
in editors that know JSON Schema; `nurture check --schema` writes the schema.

This page is generated from the models that read the files (`python -m tests.house.language`), and
a test reads every example in it."""

WHOLE = """\
# yaml-language-server: $schema=sequence.schema.json
sequence: former-client
title: Former clients, year by year
why: you were a client of ours

entry:
  who: former client
  start: ask
  from: contact's project-end
  first: thank-you

exits:
  goal: relationship is client
  after: 3 silent touches
  at the latest after: 5 years

steps:
  - id: thank-you
    email: mail/former-client/thank-you.md
    intent: greet
  - {id: let-it-settle, wait: 3 weeks}
  - id: two-lists
    email: mail/former-client/two-lists.md
  - {id: a-year, wait: 1 year}
  - id: yearly-call
    call: Ask {{ given_name }} how the year went.

occasions:
  - id: new-year
    on: 4 January
    email: mail/former-client/a-good-no.md
    intent: greet"""

_CONDITIONS = """\
## Conditions

For `when` and `goal`. Of a fact that is not known nothing holds, except that it is not so: `city is
Berlin` leaves out whose city is not known, and `city is not Berlin` does not."""
_STEPS = """\
## Steps

Each of `steps` has an `id`, one key that names its kind, and what that kind adds. The first is due
when somebody is enrolled, or on the date that the entry counts from; each other follows on the one
before it, so write waits between what people are to notice."""
_STRETCHES = """\
## Stretches of time

A number and a unit: hours, days, business days, weeks, months or years, such as `1 day`,
`2 business days` or `3 weeks`. They are counted on the contact's own clock and calendar."""
_HOLES = """\
A mail with a hole is held and never sent: write `{{ company | default('your company') }}`, or
`{% if company %}`."""
WINDOW = "days: monday to friday\nhours: 08:30 to 17:00"
ENTRY = """\
who: [former client, client]
when: value is at least 500 and country is known
start: ask
from: contact's project-end
again: after 1 year
alone: yes
instead of: [reconnect]
priority: 7"""
EXITS = """\
goal: tags include booked
no longer matches: yes
after: 3 silent touches
on: 2030-12-31
at the latest after: 3 years"""
SEASONS = "tax season: {from: 15 January, to: 15 April, countries: [US]}"
CALENDAR = """\
seasons:
  tax season: {from: 15 January, to: 15 April, countries: [US]}
quiet:
  - {name: the turn of the year, from: 20 December, to: 6 January, except: greet}
  - {name: August, from: 1 August, to: 31 August, countries: [FR, IT, ES]}
away:
  - {from: 2027-07-10, to: 2027-07-24, why: by the sea}
holidays:
  confirmed: {Eid al-Fitr 2027: 2027-03-10}"""
OCCASIONS = """\
- id: fourth-of-july
  on: Independence Day in US
  email: mail/former-client/thank-you.md
  intent: greet
- id: here-all-year
  on: 3 months after tax season ends
  email: mail/former-client/two-lists.md
- id: birthday
  on: contact's birthday
  call: Wish {{ given_name }} well.
  intent: greet
- id: before-the-deadline
  on: 3 weeks before contact's deadline, once
  task: Ask the tax office for more time for {{ name }}.
- id: check-up
  on: contact's last-visit, every 6 months
  email: mail/former-client/two-lists.md"""
ON = (
    ("Independence Day in US", "a holiday, by its English name, in a country or a part of it"),
    ("New Year's Day", "a holiday wherever the contact lives"),
    ("4 January", "the same day of every year"),
    ("tax season starts", "the first day of a season, or the last: ends"),
    ("3 months after tax season ends", "so long before or after any of these"),
    ("contact's birthday", "a date of theirs, every year"),
    ("3 weeks before contact's deadline, once", "a date of theirs, but once"),
    ("contact's last-visit, every 6 months", "again and again, counted from a date of theirs"),
)
CONDITIONS = (
    ("country is DE", "a fact is this; case and spaces do not matter"),
    ("city is not Berlin", "it is not this; what is not known is not this either"),
    ("language is one of de, fr", "it is one of several"),
    ("relationship is former client", "the relationship to the owner"),
    ("phone is known", "something is written there; likewise: is not known"),
    ("value is at least 5000", "a number; likewise at most, more than, less than"),
    ("interests include bookkeeping", "a list has this word; likewise tags and observes"),
    ("tags do not include vip", "a list does not have it"),
    ("custom.product is glasses", "a field of your own"),
    ("custom.seats is more than 10", "a number in a field of your own"),
    ("dates.renewal is known", "a date of theirs; likewise before and after a day"),
    ("dates.last_visit is more than 6 months ago", "so long ago; likewise less than"),
    ("they have answered", "they have written since the walk began"),
    ("silent for 6 months", "for so long neither side has reached the other"),
    ("thank-you was sent", "a step of this sequence reached them"),
    ('city is "Stow and Wold" or not (country is GB and value is less than 5)',
     "and binds closer than or; brackets and quotes where needed"),
)  # fmt: skip


def page() -> str:
    """The whole reference page."""
    parts = [
        INTRODUCTION,
        _block("sequence", WHOLE),
        _model("## The file", SequenceText),
        _model("### `window`", WindowText, _block("window", WINDOW)),
        _model("### `entry`", EntryText, _block("entry", ENTRY)),
        _model("### `exits`", ExitsText, _block("exits", EXITS)),
        _model("### `seasons`, each by its name", SeasonText, _block("seasons", SEASONS)),
        *_steps(),
        *_occasions(),
        _CONDITIONS,
        _table(("condition", "holds where"), _quoted(CONDITIONS)),
        _STRETCHES,
        _names(),
        _model("## `calendar.yaml`", CalendarText, _block("calendar", CALENDAR)),
        _model("### each of `quiet`", QuietText),
        _model("### each of `away`", AwayText),
        *_codes(),
    ]
    return "\n\n".join(parts) + "\n"


def _steps() -> Iterable[str]:
    yield _STEPS
    yield _keys(StepModel, ())
    yield "Steps that the person notices (all but " + _listed(Instant) + ") have besides:"
    yield _keys(Deed, StepModel.model_fields)
    yield "Steps that send a mail (" + _listed(Mailing) + "):"
    yield _keys(Mailing, Deed.model_fields)
    yield "Steps that a person does (" + _listed(HumanStep) + "):"
    yield _keys(HumanStep, Deed.model_fields)
    for kind, model in step_kinds().items():
        base = next(
            each for each in (HumanStep, Mailing, Deed, StepModel) if issubclass(model, each)
        )
        about = " ".join((model.__doc__ or "").split())
        yield f"### `{kind}`\n\n{about}"
        yield _keys(model, base.model_fields)
        if kind == "branch":
            yield f"Each way has\n\n{_keys(Way, ())}"
        yield _block("step", model.example)


def _occasions() -> Iterable[str]:
    yield (
        "## Occasions\n\nEach of `occasions` is a step that a person notices, with `on` for when it"
        " comes round, year after year, beside the order. A sequence with such occasions needs a"
        " sure end among its exits. To greet, the last working day at or before it is taken; for"
        " anything else the next one. A religious holiday needs a contact who `observes` it, an"
        " estimated one needs its true day in `calendar.yaml`."
    )
    yield _table(("`on`", "comes round on"), _quoted(ON))
    yield _block("occasions", OCCASIONS)


def _names() -> str:
    names = [*sorted(FIELDS)]
    for holder, known in PARTS.items():
        names += [f"{holder}.{part}" for part in (("NAME",) if known is None else sorted(known))]
    listed = ", ".join(f"`{name}`" for name in names)
    return f"## Names in mails and tasks\n\nBetween double braces: {listed}.\n{_HOLES}"


def _codes() -> Iterable[str]:
    yield "## What `nurture check` tells\n\nErrors, for which a text is not used:"
    yield _table(("code", "about"), ((f"`{code}`", about) for code, about in MEANING.items()))
    yield "Advice:"
    rows = ((f"`{each.code}`", each.about, each.why) for each in advices())
    yield _table(("code", "about", "why"), rows)


def _model(heading: str, model: type[BaseModel], *more: str) -> str:
    about = " ".join((model.__doc__ or "").split())
    return "\n\n".join([heading, about, _keys(model, ()), *more])


def _keys(model: type[BaseModel], inherited: Iterable[str]) -> str:
    fields = [
        (field.alias or name, field)
        for name, field in model.model_fields.items()
        if name not in set(inherited)
    ]
    return _table(
        ("key", "what", "without it"),
        (
            (f"`{key}`", _cell(field.description), _default(field.default, field.is_required()))
            for key, field in fields
        ),
    )


def _cell(description: str | None) -> str:
    """With what stands in braces as code, so that no page takes it for a template."""
    return re.sub(r"(\{\{.*?\}\})", r"`\1`", description or "")


def _default(default: object, is_required: bool) -> str:
    if is_required:
        return "must be there"
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, str | int | Wait) and default:
        return f"`{default}`"
    return ""


def _listed(base: type[StepModel]) -> str:
    return ", ".join(f"`{kind}`" for kind, each in step_kinds().items() if issubclass(each, base))


def _quoted(rows: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((f"`{code}`", about) for code, about in rows)


def _table(headers: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(headers) + " |", "|" + "---|" * len(headers)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _block(kind: str, text: str) -> str:
    return f"```yaml {kind}\n{text}\n```"


def main() -> None:
    """Prints the page."""
    print(page(), end="")


if __name__ == "__main__":
    main()
