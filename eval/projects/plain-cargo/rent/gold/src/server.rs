use crate::rent::rent;
use crate::store::{Locker, Store};

#[derive(Debug, PartialEq)]
pub struct Problem(pub u16, pub &'static str);

pub struct Server {
    pub store: Store,
}

impl Server {
    pub fn start() -> Server {
        Server { store: Store::new() }
    }

    /// What is asked for by method and path; the words of the body stand in a row.
    pub fn ask(&mut self, method: &str, path: &str, body: &[i64]) -> Result<(u16, Locker), Problem> {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let id = parts.get(1).and_then(|part| part.parse().ok()).unwrap_or(0);
        match (method, parts.len(), parts[0]) {
            ("GET", 2, "lockers") => read(&self.store, id),
            ("POST", 3, "lockers") if parts[2] == "rental" => rent(&mut self.store, id, body),
            _ => Err(Problem(404, "no_such_route")),
        }
    }
}

fn read(store: &Store, id: u32) -> Result<(u16, Locker), Problem> {
    match store.find(id) {
        Some(locker) => Ok((200, locker)),
        None => Err(Problem(404, "no_such_locker")),
    }
}
