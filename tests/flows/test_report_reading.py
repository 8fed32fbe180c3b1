"""The owner is told once a day when only the beginnings of their mail are fetched."""

from datetime import timedelta

from tests.fakes.small_house import START, SmallHouse, mail_from, person


async def test_p27_a_spent_day_is_told_once_and_answers_are_still_heard() -> None:
    house = SmallHouse()
    await house.invite(person("Ada"))
    house.mailbox.is_sparing = True
    answer = START + timedelta(hours=5)
    await house.live(START + timedelta(hours=14), [(answer, mail_from("ada@ada.example", "Yes."))])
    subjects = [telling.subject for telling in house.channel.told]
    assert subjects.count("anna@carter.example receives more than nurture may fetch") == 1
    assert [str(each.state) for each in await house.store.desk.handoffs()] == ["open"]
