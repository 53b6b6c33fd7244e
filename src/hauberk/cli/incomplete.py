"""What a person is told where an installation is not whole: one line with the remedy, in the place of a traceback."""

import sys

_CORE = "hauberk._native"


def told(error: ImportError | AttributeError) -> str | None:
    """Say what an installation lacks, by the error that this led to; None where the error is another one."""
    name = error.name or ""
    core = sys.modules.get(_CORE)
    if name == _CORE or (isinstance(error, AttributeError) and core and error.obj is core):
        return (
            f"the native core is none of this version of hauberk ({error}); in a checkout run `make ready`, else "
            "install hauberk again"
        )
    package = name.partition(".")[0]
    if isinstance(error, ModuleNotFoundError) and package not in {"", "hauberk"}:
        return f"the Python package {package} is not installed; install it (`pip install {package}`), or hauberk again"
    return None
