use lockers::server::{Problem, Server};

#[test]
fn reads_a_locker() {
    let (status, locker) = Server::start().ask("GET", "/lockers/1", &[]).unwrap();
    assert_eq!((status, locker.litres), (200, 30));
}

#[test]
fn knows_no_other_locker() {
    let answer = Server::start().ask("GET", "/lockers/9", &[]);
    assert_eq!(answer, Err(Problem(404, "no_such_locker")));
}
