"""Passes what people do on to the platform: reliably, in order, and in effect once."""
