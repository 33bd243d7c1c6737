"""This SDK, as a page author hosts it: the file that is shipped, and nothing to set."""

from pathlib import Path

from benchmarks.peers.sender import Sender

FILE = Path(__file__).parents[2] / "dist" / "ak_list_unsubscribe.js"
#: Of the sample's resource in the mode "confirm".
SCRIPT_ID = "MXw3Mw=="

SENDER = Sender(
    key="akunsub",
    name="akunsub",
    settings="",
    source="window.start = () => {};\nwindow.send = (mark) => { AkUnsub.confirmUnsub(mark); };\n",
)
