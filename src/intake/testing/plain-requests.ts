/** Requests as people type them, in a hurry or in full, with what detection has to say of them. */
import type { Detection } from '../detection.ts';

export interface PlainRequest extends Partial<
  Pick<Detection, 'pattern' | 'workflow' | 'effort' | 'specialist'>
> {
  text: string;
  mode: Detection['mode'];
  triggered: boolean;
  /** All of these have to be named. */
  topics?: Detection['topics'];
}

type Expected = Omit<PlainRequest, 'text' | 'mode' | 'triggered'>;
const orchestrated = (text: string, expected: Expected = {}): PlainRequest => ({
  text,
  mode: 'orchestrated',
  triggered: true,
  ...expected,
});
const direct = (text: string, expected: Expected = {}): PlainRequest => ({
  text,
  mode: 'direct',
  triggered: true,
  ...expected,
});
const unseen = (text: string): PlainRequest => ({ text, mode: 'orchestrated', triggered: false });
const elsewhere = (text: string): PlainRequest => ({ text, mode: 'elsewhere', triggered: false });

export const PLAIN_REQUESTS: readonly PlainRequest[] = [
  // Implement … for …
  direct('pls add an endpoint to list overdue loans', { pattern: 'implement_for', topics: ['rest'] }),
  direct('IMPLEMENT AN ENDPOINT FOR GIFT CARDS', { pattern: 'implement_for', effort: 'small' }),
  orchestrated('implement a REST api for parking permits', { pattern: 'implement_for', effort: 'medium' }),
  direct('We should really have an endpoint that returns the opening hours', { topics: ['rest'] }),
  direct('Could somebody quickly implement the handler for parcel updates?', { pattern: 'implement_for' }),
  orchestrated('implment a microservice for geocoding', { pattern: 'implement_for' }),
  direct('add an endpiont for returns', { pattern: 'implement_for', topics: ['rest'] }),
  orchestrated('Intergrate PayPal with our webshop', { pattern: 'integrate_service' }),
  orchestrated('add authentcation to the API', { topics: ['authentication'] }),
  direct('new route for /health'),
  orchestrated('Implement full CRUD for suppliers', { effort: 'medium' }),
  // Build a backend …
  orchestrated('Build the backend of a booking system', { pattern: 'build_backend' }),
  orchestrated('hey, can you build me a backend for a recipe app', { pattern: 'build_backend' }),
  orchestrated('create a small back-end that tracks deliveries', { pattern: 'build_backend' }),
  orchestrated("We're building a marketplace and need a backend for it", { pattern: 'build_backend' }),
  orchestrated('Backend for a chess club: members, games, ratings', { pattern: 'build_backend' }),
  // I need an API that …
  orchestrated('i need an api that converts currencies', { pattern: 'need_api', topics: ['rest'] }),
  orchestrated('We need a new API which tells drivers where to go next.', { pattern: 'need_api' }),
  orchestrated("I'd like an API to search our archive", { pattern: 'need_api' }),
  orchestrated('Looking for an API that validates VAT numbers', { pattern: 'need_api' }),
  orchestrated('Our partners require an API for stock levels', { pattern: 'need_api' }),
  // Add … to the backend
  orchestrated('add authentication to the backend', {
    pattern: 'add_to_backend',
    topics: ['authentication'],
  }),
  orchestrated('Add login with passkeys to our API', {
    pattern: 'add_to_backend',
    topics: ['authentication'],
  }),
  orchestrated('please add background job processing to the server', {
    pattern: 'add_to_backend',
    topics: ['data_processing'],
  }),
  direct('Add rate limiting to the API', { pattern: 'add_to_backend', effort: 'small' }),
  direct('add request logging to the orders service', { pattern: 'add_to_backend' }),
  // Create data types …
  direct('Create data types for shipments', {
    pattern: 'create_types',
    topics: ['types'],
    specialist: 'datatypes-agent',
  }),
  direct('define the models for invoices and credit notes', { pattern: 'create_types' }),
  direct('Add TypeScript types for the webhook payloads', { pattern: 'create_types', topics: ['types'] }),
  direct('we need data models for warranty claims', { topics: ['types'] }),
  // Integrate …
  orchestrated('Integrate Mollie with our shop', { pattern: 'integrate_service', topics: ['integration'] }),
  orchestrated('hook our system up to the ERP', { topics: [] }),
  orchestrated('connect Slack so that incidents are posted there', { pattern: 'integrate_service' }),
  orchestrated('Integration with DHL for shipping labels', { pattern: 'integrate_service' }),
  orchestrated('sync contacts from HubSpot into our database every night', { topics: ['integration'] }),
  // Topics
  direct('Users should be able to reset their password by mail', { topics: ['authentication'] }),
  direct('score the risk of each supplier', { topics: ['risk_analysis'] }),
  direct('calculate a risk score per vendor', { topics: ['risk_analysis'] }),
  direct('Correlate scanner results with known assets', { topics: ['asset_correlation'] }),
  direct('import CVEs from the NVD feed once a day', { topics: ['vulnerability'] }),
  direct('de-duplicate vulnerability findings', { topics: ['vulnerability'] }),
  direct('write a lambda that resizes avatars', { topics: ['functions'] }),
  direct('Set up Terraform for the staging database', {
    topics: ['infrastructure'],
    specialist: 'cloud-infrastructure-agent',
  }),
  direct('Deploy the worker on kubernetes', { topics: ['infrastructure'] }),
  direct('process uploaded csv files in batches', { topics: ['data_processing'] }),
  direct('aggregate sensor readings per hour', { topics: ['data_processing'] }),
  // Repairs
  direct('login is broken since the last release', { effort: 'bugfix', topics: ['authentication'] }),
  direct('fix: users can register twice with the same email', { effort: 'bugfix' }),
  direct('the /orders endpoint is super slow', { effort: 'bugfix' }),
  direct('Getting a 500 when I post an empty basket', { effort: 'bugfix' }),
  direct('BUG: totals are off by one cent', { effort: 'bugfix' }),
  direct('there is a memory leak in the websocket server', { effort: 'bugfix' }),
  direct('Sometimes two workers take the same job', { effort: 'bugfix' }),
  direct("the importer doesn't handle empty lines", { effort: 'bugfix' }),
  direct('Flaky test: test/orders.test.ts fails every third time', { effort: 'bugfix' }),
  // Small and trivial
  direct('rename getUser to findUser', { effort: 'trivial', specialist: 'small-change-agent' }),
  direct('typo in the error message of the orders handler', { effort: 'trivial' }),
  direct('bump the default timeout to 30s', { effort: 'trivial' }),
  direct('remove the unused import in src/app.ts', { effort: 'trivial' }),
  direct('Add a `notes` column to the customers table', { effort: 'small' }),
  direct('Return 404 instead of 500 for unknown orders', { effort: 'small' }),
  direct('sort the search results by date', { effort: 'small' }),
  direct('make the page size of the list endpoint configurable', { effort: 'small' }),
  direct('add a --verbose flag to the cli', { effort: 'small', specialist: 'cli-implementation-agent' }),
  direct('update the README with the new setup steps', { specialist: 'documentation-agent' }),
  direct('more unit tests for the pricing module please', {
    workflow: 'specialists',
    specialist: 'backend-unit-test-engineer',
  }),
  direct('Review our login code for security issues', { specialist: 'backend-security-reviewer' }),
  direct('design the schema for multi-currency prices', { specialist: 'backend-architect' }),
  // Large, and several concerns
  orchestrated('Rewrite the billing service from scratch', { effort: 'large' }),
  orchestrated('migrate all our services to postgres 17', { effort: 'large' }),
  orchestrated('Add an endpoint for refunds, write tests and update the docs', { effort: 'medium' }),
  orchestrated('design and implement notifications: queue, worker, email', { effort: 'medium' }),
  orchestrated('Endpoint for avatars + a React page to upload them'),
  orchestrated('Make a plan for moving sessions to redis', { workflow: 'planner' }),
  orchestrated('run the six-phase workflow: build an api for coupons', { workflow: 'six-phase' }),
  // Titles, passives, and verbs that no list has
  direct('risk scoring for loan applications', { topics: ['risk_analysis'] }),
  direct('cloudformation template for the queue', { topics: ['infrastructure'] }),
  direct('tests for the tax calculation', { workflow: 'specialists' }),
  direct('vulnerability scanner results should be stored', { topics: ['vulnerability'] }),
  direct('Give me types for the payments domain', { pattern: 'create_types', topics: ['types'] }),
  orchestrated('integrate with Xero', { pattern: 'integrate_service' }),
  direct('orders are sometimes charged twice', { effort: 'bugfix' }),
  direct('NullPointerException in OrderService', { effort: 'bugfix' }),
  direct('after login I get a blank response', { effort: 'bugfix' }),
  direct("can't delete a user that has orders", { effort: 'bugfix' }),
  direct('use uuid v7 for ids', { effort: 'small' }),
  direct('Upgrade express to v5'),
  direct('Shrink the response of the search endpoint', { topics: ['rest'] }),
  // Frontend and other people's work
  elsewhere('dark theme please'),
  elsewhere('Resize the logo in the navbar'),
  elsewhere('The table on the settings page is too wide'),
  elsewhere('make the header sticky on mobile'),
  elsewhere('The submit button is misaligned in Safari'),
  elsewhere('pls change the font of the landing page'),
  elsewhere('Add a loading spinner to the checkout page'),
  elsewhere('center the div'),
  elsewhere('New onboarding screen with three slides'),
  elsewhere('write a blog post about our API'),
  elsewhere('how do I restart the server?'),
  elsewhere("don't touch the API"),
  // Nothing to go by
  unseen('Happy birthday!'),
  unseen('Feed the cat'),
  unseen('The harbour should be painted'),
  unseen('I go to school twice a week'),
  unseen('Add tags to notes'),
  unseen('Füge Tags hinzu'),
  unseen('thanks, looks great!'),
  unseen('Lunch at noon'),
  unseen('Plan the summer party'),
  unseen('buy more coffee'),
  unseen('make it better'),
];
