import os

import numpy


def handler(event):
    world = os.environ["WORLD"]
    square = numpy.arange(250_000, dtype=float).reshape(500, 500) % 7
    inverse = numpy.linalg.inv(square @ square.T + numpy.eye(500))  # threads of OpenBLAS
    numpy.save(f"{world}/square.npy", square)
    numpy.savez_compressed(f"{world}/both.npz", square=square, inverse=inverse)
    with numpy.load(f"{world}/both.npz") as both:
        names = sorted(both)
    written = numpy.memmap(f"{world}/mapped", dtype="uint8", mode="w+", shape=(4096,))
    written[:] = 7
    written.flush()
    mapped = numpy.load(f"{world}/square.npy", mmap_mode="r")
    text = bytes(numpy.memmap(f"{world}/{event['file']}", dtype="uint8", mode="r")).decode()
    drawn = numpy.random.default_rng(17).integers(0, 100, 5).tolist()
    return [
        round(float(inverse.trace()), 6),
        names,
        float(mapped[3].sum()),
        int(written.sum()),
        drawn,
        text,
    ]
