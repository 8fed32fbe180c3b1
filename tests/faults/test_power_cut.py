"""R17: whatever the disk had not been made to keep is gone, and every committed claim is there."""

import sqlite3
import sys
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from nurture.storage import open_store
from nurture.storage.backup import url_of
from tests.fakes.memory_world import KEY
from tests.fakes.story import START
from tests.faults.claims import CLAIMS
from tests.faults.power import Disk, trace

ROUNDS = 500
_HERE = Path(__file__).parents[2]


@pytest.mark.real
@pytest.mark.slow
async def test_a_power_cut_at_any_moment_loses_no_claim_that_was_committed(tmp_path: Path) -> None:
    """Its calls are played anew on a disk that keeps what was synced, and of the rest anything."""
    home = tmp_path / "home"
    home.mkdir()
    file = home / "nurture.db"
    await (await open_store(url_of(file), KEY, START)).close()
    before = {str(each): bytearray(each.read_bytes()) for each in home.iterdir()}
    calls = trace([sys.executable, "-m", "tests.faults.claims", str(file)], _HERE, home)
    dice, disk, survived = Random(17), Disk(before), set[int]()
    cuts = sorted([len(calls), *(dice.randrange(len(calls)) for _ in range(ROUNDS - 1))])
    for number, (since, cut) in enumerate(pairwise([0, *cuts])):
        for call in calls[since:cut]:
            disk.does(call)
        claims = {int(word.split()[1]) for word in disk.said if word.startswith("claimed")}
        found = _claims_of(tmp_path / f"cut{number}", disk, dice)
        assert claims <= found, f"round {number}: {claims - found} were committed and are gone"
        survived.add(len(claims))
    assert max(survived) == CLAIMS
    assert len(survived) > CLAIMS / 2


def _claims_of(folder: Path, disk: Disk, dice: Random) -> set[int]:
    """What a database finds in those files, which must be whole."""
    folder.mkdir()
    for name, content in disk.after_a_power_cut(dice).items():
        (folder / Path(name).name).write_bytes(content)
    connection = sqlite3.connect(folder / "nurture.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    found = connection.execute("SELECT id FROM touches WHERE state = 'sending'").fetchall()
    connection.close()
    return {number for (number,) in found}
