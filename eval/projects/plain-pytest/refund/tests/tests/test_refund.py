import pytest

from tickets.app import App
from tickets.problem import Problem
from tickets.refund import read_refund, refund_of

GOOD = {"seats": 2, "hours_left": 72, "reason": "fell ill"}


def refunded(**changes):
    app = App()
    app.ask("POST", "/tickets", {"seats": 2})
    return app, app.ask("POST", "/tickets/t1/refund", {**GOOD, **changes})


def test_gives_everything_back_two_days_before():
    assert refund_of(1001, 48) == 1001


def test_gives_half_back_later():
    assert refund_of(1001, 47) == 500


def test_keeps_the_refund():
    app, answer = refunded()
    assert answer == (200, {"back": 2500, "seats": 0})
    assert app.ask("GET", "/tickets/t1")[1]["state"] == "refunded"


def test_refuses_too_many_seats():
    with pytest.raises(Problem):
        read_refund({**GOOD, "seats": 7})


def test_refunds_once():
    app, _ = refunded()
    assert app.ask("POST", "/tickets/t1/refund", GOOD)[0] == 409


def test_refuses_what_comes_too_late():
    assert refunded(hours_left=11)[1][0] == 422


def test_wants_a_reason():
    assert refunded(reason="")[1][0] == 400


def test_gives_back_no_more_than_there_are():
    assert refunded(seats=3)[1][0] == 409
