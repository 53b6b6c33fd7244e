"""How what was seen seldom tells of what is new next week, by one number, the slope.

Rates of rare behaviours have a density that falls with the power `1 + slope` (Fisher, Corbet and Williams 1943;
Pitman and Yor 1997). That gives how many values are seen twice for each that is seen once, and how many new ones a week
brings after so many weeks (Good and Toulmin 1956). At a slope of 1 all that is rare comes far more seldom than was
watched: the coming week brings as many new ones as a week did until now, in the mean. No independent visits bring more.
"""

from hauberk.learn.complete.tally import HOURS_A_WEEK, SELDOM

SLOPE = 0.5  # where no fleet tells
LEAST_SLOPE = 1 / 3  # where one does
STEEPEST = 1.0
_STEPS = 40


def seldom_for_one(slope: float) -> float:
    """How many seldom values there are for each that was seen once."""
    total = part = 1.0
    for count in range(1, SELDOM):
        part *= (count - slope) / (count + 1)
        total += part
    return total


def new_in_a_week(weeks: float, slope: float) -> float:
    """How many values the coming week brings for each that was seen once in `weeks`."""
    ahead = 1 / max(weeks, 1 / HOURS_A_WEEK)
    return float(((1 + ahead) ** slope - 1) / slope)


def weeks_for(new: float, slope: float) -> float:
    """After how many weeks a week brings so few."""
    return float(1 / ((1 + slope * new) ** (1 / slope) - 1))


def slope_for(share: float) -> float:
    """Give the slope at which so large a share of the seldom values was seen once; never less than `LEAST_SLOPE`."""
    low, high = LEAST_SLOPE, STEEPEST
    if share <= 1 / seldom_for_one(low):
        return low
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 / seldom_for_one(middle) < share else (low, middle)
    return high
