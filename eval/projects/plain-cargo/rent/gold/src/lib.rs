pub mod rent;
pub mod server;
pub mod store;
