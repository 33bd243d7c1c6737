import pytest

from akunsub.errors import SettingsError
from akunsub.platform.settings_file import (
    load_sample,
    load_settings,
    parse_settings,
    read_sample,
)

RESOURCE = """
[[resources]]
account_id = 1
resource_id = 73
title = "Shop"
rtoken = "token"
"""
MESSAGE = """
[[messages]]
smid = "fOne"
account_id = 1
resource_id = 73
address = "john@example.com"
profile_id = "658997338e8f4032d92fd56d"
"""


def test_sample_answers_the_documentation():
    sample = load_sample()

    documented = sample.resources[0]
    assert (documented.account_id, documented.resource_id) == (1, 73)
    assert documented.rtoken == "2fHLS9YR9daS-a90b371eecc2952f"
    assert documented.mode == "confirm"
    assert [category.name for category in documented.categories] == [
        "cat_to_unsub",
        "category_1",
        "category_2",
        "orders",
    ]
    assert sample.messages[0].smid == "fGmXiWU9Y4NSIpCwl4QG6QXAAAQEQsQQQEQEAABCRA"
    assert sample.messages[0].profile_id == "658997338e8f4032d92fd56d"


def test_mode_is_instant_and_channel_is_email_unless_said_otherwise():
    settings = parse_settings(RESOURCE + MESSAGE, source="x.toml")

    assert settings.resources[0].mode == "instant"
    assert settings.messages[0].channel == "email"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "resources: is missing"),
        ("resources = []", "resources: there is none; add one under [[resources]]"),
        (RESOURCE + "mdoe = 'x'", "resources[0].mdoe: unknown key; did you mean mode?"),
        (RESOURCE + "colour = 'x'", "resources[0].colour: unknown key; remove it"),
        (RESOURCE + "mode = 'x'", "resources[0].mode: Input should be 'instant', 'confirm', "),
        (
            RESOURCE + "mode = 'delayed'\ntimer_seconds = 1860",
            "resources[0].timer_seconds: Input should be less than or equal to 1800 (it is 1860)",
        ),
        (RESOURCE + "timer_seconds = 0", "resources[0].timer_seconds: Input should be greater"),
        (
            RESOURCE + "mode = 'confirm'\nunsubscribe_page_url = 'https://shop.example/bye'",
            "resources[0].unsubscribe_page_url: in the mode 'confirm' it must hold {send_message_",
        ),
        (
            RESOURCE + "unsubscribe_page_url = 'https://shop.example/?smid={smid}'",
            "resources[0].unsubscribe_page_url: {smid} stands for nothing; there are {send_message",
        ),
        (
            RESOURCE + "unsubscribe_page_url = 'shop.example'",
            "resources[0].unsubscribe_page_url: is not an address of a page: begin with https://",
        ),
        (
            RESOURCE + "unsubscribe_page_url = 'https://shop..example/{send_message_id}'",
            "resources[0].unsubscribe_page_url: 'shop..example' is not the name of a host",
        ),
        (
            RESOURCE + "unsubscribe_page_url = 'https://shop.example:99999/{send_message_id}'",
            "resources[0].unsubscribe_page_url: 'shop.example:99999' does not end with a port",
        ),
        (
            RESOURCE + "unsubscribe_page_url = 'https://{send_message_id}.example/'",
            "resources[0].unsubscribe_page_url: holds a placeholder in its host: write it into",
        ),
        (
            RESOURCE + MESSAGE + "db_id = 2",
            "messages[0].db_id: resource 1|73 is not for database 2; add it to the resource's db_",
        ),
        (RESOURCE.replace("73", "0"), "resources[0].resource_id: Input should be greater than 0"),
        (RESOURCE.replace("73", "'73'"), "resources[0].resource_id: Input should be a valid int"),
        (RESOURCE.replace('"token"', '""'), "resources[0].rtoken: String should have at least 1"),
        (RESOURCE.replace("73", "9" * 5000), "is not TOML: Exceeds the limit (4300 digits)"),
        (
            RESOURCE.replace("73", "0x" + "f" * 9000),
            "resources[0].resource_id: Input should be less than 1000000000000000000 (it is a numb",
        ),
        ("a = " + "[" * 10_000, "is not TOML: it is nested too deep"),
        (RESOURCE * 2, "resources: '1|73' is there twice"),
        (
            RESOURCE + RESOURCE.replace("73", "74"),
            "resources, rtoken: 'token' is there twice; give each its own",
        ),
        (RESOURCE + MESSAGE * 2, "messages, smid: 'fOne' is there twice"),
        (
            RESOURCE + MESSAGE.replace("= 73", "= 7"),
            "messages[0].resource_id: there is no resource 1|7; add it under [[resources]]",
        ),
        (RESOURCE + MESSAGE.replace("fOne", "f One"), "messages[0].smid: String should match"),
        (
            RESOURCE + MESSAGE.replace("658997338e8f4032d92fd56d", "65-89"),
            "messages[0].profile_id: String should match",
        ),
        (
            RESOURCE + "categories = [{name = '1news', title = 'x'}]",
            "resources[0].categories[0].name: String should match",
        ),
        (
            RESOURCE + "categories = [{name = 'a', title = 'x'}, {name = 'a', title = 'y'}]",
            "resources[0].categories: 'a' is there twice",
        ),
        *(
            (f"{RESOURCE}[event_ignore]\n{line}", f"event_ignore.{problem}")
            for line, problem in [
                (
                    "networks = ['192.0.2.0/33']",
                    "networks[0]: '192.0.2.0/33' does not appear to be",
                ),
                ("networks = ['::1', '192.0.2.1/24']", "networks[1]: 192.0.2.1/24 has host bits s"),
                ("networks = ['']", "networks[0]: '' does not appear to be an IPv4 or IPv6 net"),
                ("networks = [3221225985]", "networks[0]: is not a text"),
                ("networks = ['0.0.0.0/0']", "networks[0]: 0.0.0.0/0 is every address: nobody cou"),
                ("networks = ['::/0']", "networks[0]: ::/0 is every address: nobody could unsubsc"),
                ("user_agents = 'Bot'", "user_agents: Input should be a valid tuple (it is "),
                ("user_agents = ['']", "user_agents[0]: String should have at least 3 characters"),
                ("user_agents = ['   ']", "user_agents[0]: is in the user agent of every browser"),
                ("user_agents = ['mozilla/']", "user_agents[0]: is in the user agent of every b"),
                ("network = ['::1']", "network: unknown key; did you mean networks?"),
            ]
        ),
        ("[[resources", "is not TOML: Expected ']]' at the end of an array declaration"),
    ],
)
def test_a_fault_is_told_with_its_place(text, problem):
    with pytest.raises(SettingsError) as raised:
        parse_settings(text, source="x.toml")

    assert str(raised.value).startswith(f"x.toml: {problem}")


