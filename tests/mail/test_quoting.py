"""What the sender wrote is told apart from what was quoted, in any language and posting style."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.mail.words.html_text import to_text
from nurture.mail.words.quoting import Written, visible

QUOTED = "> Guten Tag,\n>\n> abmelden: https://nurture.example/u/8f3c\n"
UNMARKED = "Guten Tag,\n\nabmelden: https://nurture.example/u/8f3c\n"

INTROS = [
    "On Mon, Mar 9, 2026 at 9:12 AM Nurture Team <team@nurture.example> wrote:",
    "On Mon, Mar 9, 2026 at 9:12 AM Nurture Team\n<team@nurture.example> wrote:",
    "On Mon, Mar 9, 2026 at 9:12 AM\nNurture Team\n<team@nurture.example>\nwrote:",
    "On 09/03/2026 09:12, Nurture Team wrote:",
    "On 2026-03-09, at 09:12, Nurture Team wrote:",
    "Am Mo., 9. März 2026 um 09:12 Uhr schrieb Nurture Team <team@nurture.example>:",
    "Am Mo., 9. März 2026 um 09:12 Uhr schrieb Nurture Team <\nteam@nurture.example>:",
    "Am 09.03.2026 um 09:12 schrieb Nurture Team:",
    "Nurture Team <team@nurture.example> hat am 09.03.2026 09:12 geschrieben:",
    "Le lun. 9 mars 2026 à 09:12, Nurture Team <team@nurture.example> a écrit :",
    "Le 09/03/2026 à 09:12, Nurture Team a écrit :",
    "El lun, 9 mar 2026 a las 9:12, Nurture Team (<team@nurture.example>) escribió:",
    "El 9/3/26 a las 9:12, Nurture Team escribió:",
    "Il giorno lun 9 mar 2026 alle ore 09:12 Nurture Team <team@nurture.example> ha scritto:",
    "Il 09/03/2026 09:12, Nurture Team ha scritto:",
    "Em seg., 9 de mar. de 2026 às 09:12, Nurture Team <team@nurture.example> escreveu:",
    "Às 09:12 de 09/03/2026, Nurture Team escreveu:",
    "Nurture Team <team@nurture.example> escreveu no dia segunda, 9/03/2026 à(s) 09:12:",
    "Op ma 9 mrt 2026 om 09:12 schreef Nurture Team <team@nurture.example>:",
    "Op 09-03-2026 om 09:12 schreef Nurture Team:",
    "Op 9 mrt 2026 om 09:12 heeft Nurture Team <team@nurture.example> het volgende geschreven:",
    "Den mån 9 mars 2026 kl 09:12 skrev Nurture Team <team@nurture.example>:",
    "Den 2026-03-09 kl. 09:12, skrev Nurture Team:",
    "9 mars 2026 kl. 09:12 skrev Nurture Team <team@nurture.example>:",
    "Den man. 9. mar. 2026 kl. 09.12 skrev Nurture Team <team@nurture.example>:",
    "man. 9. mar. 2026 kl. 09:12 skrev Nurture Team <team@nurture.example>:",
    "Den 09.03.2026 09:12, skrev Nurture Team:",
    "ma 9. maalisk. 2026 klo 9.12 Nurture Team (team@nurture.example) kirjoitti:",
    "Nurture Team kirjoitti 9.3.2026 klo 9.12:",
    "pon., 9 mar 2026 o 09:12 Nurture Team <team@nurture.example> napisał(a):",
    "W dniu 9.03.2026 o 09:12, Nurture Team pisze:",
    "po 9. 3. 2026 v 9:12 odesílatel Nurture Team <team@nurture.example> napsal:",
    "Dne 09. 03. 26 v 9:12 Nurture Team napsal(a):",
    "po 9. 3. 2026 o 9:12 Nurture Team <team@nurture.example> napísal(a):",
    "Nurture Team <team@nurture.example> ezt írta (időpont: 2026. márc. 9., H, 9:12):",
    "2026. 03. 09. 9:12 keltezéssel, Nurture Team írta:",
    "În lun., 9 mar. 2026 la 09:12, Nurture Team <team@nurture.example> a scris:",
    "Pe lun., 9 mar. 2026 la 09:12, Nurture Team <team@nurture.example> a scris:",
    "пн, 9 мар. 2026 г. в 09:12, Nurture Team <team@nurture.example>:",
    "09.03.2026 09:12, Nurture Team пишет:",
    "пн, 9 бер. 2026 р. о 09:12 Nurture Team <team@nurture.example> пише:",
    "На пн, 9.03.2026 г. в 9:12 Nurture Team <team@nurture.example> написа:",
    "Στις Δευ 9 Μαρ 2026 στις 9:12 π.μ., ο/η Nurture Team <team@nurture.example> έγραψε:",
    "Nurture Team <team@nurture.example>, 9 Mar 2026 Pzt, 09:12 tarihinde şunu yazdı:",
    "9.03.2026 09:12 tarihinde Nurture Team yazdı:",
    "pon, 9. ožu 2026. u 09:12 Nurture Team <team@nurture.example> napisao je:",
    "V V pon., 9. mar. 2026 ob 09:12 je oseba Nurture Team <team@nurture.example> napisala:",
    "Nurture Team <team@nurture.example> kirjutas kuupäeval E, 9. märts 2026 kell 09:12:",
    "2026-03-09, pr, 09:12 Nurture Team <team@nurture.example> rašė:",
    "Vào Th 2, 9 thg 3, 2026 vào lúc 09:12 Nurture Team <team@nurture.example> đã viết:",
    "2026年3月9日(月) 9:12 Nurture Team <team@nurture.example>:",
    "Nurture Team <team@nurture.example> 于2026年3月9日周一 09:12写道：",
    "2026년 3월 9일 (월) 오전 9:12, Nurture Team <team@nurture.example>님이 작성:",
    "בתאריך יום ב׳, 9 במרץ 2026 מאת \u202aNurture\u202c\u200f <\u202at@n.example\u202c\u200f>:",
    "El dl., 9 de març 2026 a les 9:12, Nurture Team <team@nurture.example> va escriure:",
    "Pada tanggal Sen, 9 Mar 2026 pukul 09.12 Nurture Team <team@nurture.example> menulis:",
]

HEADERS = [
    "From: Team <team@nurture.example>\nSent: Monday, 9 March 2026 09:12\nTo: Rosa\nSubject: Offer",
    "Von: Team <team@nurture.example>\nGesendet: Montag, 9. März 2026 09:12\nAn: Rosa\nBetreff: x",
    "De : Team <team@nurture.example>\nEnvoyé : lundi 9 mars 2026 09:12\nÀ : Rosa\nObjet : Offre",
    "De: Team <team@nurture.example>\nEnviado: lunes, 9 de marzo\nPara: Rosa\nAsunto: Oferta",
    "Da: Team <team@nurture.example>\nInviato: lunedì 9 marzo\nA: Rosa\nOggetto: Offerta",
    "De: Team <team@nurture.example>\nEnviada em: 9 de março\nPara: Rosa\nAssunto: Proposta",
    "Van: Team <team@nurture.example>\nVerzonden: maandag 9 maart\nAan: Rosa\nOnderwerp: x",
    "Fra: Team <team@nurture.example>\nSendt: 9. mars 2026 09:12\nTil: Rosa\nEmne: Tilbud",
    "Från: Team <team@nurture.example>\nSkickat: den 9 mars 2026\nTill: Rosa\nÄmne: Offert",
    "Lähettäjä: Team <team@nurture.example>\nLähetetty: 9.3.2026\nVastaanottaja: R\nAihe: Tarjous",
    "Od: Team <team@nurture.example>\nWysłano: 9 marca 2026\nDo: Rosa\nTemat: Oferta",
    "Od: Team <team@nurture.example>\nOdesláno: 9. března\nKomu: Rosa\nPředmět: Nabídka",
    "От: Team <team@nurture.example>\nОтправлено: 9 марта 2026\nКому: Rosa\nТема: Предложение",
    "Kimden: Team <team@nurture.example>\nGönderildi: 9 Mart\nKime: Rosa\nKonu: Teklif",
    "发件人: Team <team@nurture.example>\n发送时间: 2026年3月9日\n收件人: Rosa\n主题: 报价",
    "*From:* Team [mailto:team@nurture.example]\n*Sent:* Monday\n*To:* Rosa\n*Subject:* Offer",
]

DIVIDERS = [
    "-----Original Message-----",
    "----- Ursprüngliche Nachricht -----",
    "-------- Message d'origine --------",
    "-----Mensaje original-----",
    "-----Messaggio originale-----",
    "-----Mensagem original-----",
    "-----Oorspronkelijk bericht-----",
    "-----Ursprungligt meddelande-----",
    "-----Oprindelig meddelelse-----",
    "-----Alkuperäinen viesti-----",
    "-----Wiadomość oryginalna-----",
    "---------- Forwarded message ---------",
    "*-------- Original Message --------*",
    "Begin forwarded message:",
    "Anfang der weitergeleiteten Nachricht:",
    "##- Please type your reply above this line -##",
]


@pytest.mark.parametrize("intro", INTROS)
@pytest.mark.parametrize("below", [QUOTED, UNMARKED])
def test_an_answer_above_its_quotation_is_all_that_is_heard(intro: str, below: str) -> None:
    written = visible(f"Ja, gerne.\n\n{intro}\n\n{below}", "")
    assert (written.text, written.body) == ("Ja, gerne.", "Ja, gerne.")
    assert "abmelden" in written.quoted


@pytest.mark.parametrize("intro", INTROS)
def test_an_answer_below_its_quotation_is_all_that_is_heard(intro: str) -> None:
    written = visible(f"{intro}\n{QUOTED}\nJa, gerne.", "")
    assert (written.text, written.body) == ("Ja, gerne.", "Ja, gerne.")


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("rule", ["", "________________________________\n"])
def test_what_stands_below_a_header_block_is_quoted(headers: str, rule: str) -> None:
    written = visible(f"Ja, gerne.\n{rule}{headers}\n\n{UNMARKED}", "")
    assert (written.text, written.body) == ("Ja, gerne.", "Ja, gerne.")


@pytest.mark.parametrize("divider", DIVIDERS)
def test_what_stands_below_a_divider_is_quoted(divider: str) -> None:
    assert visible(f"Ja, gerne.\n\n{divider}\n\n{UNMARKED}", "").text == "Ja, gerne."


@pytest.mark.parametrize(
    "words",
    [
        "On Monday I wrote:\nplease stop",
        "On the one hand yes.\nOn the other hand, it could happen twice!",
        "Please note:\n- one\n- two",
        "From: Berlin\nTo: Paris\nwe need a quote for 3 May",
        "Our options:\n-- first\n-- second",
        "----- Enter feedback below -----\nfine",
        "Am Montag schrieb ich Ihnen, dass wir warten.",
        "Re: your offer\nyes",
        "| item | price |\n| a | 3 |",
        ">From what I know, yes.",
        "Price < 100 > 50, see:\nok",
    ],
)
def test_own_words_that_look_like_marks_stay(words: str) -> None:
    assert visible(words, "").body == words


PROGRAMS = [
    (
        (
            "Hello\n\n--- On Mon, 4/2/12, bob@x.org <bob@x.org> wrote:\n\n"
            "From: bob@x.org <bob@x.org>\nSubject: Test\nTo: a@b.c\n"
            "Date: Monday, April 2, 2012, 6:14 PM\n\nHi"
        ),
        "Hello",
    ),
    ("Hello\n\n\nMon, 02 Apr 2012 17:44:22 +0400 от Мега <a@b.ru>:\n> Hi", "Hello"),
    ('Hello\n\n02.04.2012, 14:20, "bob" <bob@x.org>:\n> Hi', "Hello"),
    ('Hello\n\n02.04.2012, 14:20, "bob" <bob@x.org>:\n Hi', "Hello"),
    (
        (
            "Hello\n________________________________\nFrom: x<mailto:a@b.c>\n"
            "Sent: \u200e4/\u200e2/\u200e2012 5:44 PM\nTo: y<mailto:c@d.e>\nSubject: Test\n\nHi"
        ),
        "Hello",
    ),
    ("Hello\n\n2013-12-24 Someone <a@b.com>:\n\n> hi", "Hello"),
    ('Merci\n\nLe 10 juin 2016 13:51, "X" <a@b.fr> a\nécrit :\n\n> oui', "Merci"),
    ("好的\n\n在 2016年1月1日，下午3:00，X <a@b.cn> 写道：\n\n> 你好", "好的"),
    (
        (
            "Yes please.\n\nNurture Team wrote in\n <20260309.1@nurture.example>:\n |Hi,\n |\n"
            " |unsubscribe\n"
        ),
        "Yes please.",
    ),
    ("Yes\n\nOn Mon, Mar 09, 2026 at 09:12:00AM +0000, Nurture Team wrote:\n> Hi\n> x", "Yes"),
    ("Yes\n\nNurture Team wrote:\n> Hi\n> x", "Yes"),
    ("Yes\n\nQuoting Nurture Team <t@n.example>:\n\n> Hi\n", "Yes"),
    ("Yes\n\nZitat von Nurture Team <t@n.example>:\n\n> Hi\n", "Yes"),
    ("Yes\n\nCitando Nurture Team <t@n.example>:\n\n> Hi\n", "Yes"),
    (
        ("Yes\n\nNurture Team <t@n.example> hat am Mo 9. Mär, 09:12 (UTC) geschrieben:\n\nHi\n"),
        "Yes",
    ),
    ("Ja\n\n> Am 09.03.2026 um 09:12 schrieb Nurture Team <t@n.example>:\n> \n> Hi\n", "Ja"),
    (
        (
            'Ja\n\nGesendet: Montag, 09. März 2026 um 09:12 Uhr\nVon: "Team" <t@n.example>\n'
            "An: r@x.de\nBetreff: Angebot\n\nHi"
        ),
        "Ja",
    ),
    (
        (
            "Ja\n\n-------- Ursprüngliche Nachricht --------\nVon: Team <t@n.example>\n"
            "Datum: 09.03.26 09:12 (GMT+01:00)\nAn: r@x.de\nBetreff: Angebot\n\nHi"
        ),
        "Ja",
    ),
    (
        ('Ja\n\n------ Originalnachricht ------\nVon: "Team" <t@n.example>\nAn: r@x.de\n\nHi'),
        "Ja",
    ),
    (
        (
            'Ja\n\n------ Original Message ------\nFrom "Team" <t@n.example>\nTo r@x.de\n'
            "Date 09/03/2026\n\nHi"
        ),
        "Ja",
    ),
    (
        (
            "Ja\n\n------- Original Message -------\n"
            "On Monday, March 9th, 2026 at 9:12 AM, Team <t@n.example> wrote:\n\n\n> Hi\n>"
        ),
        "Ja",
    ),
    (
        (
            "Ja\n\nSent with Proton Mail secure email.\n\n"
            "On Monday, March 9th, 2026 at 9:12 AM, Team <t@n.example> wrote:\n\n> Hi\n"
        ),
        "Ja\n\nSent with Proton Mail secure email.",
    ),
    (
        (
            "Ok\n\nFrom: Team <t@n.example>\nDate: Monday, 9 March 2026 at 09:12\nTo: R\n"
            "Subject: Offer\nHi"
        ),
        "Ok",
    ),
    (
        ("Ok\n\nDate: Mon, 9 Mar 2026 09:12\nFrom: t@n.example\nTo: r@x.de\nSubject: Offer\n\nHi"),
        "Ok",
    ),
    ("Ok\n\nOn Mar 9, 2026 09:12, Team <t@n.example> wrote:\nHi\nunsub", "Ok"),
    ("Ok\n\nOn Mon, Mar 9, 2026, 9:12 AM Team via Foo\n<t@n.example>\nwrote:\n\nHi", "Ok"),
    (
        ("I said on 3.4.2025 the following:\n- price 5\n- more"),
        "I said on 3.4.2025 the following:\n- price 5\n- more",
    ),
    (
        ("Wir treffen uns am 12.03.2026 um 10:00, wie Sie schrieben:\nBahnhofstr. 2"),
        "Wir treffen uns am 12.03.2026 um 10:00, wie Sie schrieben:\nBahnhofstr. 2",
    ),
    ("> Hi\n> there\n\nYes", "> Hi\n> there\n\nYes"),
    (
        (
            "On Mon, 9 Mar 2026 at 09:12, Team <t@n.example> wrote:\n\n> Hi\n>> older\n\n"
            "fine by me\n\n> more?\n\nno\n\n-- \nJo"
        ),
        "fine by me\n\n\nno",
    ),
    (
        ("Thanks a lot On Wed, Apr 4, 2012 at 3:59 PM, bob@example.com wrote:\n> Hi"),
        "Thanks a lot",
    ),
    (
        ("Yes\n\n[cid:image001.png]\n\nFrom: A <a@b.c>\nSent: Monday\nTo: B\nSubject: x\n\nq"),
        "Yes\n\n[cid:image001.png]",
    ),
    ("Yes\n\n\n\n\n\n\n\n> q\n> r\n> s\n\n\n", "Yes"),
    (
        (
            "Yes\n\n\n‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\n"
            "On Monday, Mar 9, 2026 9:12 AM, X <a@b.c> wrote:\n\n> q"
        ),
        "Yes",
    ),
    (
        (
            "Yes\n\nBegin forwarded message:\n\n> From: A <a@b.c>\n> Subject: q\n> Date: x\n> \n"
            "> body"
        ),
        "Yes",
    ),
    (
        (
            "Yes\n________________________________\n差出人: A <a@b.c>\n"
            "送信日時: 2026年3月9日\n宛先: B\n件名: q\n\nbody"
        ),
        "Yes",
    ),
    ("Yes\n\nEl lunes, 9 de marzo de 2026, Team <t@n.example> escribió:\n\n> q", "Yes"),
    ("Yes\n\nTeam <t@n.example> schrieb am Mo., 9. März 2026, 09:12:\n\n> q", "Yes"),
    ("Yes\n\nDen mån 9 mars 2026 09:12Team <t@n.example> skrev:\n\n> q", "Yes"),
    ("Yes\n\nIl giorno 9 mar 2026, alle ore 09:12, Team <t@n.example> ha scritto:\n\nq", "Yes"),
    ("Yes\n\nOn 9 March 2026 09:12:00 CET, Team <t@n.example> wrote:\n>q\n>r", "Yes"),
    ("Yes\n\nAm 9. März 2026 09:12:00 MEZ schrieb Team <t@n.example>:\n>q\n>r", "Yes"),
]


@pytest.mark.parametrize(("mail", "own"), PROGRAMS)
def test_the_habits_of_each_mail_program_are_known(mail: str, own: str) -> None:
    assert visible(mail, "").text == own


def test_inline_answers_keep_their_questions_for_the_eye_but_not_for_signals() -> None:
    mail = "> is it still of interest?\n\nYes.\n\n> or reply with STOP\n\nNo need."
    written = visible(mail, "")
    assert written.text == mail
    assert "STOP" not in written.body
    assert "Yes." in written.body
    assert "No need." in written.body


def test_answers_between_an_introduced_quotation_lose_the_quotation() -> None:
    mail = "On 9 Mar 2026, at 09:12, Team wrote:\n> Still of interest?\nYes.\n> STOP\nNo need."
    assert visible(mail, "").text.split("\n") == ["Yes.", "No need."]


def test_an_answer_that_shares_the_line_of_the_intro_is_heard() -> None:
    written = visible("Thanks! On Mon, Mar 9, 2026 at 9:12 AM, Ann Lee wrote:\n> STOP\n", "")
    assert (written.text, written.body) == ("Thanks!", "Thanks!")


def test_a_mail_that_only_forwards_is_shown_but_not_heard() -> None:
    written = visible(f"{HEADERS[0]}\n\nPlease unsubscribe me", "")
    assert written == Written("Please unsubscribe me", "", written.quoted)
    assert "Subject: Offer" in written.quoted


def test_a_help_desk_line_above_its_own_words_hides_nothing() -> None:
    written = visible("##- Please type your reply above this line -##\n\nWe got your request.", "")
    assert written.body == "We got your request."


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Gesendet mit der GMX Mail App",
        "Envoyé de mon iPad",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Enviado do meu iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Skickat från min iPhone",
        "Sendt fra min iPad",
        "Lähetetty iPhonesta",
        "Wysłane z iPhone'a",
        "Odesláno z iPhonu",
        "Отправлено с iPhone",
        "Get Outlook for iOS",
        "Get [Outlook for Android](https://aka.ms/x)",
        "(sent from a mobile phone)",
    ],
)
def test_a_device_line_is_shown_but_not_heard(line: str) -> None:
    written = visible(f"Nein.\n\n{line}", "")
    assert (written.text, written.body) == (f"Nein.\n\n{line}", "Nein.")


def test_a_sentence_about_a_device_is_heard() -> None:
    words = "Sent from my desk, is much easier than my mobile phone."
    assert visible(f"Hi\n\n{words}", "").body.endswith(words)


def test_a_signature_behind_two_dashes_is_cut_and_a_drawn_one_shown() -> None:
    assert visible("Yes\n\n-- \nRosa\nUnsubscribe Ltd", "").text == "Yes"
    drawn = visible("Yes\n\n—\nRosa\nUnsubscribe Ltd", "")
    assert (drawn.text, drawn.body) == ("Yes\n\n—\nRosa\nUnsubscribe Ltd", "Yes")


def test_a_signature_below_the_quotation_goes_with_it() -> None:
    assert visible(f"Yes\n\n{INTROS[0]}\n{QUOTED}\n—\nRosa\nAcme", "").text == "Yes"


def test_two_dashes_above_a_long_text_are_no_signature() -> None:
    long = "\n".join(f"point {number}" for number in range(20))
    assert visible(f"Hello\n--\n{long}", "").body.endswith("point 19")


@pytest.mark.parametrize(
    "notice",
    [
        (
            "This message is confidential and intended solely for the addressee. Any disclosure is "
            "prohibited."
        ),
        (
            "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat "
            "sind, löschen Sie diese bitte."
        ),
        "Ce message est confidentiel. Si vous l'avez reçu par erreur, merci de le détruire.",
    ],
)
def test_a_closing_legal_notice_is_not_heard(notice: str) -> None:
    assert visible(f"We talked in confidence.\n\n{notice}", "").body == "We talked in confidence."


@pytest.mark.parametrize(
    "html",
    [
        (
            "<p>Yes &amp; thanks</p><div class=gmail_quote><div>On Mon, Mar 9, 2026 Team "
            "&lt;<a href='mailto:t@n.example'>t@n.example</a>&gt; wrote:<br></div>"
            "<blockquote><p>STOP</p></blockquote></div>"
        ),
        (
            "<div>Yes &amp; thanks</div><hr><div><b>From:</b> Team &lt;t@n.example&gt;<br>"
            "<b>Sent:</b> Monday<br><b>To:</b> Rosa<br><b>Subject:</b> Offer</div><p>STOP</p>"
        ),
        (
            "<html><head><style>p{}</style><title>x</title></head><body><p>Yes &amp;\nthanks</p>"
            "<blockquote>On 9 Mar 2026, at 09:12, Team wrote:<br>STOP</blockquote></body></html>"
        ),
    ],
)
@pytest.mark.parametrize("plain", ["", " \n", "Your mail program does not support HTML messages."])
def test_html_serves_where_no_plain_words_are(html: str, plain: str) -> None:
    written = visible(plain, html)
    assert (written.text, written.body) == ("Yes & thanks", "Yes & thanks")
    assert "STOP" in written.quoted


def test_plain_words_win_over_html() -> None:
    assert visible("No", "<p>A much longer HTML part that says yes</p>").text == "No"


def test_html_in_the_plain_part_is_read_as_html() -> None:
    assert visible("<html><body><p>No, thanks</p></body></html>", "").text == "No, thanks"


def test_html_keeps_lines_lists_and_levels() -> None:
    page = "<p>a<br>b</p><ul><li>c<li>d</ul><blockquote>e<blockquote>f</blockquote></blockquote>"
    shown = [line for line in to_text(page).split("\n") if line.strip("> ")]
    assert shown == ["a", "b", "- c", "- d", "> e", "> > f"]


def test_scripts_and_styles_are_never_words() -> None:
    page = "<script>alert(1)</script><style>p{}</style><p onclick='x'>ok</p><!-- no -->"
    assert to_text(page) == "ok"


_TOKENS = st.sampled_from(
    ["> ", "\n", "On 9 Mar 2026 ", "wrote:", "From: a@b.c", "Subject: x", "-- ", "--", "_" * 20,
     "hi", "-----Original Message-----", "<div>", "<blockquote>", "</p>", "\r",
     "\x00", " ", "é", "："]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=400), st.lists(_TOKENS, max_size=80).map("".join))


@given(plain=_TEXTS, html=_TEXTS)
def test_any_mail_is_taken_apart_without_an_exception_or_new_words(plain: str, html: str) -> None:
    written = visible(plain, html)
    source = set((plain + to_text(plain) + to_text(html)).replace("\xa0", " "))
    assert set(written.text + written.body + written.quoted) <= source | {"\n", ">", " ", "-"}


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("\n" * 500_000, ""),
        (">" * 500_000, ""),
        ("> a\nb\n" * 50_000, ""),
        ("On 1.1.2026 10:10 bob <\n" * 20_000, ""),
        ("From: a@b\n\n" * 20_000, ""),
        ("a\n--\n" * 20_000, ""),
        (("-" * 299 + "\n") * 2000, ""),
        ("> ((((\nx\n" * 20_000, ""),
        ("", "<a " * 600_000),
        ("", "<blockquote>" * 200_000),
        ("", "<div><blockquote>" * 9000),
        ("", "&" * 250_000),
    ],
)
def test_a_hostile_mail_costs_less_than_a_second(plain: str, html: str) -> None:
    began = time.process_time()
    visible(plain, html)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("ending", ["-- \nJo", "Sent from my iPhone"])
def test_an_ending_below_a_bare_quotation_makes_it_no_inline_answer(ending: str) -> None:
    assert visible(f"Yes\n\n> STOP\n\n{ending}", "").text.startswith("Yes")
    assert "STOP" not in visible(f"Yes\n\n> STOP\n\n{ending}", "").text


@pytest.mark.parametrize(
    "torn",
    [
        "> [link](https://n.example/a\n_nonce=3)\n> more",
        "> see\n (https://n.example/u/8f3c)\n> more",
        "> To <a@b.example> and <c@\nd.example> and so on\n> more",
    ],
)
def test_a_line_torn_off_a_quotation_is_quoted(torn: str) -> None:
    written = visible(f"Yes\n\nOn 9 Mar 2026, Ann wrote:\n{torn}\n", "")
    assert (written.text, written.body) == ("Yes", "Yes")


@pytest.mark.parametrize(
    "below",
    [
        "2026/3/9 Ann Lee <ann@n.example>\n\nSTOP",
        'On 9 Mar 2026 09:12 "Ann" <ann@n.example\n>:\n\nSTOP',
        "---- Ann Lee wrote ----\n\nSTOP",
        "Date: 9 March\nTo: r@x.example\nSubject: Offer\n\nSTOP",
    ],
)
def test_rarer_marks_of_a_quotation_are_known(below: str) -> None:
    assert visible(f"Yes\n\n{below}", "").text == "Yes"


def test_header_words_scattered_over_a_text_are_no_header_block() -> None:
    letter = "From: Berlin\na\nb\nc\nd\nSubject: trains\nTo: Paris\nwrite to me@x.example"
    assert visible(letter, "").body == letter


def test_one_word_of_a_notice_makes_no_notice() -> None:
    words = "Please keep the figures I sent you yesterday confidential, and call me on Monday."
    assert visible(f"Hello,\n\n{words}", "").body.endswith(words)
