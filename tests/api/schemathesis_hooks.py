"""Loaded by schemathesis: each request is one of its own, not a repeated one."""

import itertools

import schemathesis

_numbers = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    # An id that is used again gets the first answer again, that of another method included.
    for name in ("Request-ID", "X-Request-ID"):
        if case.headers and name in case.headers:
            case.headers[name] = f"fuzz-{next(_numbers)}"
