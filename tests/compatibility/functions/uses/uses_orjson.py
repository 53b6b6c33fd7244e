import datetime

import orjson


def handler(event):
    day = datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)
    return orjson.loads(
        orjson.dumps({"a": [1, 2.5, None], "day": day, "ü": "☕"}, option=orjson.OPT_SORT_KEYS)
    )
