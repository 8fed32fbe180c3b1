"""The words by which mail programs mark what they quote, one row per language.

Sources: the strings each program writes when set to the language (Gmail, Outlook, Thunderbird,
Apple Mail, K-9), read off public mail; a row needs no code to be added.
"""

from typing import Final

# The verb of "X wrote", as it stands at the end of the intro or right before the name.
WROTE: Final[dict[str, tuple[str, ...]]] = {
    "en": ("wrote", "writes", "sent", "said"),
    "de": ("schrieb", "geschrieben", "hat geschrieben", "schrieb folgendes"),
    "fr": ("a écrit", "écrivait", "a ecrit", "a écrit ce qui suit"),
    "es": ("escribió", "escribio", "escribía"),
    "it": ("ha scritto", "scrive", "scriveva"),
    "pt": ("escreveu", "escrevia"),
    "nl": ("schreef", "het volgende geschreven", "geschreven"),
    "sv": ("skrev",),
    "da": ("skrev", "skrev følgende"),
    "no": ("skrev", "skreiv"),
    "fi": ("kirjoitti",),
    "et": ("kirjutas",),
    "pl": ("napisał", "napisała", "napisał(a)", "pisze", "napisano"),
    "cs": ("napsal", "napsala", "napsal(a)"),
    "sk": ("napísal", "napísala", "napísal(a)"),
    "sl": ("napisal", "napisala", "je napisal", "je napisala", "napisal/-a"),
    "hr": ("napisao je", "je napisao", "je napisao/la", "napisala je"),
    "hu": ("írta", "ezt írta"),
    "ro": ("a scris",),
    "ru": ("написал", "написала", "написал(а)", "пишет", "писал"),
    "uk": ("пише", "написав", "написала", "написав(ла)"),
    "bg": ("написа",),
    "el": ("έγραψε", "έγραψαν"),
    "tr": ("yazdı", "şunu yazdı", "şunları yazdı"),
    "lt": ("rašė",),
    "lv": ("rakstīja",),
    "vi": ("đã viết",),
    "id": ("menulis",),
    "ca": ("va escriure",),
    "he": ("כתב", "כתבה", "מאת"),
    "ar": ("كتب", "كتبت"),
    "ja": ("のメール", "のメッセージ", "は書きました", "さんは書きました"),
    "zh": ("写道", "寫道", "于写道"),
    "ko": ("님이 작성", "작성"),
}

# First word of an intro; lets a wrapped one be joined only where it can have begun.
OPENERS: Final[frozenset[str]] = frozenset({
    "on", "at", "am", "um", "le", "il", "el", "em", "op", "den", "på", "pe", "vào", "dne",
    "dňa", "dnia", "w", "в", "на", "a", "ve", "ons", "tor", "fre", "lør", "søn", "man", "tir",
    "tis", "mån", "lör", "sön", "pada", "dana", "στις", "την", "o",
})  # fmt: skip

# Header names of a quoted mail (Outlook, Apple Mail, webmailers), by what they mean.
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "from": (
        "from", "von", "de", "da", "van", "fra", "från", "lähettäjä", "od", "от", "від", "από",
        "kimden", "gönderen", "expéditeur", "remitente", "mittente", "feladó", "dari", "saatja",
        "nuo", "发件人", "寄件者", "差出人", "送信者", "보낸 사람", "de la", "expeditor",
        "afzender", "avsändare", "afsender", "avsender", "מאת", "من",
    ),
    "date": (
        "sent", "date", "gesendet", "datum", "envoyé", "envoyé le", "date d'envoi", "enviado",
        "enviado el", "enviada em", "enviado em", "enviada", "fecha", "inviato", "data",
        "data invio", "verzonden", "sendt", "dato", "skickat", "lähetetty", "päivämäärä",
        "päiväys", "wysłano", "wysłane", "odesláno", "odoslané", "отправлено", "дата",
        "надіслано", "elküldve", "dátum", "trimis", "gönderildi", "tarih", "στάλθηκε",
        "ημερομηνία", "saadetud", "发送时间", "寄件日期", "日期", "送信日時", "日付", "보낸 날짜",
        "date sent", "poslano",
    ),
    "to": (
        "to", "an", "à", "a", "para", "per", "aan", "til", "till", "vastaanottaja", "do", "komu",
        "кому", "címzett", "către", "kime", "alıcı", "προς", "saaja", "收件人", "宛先", "받는 사람",
        "za", "destinataire", "destinatario",
    ),
    "cc": ("cc", "kopie", "copie", "kopia", "kopi", "kopio", "dw", "копия", "bcc", "抄送", "참조"),
    "subject": (
        "subject", "betreff", "objet", "asunto", "oggetto", "assunto", "onderwerp", "emne",
        "ämne", "aihe", "temat", "předmět", "predmet", "predmět", "тема", "tárgy", "subiect",
        "konu", "θέμα", "teema", "主题", "主旨", "件名", "제목", "rubrik", "zadeva",
    ),
    "reply-to": ("reply-to", "antwort an", "répondre à", "responder a", "rispondi a", "risposta"),
}  # fmt: skip

