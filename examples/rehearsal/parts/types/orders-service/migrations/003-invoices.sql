CREATE TABLE invoices (
  number TEXT NOT NULL PRIMARY KEY,
  amount_cents INTEGER NOT NULL,
  due_on TEXT NOT NULL
) STRICT;
