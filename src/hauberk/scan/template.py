"""A function's variables by its SAM or CloudFormation template, as far as it tells them.

Reads: the function with the handler that is asked for, what all functions have (`Globals`), texts, and a `Ref` to a
       bucket or a table that the template names; all else is a variable whose value is not known (None)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")
# What a `Ref` to them gives is their name, where the template names them.
NAMED = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::Serverless::SimpleTable": "TableName",
}


class TemplateError(Exception):
    """A template that does not tell of the function."""


class _Loader(yaml.SafeLoader):
    """YAML, with CloudFormation's tags as what they stand for."""


def _tagged(loader: _Loader, suffix: str, node: yaml.Node) -> Any:
    if not isinstance(node, yaml.ScalarNode):
        return {suffix: None}
    written = loader.construct_scalar(node)
    return written if suffix == "Sub" and "${" not in str(written) else {suffix: written}


_Loader.add_multi_constructor("!", _tagged)


def parsed(text: str) -> Any:
    """Read YAML; raises `yaml.YAMLError`."""
    return yaml.load(text, _Loader)  # noqa: S506 - a safe one, with tags that make dictionaries


def of_template(template: Mapping[str, Any], handler: str) -> dict[str, str | None]:
    """Give the variables of the function that has the handler; None for those whose value it does not tell."""
    resources = _table(template.get("Resources"))
    every = _table(_table(template.get("Globals")).get("Function"))
    found = {
        name: _table(_table(one).get("Properties"))
        for name, one in resources.items()
        if _table(one).get("Type") in FUNCTIONS
    }
    mine = {
        name: one
        for name, one in found.items()
        if one.get("Handler", every.get("Handler")) == handler
    }
    if len(mine) != 1:
        known = ", ".join(map(str, mine or found)) or "none"
        raise TemplateError(
            f"the template has {len(mine)} functions with the handler {handler}, of {known}"
        )
    (properties,) = mine.values()
    held = {**_variables(every), **_variables(properties)}
    return {str(name): _value(value, resources) for name, value in held.items()}


def _variables(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return _table(_table(properties.get("Environment")).get("Variables"))


def _value(value: Any, resources: Mapping[str, Any]) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int, float)):
        return str(value)
    target = _table(resources.get(str(_table(value).get("Ref"))))
    name = _table(target.get("Properties")).get(NAMED.get(str(target.get("Type")), ""))
    return name if isinstance(name, str) else None


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
