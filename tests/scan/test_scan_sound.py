"""Code that is drawn at random is read, and run: what it does is what is told of it, or is told to be unknown."""

import posixpath

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hauberk.model.activity import Activity
from hauberk.model.kind import Kind
from hauberk.policy.decision import Entries
from hauberk.scan import Sure, scan
from hauberk.scan.package import Package

NAMES = ("a", "b", "c")
ATOMS = st.sampled_from(
    ["'x'", "'y-1'", "7", "a", "b", "c", "event['k']", "str(event['n'])", "('%03d' % event['n'])"]
)
SHAPES = [
    "str({0}) + str({1})",
    'f"{{{0}}}-{{{1}}}"',
    'f"{{{0}!r}}"',
    "'{{}}_{{}}'.format({0}, {1})",
    "'{{1}}{{0}}'.format({0}, {1})",
    "'%s.%s' % ({0}, {1})",
    "str({0})[:2]",
    "str({0}).upper()",
    "str({0}).replace('x', str({1}))",
    "os.path.join('d', str({0}), str({1}))",
    "os.path.dirname('q/' + str({0}) + '/' + str({1}))",
    "os.path.basename('q/' + str({0}))",
    "'-'.join([str({0}), str({1})])",
    "'-'.join(str(i) for i in ({0}, {1}))",
    "[{0}, {1}][1]",
    "[{0}, {1}][::-1][0]",
    "sorted([str({0}), str({1})])[0]",
    "{{'k': {0}}}.get('k', {1})",
    "{{'k': {0}}}.get('l', {1})",
    "({0} if event['n'] > 3 else {1})",
    "({0} or {1})",
    "twice({0})",
    "Box({0}).held",
    "Box({0}).doubled()",
    "first({0}, {1})",
]
EXPRESSIONS = st.builds(lambda shape, *of: shape.format(*of), st.sampled_from(SHAPES), ATOMS, ATOMS)
STATEMENTS = st.one_of(
    st.builds("{} = {}".format, st.sampled_from(NAMES), EXPRESSIONS),
    st.builds("{} = str({}) + str({})".format, st.sampled_from(NAMES), ATOMS, EXPRESSIONS),
    st.builds("for i in range(2): {0} = str({0}) + str({1})".format, st.sampled_from(NAMES), ATOMS),
    st.builds("if event['n'] > 3: {} = {}".format, st.sampled_from(NAMES), EXPRESSIONS),
    st.builds("t[{}] = {}".format, st.sampled_from(["'k'", "event['k']"]), EXPRESSIONS),
    st.builds("s.append({})".format, EXPRESSIONS),
    st.builds("{} = t.get('k', 'none')".format, st.sampled_from(NAMES)),
    st.builds("{} = s[{}]".format, st.sampled_from(NAMES), st.sampled_from(["0", "-1"])),
)
BEFORE = """
import os
def twice(x): return str(x) + str(x)
def first(*given): return given[0]
class Box:
    def __init__(self, held): self.held = held
    def doubled(self): return twice(self.held)
def handler(event, context):
    a = b = c = 'z'
    t = {'k': 'old'}
    s = ['s']
"""
EVENT = {"k": "key", "n": 5}


@settings(deadline=None, max_examples=60)
@example(["s.append('x')", "a = s[-1]"])
@example(["a = str(a) + str(b)", "a = str(a) + str(a)"])
@given(st.lists(STATEMENTS, min_size=1, max_size=5))
def test_what_code_does_is_told_or_told_to_be_unknown(statements):
    code = BEFORE + "".join(f"    {one}\n" for one in (*statements, "open('/tmp/f' + str(a))"))
    opened = []
    space = {"open": opened.append}
    exec(compile(code, "app.py", "exec"), space)
    space["handler"](EVENT, None)
    package = Package({"app.py": len(code)}, (), lambda name, most: code.encode())
    profile = scan(package, "app.handler")
    if any(one.kind is Kind.FILE for one in profile.unread):
        return
    path = posixpath.normpath(opened[0])
    targets = [  # what is known at run time only may hold a `/`
        one.target.replace("*", "**") if one.sure is Sure.PARTLY else one.target
        for one in profile.findings
    ]
    entries = Entries("file", [f"read {target}" for target in targets])
    assert entries.first(Activity(Kind.FILE, "read", path)), (path, profile.findings)
