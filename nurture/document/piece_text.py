"""The files of the library: pieces, and the list of which words mean the same topic."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from nurture.core.contact import Relationship
from nurture.core.library import Thesaurus
from nurture.core.library.piece import Piece, audience_word
from nurture.core.library.reader import primary
from nurture.core.sequence import Intent
from nurture.core.spelling import closest, listed
from nurture.document.code import Code
from nurture.document.template_text import read_template, template_problems
from nurture.document.tree import Document, Path, place_at
from nurture.document.yaml_text import read_yaml
from nurture.errors import Misconfigured, Place, Problem
from nurture.mail.write.markdown import read
from nurture.mail.write.template import Template, with_body

LIBRARY = "library/"
"""Where, beside the sequences, the pieces lie from which content steps choose."""

THESAURUS = "library/topics.yaml"
"""Where, beside the sequences, the owner says which words mean the same topic."""

_SPOKEN = re.compile(r"\{[{%#].*?[}%#]\}|https?://\S+", re.DOTALL)
_NAMES = frozenset(("given_name", "family_name", "name"))
_NOTE_NAME = "note"
_NOTE = re.compile(r"\{\{-?\s*note\s*-?\}\}")


def is_piece(path: str) -> bool:
    """Whether a text of this path below the folder belongs to the library."""
    return path.startswith(LIBRARY) and path.endswith(".md")


def piece_of(path: str, template: Template) -> Piece:
    """The piece that a template of the library is."""
    front = template.front
    intent = front.line("intent")
    return Piece(
        path=path,
        topics=front.topics,
        language=front.line("language"),
        expires=front.day("expires"),
        title=front.line("title") or front.subject,
        audience=front.audience,
        intent=Intent(intent) if intent in set(Intent) else None,
        source=front.line("source"),
        attachment=front.line("attachment"),
        author=front.line("author"),
        published=front.day("published"),
        evergreen=front.is_evergreen,
        text=" ".join(_SPOKEN.sub(" ", front.body).split()),
        greets=speaks_to_them(template),
    )


def speaks_to_them(template: Template) -> bool:
    """Whether the text calls its reader by name."""
    return bool(template.variables & _NAMES)


def note_in(notes: Iterable[tuple[str, str]], language: str, owners: str) -> str:
    """The note for a piece in that language, or nothing; an unnamed one is in the owner's."""
    written = {name or primary(owners): text for name, text in notes}
    return written.get(primary(language or owners), "")


def greets(note: str) -> bool:
    """Whether the text of a note calls its reader by name."""
    try:
        return speaks_to_them(read_template(note, "a note"))
    except Misconfigured:
        return False


@lru_cache(maxsize=512)
def introduced(template: Template, note: str) -> Template:
    """A piece with a note in it: where it prints {{ note }}, else above its words.

    Without a note the paragraph that would print it is left out.  Raises Misconfigured where the
    note is no template.
    """
    body = template.front.body
    if _NOTE.search(body):
        return with_body(template, _NOTE.sub(lambda _: note.strip(), body))
    return with_body(template, f"{note.strip()}\n\n{body.lstrip()}") if note.strip() else template


def piece_problems(text: str, file: str) -> Iterator[Problem]:
    """Everything in its text that keeps a piece from being sent."""
    yield from template_problems(text, file, (_NOTE_NAME,))
    try:
        template = read_template(text, file)
    except Misconfigured:
        return
    if template.continues:
        words = "a piece of the library needs a title: write it between lines of ---"
        yield Problem(words, Place(file, 1, 1), Code.NO_SUBJECT)
    yield from _wrong_words(template)


def files_named(template: Template) -> Iterator[tuple[str, Place]]:
    """The files that a piece sends along or shows, and where it names them."""
    front = template.front
    if attached := front.line("attachment"):
        yield attached, front.places["attachment"]
    for path in read(front.body).pictures:
        at = place_at(front.body, front.body.find(path), template.file)
        yield path, replace(at, line=at.line + front.body_line - 1)


def _wrong_words(template: Template) -> Iterator[Problem]:
    front = template.front
    intent = front.line("intent")
    if intent and intent not in set(Intent):
        words = f"'intent' is one of {listed(list(Intent))}, not {intent!r}"
        yield Problem(words, front.places["intent"], Code.WRONG_VALUE)
    for each in front.audience:
        word = audience_word(each)
        meant = closest(word, list(Relationship))
        if word not in set(Relationship) and meant:
            words = f"no relationship is called {each!r}; did you mean {meant!r}?"
            yield Problem(words, front.places["audience"], Code.WRONG_VALUE)


def read_thesaurus(text: str, file: str) -> Thesaurus:
    """The thesaurus of a YAML text: under each topic the words that mean it.

    Raises Misconfigured with every problem in it.
    """
    if not text.strip():
        return Thesaurus()
    document = read_yaml(text, file)
    entries: dict[str, tuple[str, ...]] = {}
    problems = list(document.problems)
    root = document.root if isinstance(document.root, Mapping) else {}
    if document.root is not None and not isinstance(document.root, Mapping):
        problems.append(_complaint(document, ()))
    for topic, written in root.items():
        words = [written] if isinstance(written, str) else written
        if isinstance(words, list) and all(isinstance(each, str) and each for each in words):
            entries[topic] = tuple(map(str, words))
        else:
            problems.append(_complaint(document, (topic,)))
    if problems:
        raise Misconfigured(problems)
    return Thesaurus(entries)


def _complaint(document: Document, at: Path) -> Problem:
    words = "write a topic and the words that mean it, like cash flow: [liquidity, late payment]"
    return Problem(words, document.place(at), Code.WRONG_VALUE)
