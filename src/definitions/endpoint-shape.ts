/** The HTTP endpoints that requirements and plans name as data, so that a gate can ask each field of the running service. */
import { z } from 'zod';
import { ENDPOINT_METHODS, FIELD_PLACES, FIELD_TYPES } from '../core/words.ts';
import type { Endpoint, EndpointField } from '../core/checks/endpoints.ts';
import { isWithin } from '../core/checks/field-names.ts';
import { nameOfEndpoint } from '../core/checks/endpoints.ts';
import { showValue } from './diagnose.ts';
import { closedObject } from './schema-issues.ts';
import { said } from './shape-parts.ts';

const MAX_ENDPOINTS = 50;
const MAX_FIELDS = 40;
const MAX_VALUES = 100;
const MAX_LENGTH = 100_000;
const MAX_EXAMPLE_BYTES = 8_192;

const oneOf = (words: readonly string[]): { error: string } => ({
  error: `must be one of ${words.join(', ')}`,
});
const atMost = (count: number): { error: string } => ({ error: `must have at most ${count} items` });
const lengthRule = { error: `must be a whole number from 0 to ${MAX_LENGTH}` };
const length = z.int(lengthRule).min(0, lengthRule).max(MAX_LENGTH, lengthRule);
const numberRule = { error: 'must be a number' };
const fieldName =
  'must be a name of letters, digits, `_`, `-`, `.` and `$`; `lines[].sku` stands in the items of `lines`';
const pathRule = 'must begin with `/` and hold no query, spaces or `..`: /orders/{id}';
const statusRule = { error: 'must be a status from 200 to 399' };

const field = closedObject({
  name: z.string({ error: fieldName }).regex(/^[A-Za-z_$](?:[\w.$-]|\[\]){0,99}$/, { error: fieldName }),
  in: z.enum(FIELD_PLACES, oneOf(FIELD_PLACES)).meta({
    description:
      'body: a key of the JSON object, `address.zip` one of the object `address` and `lines[].sku` one of each item of the list `lines`, which are named, too; path: stands as {name} in the path.',
  }),
  type: z.enum(FIELD_TYPES, oneOf(FIELD_TYPES)),
  required: z.boolean().default(false),
  min: z.number(numberRule).optional().meta({ description: 'The smallest number that is allowed.' }),
  max: z.number(numberRule).optional(),
  min_length: length.optional().meta({ description: 'Of text in characters, of lists in items.' }),
  max_length: length.optional(),
  values: z
    .array(z.string())
    .min(1, { error: 'must have at least one item' })
    .max(MAX_VALUES, atMost(MAX_VALUES))
    .optional()
    .meta({ description: 'All that are allowed; an enum needs them.' }),
  unique: z
    .boolean()
    .optional()
    .meta({ description: 'Whether a second one with the same value has to be refused.' }),
});

const endpoint = closedObject({
  method: z.enum(ENDPOINT_METHODS, oneOf(ENDPOINT_METHODS)),
  path: z
    .string({ error: pathRule })
    .regex(/^\/(?!.*\.\.)[\w./{}~:@-]{0,299}$/, { error: pathRule })
    .meta({ description: 'With parameters as {name}: /orders/{id}.' }),
  requirement: said(100, 'The id of the requirement that asks for it.'),
  success: z
    .int(statusRule)
    .min(200, statusRule)
    .max(399, statusRule)
    .meta({ description: 'The status of a request that is right.' }),
  repo: z.string().optional().meta({ description: 'The repository, where the run has several.' }),
  fields: z.array(field).max(MAX_FIELDS, atMost(MAX_FIELDS)).default([]),
  example: z.record(z.string(), z.unknown()).optional().meta({
    description: 'Values by field name that are right together, where a type does not say enough.',
  }),
});

export const endpoints = z.array(endpoint).max(MAX_ENDPOINTS, atMost(MAX_ENDPOINTS)).optional().meta({
  description:
    'HTTP endpoints that are new or changed, with each field of their input and its bounds as required: a gate starts the service and sends right and wrong input.',
});

/** What the form cannot say. `requirements`: ids that there are; null: not known here. */
export function endpointProblems(
  value: unknown,
  { repos, requirements }: { repos: readonly string[]; requirements: readonly string[] | null },
): string[] {
  if (value === undefined) return [];
  const all = value as Endpoint[]; // parsed by the shape above
  const names = all.map(nameOfEndpoint);
  return all.flatMap((each, index) => {
    const at = `endpoints[${index}]`;
    const problems = each.fields.flatMap((one, place) => fieldProblems(each, one, `${at}.fields[${place}]`));
    if (names.indexOf(nameOfEndpoint(each)) !== index)
      problems.push(`${at}: ${nameOfEndpoint(each)} is named twice`);
    if (requirements !== null && !requirements.includes(each.requirement))
      problems.push(
        `${at}.requirement: there is no requirement ${showValue(each.requirement)}; there are ${requirements.join(', ')}`,
      );
    if (each.repo !== undefined && !repos.includes(each.repo))
      problems.push(
        `${at}.repo is ${showValue(each.repo)}: it must be a repository of the run: ${repos.join(', ')}`,
      );
    if (each.repo === undefined && repos.length > 1)
      problems.push(`${at}.repo is missing: the run has ${repos.join(', ')}`);
    if (JSON.stringify(each.example ?? {}).length > MAX_EXAMPLE_BYTES)
      problems.push(`${at}.example is longer than ${MAX_EXAMPLE_BYTES} characters`);
    return problems;
  });
}

function fieldProblems({ path, fields }: Endpoint, field: EndpointField, at: string): string[] {
  const problems: string[] = [];
  if (fields.find((other) => other.name === field.name && other.in === field.in) !== field)
    problems.push(`${at}: ${field.name} is named twice`);
  if (field.type === 'enum' && field.values === undefined)
    problems.push(`${at}.values is missing: an enum needs all its values`);
  if (field.in === 'path' && !path.includes(`{${field.name}}`))
    problems.push(`${at}: the path ${path} does not hold {${field.name}}`);
  if (field.name.includes('[]') && !fields.some((other) => isWithin(field, other)))
    problems.push(`${at}: ${field.name} needs a field ${listOf(field.name)} in the body of the type array`);
  if (isTurned(field.min, field.max)) problems.push(`${at}.min is more than its max`);
  if (isTurned(field.min_length, field.max_length))
    problems.push(`${at}.min_length is more than its max_length`);
  return problems;
}

const listOf = (name: string): string => name.slice(0, name.lastIndexOf('[]'));

const isTurned = (low: number | undefined, high: number | undefined): boolean =>
  low !== undefined && high !== undefined && low > high;
