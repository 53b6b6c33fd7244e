"""Writes what the fuzzers start from: `fuzz_seeds.py FOLDER`, a folder of seeds and a dictionary for each."""

import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

VECTORS = Path("spec/vectors")
RULES = Path("native/core/rules")
LONGEST_WORD = 60
WORDS = [
    "{",
    '"',
    '":',
    "}",
    "[",
    "]",
    "%27",
    "&lt;",
    "\\u0027",
    "=",
    "&",
    "; ",
    "' or ",
    "--",
    "/*",
    "eyJ",
    "\x1f\x8b",
]
# The letters of the sinks, as native/fuzz/src/bin/sink.rs reads them, and the field of the resource.
SINKS = {"sql": ("q", "statement"), "shell": ("s", "command"), "path": ("p", "path")}


def event_seeds() -> Iterator[str]:
    """Texts of the firewall's vectors and of its rules' examples, in events."""
    for line in (VECTORS / "scan.jsonl").read_text().splitlines():
        yield json.dumps({"body": json.loads(line)["input"]})
    for rules in RULES.glob("*.toml"):
        for rule in tomllib.loads(rules.read_text())["rules"]:
            yield from (json.dumps([text]) for text in rule["attacks"])


def sink_seeds() -> Iterator[str]:
    """The flow rule's vectors."""
    for name, (letter, field) in SINKS.items():
        for line in (VECTORS / "flow" / f"{name}.jsonl").read_text().splitlines():
            row = json.loads(line)
            yield f"{letter}{row[field]}\n{json.dumps(row['input'])}"


def policy_seeds() -> Iterator[str]:
    """A compiled policy of ARCHITECTURE.md, and the form of an envelope."""
    text = Path("ARCHITECTURE.md").read_text()
    start = text.index('{"hauberk": 1, "function"')
    yield text[start : text.index("```", start)]
    yield "1.open.0123456789abcdef0123456789abcdef.q1YqLU4tUrJSKi1OVdJRSs5ILEpVslJQqgUA.AAAA"


def words() -> Iterator[str]:
    """What the rules look for."""
    yield from WORDS
    for rules in sorted(RULES.glob("*.toml")):
        for rule in tomllib.loads(rules.read_text())["rules"]:
            yield from (word for word in rule.get("literals", []) if len(word) <= LONGEST_WORD)


def escaped(word: str) -> str:
    """A word as libFuzzer's dictionaries spell it."""
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


def main() -> None:
    """Write all."""
    folder = Path(sys.argv[1])
    for name, seeds in {
        "event": event_seeds(),
        "sink": sink_seeds(),
        "policy": policy_seeds(),
    }.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds):
            (folder / name / f"seed-{number}").write_text(
                seed, encoding="utf-8", errors="surrogatepass"
            )
    lines = [f'"{escaped(word)}"' for word in dict.fromkeys(words())]
    (folder / "words.dict").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
