use lockers::rent::{price_of, read_days, rent};
use lockers::server::{Problem, Server};

#[test]
fn costs_less_from_a_week_on() {
    assert_eq!(price_of(30, 7), 567);
}

#[test]
fn costs_the_same_for_fewer_days() {
    assert_eq!(price_of(30, 6), 540);
}

#[test]
fn keeps_what_was_rented() {
    let mut server = Server::start();
    let (status, locker) = rent(&mut server.store, 1, &[2, 10]).unwrap();
    assert_eq!((status, locker.cents), (201, 180));
    assert_eq!(server.ask("GET", "/lockers/1", &[]), Ok((200, locker)));
}

#[test]
fn refuses_more_than_a_month() {
    assert_eq!(read_days(31), Err(Problem(400, "too_many_days")));
}

#[test]
fn refuses_what_is_rented() {
    let mut server = Server::start();
    rent(&mut server.store, 1, &[2, 10]).unwrap();
    assert_eq!(rent(&mut server.store, 1, &[2, 10]), Err(Problem(409, "already_rented")));
}

#[test]
fn refuses_heavy_things() {
    let mut server = Server::start();
    assert_eq!(rent(&mut server.store, 1, &[2, 26]), Err(Problem(422, "too_heavy")));
}
