"""What was found so far, each act with all places that do it."""

from __future__ import annotations

from hauberk.model.kind import Kind
from hauberk.scan.act import Act, Acts, Blank, source_of
from hauberk.scan.finding import Finding, Site, Sure, Unread

_ORDER = tuple(Sure)


class Recorder:
    """Findings and what was not read, by what they are."""

    def __init__(self) -> None:
        self._sites: dict[tuple[Kind, str, str], set[Site]] = {}
        self._sure: dict[tuple[Kind, str, str], Sure] = {}
        self._unknown: dict[tuple[Kind, str, str], set[str]] = {}
        self._unread: set[Unread] = set()

    def tell(self, one: Unread) -> None:
        """Note a place that says more than was read."""
        self._unread.add(one)

    def add(self, acts: Acts, site: Site) -> None:
        """Note what a call does."""
        for one in acts:
            if isinstance(one, Blank):
                self._unread.add(Unread(site, one.what, one.kind))
            else:
                self._add(one, site, one.sure)

    def named(self, act: Act, site: Site) -> None:
        """Note what stands in the code or the variables, where no call was found that takes it."""
        self._add(act, site, Sure.NAMED)

    def _add(self, act: Act, site: Site, sure: Sure) -> None:
        key = (act.kind, act.operation, act.target.pattern)
        self._sites.setdefault(key, set()).add(site)
        before = self._sure.get(key, sure)
        self._sure[key] = min(before, sure, key=_ORDER.index)
        self._unknown.setdefault(key, set()).update(source_of(act.target.holes))

    def findings(self) -> tuple[Finding, ...]:
        """Give what was found, in order."""
        return tuple(
            Finding(*key, self._sure[key], tuple(sorted(sites)), tuple(sorted(self._unknown[key])))
            for key, sites in sorted(self._sites.items())
        )

    def unread(self) -> tuple[Unread, ...]:
        """Give what was not read, in order."""
        return tuple(sorted(self._unread, key=lambda one: (one.site, one.what, one.kind or "")))
