/** What the demo asks for, in plain words. Nothing but these words tells the agents what to build. */
export const DEMO_REQUEST =
  'Add invoices to the orders service: create one with number, amount (positive integer, cents) and due date, ' +
  'list them, fetch one by number; reject bad input; add it to the client.';
