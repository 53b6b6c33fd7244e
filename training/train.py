"""Write `native/core/learned/`: the weights of the n-grams, and from which score on which confidence.

    python -m training.train PAYLOADS.jsonl [--folds]

A row of PAYLOADS has `label` (malicious or benign), `category`, `kind`, `source`, `payload`. Each text is read in
all forms that the firewall reads it in. For each family of attacks a logistic regression (liblinear, L2) is trained
against all that is harmless. The scores from which a confidence is given are taken from rows whose source (attacks)
or kind (harmless) was left out: `--folds` prints what is found of them.
"""

import argparse
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from bench.firewall import rules_alone
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from hauberk._native import inputs, ngrams
from hauberk.inspect import event_of_payload
from training.harmless import harmless

# What keys, prefixes or grammars tell without doubt is left to the rules.
FAMILIES = {
    "sql": ("sqli", "xpath", "ldap", "orm_leak"),
    "markup": ("xss", "ssi"),
    "command": ("cmdi", "codeinj", "ssti"),
    "path": ("lfi", "rfi", "crlf"),
}
RULES = {
    "sql": ("sql-injection", "xpath-injection", "ldap-injection"),
    "markup": ("cross-site-scripting", "server-side-include"),
    "command": ("shell-injection", "code-injection", "template-injection"),
    "path": ("path-traversal", "remote-file-inclusion", "response-splitting"),
}
BUCKETS = 1 << 14
DAMPING = 40.0
INVERSE_REGULARISATION = 30.0
WEIGHT_OF_TEXTS = 0.5
WEIGHT_OF_EXAMPLES = 2.0  # the look-alikes that the rules are tested with
MOST_FORMS = 400
FOLDS = 6
# The share of harmless rows of kinds never seen that may score as high, for one family, and the confidence then.
STEPS = ((0.02, 20), (0.008, 30), (0.003, 40), (0.0005, 60))
LEAST_ALONE = 1.0
ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "native" / "core" / "learned"
RULES_FOLDER = ROOT / "native" / "core" / "rules"
VECTORS = ROOT / "spec" / "vectors" / "scan.jsonl"


class Data(NamedTuple):
    """Texts as rows of features, the row of the file that each is of (-1: of none), and its family.

    -1 stands for the harmless, -2 for attacks that are no family's.
    """

    features: sparse.csr_matrix
    row: np.ndarray
    family: np.ndarray
    weight: np.ndarray


class Model(NamedTuple):
    """The weights of one family."""

    weights: np.ndarray
    bias: float

    def scores(self, features: sparse.csr_matrix) -> np.ndarray:
        """One for each row of features."""
        return np.asarray(features @ self.weights) + self.bias


def forms(payload: Any) -> Iterator[bytes]:
    """Give the inputs that the firewall reads in a payload."""
    event = json.dumps({"value": payload}).encode()
    for count, (_, text) in enumerate(inputs(event)):
        if count < MOST_FORMS:
            yield text


def examples() -> Iterator[tuple[str, list[str], list[str]]]:
    """Give the attacks and the harmless look-alikes of each rule, with its detector."""
    for file in sorted(RULES_FOLDER.glob("*.toml")):
        detector = tomllib.loads(file.read_text(encoding="utf-8"))
        for rule in detector["rules"]:
            yield detector["name"], rule["attacks"], rule["harmless"]
    for line in VECTORS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if not row["expected"] and not row.get("known_miss"):
            yield "none", [], [row["input"]]


class Sample(NamedTuple):
    """One payload or text in all its forms, the row that it is of, its family, its weight."""

    texts: list[bytes]
    row: int
    family: int
    weight: float


def samples(rows: list[dict[str, Any]]) -> Iterator[Sample]:
    """Give the rows, the rules' examples and the harmless texts."""
    for at, row in enumerate(rows):
        yield _of_row(at, row)
    for detector, attacks, look_alikes in examples():
        of_family = (at for at, names in enumerate(RULES.values()) if detector in names)
        family = next(of_family, -2)
        yield from (Sample(list(forms(text)), -1, family, 1.0) for text in attacks)
        weight = WEIGHT_OF_EXAMPLES
        yield from (Sample(list(forms(text)), -1, -1, weight) for text in look_alikes)
    for text in harmless():
        yield Sample(list(forms(text)), -1, -1, WEIGHT_OF_TEXTS)


def _of_row(at: int, row: dict[str, Any]) -> Sample:
    if row["label"] == "benign":
        return Sample(list(forms(row["payload"])), at, -1, 1.0)
    numbers = [number for number, names in enumerate(FAMILIES.values()) if row["category"] in names]
    texts = list(forms(row["payload"]))
    if not isinstance(row["payload"], str):  # none of its leaves need be an attack by itself
        texts = [json.dumps(row["payload"]).encode()]
    return Sample(texts, at, next(iter(numbers), -2), 1.0)


def read(rows: list[dict[str, Any]]) -> Data:
    """Read the features of all samples."""
    buckets, owner, family, weight = [], [], [], []
    for sample in samples(rows):
        found = [grams for grams in map(ngrams, dict.fromkeys(sample.texts)) if grams]
        buckets += found
        owner += [sample.row] * len(found)
        family += [sample.family] * len(found)
        weight += [sample.weight / np.sqrt(len(found))] * len(found)
    lengths = [len(grams) for grams in buckets]
    values = np.repeat([(length + DAMPING) ** -0.5 for length in lengths], lengths)
    pointers = np.concatenate([[0], np.cumsum(lengths)])
    features = sparse.csr_matrix(
        (values, np.concatenate(buckets), pointers), shape=(len(buckets), BUCKETS)
    )
    return Data(features, np.array(owner), np.array(family), np.array(weight))


