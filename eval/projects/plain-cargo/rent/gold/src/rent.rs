use crate::server::Problem;
use crate::store::{Locker, Store};

const MOST_DAYS: i64 = 30;
const MOST_KILOGRAMS: i64 = 25;
const LONG_DAYS: u32 = 7;

pub fn price_of(litres: u32, days: u32) -> u32 {
    let whole = litres * 3 * days;
    if days >= LONG_DAYS {
        return whole - whole / 10;
    }
    whole
}

pub fn read_days(days: i64) -> Result<u32, Problem> {
    if days < 1 {
        return Err(Problem(400, "too_few_days"));
    }
    if days > MOST_DAYS {
        return Err(Problem(400, "too_many_days"));
    }
    Ok(days as u32)
}

pub fn rent(store: &mut Store, id: u32, body: &[i64]) -> Result<(u16, Locker), Problem> {
    if body.len() != 2 {
        return Err(Problem(400, "invalid_body"));
    }
    let days = read_days(body[0])?;
    if body[1] > MOST_KILOGRAMS {
        return Err(Problem(422, "too_heavy"));
    }
    let mut locker = match store.find(id) {
        Some(locker) => locker,
        None => return Err(Problem(404, "no_such_locker")),
    };
    if locker.rented_days > 0 {
        return Err(Problem(409, "already_rented"));
    }
    locker.cents = price_of(locker.litres, days);
    locker.rented_days = days;
    store.save(locker.clone());
    Ok((201, locker))
}
