import pytest

from tickets.app import App


def ask(bought, body, name="t1"):
    app = App()
    app.ask("POST", "/tickets", {"seats": bought})
    return app, app.ask("POST", f"/tickets/{name}/refund", body)


def body(seats=1, hours=72, reason="fell ill"):
    return {"seats": seats, "hours_left": hours, "reason": reason}


@pytest.mark.parametrize(
    "bought,asked,status,expected",
    [
        (1, body(), 200, 1250),
        (6, body(seats=6, hours=48), 200, 7500),
        (3, body(seats=2, hours=47), 200, 1250),
        (1, body(hours=12), 200, 625),
        (1, body(hours=11), 422, "too_late"),
        (9, body(seats=6), 200, 7500),
        (9, body(seats=7), 400, "too_many_seats"),
        (1, body(seats=0), 400, "too_few_seats"),
        (1, body(seats="1"), 400, "invalid_number"),
        (1, body(hours=None), 400, "invalid_number"),
        (1, body(seats=2), 409, "not_so_many_seats"),
        (1, body(reason="abc"), 200, 1250),
        (1, body(reason="ab"), 400, "reason_too_short"),
        (1, body(reason=None), 400, "reason_too_short"),
        (1, body(reason="a" * 80), 200, 1250),
        (1, body(reason="a" * 81), 400, "reason_too_long"),
    ],
)
def test_answers(bought, asked, status, expected):
    _, (code, answer) = ask(bought, asked)
    assert code == status
    assert (answer["back"] if status == 200 else answer["error"]) == expected


def test_keeps_it_once():
    app, (_, answer) = ask(3, body())
    assert answer["seats"] == 2
    ticket = app.ask("GET", "/tickets/t1")[1]
    assert (ticket["seats"], ticket["state"]) == (2, "refunded")
    assert app.ask("POST", "/tickets/t1/refund", body()) == (409, {"error": "already_refunded"})


def test_knows_no_other_ticket():
    assert ask(1, body(), "t7")[1] == (404, {"error": "no_such_ticket"})
