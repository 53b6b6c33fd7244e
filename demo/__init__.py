"""The demonstration: a shop is attacked without Hauberk, with it in detect, in prevent."""
