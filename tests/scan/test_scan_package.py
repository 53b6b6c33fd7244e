"""Packages that are made to be read wrong: whatever they hold, the scan ends, reads nothing outside and tells."""

import io
import os
import time
import zipfile

import pytest

from hauberk.scan import PackageError, opened, scan
from hauberk.scan.package import MOST_FILE_BYTES

CODE = "import other\ndef handler(event, context):\n    open('/tmp/a')\n"


def zipped(files, compression=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def read(place, content):
    (place / "f.zip").write_bytes(content)
    return scan(opened(place / "f.zip"), "app.handler")


def told(profile):
    return {(one.site.file, one.what) for one in profile.unread}


def test_a_zip_is_read_as_its_folder_is(tmp_path):
    files = {"app.py": CODE, "other.py": "import os\nos.remove('/tmp/x')"}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert read(tmp_path, zipped(files)) == scan(opened(tmp_path), "app.handler")


def test_a_module_that_unpacks_to_too_much_is_told_and_not_held(tmp_path):
    bomb = b"#" * (MOST_FILE_BYTES * 20)
    profile = read(tmp_path, zipped({"app.py": CODE, "other.py": bomb}))
    assert ("other.py", f"cannot be read: more than {MOST_FILE_BYTES:,} bytes") in told(profile)
    assert len(profile.findings) == 1


def test_a_zip_that_lies_about_a_size_is_told(tmp_path):
    content = bytearray(zipped({"app.py": CODE, "other.py": b"#" * (MOST_FILE_BYTES * 2)}))
    size = (MOST_FILE_BYTES * 2).to_bytes(4, "little")
    at = content.rfind(size)  # in the directory
    content[at : at + 4] = (10).to_bytes(4, "little")
    assert any(file == "other.py" for file, _ in told(read(tmp_path, bytes(content))))


@pytest.mark.parametrize("name", ["../other.py", "/other.py", "a/../../other.py", "..\\other.py"])
def test_a_name_that_leads_out_is_passed_by(tmp_path, name):
    profile = read(tmp_path, zipped({"app.py": CODE, name: "open('/tmp/evil')"}))
    assert (name, "passed by: its name leads out of the package") in told(profile)
    assert len(profile.findings) == 1


def test_a_link_is_not_followed(tmp_path):
    inside, outside = tmp_path / "package", tmp_path / "outside.py"
    inside.mkdir()
    outside.write_text("open('/tmp/outside')")
    (inside / "app.py").write_text(CODE)
    (inside / "other.py").symlink_to(outside)
    (inside / "loop").symlink_to(inside)
    profile = scan(opened(inside), "app.handler")
    assert ("other.py", "passed by: a link") in told(profile)
    assert {one.target for one in profile.findings} == {"/tmp/a"}


def test_a_link_in_a_zip_is_not_followed(tmp_path):
    link = zipfile.ZipInfo("other.py")
    link.external_attr = 0o120777 << 16
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("app.py", CODE)
        archive.writestr(link, "/etc/passwd")
    assert ("other.py", "passed by: a link") in told(read(tmp_path, content.getvalue()))


def test_a_pipe_is_not_waited_for(tmp_path):
    (tmp_path / "app.py").write_text(CODE)
    os.mkfifo(tmp_path / "other.py")
    assert scan(opened(tmp_path), "app.handler").findings


NESTED = {
    "parentheses": "x = " + "(" * 5_000 + ")" * 5_000,
    "attributes": "x = a" + ".b" * 20_000,
    "sums": "x = 1" + " + 1" * 20_000,
    "calls": "def f(x):\n    return " + "f(" * 80 + "x" + ")" * 80 + "\nf(f)",
    "doubles": "x0 = ['a']\n"
    + "\n".join(f"x{n + 1} = [x{n}, x{n}]" for n in range(200))
    + "\nopen(x200)",
    "texts": "x0 = 'aaaa'\n"
    + "\n".join(f"x{n + 1} = x{n} + x{n}" for n in range(200))
    + "\nopen(x200)",
    "arguments": "class A:\n    def __init__(s, a, b): pass\nx0 = 1\n"
    + "\n".join(f"x{n + 1} = A(x{n}, x{n})" for n in range(200)),
    "ways": "\n".join(
        f"def f{n}(x):\n    f{n + 1}(x + 'a')\n    f{n + 1}(x + 'b')" for n in range(60)
    )
    + "\ndef f60(x): open(x)\nf0('/tmp/')",
    "classes": "class A(B): pass\nclass B(A): pass\nA().x\nA().y()",
    "attributes of itself": "class A:\n  def f(self):\n    self.a = self.b + self.b\n    self.b = self.a + self.a\n"
    "    open(self.a)",
    "modules of each other": "from other import *\nfrom app import *\nopen(nothing)",
    "attributes of attributes": "\n".join(
        f"class C{n}:\n  def __init__(self):\n    self.x = C{n + 1}().x" for n in range(400)
    )
    + "\nclass C400: x = '/tmp/x'\nopen(C0().x)",
    "calls of calls": "\n".join(f"def g{n}(x):\n    return g{n + 1}(x) + 'a'" for n in range(400))
    + "\ndef g400(x): return open('/tmp/deep')\ng0(1)",
    "a wrong encoding": "# coding: nothing\nx = 1",
    "a zero": "x = 'a\0b'",
}


@pytest.mark.parametrize("code", NESTED.values(), ids=NESTED)
def test_code_that_is_made_to_be_slow_ends(tmp_path, code):
    (tmp_path / "app.py").write_text(CODE)
    (tmp_path / "other.py").write_text(code)
    begun = time.process_time()
    profile = scan(opened(tmp_path), "app.handler")
    assert time.process_time() - begun < 10
    assert "/tmp/a" in {one.target for one in profile.findings}


def test_what_is_no_package_is_refused(tmp_path):
    (tmp_path / "f.zip").write_bytes(b"PK\x03\x04 nothing")
    for path, handler in (
        (tmp_path / "f.zip", "app.handler"),
        (tmp_path / "no", "app.handler"),
        (tmp_path, "app.x"),
    ):
        with pytest.raises(PackageError):
            scan(opened(path), handler)