# The words between the dashes of "-----Original Message-----".
DIVIDERS: Final[tuple[str, ...]] = (
    "original message", "original mail", "reply message", "original-nachricht",
    "ursprüngliche nachricht", "originalnachricht", "originale nachricht", "antwort nachricht",
    "ursprüngliche mail", "message d'origine", "message original", "message initial",
    "message transféré", "mensaje original", "mensaje reenviado", "mensagem original",
    "mensagem encaminhada", "messaggio originale", "messaggio inoltrato", "messaggio d'origine",
    "oorspronkelijk bericht", "origineel bericht", "doorgestuurd bericht",
    "originalmeddelande", "ursprungligt meddelande", "ursprungligt e-postmeddelande",
    "vidarebefordrat meddelande", "oprindelig meddelelse", "original meddelelse",
    "videresendt meddelelse", "opprinnelig melding", "original melding", "videresendt melding",
    "alkuperäinen viesti", "välitetty viesti", "wiadomość oryginalna", "oryginalna wiadomość",
    "treść oryginalnej wiadomości", "wiadomość przekazana", "původní zpráva",
    "přeposlaná zpráva", "pôvodná správa", "preposlaná správa", "eredeti üzenet",
    "továbbított üzenet", "mesaj original", "mesaj redirecționat", "izvorna poruka",
    "izvirno sporočilo", "исходное сообщение", "пересылаемое сообщение",
    "пересланное сообщение", "оригинальное сообщение", "початкове повідомлення",
    "оригинално съобщение", "αρχικό μήνυμα", "orijinal mesaj", "özgün ileti",
    "iletilmiş mesaj", "algne kiri", "origineel", "原始邮件", "原始郵件", "转发的邮件",
    "元のメッセージ", "original message follows", "원본 메시지", "転送されたメッセージ",
    "forwarded message", "forwarded by", "weitergeleitete nachricht", "missatge original",
    "message de l'expéditeur", "pesan asli", "thư gốc", "הודעה מקורית", "ursprunglig e-post",
)  # fmt: skip

# Whole lines that open a forwarded or quoted mail without dashes.
MARKS: Final[tuple[str, ...]] = (
    "begin forwarded message:", "anfang der weitergeleiteten nachricht:",
    "anfang der weitergeleiteten e-mail:", "début du message réexpédié :",
    "début du message transféré :", "inicio del mensaje reenviado:",
    "inizio messaggio inoltrato:", "início da mensagem encaminhada:",
    "begin doorgestuurd bericht:", "vidarebefordrat brev:", "videresendt meddelelse:",
    "videresendt melding:", "välitetty viesti alkaa:", "początek przekazanej wiadomości:",
    "začátek přeposílané zprávy:", "начало переадресованного сообщения:",
    "iletilen iletinin başlangıcı:",
)  # fmt: skip

# "Sent from my ..." and its like: first words of the line.
DEVICE_OPENERS: Final[tuple[str, ...]] = (
    "sent from", "sent via", "sent with", "sent using", "sent by", "get outlook for",
    "get [outlook for", "from my iphone", "from my ipad", "von meinem", "von meiner",
    "gesendet von", "gesendet mit", "gesendet über", "diese nachricht wurde von meinem",
    "diese nachricht wurde mit", "outlook für", "holen sie sich outlook",
    "envoyé de mon", "envoyé depuis", "envoyé à partir", "télécharger outlook",
    "obtenez outlook", "enviado desde", "enviado do meu", "enviado de mi", "enviado a partir",
    "obtener outlook", "obter o outlook", "inviato da", "inviato dal", "scarica outlook",
    "ottieni outlook", "verzonden vanaf", "verstuurd vanaf", "verstuurd met", "verzonden met",
    "download outlook", "skickat från", "skickades från", "hämta outlook", "sendt fra",
    "sendt med", "hent outlook", "lähetetty", "hanki outlook", "wysłane z", "wysłano z",
    "pobierz program outlook", "odesláno z", "odoslané z", "elküldve", "trimis de pe",
    "отправлено с", "отправлено из", "надіслано з", "iphone'umdan", "i̇phone'umdan",
    "εστάλη από", "στάλθηκε από", "从我的", "發自我的", "从我的iphone", "發送自", "发自我的",
    "從我的", "iphoneから送信", "나의 iphone",
)  # fmt: skip

