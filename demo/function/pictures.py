"""Pictures of the goods: a thumbnail of each goes to S3."""

import os
import subprocess

import storage

THUMBNAILER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "thumbnail")
FOLDER = os.path.join(os.environ.get("TMPDIR", "/tmp"), "pictures")


def add(name, picture):
    os.makedirs(FOLDER, exist_ok=True)
    source = os.path.join(FOLDER, os.path.basename(name))
    target = source + ".thumbnail"
    with open(source, "wb") as file:
        file.write(picture)
    done = subprocess.run(
        f'"{THUMBNAILER}" "{source}" "{target}"', shell=True, capture_output=True, check=False
    )
    said = (done.stdout + done.stderr).decode()
    if not os.path.exists(target):
        return {"error": said}
    with open(target, "rb") as file:
        storage.put(f"thumbnails/{name}", file.read())
    return {"name": name, "thumbnail": said.strip()}
