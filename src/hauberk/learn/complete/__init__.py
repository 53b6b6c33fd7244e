"""How many false alarms a list would still give, by what was seen seldom."""
