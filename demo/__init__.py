"""The demonstration: a shop's function is attacked without Hauberk, with it watching, with it blocking."""
