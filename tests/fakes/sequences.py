"""Random sequences that are always valid, as people might write them."""

from collections.abc import Mapping

import yaml
from hypothesis import strategies as st

from nurture.core.sequence import Sequence
from nurture.definition import read_sequence

Keys = dict[str, object]

NAME = "random"
TEMPLATES: Mapping[str, str] = {
    "mail/first.md": "---\nsubject: Hello\n---\nDear {{ given_name }}, a thought.\n",
    "mail/second.md": "---\nsubject: One more\n---\nAnother thought for you.\n",
    "letters/paper.md": "Dear {{ given_name }},\n\na letter.\n",
}
CONDITIONS = (
    "country is DE",
    "country is one of DE, FR, US",
    "country is not known",
    "value is at least 500",
    "language is de or interests include tea",
    "tags include vip",
    "not tags include vip and relationship is former client",
    "they have not answered",
    "silent for 2 months",
    "custom.product is glasses",
    "dates.renewal is known",
)
DAYS = (
    "Independence Day in US",
    "New Year's Day",
    "Christmas Day",
    "Halloween in US",
    "4 January",
    "29 February",
    "3 months after tax season ends",
    "2 weeks before tax season starts",
    "contact's birthday",
    "3 weeks before contact's renewal, once",
    "contact's last-visit, every 6 months",
    "2 business days after Easter Monday in DE",
)
WAITS = ("1 day", "3 business days", "2 weeks", "36 hours", "2 months", "1 year", "5 weeks")
_INTENTS = ("give", "ask", "greet", "close")
_WINDOWS: tuple[Keys, ...] = (
    {},
    {"days": "monday to friday", "hours": "08:30 to 17:00"},
    {"days": ["tue", "thu"], "hours": "10:00 to 12:30"},
    {"days": "monday to sunday", "hours": "09:00 to 20:00"},
)
_EXITS: tuple[Keys, ...] = (
    {"at the latest after": "3 years"},
    {"after": "3 silent touches"},
    {"on": "2031-12-31", "goal": "tags include booked"},
)
_ENTRIES: tuple[Keys, ...] = (
    {"who": "former client", "when": "country is known"},
    {"who": ["client", "lost prospect"], "start": "ask", "again": "after 1 year"},
    {"start": "automatic", "again": "if inactive", "alone": "yes", "priority": 7},
    {"from": "contact's project-end", "instead of": ["reconnect"]},
)


@st.composite
def _deeds(draw: st.DrawFn) -> Keys:
    """What a person notices: the key of the kind, and what goes with it."""
    kind = draw(
        st.sampled_from(("email", "email", "email", "content", "call", "letter", "gift", "task"))
    )
    text: Mapping[str, st.SearchStrategy[object]] = {
        "email": st.sampled_from(("mail/first.md", "mail/second.md")),
        "content": st.sampled_from((["tea", "bookkeeping"], "their interests")),
        "letter": st.just("letters/paper.md"),
    }
    keys: Keys = {kind: draw(text.get(kind, st.just("Ask {{ given_name }} how it went.")))}
    optional: dict[str, st.SearchStrategy[object]] = {
        "intent": st.sampled_from(_INTENTS),
        "when": st.sampled_from(CONDITIONS),
        "expires": st.sampled_from(("10 days", "2 months", "never")),
    }
    if kind in ("email", "content"):
        optional["approval"] = st.sampled_from(("required", "first 20"))
    else:
        optional["within"] = st.sampled_from(WAITS[:3])
        optional["blocks"] = st.sampled_from(("yes", "no"))
    for name, values in optional.items():
        if draw(st.integers(0, 4)) == 0:
            keys[name] = draw(values)
    return keys


@st.composite
def _instants(draw: st.DrawFn, later: tuple[str, ...]) -> Keys:
    """What nobody notices; a branch leads to one of the later steps or to the end."""
    kind = draw(st.sampled_from(("branch", "branch", "tag", "untag", "set")))
    if kind == "set":
        return {kind: {"custom.season": draw(st.sampled_from((2026, "spring")))}}
    if kind != "branch":
        return {kind: draw(st.sampled_from(("vip", ["warm", "vip"])))}
    targets = st.sampled_from((*later, "end"))
    ways: list[Keys] = [
        {"when": draw(st.sampled_from(CONDITIONS)), "go to": draw(targets)}
        for _ in range(draw(st.integers(1, 3)))
    ]
    if draw(st.booleans()):
        ways.append({"otherwise": later[0]})
    return {kind: ways}


@st.composite
def trees(draw: st.DrawFn, name: str = NAME, most: int = 6) -> Keys:
    """The keys and values of one sequence; `written` makes them a text."""
    count = draw(st.integers(1, most))
    ids = tuple(f"step-{number}" for number in range(count))
    steps: list[Keys] = []
    for number, step_id in enumerate(ids):
        if number and draw(st.integers(0, 3)):
            steps.append({"id": f"wait-{number}", "wait": draw(st.sampled_from(WAITS))})
        if draw(st.integers(0, 3)) == 0:
            steps.append({"id": f"aside-{number}", **draw(_instants(ids[number:]))})
        steps.append({"id": step_id, **draw(_deeds())})
    occasions = [
        {"id": f"occasion-{number}", "on": on, **draw(_deeds())}
        for number, on in enumerate(draw(st.lists(st.sampled_from(DAYS), max_size=3, unique=True)))
    ]
    tree: Keys = {
        "sequence": name,
        "why": "you know us",
        "window": draw(st.sampled_from(_WINDOWS)),
        "seasons": {"tax season": {"from": "15 January", "to": "15 April"}},
        "steps": steps,
    }
    if draw(st.booleans()):
        tree["entry"] = draw(st.sampled_from(_ENTRIES))
    if occasions or draw(st.booleans()):
        tree["exits"] = draw(st.sampled_from(_EXITS))
    if occasions:
        tree["occasions"] = occasions
    return tree


def written(tree: Mapping[str, object]) -> str:
    """The YAML text of a sequence."""
    return yaml.safe_dump(dict(tree), sort_keys=False, allow_unicode=True, width=100)


def texts(name: str = NAME, most: int = 6) -> st.SearchStrategy[str]:
    """The YAML texts of random sequences of that name, of at most so many deeds in the order."""
    return trees(name, most).map(written)


def sequences(name: str = NAME, most: int = 6) -> st.SearchStrategy[Sequence]:
    """Random sequences as they are read, their mails among `TEMPLATES`."""
    return texts(name, most).map(lambda text: read_sequence(text, f"{name}.yaml", TEMPLATES))
