"""Lists of malicious sources: read in the forms that people publish them in, compiled for the guard."""

from hauberk.sources.compiled import CompiledList, compile_lists, is_compiled
from hauberk.sources.imported import Form, Imported, SourceError
from hauberk.sources.recognise import MOST_BYTES, read_list

__all__ = [
    "MOST_BYTES",
    "CompiledList",
    "Form",
    "Imported",
    "SourceError",
    "compile_lists",
    "is_compiled",
    "read_list",
]
