"""What is asked of name servers besides the host of a look-up: by the resolver, of addresses, below other domains."""

from __future__ import annotations

from pathlib import Path

import pytest
from walled import EACH, Walled, prevent

pytestmark = EACH

QUERIES = ["res_query", "res_search", "res_nquery", "res_send"]
REVERSED = ["getnameinfo", "gethostbyaddr", "gethostbyaddr_r"]
LISTED = prevent(host=["resolve localhost"])


@pytest.mark.parametrize("call", QUERIES)
def test_a_query_is_for_a_host(walled: Walled, acts: Path, call: str) -> None:
    done = walled.run([acts, call, "Data.Attacker.example"], LISTED)
    assert done.out.startswith("error")
    assert done.detected == [("unlisted-host", "data.attacker.example")]


@pytest.mark.parametrize("call", REVERSED)
def test_the_name_of_an_address_is_asked_for_only_where_that_is_listed(
    walled: Walled, acts: Path, call: str
) -> None:
    done = walled.run([acts, call, "203.0.113.7"], LISTED)
    assert done.error
    assert done.detected == [("unlisted-host", "203.0.113.7")]
    # This machine's own is nobody's to hear of, and what stays a number is no name.
    for command in ([acts, call, "127.0.0.1"], [acts, "numeric_name", "203.0.113.7"]):
        done = walled.run(command, LISTED)
        assert (done.out, done.detected) == ("done\n", [])


@pytest.mark.parametrize(
    ("variable", "told"),
    [
        ("LOCALDOMAIN=secret.attacker.example", "localhost.secret.attacker.example"),
        ("HOSTALIASES=/tmp/aliases", "HOSTALIASES=/tmp/aliases"),
    ],
)
def test_a_domain_that_is_given_to_a_child_is_asked_for(
    walled: Walled, acts: Path, variable: str, told: str
) -> None:
    command = ["sh", "-c", f"{variable} {acts} getaddrinfo localhost; true"]
    assert walled.run(command).out == "done\n"
    done = walled.run(command, LISTED)
    assert done.error
    assert done.detected == [("unlisted-host", told)]
    # What was there at the environment's start is the function's own setting.
    name, value = variable.split("=")
    done = walled.run(command, LISTED, environment={name: value})
    assert (done.out, done.detected) == ("done\n", [])
