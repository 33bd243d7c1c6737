import pytest
from hypothesis import given
from hypothesis import strategies as st

from akunsub.errors import InvalidScriptIdError
from akunsub.platform import ids

NUMBERS = st.integers(min_value=1, max_value=10**18 - 1)


@pytest.mark.parametrize(
    ("script_id", "key"),
    [
        ("MXw3Mw==", (1, 73)),
        ("MXw3Mw..", (1, 73)),
        ("MXw3Mw", (1, 73)),
        ("MXw2NQ..", (1, 65)),
        ("MXw2Ng..", (1, 66)),
        ("MXw5OQ..", (1, 99)),
        ("MXwz", (1, 3)),
        ("MXwy", (1, 2)),
        ("MXwx", (1, 1)),
    ],
)
def test_script_id_is_read_in_every_padding(script_id, key):
    assert ids.parse_script_id(script_id) == key


def test_script_id_is_written_as_documented():
    assert ids.format_script_id(1, 73) == "MXw3Mw=="


@pytest.mark.parametrize(
    "script_id",
    [
        "",
        "=",
        "==",
        "..",
        "MXw3Mw=",  # padding of the wrong length
        "MXw3Mw===",
        "MXw3Mw=.",
        "MXwz==",
        "MXw3Mx==",  # the same bytes, spelled with unused bits set
        "MXw3M",
        " MXw3Mw==",
        "MXw3Mw==\n",
        "MXw3Mw%3D%3D",
        "1|73",
        "MXw=",  # 1|
        "fDcz",  # |73
        "MHw3Mw==",  # 0|73
        "MXwwNzM=",  # 1|073
        "MXwtNw==",  # 1|-7
        "MXw3M3wx",  # 1|73|1
        "YXxi",  # a|b
        "////",
        "MXw3Mw=\N{FULLWIDTH EQUALS SIGN}",
        "x" * 100_000,
    ],
)
def test_anything_else_is_not_a_script_id(script_id):
    with pytest.raises(InvalidScriptIdError):
        ids.parse_script_id(script_id)


@given(NUMBERS, NUMBERS)
def test_every_script_id_reads_back(account_id, resource_id):
    written = ids.format_script_id(account_id, resource_id)

    for padding in ("=", ".", ""):
        assert ids.parse_script_id(written.replace("=", padding)) == (account_id, resource_id)


@given(st.text(max_size=40))
def test_no_text_does_worse_than_being_refused(text):
    try:
        key = ids.parse_script_id(text)
    except InvalidScriptIdError:
        return
    assert ids.format_script_id(*key).rstrip("=") == text.rstrip("=.")


@pytest.mark.parametrize("smid", ["f", "fGmXiWU9Y4NSIpCwl4QG6QXAAAQE", "5a9bf01a17_3cd_11.5a8c-1"])
def test_smid_is_opaque(smid):
    assert ids.is_smid(smid)


@pytest.mark.parametrize("smid", ["", " f", "f\n", "{send_message_id}", "<b>", "я", "f" * 201])
def test_a_placeholder_or_markup_is_no_smid(smid):
    assert not ids.is_smid(smid)
