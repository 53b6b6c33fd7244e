"""The shop, unprotected, in a real local Lambda."""

import json

import pytest
from demo.attacks import Evidence, succeeded
from demo.setting import Setting, setting
from demo.shop import isolation_is_allowed, opened
from demo.story import Phase, day
from demo.traffic import ADA


@pytest.fixture(scope="module", params=[True, False], ids=["own root", "no root of its own"])
def days(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> object:
    folder = tmp_path_factory.mktemp("shop")
    if request.param and not isolation_is_allowed(folder):
        pytest.skip("this machine gives a function no mount namespace")
    with setting(folder, folder / "s3.log", isolated=request.param) as place:
        days = []
        for name in ("first", "second"):
            with opened(place, None, folder / f"{name}.log") as shop:
                days.append(day(name, shop, place.scene))
        yield place, days


Days = tuple[Setting, list[Phase]]


def test_every_attack_succeeds(days: Days) -> None:
    place, (first, _) = days
    effects = {attack.name: first.outcomes[attack.name].effect for attack in place.scene.attacks}
    assert len(effects) == 7
    assert [name for name, effect in effects.items() if not effect] == []


def test_what_is_sent_to_the_attacker_holds_the_secrets(days: Days) -> None:
    _, (first, _) = days
    assert "the API key" in first.outcomes["unlisted host"].effect
    assert "with the API key" in first.outcomes["secrets sent out"].effect
    assert "orders.db" in first.outcomes["code in a pickle"].effect


def test_normal_requests_get_the_same_bytes_in_another_environment(days: Days) -> None:
    place, (first, second) = days
    assert len(first.answers) == (17 if place.isolated else 15)
    assert first.answers == second.answers


def test_no_normal_request_ends_in_an_error(days: Days) -> None:
    _, (first, _) = days
    assert [answer for answer in first.answers if b'"statusCode": 200' not in answer] == [
        answer for answer in first.answers if b'"statusCode": 404' in answer
    ]


def test_the_shop_serves_after_each_attack(days: Days) -> None:
    _, (first, _) = days
    assert {outcome.probe for outcome in first.outcomes.values()} == {first.answers[0]}


def test_no_normal_answer_passes_for_the_proof_of_an_attack(days: Days) -> None:
    place, (first, _) = days
    answers = zip(place.scene.normal, first.answers, strict=True)
    bodies = [json.loads(answer)["body"] for call, answer in answers if call.customer == ADA]
    assert len(bodies) == (10 if place.isolated else 8)
    for body in bodies:
        evidence = Evidence(body, (), place.scene.secret)
        assert [one.name for one in place.scene.attacks if succeeded(one, evidence)] == []
