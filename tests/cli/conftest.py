"""The commands that several files ask, each in a folder of its own."""

import pytest
from learn_log import LOG

from here import run_here, run_here_as_text

POLICY = (
    "hauberk: 1\nfunctions:\n  orders: {mode: prevent, allowlist: {file: [{target: /tmp/*}]}}\n"
)
BROKEN = "hauberk: 1\nfunctions:\n  orders: {mod: prevent}\n  b: {expires: soon}\n"


@pytest.fixture
def hauberk(tmp_path):
    """Runs `hauberk` beside a policy and a broken one."""
    (tmp_path / "hauberk.yaml").write_text(POLICY)
    (tmp_path / "broken.yaml").write_text(BROKEN)

    def run(*arguments, given=None, **variables):
        environment = {"XDG_CONFIG_HOME": str(tmp_path / "config"), **variables}
        return run_here_as_text(arguments, tmp_path, given, environment)

    return run


@pytest.fixture
def learn(tmp_path):
    """Runs `hauberk learn` beside a log."""
    (tmp_path / "orders.log").write_bytes(LOG)
    return lambda *arguments, given=None: run_here(("learn", *arguments), tmp_path, given)
