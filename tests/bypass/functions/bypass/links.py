"""Detours to a file whose own name would be refused."""

import os


def _near(to, name):
    """A name in the folder of what is allowed."""
    folder = os.path.join(os.environ["WORLD"], "allowed")
    return os.path.join(folder, f"{to.name}.{to.place}.{name}")


def read_through_symbolic_link(to):
    link = _near(to, "link")
    if not os.path.islink(link):
        os.symlink(to.secret, link)
    with open(link) as file:
        return file.read()


def written_through_existing_link(to):
    """The link was there before: its making was nobody's act."""
    with open(to.path + ".link", "w"):
        pass


def read_through_hard_link(to):
    link = _near(to, "hard")
    if not os.path.exists(link):
        os.link(to.secret, link)
    with open(link) as file:
        return file.read()


def renamed_over(to):
    new = _near(to, "new")
    with open(new, "w") as file:
        file.write("new")
    os.replace(new, to.mark)


def renamed_away(to):
    os.rename(to.secret, _near(to, "moved"))
    with open(_near(to, "moved")) as file:
        return file.read()


def through_root(to):
    with open(f"/proc/self/root{to.secret}") as file:
        return file.read()


def through_parent_folders(to):
    with open(f"{os.environ['WORLD']}/allowed/../{to.place}/{to.name}.secret") as file:
        return file.read()


def through_descriptor(to):
    folder = os.open(os.path.dirname(to.secret), os.O_RDONLY)
    try:
        with open(f"/proc/self/fd/{folder}/{to.name}.secret") as file:
            return file.read()
    finally:
        os.close(folder)


def through_working_directory(to):
    before = os.getcwd()
    os.chdir(os.path.dirname(to.secret))
    try:
        with open(f"/proc/self/cwd/{to.name}.secret") as file:
            return file.read()
    finally:
        os.chdir(before)
