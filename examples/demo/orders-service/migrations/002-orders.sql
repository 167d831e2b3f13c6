CREATE TABLE orders (
  number TEXT NOT NULL PRIMARY KEY,
  customer TEXT NOT NULL,
  total_cents INTEGER NOT NULL,
  status TEXT NOT NULL,
  placed_on TEXT NOT NULL
) STRICT;
