/** Texts that ask for work on a backend. */
import type { RequestPattern, Topic } from '../../core/words.ts';
import type { Example } from './example.ts';

/** The six forms, each in several wordings. */
export const PATTERN_EXAMPLES: readonly (Example & { pattern: RequestPattern })[] = [
  {
    text: 'Implement an endpoint for invoices',
    mode: 'direct',
    pattern: 'implement_for',
    topics: ['rest'],
    effort: 'small',
    specialist: 'feature-implementation-agent',
  },
  {
    text: 'implement a REST API for warehouse stock',
    mode: 'orchestrated',
    pattern: 'implement_for',
    topics: ['rest'],
    effort: 'medium',
  },
  {
    text: 'Please implement a service for shipping labels.',
    mode: 'orchestrated',
    pattern: 'implement_for',
    effort: 'medium',
  },
  {
    text: 'Could you implement an API for customer notes?',
    mode: 'orchestrated',
    pattern: 'implement_for',
    topics: ['rest'],
  },
  {
    text: 'Implement POST /api/assets with validation, DynamoDB storage, and tests',
    mode: 'orchestrated',
    pattern: 'implement_for',
    topics: ['rest', 'asset_correlation'],
    effort: 'medium',
  },
  {
    text: 'Add an endpoint that lists overdue invoices',
    mode: 'direct',
    pattern: 'implement_for',
    effort: 'small',
  },
  {
    text: 'Build a backend for the loyalty programme',
    mode: 'orchestrated',
    pattern: 'build_backend',
    effort: 'medium',
  },
  { text: 'We want to build a backend for gift cards', mode: 'orchestrated', pattern: 'build_backend' },
  {
    text: 'Create the backend for a parking app with a database and a queue',
    mode: 'orchestrated',
    pattern: 'build_backend',
  },
  {
    text: 'I need an API that processes vulnerability data',
    mode: 'orchestrated',
    pattern: 'need_api',
    topics: ['rest', 'data_processing', 'vulnerability'],
    effort: 'medium',
  },
  {
    text: "We need a REST API that returns tomorrow's delivery slots",
    mode: 'orchestrated',
    pattern: 'need_api',
    topics: ['rest'],
  },
  { text: "I'd like an API which converts currencies", mode: 'orchestrated', pattern: 'need_api' },
  {
    text: 'Add authentication to the backend',
    mode: 'orchestrated',
    pattern: 'add_to_backend',
    topics: ['authentication'],
    effort: 'medium',
  },
  {
    text: 'add CSV import processing to our backend',
    mode: 'orchestrated',
    pattern: 'add_to_backend',
    topics: ['data_processing'],
  },
  {
    text: 'Please add rate limiting to the API',
    mode: 'direct',
    pattern: 'add_to_backend',
    effort: 'small',
    specialist: 'feature-implementation-agent',
  },
  {
    text: 'Create data types for shipments and parcels',
    mode: 'direct',
    pattern: 'create_types',
    topics: ['types'],
    effort: 'small',
  },
  { text: 'create models for invoices', mode: 'direct', pattern: 'create_types', topics: ['types'] },
  {
    text: 'Define tabularium types for scan results',
    mode: 'direct',
    pattern: 'create_types',
    topics: ['types'],
  },
  {
    text: 'Integrate Okta with Chariot',
    mode: 'orchestrated',
    pattern: 'integrate_service',
    topics: ['integration', 'authentication'],
  },
  {
    text: 'Implement Okta SSO integration for Chariot',
    mode: 'orchestrated',
    pattern: 'integrate_service',
    topics: ['integration', 'authentication'],
    effort: 'medium',
  },
  {
    text: 'integrate the mail provider into our platform',
    mode: 'orchestrated',
    pattern: 'integrate_service',
    topics: ['integration'],
  },
  {
    text: 'Connect Stripe to our billing service',
    mode: 'orchestrated',
    pattern: 'integrate_service',
    topics: ['integration'],
  },
  { text: 'Integrate Fastmailer with Harbour', mode: 'orchestrated', pattern: 'integrate_service' },
];

