"""How the alerts that are allowed are shared out among the questions: so that most is found."""

from collections.abc import Mapping, Sequence

from hauberk.anomaly.trait import QUESTIONS, Question

# Hardly an attack scores less than the one, and more than the other is only what lies far beyond all that was seen.
LOWEST, HIGHEST = 2.5, 3.5


def shared(ladders: Mapping[Question, Sequence[float]]) -> dict[Question, float]:
    """Choose one of each question's thresholds, which are that with no alert, with one and so on; with as many in all.

    The sum of the thresholds of all families is the least, as far as they lie where it matters.
    """
    questions = list(ladders)
    allowed = min(map(len, ladders.values())) - 1
    best: list[tuple[float, ...]] = [()] * (allowed + 1)
    for ladder in ladders.values():
        best = [
            min(
                ((*best[spent - mine], ladder[mine]) for mine in range(spent + 1)),
                key=lambda chosen: _cost(questions, chosen),
            )
            for spent in range(allowed + 1)
        ]
    return dict(zip(questions, best[allowed], strict=True))


def _cost(questions: Sequence[Question], chosen: Sequence[float]) -> tuple[float, float]:
    weights = [sum(one is question for one in QUESTIONS.values()) for question in questions]
    mattering = (
        weight * min(max(threshold, LOWEST), HIGHEST)
        for weight, threshold in zip(weights, chosen, strict=False)
    )
    return round(sum(mattering), 6), round(sum(chosen), 6)
