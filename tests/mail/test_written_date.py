"""A return day or a later time is found in words and figures, and a wrong one never."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.mail.words.written_date import find_later, find_return

TODAY = date(2026, 3, 10)  # a Tuesday

RETURNS = [
    ("I'll be back on 6 August.", "2026-08-06"),
    ("I am away until the 12th.", "2026-03-13"),
    ("I'm out of office through 20 March.", "2026-03-21"),
    ("Out of office March 9-13, 2026.", "2026-03-14"),
    ("I am on vacation from March 9 to March 16.", "2026-03-17"),
    ("I am on leave and will return Monday, March 23rd.", "2026-03-23"),
    ("Back tomorrow.", "2026-03-11"),
    ("I will be back next week.", "2026-03-16"),
    ("I'm out until next Wednesday.", "2026-03-11"),
    ("I am out until 03/04/2026, back on Friday 3 April.", "2026-04-03"),
    ("I am out until Friday 03/04/2026.", "2026-04-03"),
    ("I am out until 04/20.", "2026-04-20"),
    ("Back 20/03/26", "2026-03-20"),
    ("Returning 2026-03-30.", "2026-03-30"),
    (
        "I will be back on Monday the 16th of March. Or call 555-0101 ext. 12.",
        "2026-03-16",
    ),
    ("Our office is closed. We open again 7 April 2026 at 9:00.", "2026-04-07"),
    (
        "Out of the office starting 03/12/2026, will return on 03/16/2026.",
        "2026-03-16",
    ),
    ("I'm on sabbatical until January 2027.", "2027-01-01"),
    ("I am out of office between 9 and 20 March, inclusive.", "2026-03-21"),
    ("Ich bin bis zum 12. nicht im Büro.", "2026-03-13"),
    ("Ich bin bis 12.04 im Urlaub.", "2026-04-12"),
    ("Ich bin bis einschl. 12.04. im Urlaub.", "2026-04-13"),
    ("Ich bin vom 9. bis 20. März 2026 nicht erreichbar.", "2026-03-21"),
    ("Ich bin vom 09.03. - 20.03.2026 im Urlaub.", "2026-03-21"),
    ("Ab Montag, den 16.03. bin ich wieder für Sie da.", "2026-03-16"),
    ("Ich bin am Donnerstag wieder im Haus.", "2026-03-12"),
    ("Am 23. März bin ich wieder erreichbar.", "2026-03-23"),
    ("Ich bin ab KW 13 wieder da.", "2026-03-23"),
    ("Ich bin in zwei Wochen zurück.", "2026-03-24"),
    ("Ich bin heute außer Haus und morgen wieder erreichbar.", "2026-03-11"),
    ("Bis inkl. Freitag, 13. März, abwesend.", "2026-03-14"),
    ("Bin bis und mit 20. März abwesend.", "2026-03-21"),
    ("Je suis absente jusqu'au 20 mars inclus.", "2026-03-21"),
    ("Je suis absent du 9 au 20 mars.", "2026-03-21"),
    ("Je serai de retour le lundi 16 mars.", "2026-03-16"),
    ("De retour le 05/04/2026.", "2026-04-05"),
    ("Je suis en congés jusqu’au 22/03/2026.", "2026-03-22"),
    ("Absent jusqu'au 1er avril.", "2026-04-01"),
    ("Estaré de vuelta el 16 de marzo.", "2026-03-16"),
    ("Estoy fuera del 9 al 13 de marzo, ambos inclusive.", "2026-03-14"),
    ("Estaré ausente hasta el 15/03.", "2026-03-15"),
    ("Regreso el próximo lunes.", "2026-03-16"),
    ("Sono in ferie fino al 20 marzo compreso.", "2026-03-21"),
    ("Sarò assente dal 9 al 13 marzo.", "2026-03-14"),
    ("Rientro il 16/03/2026.", "2026-03-16"),
    ("Tornerò lunedì prossimo.", "2026-03-16"),
    ("Estou de férias até 20 de março, inclusive.", "2026-03-21"),
    ("Regresso no dia 16/03/2026.", "2026-03-16"),
    ("Estarei ausente de 9 a 13 de março de 2026.", "2026-03-14"),
    ("Ik ben afwezig t/m 20 maart.", "2026-03-21"),
    ("Ik ben weer bereikbaar vanaf maandag 16 maart.", "2026-03-16"),
    ("Ik ben op vakantie tot 23 maart.", "2026-03-23"),
    ("Van 9 maart tot en met 13 maart ben ik afwezig.", "2026-03-14"),
    ("Jag är på semester t.o.m. 20 mars.", "2026-03-21"),
    ("Jag är tillbaka måndag den 16 mars.", "2026-03-16"),
    ("Jeg er tilbage mandag d. 16. marts.", "2026-03-16"),
    ("Jeg holder ferie til og med 20/3.", "2026-03-21"),
    ("Jeg er tilbake 16. mars.", "2026-03-16"),
    ("Olen lomalla 20.3.2026 saakka.", "2026-03-20"),
    ("Palaan töihin maanantaina 16.3.", "2026-03-16"),
    ("Jestem na urlopie do 20 marca włącznie.", "2026-03-21"),
    ("Wracam 16 marca.", "2026-03-16"),
    ("Budu zpět 16. března.", "2026-03-16"),
    ("Jsem na dovolené do 20. 3. včetně.", "2026-03-21"),
    ("Я вернусь 16 марта 2026 г.", "2026-03-16"),
    ("Я в отпуске по 20 марта.", "2026-03-21"),
    ("Revin la birou pe 16 martie.", "2026-03-16"),
    ("Επιστρέφω στις 16 Μαρτίου.", "2026-03-16"),
    ("16 Mart 2026 tarihinde döneceğim.", "2026-03-16"),
    ("I am on maternity leave until 1 February 2027.", "2027-02-01"),
    ("I'll be out on 12 March, back 13 March.", "2026-03-13"),
    ("I'm travelling and will respond when I return on the 16th.", "2026-03-16"),
    ("Hi, I'm out of the office until Monday but yes, let's talk. Tuesday 10am?", "2026-03-16"),
    ("Ich bin zurück am 05.06.2026. I'm back 06/05/2026.", "2026-06-05"),
    ("I am currently out of the office and will return Monday 3/16.", "2026-03-16"),
    ("I'm out of the office this week, returning Monday.", "2026-03-16"),
    ("Out of office until Mon 16 Mar.", "2026-03-16"),
    ("I'm OOO until 3/16/26.", "2026-03-16"),
    ("I'm out till next Monday (16 March).", "2026-03-16"),
    ("I am on PTO from 3/9 - 3/13 and will be back in the office on 3/16.", "2026-03-16"),
    ("I am on leave until Friday, 20 March, returning Monday 23 March.", "2026-03-23"),
    ("I will be away from my desk until Monday the 16th.", "2026-03-16"),
    ("I am attending a conference through Friday, March 13th.", "2026-03-14"),
    ("I'm out sick today and hope to be back tomorrow.", "2026-03-11"),
    ("I am on parental leave and will be back on Sept 1, 2026.", "2026-09-01"),
    ("I will respond to emails upon my return on 03-23-2026.", "2026-03-23"),
    ("I'm travelling until 16/3.", "2026-03-16"),
    ("I'll be back at work on the 23rd of March", "2026-03-23"),
    ("I return to the office on Tuesday 24th.", "2026-03-24"),
    ("Ich bin bis Freitag, den 13.03.2026, nicht im Haus.", "2026-03-13"),
    ("Ich bin ab Montag, 16. März, wieder im Büro erreichbar.", "2026-03-16"),
    ("Ich bin vom 9.3. bis zum 13.3.2026 außer Haus.", "2026-03-14"),
    ("Ab 16.3. bin ich wieder da.", "2026-03-16"),
    ("Vielen Dank für Ihre Nachricht. Ich bin erst am 16. März wieder im Büro.", "2026-03-16"),
    ("Ich befinde mich bis einschließlich 3. April in Elternzeit.", "2026-04-04"),
    ("Ich bin im Mutterschutz und kehre im Januar 2027 zurück.", "2027-01-01"),
    ("Heute bin ich nicht erreichbar. Morgen bin ich wieder da.", "2026-03-11"),
    ("Je suis absent jusqu'au vendredi 13 mars inclus.", "2026-03-14"),
    ("Je serai absente du 9 mars au 13 mars 2026 inclus.", "2026-03-14"),
    ("Je suis actuellement en déplacement et serai de retour au bureau le 16/03.", "2026-03-16"),
    ("Je reprends le travail le 1er avril 2026.", "2026-04-01"),
    ("Absente jusqu'à lundi.", "2026-03-16"),
    ("Estaré fuera de la oficina hasta el lunes 16 de marzo.", "2026-03-16"),
    ("Me encuentro de vacaciones del 9 al 20 de marzo (ambos incluidos).", "2026-03-21"),
    ("Me reincorporo el 1 de abril.", "2026-04-01"),
    ("Volveré a la oficina el 16/03/2026", "2026-03-16"),
    ("Sono assente fino a venerdì 13 marzo compreso.", "2026-03-14"),
    ("Sarò di nuovo in ufficio da lunedì 16 marzo.", "2026-03-16"),
    ("Lo studio resterà chiuso dal 9 al 13 marzo e riaprirà lunedì 16 marzo.", "2026-03-16"),
    ("Estarei de férias até ao dia 20 de março.", "2026-03-20"),
    ("Estou fora do escritório de 09/03 a 13/03.", "2026-03-14"),
    ("Estarei de volta na segunda-feira, 16 de março.", "2026-03-16"),
    ("Ik ben tot en met vrijdag 13 maart afwezig.", "2026-03-14"),
    ("Ik ben op 16 maart weer aanwezig.", "2026-03-16"),
    ("Van 9 t/m 13 maart ben ik afwezig.", "2026-03-14"),
    ("Jag är ledig till och med fredag 13 mars.", "2026-03-14"),
    ("Jag är åter på kontoret den 16/3.", "2026-03-16"),
    ("Jeg er tilbage på kontoret mandag den 16. marts 2026.", "2026-03-16"),
    ("Jeg er bortreist t.o.m. 13. mars.", "2026-03-14"),
    ("Olen lomalla 9.3.-13.3.2026.", "2026-03-14"),
    ("Olen tavoitettavissa jälleen 16.3.2026.", "2026-03-16"),
    ("Jestem nieobecny od 9.03 do 13.03.2026.", "2026-03-14"),
    ("Będę dostępny od 16 marca.", "2026-03-16"),
    ("Jsem mimo kancelář do 13. března 2026.", "2026-03-13"),
    ("Od 16. 3. budu opět k dispozici.", "2026-03-16"),
    ("2026. március 16-án leszek újra az irodában.", "2026-03-16"),
    ("Ich bin bis 16.03.2026, 9:00 Uhr nicht im Büro.", "2026-03-16"),
    ("I'm away until 16 March at 9:00 am", "2026-03-16"),
    ("Away 9 - 13 March. Back 16 March.", "2026-03-16"),
    ("Return date: 16 March 2026", "2026-03-16"),
    ("Back in office: 2026-03-16", "2026-03-16"),
    ("休暇は3月9日から3月13日までです。3月16日から通常通り対応します。", "2026-03-16"),
    ("我将于3月16日回来上班。", "2026-03-16"),
    ("16 марта я снова буду на связи.", "2026-03-16"),
    ("Mi-am luat concediu în perioada 9 - 13 martie 2026.", "2026-03-14"),
    ("Bin in Urlaub vom 9.-13.3.", "2026-03-14"),
    ("Urlaub bis 13.3.26", "2026-03-13"),
    ("I will not be back before 16 March.", "2026-03-16"),
]

NO_RETURN = [
    "If you need a reply before 20 March, please call Bob.",
    "Please respond by 20 March.",
    "Bitte antworten Sie vor dem 20. März.",
    "I have been with Acme since 1 April 2020.",
    "I only work Tuesdays and Thursdays.",
    "Invoice due 31 March 2026. Thank you for your message.",
    "Unser Büro bleibt vom 24.12. bis 1.1. geschlossen.",
    "I'm away today and tomorrow.",
    "I am out until 03/04/2026.",
    "I'm back on 31 February 2026.",
    "I am out until Monday 17 March 2026.",
    "I return on 5 January.",
    "Thanks for your mail of 9 March 2026. I am on holiday.",
    "I'm away from 9 March.",
    "Ab dem 16.03.2026 bin ich im Urlaub.",
    "Ich bin ab dem 1. April nicht mehr für die Firma tätig.",
    "We may 3 times check mail. I may be slow.",
    "We are open 24/7.",
    "Please call 030 12 34 56 or write. Room 12.",
    "Our 2026 price list is out.",
    "On 12 March we are closed.",
    "I'm in meetings on Thursday; please be patient.",
    "My office hours are Monday to Friday 9-17. I reply within 2 days.",
    "Due to the high volume, we will answer within 3 days.",
    "I was away until 6 March 2026.",
    "I left on 1 March 2026.",
    "Merci. Je réponds sous 3 jours.",
]

LATER = [
    ("Ask me in October.", "2026-10-01"),
    ("Not now, please ask again in June.", "2026-06-01"),
    ("Please get back to me in Q1.", "2027-01-01"),
    ("Maybe in Q3 2026?", "2026-07-01"),
    ("Try again in the third quarter", "2026-07-01"),
    ("Let's talk next week.", "2026-03-16"),
    ("Could you contact me again next month?", "2026-04-01"),
    ("Not before spring 2027.", "2027-03-01"),
    ("Please write again after the summer.", "2026-09-01"),
    ("Not this year, next year maybe.", "2027-01-07"),
    ("Ask me after Easter.", "2026-04-07"),
    ("Call me on 4 May.", "2026-05-04"),
    ("Please check in again in three months.", "2026-06-10"),
    ("Reach out in about 6 weeks.", "2026-04-21"),
    ("Give me half a year.", "2026-09-10"),
    ("Let's talk in autumn.", "2026-09-01"),
    ("After 15 June please.", "2026-06-16"),
    ("mid-May works", "2026-05-15"),
    ("at the end of May", "2026-06-01"),
    ("We would like to restart in May.", "2026-05-01"),
    ("Melden Sie sich bitte im Oktober wieder.", "2026-10-01"),
    ("Nach den Ferien im Herbst gerne wieder.", "2026-09-01"),
    ("Bitte in drei Monaten noch einmal nachfragen.", "2026-06-10"),
    ("Frühestens ab Juni.", "2026-06-01"),
    ("Erst im neuen Jahr wieder.", "2027-01-07"),
    ("Nach Ostern gerne.", "2026-04-07"),
    ("nach dem Sommer", "2026-09-01"),
    ("Anfang Mai können wir sprechen", "2026-05-01"),
    ("Mitte Mai können wir sprechen", "2026-05-15"),
    ("nächste Woche gern", "2026-03-16"),
    ("Im 2. Quartal wieder", "2026-04-01"),
    ("nicht vor dem 1.9.", "2026-09-01"),
    ("Recontactez-moi après l'été.", "2026-09-01"),
    ("Revenez vers moi en septembre.", "2026-09-01"),
    ("Pas avant la rentrée de septembre.", "2026-09-01"),
    ("Dans deux mois svp", "2026-05-11"),
    ("au deuxième trimestre", "2026-04-01"),
    ("La semaine prochaine plutôt.", "2026-03-16"),
    ("l'année prochaine", "2027-01-07"),
    ("Escríbame en octubre.", "2026-10-01"),
    ("Vuelva a contactarme en tres meses.", "2026-06-10"),
    ("Hablamos después del verano", "2026-09-01"),
    ("el próximo año", "2027-01-07"),
    ("Mi ricontatti a ottobre.", "2026-10-01"),
    ("Ci risentiamo dopo l'estate.", "2026-09-01"),
    ("Tra due mesi magari.", "2026-05-11"),
    ("Fale comigo em outubro.", "2026-10-01"),
    ("daqui a três meses", "2026-06-10"),
    ("depois do verão", "2026-09-01"),
    ("Neem in oktober weer contact op.", "2026-10-01"),
    ("over drie maanden graag", "2026-06-10"),
    ("na de zomer", "2026-09-01"),
    ("volgend jaar", "2027-01-07"),
    ("Hör av dig i oktober.", "2026-10-01"),
    ("om tre månader", "2026-06-10"),
    ("Kontakt mig efter sommeren", "2026-09-01"),
    ("proszę o kontakt w październiku", "2026-10-01"),
    ("za trzy miesiące", "2026-06-10"),
    ("ozvěte se v říjnu", "2026-10-01"),
]

NO_LATER = [
    "za tři měsíce",
    "Last October we bought elsewhere.",
    "We have been clients since May.",
    "I may call. March on!",
    "Frau Sommer ist nicht da.",
    "Le projet a été annulé.",
    "We fall short.",
    "The spring 2025 brochure",
    "Ask me in 03/04/2026",
    "No thanks.",
    "We met on 3 March 2025.",
    "Call me at 10:00 on 555-0101.",
    "I need 2 weeks.",
    "It takes 3 months.",
]


@pytest.mark.parametrize(("text", "day"), RETURNS)
def test_the_day_of_return_is_found(text: str, day: str) -> None:
    found = find_return(text, today=TODAY)
    assert found is not None
    assert found.first_day_back == date.fromisoformat(day)


@pytest.mark.parametrize("text", NO_RETURN)
def test_a_day_that_is_no_return_or_could_be_two_is_refused(text: str) -> None:
    assert find_return(text, today=TODAY) is None


@pytest.mark.parametrize(("text", "day"), LATER)
def test_the_first_working_day_of_the_time_named_is_found(text: str, day: str) -> None:
    found = find_later(text, today=TODAY)
    assert found is not None
    assert found.day == date.fromisoformat(day)


@pytest.mark.parametrize("text", NO_LATER)
def test_a_time_gone_by_or_none_at_all_is_no_later(text: str) -> None:
    assert find_later(text, today=TODAY) is None


def test_the_words_seen_are_quoted() -> None:
    found = find_return("Hi!\nI am away, back on Monday 16 March!\nAnn", today=TODAY)
    assert found is not None
    assert found.quote == "I am away, back on Monday 16 March"


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("Back on 16 March.", True),
        ("Back next week.", True),
        ("Ab KW 15 wieder da.", True),
        ("Back in May.", False),
        ("Back on 16 March. My phone is back on 18 March.", False),
        ("I will be back in three weeks.", False),
    ],
)
def test_loose_or_contradictory_words_are_not_certain(text: str, certain: bool) -> None:
    found = find_return(text, today=TODAY)
    assert found is not None
    assert found.certain is certain


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("Ask me in October.", True),
        ("Ask me again in autumn.", False),
        ("In October there is a fair.", False),
    ],
)
def test_a_later_is_certain_only_when_put_off_to_an_exact_time(text: str, certain: bool) -> None:
    found = find_later(text, today=TODAY)
    assert found is not None
    assert found.certain is certain


def test_a_clear_slash_date_decides_the_others() -> None:
    found = find_return("Away 25/03/2026 to 01/04/2026, returning on 02/04/2026.", today=TODAY)
    assert found is not None
    assert found.day == date(2026, 4, 2)


def test_a_day_without_a_year_rolls_only_into_the_near_future() -> None:
    december = date(2026, 12, 21)
    found = find_return("Back on 7 January.", today=december)
    assert found is not None
    assert found.day == date(2027, 1, 7)
    assert find_return("Back on 7 January.", today=TODAY) is None


def test_a_return_further_than_a_year_away_is_refused() -> None:
    assert find_return("I return on 1 June 2027.", today=TODAY) is None


def test_until_today_is_said_of_today_and_not_of_next_month() -> None:
    found = find_return("I am away until the 10th.", today=TODAY)
    assert found is not None
    assert found.day == date(2026, 3, 11)


_DAYS = st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 31))
_TOKENS = st.sampled_from(
    [
        "until", "bis", "12", ".", "/", "-", "03", "2026", "may", "monday", "next", "week",
        "in", "three", "months", "back", "zurück", "(", ")", "the", "den", ",", "月", "日",
        "q1", "end", "of", "after", "après", "l'", "31", "30", "29", "february", "0000",
        "9999", "20", "99", ":", "to", "–", "st", "th", "24/7", "53",
    ]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=200), st.lists(_TOKENS, max_size=40).map(" ".join))


@given(text=_TEXTS, today=_DAYS)
def test_any_text_on_any_day_gives_a_day_within_a_year_or_none(text: str, today: date) -> None:
    for found in (find_return(text, today=today), find_later(text, today=today)):
        if found is not None:
            assert today <= found.day <= today + timedelta(days=366)
            assert found.quote


@given(day=st.dates(min_value=TODAY + timedelta(days=1), max_value=TODAY + timedelta(days=180)))
def test_an_exact_return_is_read_back_whatever_the_day(day: date) -> None:
    forms = (
        f"Back on {day:%A}, {day.day} {day:%B} {day.year}.",
        f"I return {day:%B} {day.day}, {day.year}.",
        f"Back on {day.isoformat()}.",
        f"Ab {day.day}.{day.month}.{day.year} wieder da.",
        f"Weer bereikbaar vanaf {day.day}-{day.month}-{day.year}.",
    )
    for form in forms:
        found = find_return(form, today=TODAY)
        assert found is not None, form
        assert found.day == day


@given(day=st.dates(min_value=TODAY, max_value=TODAY + timedelta(days=180)))
def test_a_slash_date_alone_in_english_is_never_guessed(day: date) -> None:
    found = find_return(f"I am out until {day:%d/%m/%Y}.", today=TODAY)
    assert found is None or day.day > 12 or day.day == day.month


@pytest.mark.parametrize(
    "text",
    [" " * 20_000, "12." * 6000, "until 12.4. back " * 1000, "1 bis " * 3000, "\n " * 20_000,
     "in a couple of " * 800, "until the on am " * 1000, "9" * 20_000, "1/2/" * 5000],
)  # fmt: skip
def test_a_hostile_text_costs_little(text: str) -> None:
    began = time.process_time()
    find_return(text, today=TODAY)
    find_later(text, today=TODAY)
    assert time.process_time() - began < 0.5


def test_the_date_of_the_mail_answered_is_no_return() -> None:
    text = "I will answer your message of 12 March when I am back."
    assert find_return(text, today=TODAY) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Out until 03/04/2026, that is 3 April.", date(2026, 4, 3)),
        ("I am away 25/03/2026 - 03/04/2026 and back on 06/04/2026.", date(2026, 4, 6)),
        ("Returning 04/06/2026, not 03/25/2026.", date(2026, 4, 6)),
    ],
)
def test_what_else_a_text_says_decides_a_slash_date(text: str, day: date) -> None:
    found = find_return(text, today=TODAY)
    assert found is not None
    assert found.day == day


@pytest.mark.parametrize(
    "text",
    [
        "I am out until 03/04/2026. Ich bin nicht erreichbar.",
        "Back at 24/7 support.",
        "Back for 3-4 days.",
    ],
)
def test_mixed_languages_and_mere_figures_decide_nothing(text: str) -> None:
    assert find_return(text, today=TODAY) is None
