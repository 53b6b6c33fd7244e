"""New entries put into a `hauberk.yaml`, with every other line of it left as it is."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from hauberk.learn.propose import FunctionProposal, Proposal
from hauberk.model.kind import ARGUMENTS, Kind
from hauberk.policy.amend import entry_body
from hauberk.policy.edit import Change, Edited, extended, put, written
from hauberk.policy.edit import edited as with_changes
from hauberk.policy.meaning import function_name
from hauberk.policy.yaml_tree import Path, Tree, parse


def edited(content: bytes | None, where: str, proposal: Proposal) -> Edited:
    """Put a proposal into the text of a policy; without one, write it whole."""
    if content is None:
        return written(_merged({"hauberk": 1}, proposal))
    tree = parse(content, where)
    wanted = _merged(tree.value, proposal)
    return with_changes(content, tree, wanted, _changes(tree, proposal, wanted))


def _merged(value: dict[str, Any], proposal: Proposal) -> dict[str, Any]:
    merged = deepcopy(value)
    functions = merged.setdefault("functions", {})
    for one in proposal.functions:
        body = functions.setdefault(_key_of(functions, one.name), _begun(one))
        if one.new:
            allowlist = body.setdefault("allowlist", {})
            for kind, entries in one.new.items():
                allowlist.setdefault(kind.value, []).extend(entry_body(entry) for entry in entries)
        if modes := _modes(one):
            body.setdefault("promoted", {}).update(modes)
        if one.inputs.new:
            parameters = body.setdefault("parameters", {})
            parameters.update((each.seen.path, dict(each.body)) for each in one.inputs.new)
    return merged


def _begun(one: FunctionProposal) -> dict[str, Any]:
    """What is said of a function that the policy did not name; entries for arguments need that they are watched."""
    has_arguments = any(entry.operation == ARGUMENTS for entry in one.new.get(Kind.PROCESS, ()))
    return {"mode": "detect", **({"watch_arguments": True} if has_arguments else {})}


def _modes(one: FunctionProposal) -> dict[str, str]:
    """The modes that kinds are given."""
    return {move.kind.value: move.written.value for move in one.moves if move.written}


def _changes(tree: Tree, proposal: Proposal, wanted: Mapping[str, Any]) -> Iterator[Change]:
    for one in proposal.functions:
        path: Path = ("functions", _key_of(tree.value.get("functions", {}), one.name))
        if path not in tree.nodes:
            yield put(tree, path, wanted)
            continue
        for kind, entries in one.new.items():
            bodies = [entry_body(entry) for entry in entries]
            yield extended(tree, (*path, "allowlist", kind.value), bodies, wanted)
        if _modes(one):
            yield put(tree, (*path, "promoted"), wanted)
        parameters: Path = (*path, "parameters")
        for each in one.inputs.new:
            yield put(
                tree, (*parameters, each.seen.path)[: 4 if parameters in tree.nodes else 3], wanted
            )


def _key_of(functions: Mapping[str, Any], name: str) -> str:
    return next((key for key in functions if function_name(key) == name), name)
