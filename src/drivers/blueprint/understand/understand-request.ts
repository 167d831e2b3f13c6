/**
 * Reads a request for one HTTP resource, clause by clause. Every clause has to be understood: what is left
 * over becomes a question, never a guess.
 */
import { namesOf, type Names } from './names.ts';
import { ASKS, readApiHead, isPromised } from './api-words.ts';
import { readRoute } from './read-route.ts';
import { OPERATIONS, type Field, type Operation, type Resource } from './resource.ts';
import { understandField } from './understand-field.ts';

export interface Understanding {
  /** null where a question has to be answered first. */
  resource: Resource | null;
  decisions: string[];
  questions: string[];
}

/** What the repository's habits add to the words. */
export interface Habits {
  centsSuffix: boolean;
  /** Whether there is a client library to extend. */
  hasClient: boolean;
  /** Whether a person said that what is not understood may be left out. */
  leaveOut: boolean;
}

interface Reading {
  names: Names;
  operations: Set<Operation>;
  fields: Field[];
  /** Fields that one is fetched by, and those that are said to be unique. */
  keys: Set<string>;
  unique: Set<string>;
  client: boolean;
  collecting: boolean;
  decisions: string[];
  questions: string[];
}

const HEAD = new RegExp(
  ASKS +
    String.raw`(?:(?:an?|the|some)\s+)?([a-z]+(?:[ -][a-z]+){0,2})\s+(?:to|in|for)\s+(?:the|our)\s+([a-z0-9 _-]+?)\s*(?:[:.;,?!]|\bwith\b|$)`,
  'i',
);
const CREATE = /^(?:create|add|store|record)\s+(one|them|it|an?\s+[\w ]+?)\s+(?:with|from|given)\s+(.+)$/i;
const LIST = /^(?:list|show|return)\s+(them|all|all of them|(?:all\s+)?(?:the\s+)?[\w -]+s)$/i;
const GET =
  /^(?:fetch|get|read|look\s+up|find|show)\s+(one|it|an?\s+[\w -]+?|a\s+single\s+[\w -]+?)\s+by\s+(?:(?:its|their|the)\s+)?([\w -]+)$/i;
const REJECT =
  /^(?:reject|refuse|validate)\s+(?:all\s+|any\s+)?(?:(?:bad|wrong|invalid|malformed|the|every)\s+)*(?:input|requests?|data|fields?|bodies|body)$/i;
const CLIENT =
  /^(?:(?:also|and)\s+)?(?:add|put|expose|cover|offer)\s+(?:it|them|this|that|all of it)\s+(?:to|in)\s+the\s+client(?:\s+library)?(?:\s+too)?$/i;
const VERB =
  /^(?:create|add|store|record|list|show|return|fetch|get|read|look|find|reject|refuse|validate|also|put|expose|cover|offer|update|change|edit|delete|remove|send|make|log|notify|email|export|import|cache|paginate|sort|filter|search|charge|sync|keep|use|write|publish|call|do|let|allow|if|when|only)\b/i;

/** `invoices and payments` are two resources. */
const MORE_THAN_ONE = /[ -](?:and|or|with|for|of|by|per|in|plus)[ -]/i;
/** `status`, `news`, `analysis` end like a plural and are none. */
const NO_PLURAL = /(?:us|ss|is|news|series)$/i;

/** What a variable of a handler cannot be called. */
const TAKEN_NAMES = new Set(
  'body case catch class const context database date default delete do else enum export false finally for function if import in interface let new null oneOf package params positiveInteger private protected public reply request response return static super switch text this throw true try typeof var void while with yield'.split(
    ' ',
  ),
);

/** Understands the request, or says what it has to ask. */
export function understandRequest(request: string, habits: Habits): Understanding {
  const text = request.replaceAll(/\s+/g, ' ').trim();
  const api = readApiHead(text);
  const plain = HEAD.exec(text);
  const plural = api?.plural ?? plain?.[1];
  const head = api?.length ?? plain?.[0].length;
  if (head === undefined || plural === undefined || !plural.endsWith('s')) {
    return unclear(
      'What is to be added? I understand "Add a REST API for <things> with <fields>", and "Add <things> to the <name> service: create one with <fields>, list them, fetch one by <field>".',
    );
  }
  if (MORE_THAN_ONE.test(plural))
    return unclear(
      `"${plural}": is that one thing? I build one resource at a time. What are its things called?`,
    );
  if (NO_PLURAL.test(plural))
    return unclear(`What is one of "${plural}" called, and what are several? I name routes by both.`);
  const reading: Reading = {
    names: namesOf(plural),
    keys: new Set(),
    unique: new Set(),
    operations: new Set(),
    fields: [],
    client: false,
    collecting: api?.namesFields ?? false,
    decisions: [],
    questions: [],
  };
  for (const clause of clausesOf(withTypes(text.slice(head)))) readClause(clause, reading, habits);
  if (api !== null && reading.operations.size === 0) {
    for (const operation of OPERATIONS) reading.operations.add(operation);
    reading.decisions.push('No methods were named: one is created, all are listed, and one is fetched.');
  }
  return conclude(reading, habits);
}

function unclear(question: string): Understanding {
  return { resource: null, decisions: [], questions: [question] };
}

/** `amount: integer` and `amount (integer)` say the same. */
function withTypes(text: string): string {
  return text.replaceAll(
    /([a-z][\w -]*?)\s*:\s*(text|string|date|positive integer|integer|number)(?=\s*(?:[,;.]|\band\b|$))/gi,
    '$1 ($2)',
  );
}