# A device line must also name one of these, so that "sent from my desk" stays a sentence.
DEVICES: Final[tuple[str, ...]] = (
    "iphon", "ipad", "ipod", "android", "samsung", "galaxy", "huawei", "xiaomi", "pixel", "htc",
    "blackberry", "nokia", "windows", "outlook", "mobile", "mobil", "handy", "smartphone",
    "telefon", "teléfono", "móvil", "celular", "cellulare", "telefoon", "telefono", "puhelimesta",
    "phone", "tablet", "mail app", "yahoo", "gmx", "web.de", "proton", "airmail", "mailbox",
    "spark", "k-9", "typeapp", "bluemail", "cell,", "telekom", "gmail", "thunderbird",
)  # fmt: skip

# Marks of a legal notice; a closing paragraph with two of one row is one.
DISCLAIMERS: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "confidential", "privileged", "intended recipient", "designated recipient", "addressee",
        "received it in error", "received this", "unauthorised", "unauthorized", "disclosure",
        "solely for", "prohibited", "delete the original", "notify the sender", "dispose of",
        "intended solely", "before printing", "viruses",
    ),
    "de": (
        "vertrauliche", "rechtlich geschützt", "nicht der richtige adressat", "irrtümlich",
        "unerlaubte", "nicht gestattet", "vernichten sie diese", "informieren sie bitte",
        "bestimmungsgemäße", "löschen sie diese", "unbefugte",
    ),
    "fr": (
        "confidentiel", "destinataire", "par erreur", "toute diffusion", "interdite",
        "détruire", "pièces jointes", "à l'attention exclusive", "usage exclusif",
    ),
    "es": (
        "confidencial", "destinatario", "por error", "prohibida", "privilegiada", "divulgación",
        "elimine", "uso exclusivo",
    ),
    "it": (
        "riservat", "destinatari", "per errore", "vietat", "divulgazione", "cancellare",
        "confidenzial", "uso esclusivo",
    ),
    "pt": (
        "confidencial", "destinatário", "por engano", "por erro", "proibida", "divulgação",
        "elimine", "uso exclusivo",
    ),
    "nl": (
        "vertrouwelijk", "geadresseerde", "ten onrechte", "niet toegestaan", "vernietigen",
        "openbaarmaking", "uitsluitend bestemd",
    ),
    "nordic": (
        "konfidentiell", "fortrolig", "konfidensiell", "mottagare", "modtager", "mottaker",
        "av misstag", "ved en fejl", "ved en feil", "luottamuksell", "erehdyksessä",
    ),
    "pl": ("poufne", "adresat", "przez pomyłkę", "zabronione", "omyłkowo", "wyłącznie dla"),
    "cs": ("důvěrn", "adresát", "omylem", "zakázáno", "neoprávněn"),
}  # fmt: skip

# A plain part that says only that the words are in the HTML part.
PLACEHOLDERS: Final[tuple[str, ...]] = (
    "does not support html", "doesn't support html", "html messages", "html version",
    "view this email in your browser", "view this message in", "html-fähig",
    "unterstützt kein html", "nur in html", "ne supporte pas", "no soporta html",
    "non supporta html", "ondersteunt geen html", "this is a multi-part message",
    "html format", "html capable",
)  # fmt: skip

# The line help desks put above their own words (Zendesk, Freshdesk, Intercom).
REPLY_ABOVE: Final[tuple[str, ...]] = (
    "reply above this line", "type your reply above", "write a reply above",
    "please reply above", "respond above this line", "reply-above",
    "oberhalb dieser linie", "oberhalb dieser zeile", "über dieser zeile",
    "au-dessus de cette ligne", "por encima de esta línea", "sopra questa riga",
    "acima desta linha", "boven deze regel", "boven deze lijn",
)  # fmt: skip