def train(data: Data, family: int, wanted: np.ndarray) -> Model:
    """Train one family on the texts that are wanted: its own, and the harmless."""
    chosen = wanted & ((data.family == family) | (data.family == -1))
    regression = LogisticRegression(
        C=INVERSE_REGULARISATION, solver="liblinear", max_iter=200, random_state=0
    )
    regression.fit(
        data.features[chosen], data.family[chosen] == family, sample_weight=data.weight[chosen]
    )
    return Model(regression.coef_[0], float(regression.intercept_[0]))


def folds(rows: list[dict[str, Any]]) -> list[np.ndarray]:
    """Split the rows so that no source of attacks and no kind of harmless row is on both sides."""
    name = [row["source"] if row["label"] == "malicious" else f"kind {row['kind']}" for row in rows]
    sizes = {one: name.count(one) for one in sorted(set(name))}
    groups: list[list[str]] = [[] for _ in range(FOLDS)]
    for is_kind in (False, True):
        ordered = sorted(
            (one for one in sizes if one.startswith("kind ") == is_kind),
            key=lambda one: -sizes[one],
        )
        for at, one in enumerate(ordered):
            groups[at % FOLDS].append(one)
    return [np.isin(name, group) for group in groups]


def left_out_scores(rows: list[dict[str, Any]], data: Data) -> np.ndarray:
    """Give each row's highest score for each family, from models that saw nothing of its source or kind."""
    scores = np.full((len(rows), len(FAMILIES)), -np.inf)
    for out in folds(rows):
        is_out = np.append(out, False)[data.row]  # row -1 is of no fold
        for family in range(len(FAMILIES)):
            found = train(data, family, ~is_out).scores(data.features[is_out])
            np.maximum.at(scores[:, family], data.row[is_out], found)
    return scores


def steps(scores: np.ndarray) -> list[tuple[float, int]]:
    """Give the scores of one family that STEPS asks for, of harmless rows' scores."""
    ordered = np.sort(scores)[::-1]
    found = [(float(max(ordered[int(share * len(ordered))], 0.0)), sure) for share, sure in STEPS]
    return [*found[:-1], (max(found[-1][0], LEAST_ALONE), found[-1][1])]


def write(models: list[Model], all_steps: list[list[tuple[float, int]]]) -> None:
    """Write the table of weights, rounded to 8 bits for each family, and the constants beside it."""
    table = np.zeros((BUCKETS, len(models)), np.int8)
    lines = [
        "// Written by training/train.py.",
        f"const DAMPING: f32 = {DAMPING};",
        "static FAMILY: [Family; FAMILIES] = [",
    ]
    for at, (model, its_steps) in enumerate(zip(models, all_steps, strict=True)):
        scale = float(np.abs(model.weights).max() / 127)
        table[:, at] = np.rint(model.weights / scale)
        shown = ", ".join(f"({score:.4}, {confidence})" for score, confidence in its_steps)
        lines.append(
            f"    Family {{ scale: {scale:.6}, bias: {model.bias:.4}, steps: [{shown}] }},"
        )
    lines.append("];")
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "resemblance.bin").write_bytes(table.tobytes())
    (FOLDER / "resemblance.rs").write_text("\n".join(lines) + "\n")


def report(
    rows: list[dict[str, Any]], scores: np.ndarray, all_steps: list[list[tuple[float, int]]]
) -> None:
    """Print what is found of rows whose source or kind was left out: by the model alone, by the rules, by either."""
    alone = np.array([its_steps[-1][0] for its_steps in all_steps])
    by_model = (scores >= alone).any(axis=1)
    firewall = rules_alone()
    verdicts = [firewall.inspect(event_of_payload(json.dumps(row).encode()))[0] for row in rows]
    by_rules = np.array([verdict != "allow" for verdict in verdicts])
    groups: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        is_attack = row["label"] == "malicious"
        label = f"attack {row['tier']}" if is_attack else "benign"
        for group in (label, f"attack {row['source']}" if is_attack else f"benign {row['kind']}"):
            groups.setdefault(group, []).append(at)
    print(f"{'':<32} {'rows':>5} {'model %':>8} {'rules %':>8} {'either %':>8}")
    for name, members in sorted(groups.items()):
        shares = (
            100 * np.mean(found[members]) for found in (by_model, by_rules, by_model | by_rules)
        )
        print(f"{name:<32} {len(members):>5} " + " ".join(f"{share:8.2f}" for share in shares))


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("payloads", type=Path)
    parser.add_argument(
        "--folds", action="store_true", help="print what is found of sources and kinds left out"
    )
    wanted = parser.parse_args()
    rows = [json.loads(line) for line in wanted.payloads.read_text().splitlines()]
    data = read(rows)
    scores = left_out_scores(rows, data)
    is_harmless = np.array([row["label"] == "benign" for row in rows])
    all_steps = [steps(scores[is_harmless, family]) for family in range(len(FAMILIES))]
    if wanted.folds:
        report(rows, scores, all_steps)
    everything = np.ones(len(data.row), bool)
    write([train(data, family, everything) for family in range(len(FAMILIES))], all_steps)


if __name__ == "__main__":
    main()