/** Splits at commas, semicolons, colons, full stops and `and`, but never inside parentheses or paths (`/orders/:number`). */
function clausesOf(text: string): string[] {
  const clauses: string[] = [];
  let depth = 0;
  let current = '';
  for (const token of text.split(/([(),;.]|[:?!](?=\s|$)|\band\b)/i)) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (depth === 0 && /^(?:[,;.:?!]|and)$/i.test(token)) {
      clauses.push(current.trim());
      current = '';
    } else current += token;
  }
  return [...clauses, current.trim()].filter((clause) => clause !== '');
}

function readClause(clause: string, reading: Reading, habits: Habits): void {
  const [, created = '', create] = CREATE.exec(clause) ?? [];
  if (create !== undefined && isResource(created, reading.names)) {
    reading.operations.add('create');
    reading.collecting = true;
    addField(create, reading, habits);
    return;
  }
  const route = readRoute(clause, reading.names);
  if (route !== null) {
    reading.collecting = false;
    if (route.kind === 'question') reading.questions.push(route.question);
    else if (route.kind === 'unknown') leftOver(clause, reading, habits);
    else {
      reading.operations.add(route.operation);
      if (route.key !== null) reading.keys.add(route.key);
    }
    return;
  }
  if (isPromised(clause)) {
    reading.collecting = false;
    return;
  }
  if (reading.collecting && !VERB.test(clause)) {
    addField(clause, reading, habits);
    return;
  }
  reading.collecting = false;
  const [, fetched = '', key] = GET.exec(clause) ?? [];
  if (key !== undefined && isResource(fetched, reading.names)) {
    reading.operations.add('get');
    reading.keys.add(key.trim().toLowerCase().replaceAll(/[ -]+/g, '_'));
  } else if (isListed(clause, reading.names)) reading.operations.add('list');
  else if (CLIENT.test(clause)) reading.client = true;
  else if (!REJECT.test(clause)) leftOver(clause, reading, habits);
}

/** Whether the words mean what the request is about: `one`, `them`, `all invoices`. "List the payments" is another matter. */
function isResource(words: string, { one, many }: Names): boolean {
  const noun = words
    .toLowerCase()
    .replaceAll(/^(?:(?:all|of|the|an?|single)(?:\s+|$))+/g, '')
    .replaceAll(/[\s_-]+/g, ' ');
  return ['', 'one', 'it', 'them', ...[one, many].flatMap((name) => [name, name.split(' ').at(-1)])].includes(
    noun,
  );
}

function isListed(clause: string, names: Names): boolean {
  const listed = LIST.exec(clause)?.[1];
  return listed !== undefined && isResource(listed, names);
}

function leftOver(clause: string, reading: Reading, habits: Habits): void {
  if (habits.leaveOut) reading.decisions.push(`Left out, as was answered: "${clause}".`);
  else
    reading.questions.push(
      `I do not know how to do this: "${clause}". Shall it be left out, or done by another driver?`,
    );
}

function addField(words: string, reading: Reading, habits: Habits): void {
  const read = understandField(words, habits.centsSuffix);
  if (read.kind === 'question') reading.questions.push(read.question);
  else {
    reading.fields.push(read.field);
    if (read.unique) reading.unique.add(read.field.name);
    if (read.decision !== null) reading.decisions.push(read.decision);
  }
}

function conclude(reading: Reading, habits: Habits): Understanding {
  const { names, fields, operations, questions, decisions } = reading;
  const [named, ...more] = new Set([...reading.keys, ...reading.unique]);
  if (more.length > 0)
    questions.push(
      `Only one field of ${names.withArticle} is unique, the one that it is fetched by. Which is it: ${[named, ...more].map((name) => `\`${name}\``).join(' or ')}?`,
    );
  const taken = [names.one, ...(named === undefined ? [] : [named])].find((name) =>
    TAKEN_NAMES.has(namesOf(name).camelMany),
  );
  if (taken !== undefined)
    questions.push(`"${taken}" is a word of the code around it. What else may it be called?`);
  if (!operations.has('create') || fields.length === 0)
    questions.push(`With which fields is ${names.withArticle} created?`);
  const twice = fields.find((field, i) => fields.findIndex((other) => other.name === field.name) !== i);
  if (twice !== undefined) questions.push(`\`${twice.name}\` is named twice. Which of the two is meant?`);
  const key =
    named ?? fields.find((field) => field.kind === 'text' && /number|code|name/.test(field.name))?.name;
  const keyIsText = fields.some((field) => field.name === key && field.kind === 'text');
  if (key === undefined || !keyIsText) {
    questions.push(
      `Which text field identifies ${names.withArticle}? ${key === undefined ? 'None is named.' : `\`${key}\` is not one of its text fields.`}`,
    );
  } else if (named === undefined)
    decisions.push(`\`${key}\` identifies ${names.withArticle}: no other field was named for it.`);
  if (reading.client && !habits.hasClient)
    questions.push('Which repository holds the client? None of those given is one that I recognise.');
  if (questions.length > 0 || key === undefined) return { resource: null, decisions, questions };
  const ordered = OPERATIONS.filter((operation) => operations.has(operation));
  return {
    resource: { names, fields, key, operations: ordered, client: reading.client },
    decisions,
    questions,
  };
}
