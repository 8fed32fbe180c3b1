"""What the machine itself tells: whether its clock is kept right, what memory we use."""

import ctypes
import os
from contextlib import suppress
from pathlib import Path

_TIMEX_BYTES = 512  # struct timex is 208 on 64-bit Linux; the rest is slack
_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h
_UNSYNCHRONISED = 5  # TIME_ERROR of adjtimex(2)


def clock_is_kept() -> bool | None:
    """Whether the kernel's clock is synchronised, as adjtimex(2) says; None where it does not.

    Asks with no mode set, which changes nothing and needs no privilege.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "adjtimex"):
        return None
    state = libc.adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    if state < 0:
        return None
    return bool(state != _UNSYNCHRONISED)


def share_one_arena() -> bool:
    """Whether all threads take their memory from one place from now on (glibc's mallopt(3)).

    Each thread of ours would get a place of its own otherwise, though Python lets one run at a
    time, and what one has given back the others could not use.
    """
    libc = ctypes.CDLL(None)
    return hasattr(libc, "mallopt") and bool(libc.mallopt(_ARENA_MAX, 1))


def give_back() -> bool:
    """Whether freed memory went back to the system (glibc's malloc_trim(3)); False elsewhere."""
    libc = ctypes.CDLL(None)
    return hasattr(libc, "malloc_trim") and bool(libc.malloc_trim(0))


def resident_bytes() -> int:
    """The memory of this process that is in use; 0 where proc(5) is hidden."""
    with suppress(OSError, ValueError, IndexError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0
