"""A kind of import contract: the standard library and what is listed, nothing else."""

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OnlyContract(Contract):
    """The modules of `packages` import the standard library, each other, and `allowed`.

    So does the root package, which each of them imports before itself. The native module is seen
    as the root package too: there is no Python code of that name.
    """

    packages: list[str] = fields.ListField(subfield=fields.StringField())  # type: ignore[assignment]
    allowed: list[str] | None = fields.ListField(  # type: ignore[assignment]
        subfield=fields.StringField(), required=False
    )

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find each import of anything else."""
        strays = [
            f"{importer} imports {imported}"
            for importer in sorted(graph.modules)
            if is_within(importer, self.packages) or importer in self._roots()
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not self._may_import(imported)
        ]
        missing = [package for package in self.packages if package not in graph.modules]
        faults = strays + [f"{package} does not exist" for package in missing]
        return ContractCheck(kept=not faults, metadata={"faults": faults})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each stray import."""
        for fault in check.metadata["faults"]:
            output.print_error(fault)

    def _may_import(self, module: str) -> bool:
        if module.partition(".")[0] in sys.stdlib_module_names:
            return True
        if module in self._roots():
            return True
        return is_within(module, [*self.packages, *(self.allowed or [])])

    def _roots(self) -> list[str]:
        return [package.partition(".")[0] for package in self.packages]


def is_within(module: str, packages: list[str]) -> bool:
    """Is `module` one of `packages`, or inside one?"""
    return any(module == package or module.startswith(f"{package}.") for package in packages)
