"""The program anybody would write first: Core, EmailMessage, one mail and one commit at a time."""

import argparse
import asyncio
import json
import sys
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from email.utils import format_datetime, make_msgid
from pathlib import Path

import aiosmtplib
import sqlalchemy as sa
from jinja2 import Environment, Template

from nurture.transport.clock import SystemClock

_metadata = sa.MetaData()
_people = sa.Table(
    "people",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("values", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False, default="due", index=True),
)
_sent = sa.Table(
    "sent",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("person", sa.ForeignKey("people.id"), unique=True),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
)


def main() -> int:
    """`seed DATABASE RECIPIENTS`, or `run DATABASE PORT TEMPLATES`."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("verb", choices=("seed", "run"))
    parser.add_argument("database")
    parser.add_argument("what")
    parser.add_argument("templates", type=Path, nargs="?")
    given = parser.parse_args()
    engine = sa.create_engine(f"sqlite:///{given.database}")
    sa.event.listen(engine, "connect", _make_durable)
    if given.verb == "seed":
        _metadata.create_all(engine)
        rows = [json.loads(line) for line in Path(given.what).read_text("utf-8").splitlines()]
        with engine.begin() as connection:
            connection.execute(sa.insert(_people), [{"values": row} for row in rows])
    else:
        asyncio.run(_send_all(engine, int(given.what), given.templates))
    return 0


def _make_durable(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


async def _send_all(engine: sa.Engine, port: int, folder: Path) -> None:
    templates = {
        name: Environment(autoescape=name == "html").from_string(
            folder.joinpath(f"mail.{name}.j2").read_text("utf-8")
        )
        for name in ("subject", "txt", "html")
    }
    smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False)
    await smtp.connect()
    due = sa.select(_people).where(_people.c.state == "due").order_by(_people.c.id).limit(1)
    while True:
        with engine.begin() as connection:
            person = connection.execute(due).one_or_none()
            if person is None:
                break
            message = _written(person.values, templates)
            row = {"person": person.id, "message_id": message["Message-ID"], "state": "intent"}
            connection.execute(sa.insert(_sent), row)
        await smtp.send_message(message)
        with engine.begin() as connection:
            mine = _sent.c.person == person.id
            connection.execute(sa.update(_sent).where(mine).values(state="sent"))
            done = sa.update(_people).where(_people.c.id == person.id).values(state="done")
            connection.execute(done)
    await smtp.quit()


def _written(values: dict[str, str], templates: dict[str, Template]) -> EmailMessage:
    message = EmailMessage(policy=CRLF)
    message["From"] = Address("Sam Carter", addr_spec="sam@agency.example")
    message["To"] = Address(f"{values['first']} {values['last']}", addr_spec=values["email"])
    message["Subject"] = templates["subject"].render(values)
    message["Message-ID"] = make_msgid(domain="agency.example")
    message["Date"] = format_datetime(SystemClock().now())
    message.set_content(templates["txt"].render(values))
    message.add_alternative(templates["html"].render(values), subtype="html")
    return message


if __name__ == "__main__":
    sys.exit(main())
