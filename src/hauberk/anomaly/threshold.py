"""From which scores on a person is told: so that a function alerts at most once a week, by records that were
held back from the model until they were scored.

Alerts with the same lead within a week are one. Of the number of alerts in the weeks that were held back, which is
Poisson, the upper bound is Garwood's (1936): with less than three weeks nothing can be promised, and that is said.
Each question has a threshold of its own. The alerts that the bound allows are shared out among them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from hauberk.anomaly.score import Rarity, Scored
from hauberk.anomaly.share import shared
from hauberk.anomaly.trait import QUESTIONS, Question, Trait
from hauberk.learn.complete.gamma import CONFIDENCE, quantile
from hauberk.learn.complete.tally import HOURS_A_WEEK, LEAST_WEEKS

MOST_A_WEEK = 1.0
LEAST = 2.0  # what is less rare than one in a hundred is not told, however quiet a function is
MARGIN = 0.6  # each is chosen by itself, so that all together err more often: each is higher, up to one for all
NEVER = 99.0  # no score is as high: where less than a day was held back, nothing is told


@dataclass(frozen=True, slots=True)
class Calibration:
    """Thresholds, and what they gave in the time that was held back."""

    thresholds: Mapping[Question, float]
    alerts: int
    weeks: float
    invocations: int

    @property
    def most_a_week(self) -> float:
        """At most so many alerts a week, with 95 % confidence."""
        return _bound(self.alerts, self.weeks)

    @property
    def is_promised(self) -> bool:
        """Whether that is one or less."""
        return self.most_a_week <= MOST_A_WEEK


@dataclass(frozen=True, slots=True)
class Alert:
    """What a person is told: an invocation, by which question, and how many more within a week were the same."""

    first: Scored
    question: Question
    threshold: float
    more: int

    @property
    def score(self) -> float:
        """That of the question."""
        return self.first.scores[self.question]

    @property
    def why(self) -> tuple[Rarity, ...]:
        """What makes the scores, the question's own first."""
        return tuple(
            sorted(self.first.why, key=lambda one: QUESTIONS[one.trait.family] is not self.question)
        )


def level(threshold: float) -> dict[Question, float]:
    """Give one threshold for all questions."""
    return dict.fromkeys(Question, threshold)


def over(one: Scored, thresholds: Mapping[Question, float]) -> Question | None:
    """By which question an invocation is told: that whose threshold it passes by the most; none where by none."""
    beyond = {
        question: score - thresholds[question]
        for question, score in sorted(one.scores.items())
        if score > thresholds[question]
    }
    return max(beyond, key=beyond.__getitem__, default=None)


def alerts(every: Collection[Scored], thresholds: Mapping[Question, float]) -> tuple[Alert, ...]:
    """Tell of invocations over a threshold, those of one lead within a week once."""
    asked = ((one, over(one, thresholds)) for one in every)
    told: list[list[tuple[Scored, Question]]] = []
    last: dict[Trait | None, list[tuple[Scored, Question]]] = {}
    for one, question in sorted(
        ((one, question) for one, question in asked if question),
        key=lambda each: _when(each[0]),
    ):
        lead = one.lead(question)
        group = last.get(lead)
        if group is not None and one.invoked.hour - group[0][0].invoked.hour < HOURS_A_WEEK:
            group.append((one, question))
            continue
        last[lead] = [(one, question)]
        told.append(last[lead])
    return tuple(Alert(*group[0], thresholds[group[0][1]], len(group) - 1) for group in told)


def _when(one: Scored) -> tuple[int, int, str]:
    return one.invoked.hour, one.invoked.at_ms or 0, one.invoked.request


def calibrated(held_back: Sequence[Scored], weeks: float) -> Calibration:
    """Choose the thresholds that give at most one alert a week; where none can, the highest score seen for all."""
    calm = [one for one in held_back if not one.invoked.is_attacked]
    if not calm or weeks < LEAST_WEEKS:
        return Calibration(level(NEVER), 0, weeks, 0)
    allowed = _allowed(weeks)
    one_for_all = _ladder(calm, tuple(Question), allowed)[-1]
    thresholds = level(one_for_all)
    if _bound(0, weeks) <= MOST_A_WEEK:
        ladders = {question: _ladder(calm, (question,), allowed) for question in Question}
        thresholds = {
            question: max(found, min(round(found + MARGIN, 6), one_for_all))
            for question, found in shared(ladders).items()
        }
    return Calibration(thresholds, len(alerts(calm, thresholds)), weeks, len(calm))


def _ladder(
    calm: Sequence[Scored], questions: Collection[Question], allowed: int
) -> tuple[float, ...]:
    """The lowest threshold of these questions with no alert, with one at most, and so on."""

    def highest(one: Scored) -> float:
        return max(LEAST, *(one.scores.get(question, LEAST) for question in questions))

    ladder: list[float] = []
    over_it: list[Scored] = []
    for step, mine in groupby(sorted(calm, key=highest, reverse=True), key=highest):
        count = len(alerts(over_it, level(NEVER) | dict.fromkeys(questions, step)))
        if count > allowed:
            break
        ladder = [*ladder[:count], *ladder[-1:] * (count - len(ladder)), step]
        over_it += mine
    return (*ladder, *ladder[-1:] * (allowed + 1 - len(ladder)))


def _allowed(weeks: float) -> int:
    """How many alerts there may be in so many weeks for the promise; none, too, where nothing can be promised."""
    count = 0
    while _bound(count + 1, weeks) <= MOST_A_WEEK:
        count += 1
    return count


def _bound(count: int, weeks: float) -> float:
    return quantile(count + 1, CONFIDENCE) / max(weeks, 1 / HOURS_A_WEEK)
