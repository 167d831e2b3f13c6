from tickets.problem import Problem

MOST_SEATS = 6
WHOLE_HOURS = 48
LEAST_HOURS = 12


def read_refund(body):
    seats = body.get("seats")
    hours = body.get("hours_left")
    reason = body.get("reason")
    if not isinstance(seats, int) or not isinstance(hours, int):
        raise Problem(400, "invalid_number")
    if seats < 1:
        raise Problem(400, "too_few_seats")
    if seats > MOST_SEATS:
        raise Problem(400, "too_many_seats")
    if not isinstance(reason, str) or len(reason) < 3:
        raise Problem(400, "reason_too_short")
    if len(reason) > 80:
        raise Problem(400, "reason_too_long")
    return seats, hours


def refund_of(cents, hours):
    if hours >= WHOLE_HOURS:
        return cents
    return cents * 50 // 100


def refund(store, name, body):
    seats, hours = read_refund(body)
    ticket = store.find(name)
    if ticket is None:
        raise Problem(404, "no_such_ticket")
    if ticket["state"] != "paid":
        raise Problem(409, "already_refunded")
    if seats > ticket["seats"]:
        raise Problem(409, "not_so_many_seats")
    if hours < LEAST_HOURS:
        raise Problem(422, "too_late")
    paid = ticket["cents"] // ticket["seats"] * seats
    back = refund_of(paid, hours)
    ticket["seats"] -= seats
    ticket["state"] = "refunded"
    store.save(ticket)
    return 200, {"back": back, "seats": ticket["seats"]}
