"""The shapes of arguments are those of `spec/`, and honest use of a program has few of them, of any names."""

import json
import random
import string
import uuid
from collections import Counter
from pathlib import Path

import pytest

native = pytest.importorskip("hauberk._native", reason="the native core is not built here")

VECTORS = Path(__file__).parents[2] / "spec/vectors/argument_shapes.jsonl"
ROWS = [json.loads(line) for line in VECTORS.read_text().splitlines()]
RUNS = 3_000
# What people write where a text is asked for, much of it odd.
TEXTS = (
    "Ann", "O'Neil", "Jean-Luc", "Müller", "李", "Ann Smith", "A & B GmbH", "12", "x", "Smith, Jr.", "a/b", "C++",
    "50%", "ann@example.com", "5 > 3", "C:\\x", "<b>hi</b>", "a; b", "line\nbreak", "$5", "#tag", "@home", "- x", "1/2",
    "http://x/y", "see http://x.y", "/help", "-5", "(draft)", "Q3/Q4 report", "[x]", "{x}", "*", "?", "café.pdf",
    "tmp/a b",
)  # fmt: skip
ENDINGS = (".pdf", ".PNG", ".jpg", ".mp4", "")


def shape(program, *words):
    return native.argument_shape(program.encode(), [word.encode() for word in words])


@pytest.mark.parametrize("row", ROWS, ids=[row["why"] for row in ROWS])
def test_each_vector_has_the_shape_that_it_says(row):
    assert shape(row["program"], *row["arguments"]) == row["shape"]
    assert len(ROWS) == 75


class Names:
    """Draws names as functions and their users do."""

    def __init__(self, seed):
        self.drawn = random.Random(seed)

    def hexadecimal(self):
        return uuid.UUID(int=self.drawn.getrandbits(128)).hex[: self.drawn.choice((8, 12, 32))]

    def text(self):
        return self.drawn.choice(TEXTS)

    def number(self):
        return str(self.drawn.randrange(10 ** self.drawn.randrange(1, 12)))

    def file(self):
        signs = string.ascii_lowercase + string.digits + "_"
        name = self.drawn.choice(
            (
                str(uuid.UUID(int=self.drawn.getrandbits(128))),
                self.hexadecimal(),
                f"order-{self.number()}",
                self.text().replace("/", "_").replace("\n", " "),
                f"2026-11-{self.drawn.randrange(1, 29):02d}",
                "tmp" + "".join(self.drawn.choices(signs, k=8)),
            )
        )
        return f"/tmp/{name}{self.drawn.choice(ENDINGS)}"

    def files(self):
        return [self.file() for _ in range(self.drawn.randrange(1, 20))]


# fmt: off
HONEST = {
    # a program: how it is used, shapes at most, share of the commonest at least
    "convert": (lambda of: ["-resize", f"{of.number()}x{of.number()}", of.file(), of.file()], 5, 0.95),
    "git": (lambda of: ["clone", "--depth=1", f"https://a.example/{of.hexadecimal()}", of.file()], 3, 0.95),
    "tar": (lambda of: ["-xzf", of.file(), "-C", of.file()], 5, 0.95),
    "zip": (lambda of: ["-j", of.file(), *of.files()], 20, 0.9),
    "curl": (lambda of: ["-s", "-o", of.file(), f"https://a.example/{of.hexadecimal()}?q={of.number()}"], 3, 0.95),
    "soffice": (lambda of: ["--headless", "--convert-to", "pdf", "--outdir", "/tmp", of.file()], 3, 0.95),
    "gs": (lambda of: ["-sDEVICE=pdfwrite", f"-r{of.number()}", f"-sOutputFile={of.file()}", of.file()], 5, 0.95),
    "tool": (lambda of: ["--id", of.hexadecimal(), "--count", of.number()], 1, 1),
    # where free text is among the words
    "ffmpeg": (lambda of: ["-y", "-i", of.file(), "-metadata", f"title={of.text()}", of.file()], 16, 0.7),
    "wkhtmltopdf": (lambda of: ["--quiet", "--title", of.text(), of.file(), of.file()], 24, 0.7),
}
# fmt: on


@pytest.mark.parametrize("program", HONEST)
def test_honest_use_has_few_shapes(program):
    use, most, share = HONEST[program]
    names = Names(7)
    shapes = Counter(shape(f"/usr/bin/{program}", *use(names)) for _ in range(RUNS))
    ((_, often),) = shapes.most_common(1)
    assert len(shapes) <= most and often >= share * RUNS, shapes.most_common(30)
