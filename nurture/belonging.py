"""What the service works with stays the service's, also where root lends a hand."""

import os
from pathlib import Path


def hand_over(made: Path) -> None:
    """Gives what root has just made to whoever owns the folder around it; raises OSError.

    Commands are run as root now and then.  A database, a backup or a token that they leave behind
    would be closed to the daemon.  Whoever is not root makes files of their own, as ever.
    """
    if os.geteuid() != 0:
        return
    now, around = made.lstat(), made.parent.stat()
    # Nothing is asked for where nothing changes: a unit's filter refuses the question itself.
    if (now.st_uid, now.st_gid) != (around.st_uid, around.st_gid):
        os.chown(made, around.st_uid, around.st_gid, follow_symlinks=False)
