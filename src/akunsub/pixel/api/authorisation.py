"""Who may use the server APIs: who has the account's token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from akunsub.errors import CallRefusedError
from akunsub.platform.tokens import is_same_token

if TYPE_CHECKING:
    from akunsub.platform.settings import Api

_SCHEME = "bearer "


def authorise(tree: dict[str, Any], api: Api | None) -> tuple[str, int]:
    """
    Return the token that was given, and the account that it is for.

    It may be in the body, in the header Authorization, or in the query. Where there are several,
    each of them must be right.

    Raises:
        CallRefusedError: There is none, or a wrong one.
    """
    given = [*request.args.getlist("token")]
    header = request.headers.get("Authorization", "")
    if header.lower().startswith(_SCHEME):
        given.append(header[len(_SCHEME) :].strip())
    in_body = tree.get("token")
    if isinstance(in_body, str):
        given.append(in_body.strip())
    elif in_body is not None:
        raise CallRefusedError("bad_field", 400, 'field "token": is text, and there once')
    given = [token for token in given if token]
    if not given:
        raise CallRefusedError(
            "no_token",
            401,
            "API token required",
            fix="send it in the body's field token, or in the header Authorization: Bearer …",
        )
    if api is None or not all(is_same_token(token, api.token) for token in given):
        raise CallRefusedError(
            "wrong_token",
            403,
            "the API token is wrong",
            fix="it is token under [api] in akunsub.toml",
        )
    return api.token, api.account_id
