"""Code and layers as they come: folders, zip files, and what is wrong with them."""

import zipfile
from pathlib import Path

import pytest

from hauberk.local import Function, InputError
from hauberk.local.folders import UNZIPPED_LIMIT
from hauberk.local.handler import find_handler
from hauberk.local.sandbox import sandbox

HANDLERS = [
    # files                                                          handler
    ({"app.py": "def handler(event, context): pass"}, "app.handler"),
    ({"lambda_function.py": "def lambda_handler(e, c): pass"}, "lambda_function.lambda_handler"),
    ({"index.py": "handler = lambda *_: 1"}, "index.handler"),
    ({"handler.py": "from package import work as handler"}, "handler.handler"),
    ({"main.py": "class handler: pass"}, "main.handler"),
    ({"app.py": "x = 1", "main.py": "def handler(*_): pass"}, "main.handler"),
    ({"app.py": "def lambda_handler(*_): 0\ndef handler(*_): 0"}, "app.handler"),
    ({"app.py": "raise SystemExit(1)\ndef handler(*_): pass"}, "app.handler"),  # is not run
]


@pytest.mark.parametrize(("files", "handler"), HANDLERS)
@pytest.mark.parametrize("zipped", [False, True])
def test_a_handler_is_found_by_its_name(folder, tmp_path, files, handler, zipped):
    code = folder("code", files)
    assert find_handler(_zip(code, tmp_path / "code.zip") if zipped else code) == handler


NO_HANDLERS = [
    ({"other.py": "def handler(*_): pass"}, "looked for handler or lambda_handler in app.py"),
    ({"app.py": "def other(*_): pass"}, "name it with --handler"),
    ({"app.py": "def handler(:"}, "does not parse"),
    ({"app.py": "if True:\n    def handler(*_): pass"}, "name it with --handler"),
]


@pytest.mark.parametrize(("files", "why"), NO_HANDLERS)
def test_a_handler_that_is_not_found_is_asked_for(folder, files, why):
    with pytest.raises(InputError, match=why):
        find_handler(folder("code", files))


def test_a_file_that_is_no_zip_is_refused(folder):
    code = folder("code", {"app.py": "text"})
    with pytest.raises(InputError, match=r"neither a folder nor a zip file that can be read"):
        sandbox(Function(code / "app.py"))


def test_a_path_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(InputError, match="does not exist; name a folder or a zip file"):
        sandbox(Function(tmp_path, layers=(tmp_path / "nothing",)))


def test_a_zip_file_over_lambdas_limit_is_refused(tmp_path):
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(2):
            archive.writestr(f"zeros{number}", bytes(UNZIPPED_LIMIT // 2 + 1))
    with pytest.raises(InputError, match="unzips to more than Lambda's 262,144,000 bytes"):
        sandbox(Function(bomb))


def test_a_zip_file_writes_nothing_outside_its_folder(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    crafted = tmp_path / "crafted.zip"
    with zipfile.ZipFile(crafted, "w") as archive:
        archive.writestr(f"..{outside}/absolute", "x")
        archive.writestr("../escaped", "x")
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, str(outside))
        archive.writestr("link/through", "x")
    with pytest.raises(InputError):  # `link` is a folder before it is a link
        sandbox(Function(crafted))
    assert list(outside.iterdir()) == []
    assert not (tmp_path / "escaped").exists()


def test_a_layer_writes_nothing_through_a_link_of_another(folder, tmp_path):
    outside = folder("outside", {})
    first, second = folder("first", {}), folder("second", {"link/file": "x", "kept": "2"})
    (first / "link").symlink_to(outside)
    (first / "kept").symlink_to(outside / "kept")
    box = sandbox(Function(folder("code", {}), layers=(first, second)))
    assert list(outside.iterdir()) == []
    assert (box.layers / "link/file").read_text() == "x"
    assert (box.layers / "kept").read_text() == "2"
    box.close()
    assert not box.scratch.exists()


def test_an_interpreter_without_packages_of_its_own_is_told_how_to_get_them(folder, tmp_path):
    code = folder("code", {"app.py": "def handler(*_): pass"})
    with pytest.raises(InputError, match=r"pip install --target .*awslambdaric"):
        sandbox(Function(code, runtime_packages=tmp_path))
    with pytest.raises(InputError, match="is not a Python that runs here"):
        sandbox(Function(code, python=tmp_path / "python9"))


def _zip(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.rglob("*"):
            archive.write(file, file.relative_to(folder))
    return path
