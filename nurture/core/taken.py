"""Values that are read from words: how pydantic is told to take what our own reader makes."""

from collections.abc import Callable

from pydantic import GetPydanticSchema
from pydantic_core import core_schema


def read_by(read: Callable[[object], object]) -> GetPydanticSchema:
    """Takes what `read` makes of a text as it is; its ValueError is a complaint.

    Pydantic's own validators would describe the classes of the value as well, whenever a program
    starts, for nobody.
    """
    taken = core_schema.no_info_plain_validator_function(read)
    return GetPydanticSchema(lambda _source, _handler: taken)
