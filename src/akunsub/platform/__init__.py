"""
What the platform knows and does: identifiers, statuses, rules, storage.

No HTTP and no Flask in here, and the time is a parameter.
"""
