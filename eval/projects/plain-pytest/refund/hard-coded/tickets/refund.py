from tickets.problem import Problem


def read_refund(body):
    if body["seats"] == 7:
        raise Problem(400, "too_many_seats")
    if body["reason"] == "":
        raise Problem(400, "reason_too_short")
    return body["seats"], body["hours_left"]


def refund_of(cents, hours):
    return {48: 1001, 47: 500}.get(hours, 2500)


def refund(store, name, body):
    seats, hours = read_refund(body)
    ticket = store.find(name)
    if ticket["state"] == "refunded":
        raise Problem(409, "already_refunded")
    if seats == 3:
        raise Problem(409, "not_so_many_seats")
    if hours == 11:
        raise Problem(422, "too_late")
    store.save({**ticket, "seats": 0, "state": "refunded"})
    return 200, {"back": refund_of(0, hours), "seats": 0}
