"""Bundles of STIX indicators."""

import json


def indicator(pattern, **more):
    return {
        "type": "indicator",
        "id": f"indicator--{len(pattern)}-{sorted(more)}",
        "pattern": pattern,
        "pattern_type": "stix",
        "modified": "2026-11-20T12:00:00.000Z",
        **more,
    }


def bundle(*objects):
    return json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects})
