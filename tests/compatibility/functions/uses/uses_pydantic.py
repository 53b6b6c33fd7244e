import datetime
import re

import pydantic


class Order(pydantic.BaseModel):
    id: int
    day: datetime.date
    name: str = pydantic.Field(pattern=r"^[a-z]+$")


def handler(event):
    order = Order.model_validate_json('{"id": "7", "day": "2026-01-02", "name": "blue"}')
    try:
        Order(id="x", day="no", name="7")
    except pydantic.ValidationError as error:
        wrong = [re.sub(r"\W", "", one["type"]) for one in error.errors()]
    return [order.model_dump(mode="json"), wrong]