@pytest.mark.parametrize(
    ("user_agent", "address", "is_named"),
    [
        ("Mozilla/5.0 (compatible; barracudaSENTINEL)", "203.0.113.1", True),
        ("Mozilla/5.0 (X11; Linux x86_64)", "203.0.113.1", False),
        ("", "192.0.2.255", True),
        ("", "192.0.3.0", False),
        ("", "::ffff:192.0.2.1", True),
        ("", "192.0.2.1:5678", True),
        ("", "[2001:db8:ffff::1]:443", True),
        ("", "2001:db8:ffff::1", True),
        ("", "2001:db9::1", False),
        ("", "fe80::1%eth0", False),
        ("", "localhost", False),
        ("", None, False),
    ],
)
def test_a_scanner_is_known_by_what_it_says_or_where_it_is(user_agent, address, is_named):
    table = """
[event_ignore]
user_agents = ["BarracudaSentinel"]
networks = ["192.0.2.0/24", "2001:db8::/32"]
"""
    ignored = parse_settings(RESOURCE + table, source="x.toml").event_ignore

    assert ignored.is_named(user_agent, address) is is_named


def test_nobody_is_a_scanner_unless_it_is_said():
    assert not load_sample().event_ignore.is_named("BarracudaSentinel", "192.0.2.1")


def test_the_samples_scanners_are_an_example_that_can_be_used():
    lines = read_sample().partition("# [event_ignore]")[2].partition("\n\n")[0].splitlines()
    used = [line[2:] for line in lines if line.startswith(("# user_agents", "# networks"))]

    settings = parse_settings("\n".join([RESOURCE, "[event_ignore]", *used]), source="x.toml")

    assert settings.event_ignore.is_named("", "192.0.2.1")
    assert len(used) == 2


def test_all_faults_are_told_at_once():
    text = RESOURCE.replace("73", "0") + "mdoe = 'x'\n"

    with pytest.raises(SettingsError) as raised:
        parse_settings(text, source="x.toml")

    assert len(raised.value.problems) == 2


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "akunsub.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SettingsError, match=r"akunsub\.toml: cannot be read"):
        load_settings(path)