/** Requests in none of the six forms, found by what they are about. */
export const TOPIC_EXAMPLES: readonly (Example & { topics: Topic[] })[] = [
  { text: 'Expose the price list over REST endpoints', mode: 'direct', topics: ['rest'] },
  { text: 'Rotate refresh tokens on every login', mode: 'direct', topics: ['authentication'] },
  { text: 'Support passkeys for staff accounts', mode: 'direct', topics: ['authentication'] },
  {
    text: 'Send order events to a Slack webhook',
    mode: 'direct',
    topics: ['integration'],
    specialist: 'feature-implementation-agent',
  },
  { text: 'Process uploaded CSV files every night', mode: 'direct', topics: ['data_processing'] },
  {
    text: 'Extend the risk scoring so that exposed hosts count twice',
    mode: 'direct',
    topics: ['risk_analysis'],
  },
  { text: 'Correlate assets from two scanners by host name', mode: 'direct', topics: ['asset_correlation'] },
  { text: 'Store CVSS vectors with each vulnerability', mode: 'direct', topics: ['vulnerability'] },
  { text: 'Generate Go structs from the event schema', mode: 'direct', topics: ['types'] },
  {
    text: 'Write CloudFormation for the report bucket',
    mode: 'direct',
    topics: ['infrastructure'],
    specialist: 'cloud-infrastructure-agent',
  },
  {
    text: 'Deploy the worker to Kubernetes',
    mode: 'direct',
    topics: ['infrastructure'],
    specialist: 'cloud-infrastructure-agent',
  },
  { text: 'Move the thumbnail code into a Lambda function', mode: 'direct', topics: ['functions'] },
];

/** One concern for one specialist. */
export const DIRECT_EXAMPLES: readonly (Example & { mode: 'direct' })[] = [
  {
    text: 'Fix the race condition in the invoice handler',
    mode: 'direct',
    pattern: null,
    effort: 'bugfix',
    specialist: 'feature-implementation-agent',
    workflow: 'baton',
  },
  {
    text: 'GET /orders returns 500 when the customer has no address',
    mode: 'direct',
    effort: 'bugfix',
    specialist: 'feature-implementation-agent',
    because: 'something broken',
  },
  {
    text: 'Fix the pagination bug in the search endpoint and add a regression test',
    mode: 'direct',
    effort: 'bugfix',
  },
  { text: 'Bug: the nightly job crashes on an empty file.', mode: 'direct', effort: 'bugfix' },
  { text: 'Fix a typo in the README', mode: 'direct', effort: 'trivial', specialist: 'small-change-agent' },
  { text: 'Rename the function loadAll() to loadEvery()', mode: 'direct', effort: 'trivial' },
  { text: 'Correct the log message in the cache worker', mode: 'direct', effort: 'trivial' },
  { text: 'Bump the default timeout of the HTTP client in src/client.ts', mode: 'direct', effort: 'trivial' },
  {
    text: 'Design the service boundaries between billing and orders',
    mode: 'direct',
    specialist: 'backend-architect',
    workflow: 'specialists',
  },
  {
    text: 'Write unit tests for the pricing module',
    mode: 'direct',
    specialist: 'backend-unit-test-engineer',
    workflow: 'specialists',
  },
  {
    text: 'Add integration tests for the payment provider client library',
    mode: 'direct',
    specialist: 'backend-integration-test-engineer',
  },
  {
    text: 'Write acceptance tests for the checkout API',
    mode: 'direct',
    specialist: 'acceptance-test-engineer',
  },
  {
    text: 'Review the code of the export module',
    mode: 'direct',
    specialist: 'backend-reviewer',
    workflow: 'specialists',
  },
  {
    text: 'Audit the login handler for security problems',
    mode: 'direct',
    specialist: 'backend-security-reviewer',
  },
  {
    text: 'Handle the new refund event in the Stripe webhook',
    mode: 'direct',
    specialist: 'feature-implementation-agent',
    workflow: 'baton',
  },
  {
    text: 'Provision an S3 bucket for exports',
    mode: 'direct',
    specialist: 'cloud-infrastructure-agent',
    topics: ['infrastructure'],
  },
  {
    text: 'Add a nullable column to the orders table',
    mode: 'direct',
    effort: 'small',
    specialist: 'feature-implementation-agent',
  },
  { text: 'Document the retry behaviour in the README', mode: 'direct', effort: 'small' },
  { text: 'Validate the email field of the signup endpoint', mode: 'direct', effort: 'small' },
  {
    text: 'Bump the version number of the password hashing module',
    mode: 'direct',
    effort: 'small',
    topics: ['authentication'],
  },
  {
    text: 'As a shop owner, I want to export orders as CSV from the command line',
    mode: 'direct',
    effort: 'small',
  },
];

