/**
 * The requirements as sentences that people read and later agents read back: the accepted requirements, and
 * nothing else, tell an agent what to build and a reviewer what to look for.
 */
import type { Refusals } from '../layout/refusals.ts';
import type { ServiceLayout } from '../layout/service-layout.ts';
import { namesOf, snakeCase } from './names.ts';
import { fieldPlace, refusalWords } from './refusal-words.ts';
import {
  callOf,
  describeKind,
  OPERATIONS,
  routeOf,
  type Field,
  type FieldKind,
  type Operation,
  type Resource,
} from './resource.ts';

export interface Statement {
  id: string;
  text: string;
}

export interface Requirements {
  functional: Statement[];
  non_functional: string[];
  constraints: string[];
  dependencies: string[];
  affected_systems: string[];
  acceptance_criteria: Statement[];
}

/** What the service has to do, one thing each. */
export function functionalStatements(resource: Resource): Statement[] {
  const { names, key } = resource;
  const texts = [
    ...resource.fields.map((field) => fieldSentence(resource, field)),
    ...resource.operations.map((operation) => operationSentence(resource, operation)),
    `A second ${names.one} with the same \`${key}\` is refused.`,
    ...(resource.client ? [clientSentence(resource)] : []),
  ];
  return texts.map((text, i) => ({ id: `F${i + 1}`, text }));
}

/** What the service is like where a resource is added: where its routes are described, and how it refuses. */
export type Habitat = Pick<ServiceLayout, 'apiFile' | 'refusals'>;

/** How somebody can tell that each functional requirement is met, and that the document describes it. */
export function acceptanceCriteria(resource: Resource, { apiFile, refusals }: Habitat): Statement[] {
  const { names, key } = resource;
  const { invalid, conflict } = refusals;
  const texts = [
    ...resource.fields.map(
      (field) =>
        `\`POST /${names.kebabMany}\` answers ${refusalWords(invalid, resource)}${fieldPlace(invalid) === null ? ' when' : ` and names \`${field.name}\` when`} ${fieldPlace(invalid) === null ? `\`${field.name}\`` : 'it'} is missing or not ${withArticle(describeKind(field))}.`,
    ),
    ...resource.operations.map((operation) => operationCriterion(resource, operation, refusals)),
    `A second \`POST /${names.kebabMany}\` with the same \`${key}\` answers ${refusalWords(conflict, resource)}.`,
    ...(resource.operations.includes('create')
      ? [
          `\`${apiFile}\` describes \`${routeOf(resource, 'create')}\` with an example that the service answers with 201.`,
        ]
      : []),
    ...(resource.client
      ? [
          `The client's ${resource.operations.map((operation) => `\`${callOf(resource, operation)}\``).join(', ')} send exactly these requests.`,
        ]
      : []),
  ];
  return texts.map((text, i) => ({ id: `A${i + 1}`, text }));
}

function fieldSentence(resource: Resource, field: Field): string {
  const unique = field.name === resource.key ? ', unique' : '';
  return `A resource \`${resource.names.snakeMany}\` has \`${field.name}\`: ${describeKind(field)}, required${unique}.`;
}

function operationSentence(resource: Resource, operation: Operation): string {
  const { names } = resource;
  const what = {
    create: `creates ${names.withArticle} and answers 201 with it`,
    list: `lists all ${names.many} by \`${resource.key}\``,
    get: `answers 200 with ${names.withArticle}, or with the documented error where there is none`,
  };
  return `\`${routeOf(resource, operation)}\` ${what[operation]}.`;
}

function operationCriterion(resource: Resource, operation: Operation, { notFound }: Refusals): string {
  const { names } = resource;
  const what = {
    create: `answers 201 with the ${names.one} for a valid body`,
    list: `answers 200 with \`{ "${names.snakeMany}": [...] }\` in the order of \`${resource.key}\``,
    get: `answers 200 for ${names.withArticle} that exists, and ${refusalWords(notFound, resource)} for one that does not`,
  };
  return `\`${routeOf(resource, operation)}\` ${what[operation]}.`;
}

function clientSentence(resource: Resource): string {
  return `The client library calls ${resource.operations.map((operation) => `\`${routeOf(resource, operation)}\``).join(', ')}.`;
}

function withArticle(kind: string): string {
  return kind.startsWith('one of') || kind === 'text' ? kind : `a ${kind}`;
}

const FIELD =
  /A resource `([a-z0-9_]+)` has `([a-z0-9_]+)`: (text|positive integer|date|one of ([A-Za-z0-9_, -]+?)), required(, unique)?\./g;
const SINGLE = /A second ([a-z0-9 ]+) with the same `/;
const ROUTE = /`(POST|GET) (\/[a-z0-9-]+)(\/:[a-z0-9_]+)?` (creates|lists|answers 200 with)/g;

/** Reads the sentences back, whatever stands around them; null where they do not describe one resource. */
export function readResource(text: string): Resource | null {
  const rows = [...text.matchAll(FIELD)];
  const plural = rows[0]?.[1];
  const key = rows.find((row) => row[5] !== undefined)?.[2];
  if (plural === undefined || key === undefined || rows.some((row) => row[1] !== plural)) return null;
  const fields = new Map(rows.map((row) => [row[2] ?? '', readField(row)]));
  const verbs: Record<string, Operation> = { creates: 'create', lists: 'list', 'answers 200 with': 'get' };
  const asked = new Set([...text.matchAll(ROUTE)].map((row) => verbs[row[4] ?? '']));
  const resource: Resource = {
    names: namesOf(plural.replaceAll('_', ' '), SINGLE.exec(text)?.[1]),
    fields: [...fields.values()],
    key,
    operations: OPERATIONS.filter((operation) => asked.has(operation)),
    client: text.includes('The client library calls `'),
  };
  return resource.operations.length > 0 ? resource : null;
}

function readField(row: RegExpExecArray): Field {
  const [, , name = '', kind = '', values] = row;
  return {
    name: snakeCase(name),
    kind: (values === undefined ? kind : 'one of') as FieldKind, // the pattern lets nothing else through
    values: values === undefined ? [] : values.split(', '),
  };
}

/** The numbered statements of a JSON text, by the letter of their ids: `F` functional, `A` acceptance. */
export function readStatements(text: string, letter: 'F' | 'A'): Statement[] {
  const pattern = new RegExp(`"id":\\s*"(${letter}\\d+)",\\s*"text":\\s*("(?:[^"\\\\]|\\\\.)*")`, 'g');
  return [...text.matchAll(pattern)].map(([, id = '', quoted = '""']) => ({
    id,
    text: String(JSON.parse(quoted)),
  }));
}
