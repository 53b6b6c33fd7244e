"""Hauberk protects AWS Lambda functions while they run."""

__version__ = "0.1.0"
