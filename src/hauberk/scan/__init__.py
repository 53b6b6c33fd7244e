"""What the code of a function tells, read on a person's machine: nothing of it is run."""

from hauberk.scan.code import scan
from hauberk.scan.finding import CodeProfile, Finding, Site, Sure, Unread
from hauberk.scan.package import Package, PackageError, opened

__all__ = [
    "CodeProfile",
    "Finding",
    "Package",
    "PackageError",
    "Site",
    "Sure",
    "Unread",
    "opened",
    "scan",
]
