use lockers::server::Server;
use std::io::{stdin, BufRead};

/// Answers requests, one a line: `GET /lockers/1`, the words of a body behind the path.
fn main() {
    let mut server = Server::start();
    for line in stdin().lock().lines().map_while(Result::ok) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let [method, path, body @ ..] = words.as_slice() {
            let numbers: Vec<i64> = body.iter().filter_map(|word| word.parse().ok()).collect();
            println!("{:?}", server.ask(method, path, &numbers));
        }
    }
}
