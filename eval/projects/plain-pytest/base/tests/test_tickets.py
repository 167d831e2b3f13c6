from tickets.app import App


def test_keeps_a_ticket():
    app = App()
    status, ticket = app.ask("POST", "/tickets", {"seats": 2})
    assert (status, ticket["cents"]) == (201, 2500)
    assert app.ask("GET", "/tickets/t1") == (200, ticket)


def test_wants_seats():
    assert App().ask("POST", "/tickets", {"seats": 0})[0] == 400


def test_knows_no_other_ticket():
    assert App().ask("GET", "/tickets/t9")[0] == 404


def test_lists_tickets_which_nobody_has_built_yet():
    assert App().ask("GET", "/tickets/")[0] == 200
