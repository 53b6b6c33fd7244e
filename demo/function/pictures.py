"""Pictures of the goods: a thumbnail of each goes to S3."""

import os
import subprocess

import storage

THUMBNAILER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "thumbnail")
FOLDER = os.environ.get("TMPDIR", "/tmp")
PICTURE = os.path.join(FOLDER, "picture.png")
THUMBNAIL = os.path.join(FOLDER, "thumbnail.png")


def add(name, picture):
    with open(PICTURE, "wb") as file:
        file.write(picture)
    done = subprocess.run(
        f'"{THUMBNAILER}" "{PICTURE}" "{THUMBNAIL}" "{name}"',
        shell=True,
        stdout=subprocess.PIPE,
        check=True,
    )
    with open(THUMBNAIL, "rb") as file:
        storage.put(f"thumbnails/{name}", file.read())
    return {"stored": done.stdout.decode().strip()}
