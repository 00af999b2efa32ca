import pytest
from tests.support.rehearsal import Scene
from tests.rehearsal.conftest import *
def test_unknown(onramp, rehearsal):
    e = onramp(Scene(unknown=None), "run", "--state", "RI")
    print(e.text, e.code, e.seconds, rehearsal.strangers)
def test_dropped(onramp, rehearsal):
    e = onramp(Scene(dropped=None), "run", "--state", "RI")
    print(e.text, e.code, e.seconds, rehearsal.strangers)
def test_well(onramp, rehearsal):
    e = onramp(Scene(), "run", "--state", "RI")
    print(e.text, e.code, e.seconds, rehearsal.strangers)
    print("\n".join(rehearsal.asked), rehearsal.ftp.asked, rehearsal.agents)
