"""Trains the firewall's resemblance model from labelled payloads and harmless texts."""
