"""A process that begins one mail after another, and says of each when its claim is committed."""

import asyncio
import os
import sys
from pathlib import Path

from nurture.storage import open_store
from nurture.storage.backup import url_of
from tests.fakes.memory_world import KEY
from tests.fakes.story import START, Story

CLAIMS = 40


def say(word: str) -> None:
    """In one call of the system, so that a trace has it whole."""
    os.write(sys.stdout.fileno(), f"{word}\n".encode())


async def claim(file: Path, number: int) -> None:
    """So many mails are begun; the last is in nobody's hands when the process ends."""
    store = await open_store(url_of(file), KEY, START)
    story = Story(store)
    for each in range(number):
        walk = await story.enrolled(f"person{each}@firm{each}.example")
        say(f"claimed {await story.begun(walk)}")
    os._exit(0)  # an orderly end would fold the WAL into the database


if __name__ == "__main__":
    asyncio.run(claim(Path(sys.argv[1]), CLAIMS))
