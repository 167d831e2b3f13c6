/** Requests as they stand in trackers, chats and error logs: in few words, with numbers, traces and headings. */
import type { Detection } from '../detection.ts';

export interface TrackerRequest extends Pick<Detection, 'mode' | 'triggered'> {
  text: string;
  effort?: Detection['effort'];
  /** What the first reason quotes, as it was typed. */
  said?: string;
}

const as = (
  mode: Detection['mode'],
  effort: Detection['effort'],
): ((text: string, said?: string) => TrackerRequest) => {
  return (text, said) => ({
    text,
    mode,
    triggered: true,
    effort,
    ...(said === undefined ? {} : { said }),
  });
};
const fault = as('direct', 'bugfix');
const small = as('direct', 'small');
const trivial = as('direct', 'trivial');
const unseen = (text: string): TrackerRequest => ({ text, mode: 'orchestrated', triggered: false });
const elsewhere = (text: string): TrackerRequest => ({ text, mode: 'elsewhere', triggered: false });

export const TRACKER_REQUESTS: readonly TrackerRequest[] = [
  // What is broken, in any words for it
  fault('Fix the add function: it subtracts', 'Fix the add function: it subtracts'),
  fault('Fix the discount: 10% off gives 90% off; it should be 10%'),
  fault('POST /orders with a used idempotency key answers 500; it should be 409'),
  fault('POST /orders returns 200 for an unknown product. It should be 404.'),
  fault('SHOP-1423: totals wrong when voucher + gift card are combined'),
  fault('user can see other users invoices via /invoices/:id !!! urgent'),
  fault("Emails are sent in English even if user.locale is 'de'"),
  fault('memory keeps growing in the worker until OOMKilled after ~6h'),
  fault('Cron job `cleanup_sessions` deletes active sessions too. Started after #412 was merged.'),
  fault("isWeekend('2024-06-02') gives false"),
  fault('Divide by zero in average() when the list is empty'),
  fault('dates are stored in local time, must be utc'),
  fault('hey team, could someone look into why invoices for march are missing?'),
  fault(
    'TypeError: undefined is not a function\n    at checkout (src/cart/checkout.ts:51:9)\n    at processTicksAndRejections (node:internal/process/task_queues:95:5)',
  ),
  fault('panic: runtime error: invalid memory address\ngoroutine 1 [running]:\nmain.handler(0x0)'),
  fault(
    '## Bug\n\nWhen I PUT /customers/42 with an empty body, the server crashes.\n\n### Steps to reproduce\n1. start the server\n2. run curl -X PUT localhost:3000/customers/42\n\n### Expected\nReturn 400 with a message\n\n### Actual\nthe process ends',
    'the server crashes',
  ),
  // What is to be there or to be otherwise, without a verb that says so
  small('Rename the column amount to total'),
  small('rename field `createdAt` to `created_at` in the API response'),
  small('need webhook retries w/ exponential backoff, max 5'),
  small('we should stop storing plaintext api keys, hash them instead'),
  small('upgrade to node 22 and get ci green again'),
  small('let admins impersonate a user (audit logged)', 'let admins impersonate a user (audit logged)'),
  small('As an accountant I want invoices numbered without gaps so that the tax office is happy'),
  small('The /health endpoint should check the db connection as well and return 503 if it is down'),
  small('the import job should skip invalid rows instead of aborting'),
  small('GET /orders should be sorted by date desc by default'),
  small('store money as integer cents, not float'),
  small('config via env vars instead of config.json'),
  small('Rate limits per tenant: 100 req/min on free, 1000 on pro'),
  small('Invoice PDF generation: move out of the request into a job, it blocks'),
  small('rm the v1 API, nobody uses it anymore'),
  small("JIRA-77 - refactor PaymentService, it's 2000 lines, split into smaller classes"),
  small('two-factor auth for admins'),
  small('Increase max upload size to 50MB'),
  small('I think we should use postgres instead of sqlite'),
  small('log the request id in every log line'),
  small('The customer table has 2 million rows. Import takes 3h. Make it faster.', 'Make it faster'),
  small('Our shop has an API for orders. It should return the price in EUR as well.'),
  small(
    'Feature: order cancellation\n- customer can cancel within 30 minutes\n- refund goes through stripe\n- send confirmation mail',
    'order cancellation',
  ),
  small(
    'Title: Webhook signature check\nDescription: We receive webhooks. We do not check their signature.\nAcceptance criteria:\n- invalid signature → 401',
  ),
  trivial('tweak the retry count from 3 to 5'),
  // Neither
  elsewhere('The button on the checkout page should be green'),
  elsewhere('what if two users order the last item at the same time?'),
  elsewhere('Stop!'),
  unseen('do the thing for the customer thing'),
  unseen('I fixed the add function yesterday'),
  unseen('As a user I want a bigger sofa'),
  unseen('Fix the sink, it leaks'),
  unseen('stop talking'),
  unseen('Prevent colds in winter'),
  unseen('We do not use Redis.'),
];
