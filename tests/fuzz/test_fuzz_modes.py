"""Whatever is done in whatever order, a subscription stands where the documentation has it."""

from __future__ import annotations

import json

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.conftest import DELAYED, NOON
from tests.fuzz import words
from tests.fuzz.asking import Request
from tests.fuzz.model import TIMER_S, Model, RefusedError

SMID = DELAYED["smid"]
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
#: A press that comes twice changes as little as one on a page that nobody sees.
PREFETCH = (("Purpose", "prefetch"),)
NAMES = st.sampled_from([None, None, None, ["morning"], ["morning", "evening"]])
SOME = st.lists(st.sampled_from(["morning", "evening"]), unique=True)


def machine_for(watched):
    class People(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.model, self.last, self.count = Model(), None, 0

        @initialize()
        def begin(self):
            watched.store.reset()
            self.control("POST", "clock", now=NOON)
            self.control("PATCH", "resources/74", timer_seconds=TIMER_S)

        def control(self, method, path, **fields):
            body = json.dumps(fields).encode()
            assert watched.ask(Request(method, f"/_unsub/{path}", (), body)).status == 200

        def send(self, change, path, fields, *, good=200):
            """Send a form, and let the model do *change*: both do it, or both refuse it alike."""
            try:
                change()
                expected = good
            except RefusedError as refusal:
                expected = refusal.args[0]
            request = Request("POST", path, FORM, words.as_form(fields).encode())
            answer, _ = watched.call(request)
            assert answer.status == expected, answer.body
            self.last = (request, answer) if expected == 200 and "request_id" in fields else None
            self.compare()

        def compare(self):
            answer = watched.ask(Request("GET", f"/unsub/state?smid={SMID}"))
            told = json.loads(answer.body)
            expected = self.model.told()
            assert {name: told[name] for name in expected} == expected

        # Few rules with many arguments: else most of an example is spent where nothing can change.
        @rule(action=st.sampled_from(["confirm", "cancel", "cancel"]), names=NAMES)
        def press(self, action, names):
            self.count += 1
            fields = {"smid": [SMID], "id": [DELAYED["id"]], "request_id": [f"r{self.count}"]}
            fields |= {} if names is None else {"categories": names}
            change = getattr(self.model, action)
            self.send(lambda: change(names), f"/unsub/{action}", fields)

        @rule(via=st.sampled_from(["", "?via=list_unsubscribe"]))
        def open_the_link(self, via):
            self.model.open_link()
            answer, _ = watched.call(Request("GET", f"/u/{SMID}{via}"))
            assert answer.status == 200
            self.compare()

        @rule(do=st.sampled_from(["one click", "unsubscribe", "suspend", "resume", "resume"]))
        def do_elsewhere(self, do):
            if do == "one click":
                fields = {"List-Unsubscribe": ["One-Click"]}
                self.send(self.model.confirm, f"/u/{SMID}", fields)
                return
            changes = {"unsubscribe": self.model.confirm, "resume": self.model.resume}
            change = changes.get(do, lambda: self.model.suspend(14))
            fields = {"do": [do], "days": ["14"]}
            self.send(change, f"/manage/{SMID}", fields, good=303)

        @rule(shown=SOME, ticked=SOME)
        def choose_in_the_manager(self, shown, ticked):
            fields = {"do": ["categories"], "shown": shown, "categories": ticked}
            change = lambda: self.model.choose(shown, ticked)  # noqa: E731 (short)
            self.send(change, f"/manage/{SMID}", fields, good=303)

        @rule(mode=st.sampled_from(["delayed"] * 4 + ["instant", "confirm", "prevented"]))
        def the_sender_changes_the_mode(self, mode):
            self.model.mode = mode
            self.control("PATCH", "resources/74", mode=mode)

        @rule(seconds=st.sampled_from([1, TIMER_S - 1, TIMER_S, 14 * 86400]))
        def time_goes_by(self, seconds):
            self.model.advance(seconds)
            self.control("POST", "clock", advance_seconds=seconds)
            self.compare()

        @precondition(lambda self: self.model.ends_at())
        @rule(seconds=st.sampled_from([-1, 0]))
        def it_is_nearly_over(self, seconds):
            self.time_goes_by(max(0, self.model.ends_at() - self.model.now + seconds))

        @precondition(lambda self: self.last)
        @rule()
        def it_is_sent_again(self):
            request, first = self.last
            again, _ = watched.call(request)
            if again.headers["Duplicate-Request"]:
                assert again.body == first.body
                self.compare()
            else:
                # Two weeks later it is another one: it is not known what it would do.
                self.last = None

        @rule(
            request=st.sampled_from(
                [
                    Request("GET", f"/u/{SMID}", PREFETCH),
                    Request("HEAD", f"/u/{SMID}"),
                    Request("HEAD", f"/manage/{SMID}"),
                    Request("GET", f"/manage/{SMID}?done=unsubscribed"),
                    Request(
                        "POST", f"/u/{SMID}", (*FORM, *PREFETCH), b"List-Unsubscribe=One-Click"
                    ),
                    Request("POST", "/unsub/confirm", (*FORM, *PREFETCH), f"smid={SMID}".encode()),
                    Request("POST", f"/manage/{SMID}", (*FORM, *PREFETCH), b"do=unsubscribe"),
                    Request("POST", f"/manage/{SMID}", FORM, b"do=suspend&days=15"),
                    Request("POST", "/unsub/cancel", FORM, f"smid={SMID}&id=MXwz".encode()),
                ]
            )
        )
        def what_means_nothing_changes_nothing(self, request):
            watched.call(request)
            self.compare()

    return People


def test_it_stands_where_the_model_does(budget, watched):
    budget.run_machine(machine_for(watched), 15, steps=40)