/** A new HTTP resource with its fields, in the forms that people use, and what only looks like one. */
export const RESOURCE_EXAMPLES: readonly Example[] = [
  'Implement POST /warehouses with name (text) and city (text), GET /warehouses',
  'Implement POST /api/warehouses with name, address and status',
  'Add a /invoices resource with number, amount (positive integer) and due date',
  'Could you add endpoints for invoices with number, amount (positive integer) and due date?',
  'Please build routes for suppliers with name and city (text)',
  'Create endpoints to manage suppliers with name and city (text)',
  'We would like to build endpoints for invoices: number, amount (whole number, at least 1), due date',
  'Let us add a /suppliers resource with name (non-empty string), city (text), validation and tests',
]
  .map((text): Example => ({
    text,
    mode: 'orchestrated',
    effort: 'medium',
    because: 'a resource with its fields is designed before it is built',
  }))
  .concat(
    [
      'Add an endpoint to list orders with pagination',
      'Add endpoints for searching orders with name and date',
      'Add endpoints for orders with pagination and sorting',
      'Add a POST /orders/:number/refunds endpoint with amount (integer)',
      'Add a GET /orders/:number/history endpoint with status and date',
      'Add validation to the endpoints for orders with name and status',
      'Add a health endpoint',
    ].map((text): Example => ({ text, mode: 'direct', effort: 'small' })),
  );

/** Several concerns, layers or parts. */
export const ORCHESTRATED_EXAMPLES: readonly (Example & { mode: 'orchestrated' })[] = [
  {
    text: 'Implement and test a handler for refunds',
    mode: 'orchestrated',
    effort: 'small',
    because: 'tests',
  },
  {
    text: 'Design and build the quota check of the upload handler',
    mode: 'orchestrated',
    effort: 'medium',
    because: 'design',
  },
  {
    text: 'Add a job processing pipeline with unit and acceptance tests',
    mode: 'orchestrated',
    effort: 'medium',
  },
  {
    text: 'Refactor the capabilities module - separate integrations from core logic',
    mode: 'orchestrated',
    effort: 'medium',
  },
  {
    text: 'Cache product lookups in Redis and read them from the database otherwise',
    mode: 'orchestrated',
    because: 'Layers',
  },
  {
    text: 'Add a status endpoint and document it in the API docs',
    mode: 'orchestrated',
    effort: 'small',
    because: 'documentation',
  },
  {
    text: 'Add a thumbnail handler and the CloudFormation for it',
    mode: 'orchestrated',
    because: 'infrastructure',
  },
  { text: 'Replace the logger across all services', mode: 'orchestrated', effort: 'large' },
  {
    text: 'Change the error codes in several packages',
    mode: 'orchestrated',
    effort: 'medium',
    because: 'several packages',
  },
  {
    text: 'Move the parser from packages/core/parse.ts to packages/text/parse.ts',
    mode: 'orchestrated',
    effort: 'medium',
    because: 'packages/core',
  },
  {
    text: 'Push order updates over a WebSocket and queue those for offline clients',
    mode: 'orchestrated',
    because: 'realtime',
  },
  { text: 'Rewrite the billing backend as microservices', mode: 'orchestrated', effort: 'large' },
  { text: 'Make the whole backend multi-tenant', mode: 'orchestrated', effort: 'large' },
  {
    text: 'I need to add JWT-based authentication to my REST API with login, logout, and token refresh endpoints',
    mode: 'orchestrated',
    pattern: 'add_to_backend',
    topics: ['rest', 'authentication'],
  },
  {
    text: 'Can you help me implement Stripe payment integration with webhook handling and order management?',
    mode: 'orchestrated',
    pattern: 'integrate_service',
    topics: ['integration'],
  },
  { text: 'Plan the move of the orders database to PostgreSQL', mode: 'orchestrated', workflow: 'planner' },
  {
    text: 'Write an implementation plan for audit logs in the backend',
    mode: 'orchestrated',
    workflow: 'planner',
  },
  {
    text: 'Implement the plan in docs/plan.md for the search service',
    mode: 'orchestrated',
    workflow: 'implementer',
  },
  {
    text: 'Use the six-phase workflow to build an API for tickets',
    mode: 'orchestrated',
    workflow: 'six-phase',
  },
  {
    text: 'Build an API for tickets, reviewed after every step',
    mode: 'orchestrated',
    workflow: 'review-gated',
  },
  { text: 'Build a planner workflow API for shift managers', mode: 'orchestrated', workflow: 'baton' },
];
