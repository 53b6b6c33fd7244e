import datetime


def today():
    return datetime.datetime.now().strftime("%Y-%m-%d")
