use lockers::server::{Problem, Server};

fn cents(id: u32, body: &[i64]) -> Result<u32, Problem> {
    let path = format!("/lockers/{}/rental", id);
    let (status, locker) = Server::start().ask("POST", &path, body)?;
    assert_eq!(status, 201);
    Ok(locker.cents)
}

#[test]
fn takes_days_from_one_to_thirty() {
    assert_eq!(cents(1, &[1, 10]), Ok(90));
    assert_eq!(cents(2, &[6, 25]), Ok(1620));
    assert_eq!(cents(2, &[7, 0]), Ok(1701));
    assert_eq!(cents(1, &[30, 1]), Ok(2430));
    assert_eq!(cents(1, &[0, 1]), Err(Problem(400, "too_few_days")));
    assert_eq!(cents(1, &[31, 1]), Err(Problem(400, "too_many_days")));
}

#[test]
fn refuses_what_is_wrong() {
    assert_eq!(cents(1, &[1, 26]), Err(Problem(422, "too_heavy")));
    assert_eq!(cents(1, &[1]), Err(Problem(400, "invalid_body")));
    assert_eq!(cents(9, &[1, 1]), Err(Problem(404, "no_such_locker")));
}

#[test]
fn rents_once_and_keeps_it() {
    let mut server = Server::start();
    let rented = server.ask("POST", "/lockers/1/rental", &[2, 1]).unwrap().1;
    assert_eq!(server.ask("GET", "/lockers/1", &[]), Ok((200, rented)));
    let again = server.ask("POST", "/lockers/1/rental", &[2, 1]);
    assert_eq!(again, Err(Problem(409, "already_rented")));
}
