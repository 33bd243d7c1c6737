"""
akunsub: an open AkUnsub browser SDK and what is needed to build, serve and test it.

Importing this package imports neither Flask, SQLAlchemy nor Playwright.
"""
