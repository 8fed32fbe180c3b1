"""Which of a server's folders is the junk, the sent and the drafts one, whatever their names."""

import unicodedata
from collections.abc import Mapping, Sequence

from nurture.mail.cursor import Folder
from nurture.transport.imap_answer import Listed

_ATTRIBUTE = {  # RFC 6154 2
    Folder.JUNK: "\\junk",
    Folder.SENT: "\\sent",
    Folder.DRAFTS: "\\drafts",
}

# Servers without SPECIAL-USE: the names that the usual clients and providers create.
_KNOWN = {
    Folder.JUNK: (
        "junk", "spam", "junk e-mail", "junk email", "junk mail", "bulk mail", "bulk",
        "spamverdacht", "unerwünscht", "werbung", "courrier indésirable", "indésirables",
        "correo no deseado", "posta indesiderata", "ongewenste e-mail", "lixo eletrônico",
        "lixo electrónico", "skräppost", "søppelpost", "uønsket e-mail", "wiadomości-śmieci",
    ),
    Folder.SENT: (
        "sent", "sent items", "sent messages", "sent mail", "sent-mail", "gesendet",
        "gesendete objekte", "gesendete elemente", "objets envoyés", "éléments envoyés",
        "messages envoyés", "envoyés", "enviados", "elementos enviados", "posta inviata",
        "inviati", "inviata", "verzonden", "verzonden items", "itens enviados", "skickat",
        "skickade objekt", "sendte elementer", "sendt post", "wysłane", "elementy wysłane",
    ),
    Folder.DRAFTS: (
        "drafts", "draft", "entwürfe", "entwurf", "brouillons", "borradores", "bozze",
        "concepten", "rascunhos", "utkast", "kladder", "luonnokset", "kopie robocze",
        "wersje robocze",
    ),
}  # fmt: skip
_PARENTS = ("", "inbox", "[gmail]", "[google mail]")


def choose_folders(listed: Sequence[Listed], configured: Mapping[Folder, str]) -> dict[Folder, str]:
    """The name of each folder that exists: as configured, else by SPECIAL-USE, else by name.

    INBOX always exists (RFC 3501 5.1).  A configured name stands alone: where the server has no
    such folder, none is guessed.
    """
    chosen = {Folder.INBOX: configured.get(Folder.INBOX, "INBOX")}
    for folder in _ATTRIBUTE:
        if (name := _choice(folder, listed, configured.get(folder))) is not None:
            chosen[folder] = name
    return chosen


def _choice(folder: Folder, listed: Sequence[Listed], configured: str | None) -> str | None:
    if configured is not None:
        return next((one.name for one in listed if one.name == configured), None)
    flagged = [one.name for one in listed if _ATTRIBUTE[folder] in one.attributes]
    named = [
        one.name
        for known in _KNOWN[folder]
        for one in listed
        if unicodedata.normalize("NFC", one.leaf) == known and _parent(one) in _PARENTS
    ]
    return next(iter([*flagged, *named]), None)


def _parent(one: Listed) -> str:
    return one.name.rpartition(one.delimiter)[0].casefold() if one.delimiter else ""
