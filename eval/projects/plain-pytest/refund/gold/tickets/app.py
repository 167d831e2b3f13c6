from tickets.problem import Problem
from tickets.refund import refund
from tickets.store import Store


def buy(store, name, body):
    seats = body.get("seats")
    if not isinstance(seats, int) or seats < 1:
        raise Problem(400, "invalid_seats")
    ticket = {"id": f"t{len(store.kept) + 1}", "seats": seats, "cents": seats * 1250, "state": "paid"}
    store.save(ticket)
    return 201, ticket


def read(store, name, body):
    ticket = store.find(name)
    if ticket is None:
        raise Problem(404, "no_such_ticket")
    return 200, ticket


ROUTES = {
    "POST tickets": buy,
    "GET tickets": read,
    "POST tickets refund": refund,
}


class App:
    def __init__(self):
        self.store = Store()

    def ask(self, method, path, body=None):
        first, name, last = (path.strip("/").split("/") + ["", ""])[:3]
        route = ROUTES.get(f"{method} {first} {last}".strip())
        if route is None:
            return 404, {"error": "no_such_route"}
        try:
            return route(self.store, name, body or {})
        except Problem as problem:
            return problem.status, {"error": problem.code}
