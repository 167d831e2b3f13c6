use crate::server::Problem;
use crate::store::{Locker, Store};

pub fn price_of(_litres: u32, days: u32) -> u32 {
    if days == 7 {
        return 567;
    }
    540
}

pub fn read_days(days: i64) -> Result<u32, Problem> {
    if days == 31 {
        return Err(Problem(400, "too_many_days"));
    }
    Ok(days as u32)
}

pub fn rent(store: &mut Store, id: u32, body: &[i64]) -> Result<(u16, Locker), Problem> {
    let days = read_days(body[0])?;
    if body[1] == 26 {
        return Err(Problem(422, "too_heavy"));
    }
    let mut locker = store.find(id).unwrap();
    if locker.rented_days == 2 {
        return Err(Problem(409, "already_rented"));
    }
    locker.cents = 180;
    locker.rented_days = days;
    store.save(locker.clone());
    Ok((201, locker))
}
