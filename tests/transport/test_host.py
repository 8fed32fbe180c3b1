"""What is asked of the machine itself."""

import platform

import pytest

from nurture.transport.host import share_one_arena


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="no other library has arenas")
def test_all_threads_share_one_arena_of_memory_where_the_library_has_several() -> None:
    assert share_one_arena()
