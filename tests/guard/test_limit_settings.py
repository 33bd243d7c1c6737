"""``[server]`` and ``[limits]``: what is taken, and what is told about the rest."""

import pytest

from akunsub.errors import SettingsError
from akunsub.pixel.counters import open_counters
from akunsub.platform.settings_file import load_sample, parse_settings, read_sample
from akunsub.production import describe_gaps, prepare_settings
from tests.test_cli import run
from tests.test_production import TOKEN, environment


def parse(text):
    return parse_settings(f"{read_sample()}\n{text}", source="own")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '[limits]\nper_smid = "often"',
            'limits.per_smid: \'often\' is not a rate: write "30/minute", or "" for no limit',
        ),
        (
            '[limits]\nper_address = "0/minute"',
            'limits.per_address: \'0/minute\' is not a rate: write "30/minute", or "" for no limit',
        ),
        ("[limits]\nper_smid = 30", "limits.per_smid: Input should be a valid string (it is 30)"),
        ("[limits]\nper_smids = 30", "limits.per_smids: unknown key; did you mean per_smid?"),
        (
            '[limits]\nstorage = "postgresql://u:s3cret@h/d"',
            (
                'limits.storage: is not a place for counters: write "memory://", or '
                '"redis://host:6379/0" (rediss:// for TLS)'
            ),
        ),
        (
            '[limits]\nstorage = "redis://:s3cret@"',
            'limits.storage: names no host, or a port that cannot be: write "redis://host:6379/0"',
        ),
        (
            '[limits]\nexempt_networks = ["0.0.0.0/0"]',
            (
                'limits.exempt_networks[0]: 0.0.0.0/0 is every address: write per_address = "" '
                "for no limit"
            ),
        ),
        (
            '[server]\nhosts = ["https://pxl.example.com"]',
            (
                "server.hosts[0]: 'https://pxl.example.com' is not the name of a host: write "
                "pxl.example.com, or .example.com for all below it; without https:// and without a "
                "port"
            ),
        ),
        (
            '[server]\norigins = ["https://shop.example/"]',
            (
                "server.origins[0]: 'https://shop.example/' is not an origin: write "
                "https://shop.example, without a path"
            ),
        ),
        (
            '[server]\norigins = ["null"]',
            (
                "server.origins[0]: 'null' is not an origin: write https://shop.example, without a "
                "path"
            ),
        ),
        (
            "[server]\ntrusted_proxies = true",
            "server.trusted_proxies: Input should be a valid integer (it is true)",
        ),
        (
            "[server]\nhsts_seconds = -1",
            "server.hsts_seconds: Input should be greater than or equal to 0 (it is -1)",
        ),
    ],
)
def test_what_cannot_be_is_told_with_what_to_write(text, told):
    with pytest.raises(SettingsError) as caught:
        parse(text)

    assert caught.value.problems == [told]


def test_names_are_taken_as_they_are_compared():
    server = parse('[server]\nhosts = ["PXL.Example.com", ".пример.рф"]').server

    assert server.hosts == ("pxl.example.com", ".xn--e1afmkfd.xn--p1ai")


def test_the_storage_is_in_no_description():
    limits = parse('[limits]\nstorage = "redis://:s3cret@h"').limits

    assert "s3cret" not in repr(limits)


def test_the_storage_can_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("AKUNSUB_LIMITS_STORAGE", "redis://:s3cret@host:6379/1")
    monkeypatch.setenv("AKUNSUB_API_TOKEN", TOKEN)

    prepared = prepare_settings(load_sample(), source="x", api_token_file=None)

    assert prepared.limits.storage == "redis://:s3cret@host:6379/1"


def test_a_storage_from_the_environment_that_cannot_be_is_told_without_its_password(tmp_path):
    (tmp_path / "akunsub.toml").write_text(read_sample())

    done = run(
        *("serve", "--production", "--port", "0"),
        cwd=tmp_path,
        env=environment(AKUNSUB_API_TOKEN=TOKEN, AKUNSUB_LIMITS_STORAGE="redi://:s3cret@host"),
    )

    assert (done.returncode, done.stderr) == (
        1,
        (
            'Error: AKUNSUB_LIMITS_STORAGE: is not a place for counters: write "memory://", or '
            '"redis://host:6379/0" (rediss:// for TLS)\n'
        ),
    )


def test_an_address_that_the_library_does_not_take_is_told_without_its_password():
    with pytest.raises(SettingsError) as caught:
        open_counters("redis://:s3cret@host/0?socket_timeout=soon")

    assert str(caught.value) == (
        "[limits] storage: is an address that Redis's library does not take"
    )


@pytest.mark.parametrize(
    ("server", "host", "gaps"),
    [
        ("", "203.0.113.1", ["every Host is answered"]),
        ("", "127.0.0.1", ["every Host is answered", "only this machine can connect"]),
        ('hosts = ["pxl.example.com"]\ntrusted_proxies = 1', "127.0.0.1", []),
    ],
)
def test_what_is_missing_is_worth_a_warning(server, host, gaps):
    told = describe_gaps(parse(f"[server]\n{server}").model_copy(), host=host)

    assert [line.partition(":")[0].partition(", so")[0] for line in told] == gaps
