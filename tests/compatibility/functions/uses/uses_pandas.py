import os

import pandas


def handler(event):
    world = os.environ["WORLD"]
    orders = pandas.DataFrame({"shop": ["a", "b", "a"] * 50, "total": range(150)})
    orders["day"] = pandas.date_range("2026-01-01", periods=150, tz="Europe/Berlin")
    orders.to_csv(f"{world}/orders.csv.gz", index=False)
    read = pandas.read_csv(f"{world}/orders.csv.gz", parse_dates=["day"])
    sums = read.groupby("shop")["total"].sum().to_dict()
    with open(f"{world}/{event['file']}") as file:
        named = pandas.read_csv(file, header=None).iloc[0, 0]
    return [sums, str(orders["day"].max()), named]
