pub mod server;
pub mod store;
