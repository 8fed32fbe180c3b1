"""What is asked of the machine itself."""

import platform

import pytest

from nurture.transport.host import give_back, resident_bytes, share_one_arena

_IS_GLIBC = platform.libc_ver()[0] == "glibc"


@pytest.mark.skipif(not _IS_GLIBC, reason="no other library has arenas")
def test_all_threads_share_one_arena_of_memory_where_the_library_has_several() -> None:
    assert share_one_arena()


@pytest.mark.skipif(not _IS_GLIBC, reason="no other library gives back on demand")
def test_what_was_freed_in_the_middle_goes_back_to_the_system() -> None:
    held = [bytes(64 * 1024) + b"x" for _ in range(512)]
    above = bytes(64 * 1024) + b"x"
    del held
    before = resident_bytes()
    assert give_back()
    assert before - resident_bytes() > 16 * 1024 * 1024
    assert above
