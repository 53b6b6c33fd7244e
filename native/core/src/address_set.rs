//! A set of IP prefixes: which addresses are in it.
