"""What rules of stopping cost for what they bring, drawn as SVG."""

import re
from collections.abc import Mapping

import pygal  # type: ignore[import-untyped]
from pygal.style import CleanStyle  # type: ignore[import-untyped]

Points = tuple[tuple[float, float], ...]


def drawn(title: str, rules: Mapping[str, Points]) -> str:
    """Draw a line for each rule: invocations over alarms a week, both logarithmic."""
    chart = pygal.XY(
        title=f"What a rule costs for what it brings (fleet: {title})",
        x_title="alarms a week after, of each function and kind",
        y_title="invocations until complete, geometric mean",
        logarithmic=True,
        xrange=(0.01, 1.0),
        style=CleanStyle,
        js=[],
        legend_at_bottom=True,
        legend_at_bottom_columns=2,
        width=900,
        height=600,
        dots_size=2,
        no_prefix=True,
        disable_xml_declaration=True,
    )
    for rule, points in rules.items():
        chart.add(rule, sorted(one for one in points if 0.01 <= one[0] <= 1))
    text = str(chart.render(is_unicode=True))
    return re.sub(r"<!--.*?-->|<script.*?</script>", "", text, flags=re.DOTALL) + "\n"
