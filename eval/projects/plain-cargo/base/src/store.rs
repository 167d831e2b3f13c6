use std::collections::HashMap;

#[derive(Clone, Debug, PartialEq)]
pub struct Locker {
    pub id: u32,
    pub litres: u32,
    pub rented_days: u32,
    pub cents: u32,
}

/// Gives out copies: what is not saved is not kept.
pub struct Store {
    kept: HashMap<u32, Locker>,
}

impl Store {
    pub fn new() -> Store {
        let mut kept = HashMap::new();
        for (id, litres) in [(1, 30), (2, 90)] {
            kept.insert(id, Locker { id, litres, rented_days: 0, cents: 0 });
        }
        Store { kept }
    }

    pub fn find(&self, id: u32) -> Option<Locker> {
        self.kept.get(&id).cloned()
    }

    pub fn save(&mut self, locker: Locker) {
        self.kept.insert(locker.id, locker);
    }
}
