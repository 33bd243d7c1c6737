"""Everything that a person's request can change, in each mode."""

from akunsub.platform.rules import EFFECTS
from tests.conftest import SCRIPT_ID, SMID

MODES = tuple(EFFECTS)
UNSUB = {"smid": SMID, "id": SCRIPT_ID, "request_id": "r1"}
# Everything that a person's request changes something with: method, path, fields.
REQUESTS = {
    "link": ("GET", f"/u/{SMID}", None),
    "list_unsubscribe": ("GET", f"/u/{SMID}?via=list_unsubscribe", None),
    "one_click": ("POST", f"/u/{SMID}", {"List-Unsubscribe": "One-Click"}),
    "confirm": ("POST", "/unsub/confirm", UNSUB),
    "confirm some": ("POST", "/unsub/confirm", UNSUB | {"categories": "category_1"}),
    "cancel": ("POST", "/unsub/cancel", UNSUB),
    "manage_unsubscribe": ("POST", f"/manage/{SMID}", {"do": "unsubscribe"}),
    "manage_suspend": ("POST", f"/manage/{SMID}", {"do": "suspend", "days": "14"}),
    "manage_resume": ("POST", f"/manage/{SMID}", {"do": "resume"}),
    "manage_categories": ("POST", f"/manage/{SMID}", {"do": "categories", "shown": "category_1"}),
}


def send(endpoint, name, *, method=None, headers=None):
    own_method, path, fields = REQUESTS[name]
    method = method or own_method
    body = {"data": fields} if method == "POST" else {"params": fields} if fields else {}
    return endpoint.http.request(method, endpoint.url + path, headers=headers, **body)


def prepare(endpoint, mode, name):
    """Bring it to where the request has something to change, if it ever has in this mode."""
    endpoint.set_resource(73, mode="delayed")
    if name == "cancel":
        endpoint.confirm()
    if name == "manage_resume":
        send(endpoint, "manage_suspend")
    endpoint.set_resource(73, mode=mode)
    return endpoint.stored()


def changes_something(mode, name):
    if name.startswith("manage"):
        return mode != "prevented" or name == "manage_resume"
    return EFFECTS[mode][name.removesuffix(" some")] in {"leave", "keep", "start_timer"}
