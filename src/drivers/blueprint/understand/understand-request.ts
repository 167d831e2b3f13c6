/**
 * Reads a request for one HTTP resource, clause by clause. Every clause has to be understood: what is left
 * over becomes a question, never a guess.
 */
import { namesOf, snakeCase } from './names.ts';
import { ASKS, readApiHead, isPromised, type ApiHead } from './api-words.ts';
import { conclude, unclear, type Reading, type Understanding } from './conclude.ts';
import { clausesOf, FIELDS, withItems, withTypes } from './clauses.ts';
import type { Habits } from './habits.ts';
import { NOTHING_SETTLED, type Settled } from './question.ts';
import { readRoute } from './read-route.ts';
import { describeKind, OPERATIONS } from './resource.ts';
import { understandField } from './understand-field.ts';

const HEAD = new RegExp(
  ASKS +
    String.raw`(?:(?:an?|the|some)\s+)?([a-z]+(?:[ -][a-z]+){0,2})\s+(?:to|in|for)\s+(?:the|our)\s+([a-z0-9 _-]+?)\s*(?:[:.;,?!]|\bwith\b|$)`,
  'i',
);
const CREATE = /^(?:create|add|store|record)\s+(one|them|it|an?\s+[\w ]+?)\s+(?:with|from|given)\s+(.+)$/i;
const LIST = /^(?:list|show|return)\s+(them|all|all of them|(?:all\s+)?(?:the\s+)?[\w -]+s)$/i;
const GET =
  /^(?:fetch|get|read|look\s+up|find|show)\s+(one|it|an?\s+[\w -]+?|a\s+single\s+[\w -]+?)\s+by\s+(?:(?:its|their|the)\s+)?([\w -]+)$/i;
/** What stands before a field's name, the name, and what is said of it in parentheses. */
const NAMED = /^((?:(?:an?|the|its|required|mandatory|unique)\s+)*)([^()]+?)\s*(\(.*\))?$/i;
const REJECT =
  /^(?:reject|refuse|validate)\s+(?:all\s+|any\s+)?(?:(?:bad|wrong|invalid|malformed|the|every)\s+)*(?:input|requests?|data|fields?|bodies|body)$/i;
const CLIENT =
  /^(?:(?:also|and)\s+)?(?:add|put|expose|cover|offer)\s+(?:it|them|this|that|all of it)\s+(?:to|in)\s+the\s+client(?:\s+library)?(?:\s+too)?$/i;
const VERB =
  /^(?:create|add|store|record|list|show|return|fetch|get|read|look|find|reject|refuse|validate|also|put|expose|cover|offer|update|change|edit|delete|remove|send|make|log|notify|email|export|import|cache|paginate|sort|filter|search|charge|sync|keep|use|write|publish|call|do|let|allow|if|when|only)\b/i;

/** A verb with what it is done to: `send an email`, `list them`. */
const DOING =
  /^[a-z]+\s+(?:an?|the|them|it|one|all|each|every|any|only|no|to|by|in|of|for|up|everything|everyone|us|me)\b/i;
const TYPED = /^[a-z][\w-]*(?:[ -][\w-]+){0,2}\s*\([^()]+\)$/i;
const SURE_FIELD =
  /^(?:(?:return|record|import|export|publish|charge|call|store)\s+(?:date|day)|(?:store|call|charge)\s+(?:name|number|code)|email\s+(?:address|text))$/i;
const CIRCUMSTANCE =
  /^(?:behind|with|using|for|via|through|only|without|under|protected|secured|guarded|based)\s+\S/i;
/** Verbs that are nouns, too, alone or with one word more. */
const MAY_BE_FIELD =
  /^(?:store|record|list|show|return|read|cover|offer|update|change|log|email|export|import|cache|sort|filter|search|charge|call|make|use|find|publish)(?:[ -][a-z]+)?$/i;
/** `Each invoice has a number`: fields follow. */
const HAS =
  /^(?:each|every|an?|the|they|it)(?:\s+([a-z][\w -]*?))?\s+(?:has|have|consists?\s+of|is\s+made\s+of)\s+(.+)$/i;
/** `the following fields number`, where a list is announced and begins in one clause. */
const ANNOUNCED = /^(?:(?:the|these|following|its|their)\s+)*(?:fields|attributes|columns|properties)\s+/i;
/** Fields that stand with the method that takes them. */
const ROUTE_WITH = /^(`?POST\s+\/\S+)(?:\s+(?:endpoint|route))?\s+(?:with|taking|accepting|given)\s+(.+)$/i;

/** `invoices and payments` are two resources. */
const MORE_THAN_ONE = /[ -](?:and|or|with|for|of|by|per|in|plus)[ -]/i;
/** `status`, `news`, `analysis` end like a plural and are none. */
const NO_PLURAL = /(?:us|ss|is|news|series)$/i;

/** Understands the request with what answers have settled, or says what it has to ask. */
export function understandRequest(
  request: string,
  habits: Habits,
  settled: Settled = NOTHING_SETTLED,
): Understanding {
  const text = withItems(request).replaceAll(/\s+/g, ' ').trim();
  const head = readHead(text);
  if (head === null)
    return unclear({
      about: 'request',
      text: 'What is to be added? I understand "Add a REST API for <things> with <fields>", and "Add <things> to the <name> service: create one with <fields>, list them, fetch one by <field>".',
    });
  const { things } = settled;
  if (things === null && MORE_THAN_ONE.test(head.plural))
    return unclear({
      about: 'things',
      text: `"${head.plural}": is that one thing? I build one resource at a time. What are its things called? (Several of them, such as "invoices".)`,
    });
  if (things === null && (NO_PLURAL.test(head.plural) || !head.plural.endsWith('s')))
    return unclear({
      about: 'things',
      text: `What is one of "${head.plural}" called, and what are several? I name routes by both. (As in "entry and entries".)`,
    });
  const said = namesOf(head.plural);
  const reading: Reading = {
    names: things === null ? said : namesOf(things.many, things.one),
    said,
    settled,
    habits,
    keys: new Set(),
    unique: new Set(),
    operations: new Set(),
    fields: [],
    named: [],
    client: false,
    collecting: head.namesFields,
    decisions: things === null ? [] : [`Built are "${things.many}" for "${head.plural}", as was answered.`],
    questions: [],
  };
  for (const clause of clausesOf(withTypes(text.slice(head.length)))) readClause(clause, reading);
  if (head.beyond !== null) leftOver(head.beyond, reading);
  if (head.isApi && reading.operations.size === 0) {
    for (const operation of OPERATIONS) reading.operations.add(operation);
    reading.decisions.push('No methods were named: one is created, all are listed, and one is fetched.');
  }
  if (settled.moreFields !== null) {
    reading.operations.add('create');
    for (const field of clausesOf(withTypes(settled.moreFields))) addField(field, reading);
  }
  return conclude(reading);
}

/** What a request begins with; null where it asks for nothing that is known. */
export function readHead(text: string): ApiHead | null {
  const api = readApiHead(text);
  if (api !== null) return api;
  const plain = HEAD.exec(text);
  const plural = plain?.[1];
  return plain === null || plural === undefined || !plural.endsWith('s')
    ? null
    : { plural, length: plain[0].length, namesFields: false, isApi: false, beyond: null };
}

function readClause(clause: string, reading: Reading): void {
  const [, created = '', create] = CREATE.exec(clause) ?? [];
  if (create !== undefined && isResource(created, reading)) {
    reading.operations.add('create');
    reading.collecting = true;
    addField(create, reading);
    return;
  }
  const [, whose = '', first] = HAS.exec(clause) ?? [];
  if (first !== undefined && isResource(whose, reading)) {
    reading.operations.add('create');
    reading.collecting = true;
    readClause(first, reading);
    return;
  }
  if (FIELDS.test(clause)) {
    reading.collecting = true;
    return;
  }
  const isCollecting = reading.collecting;
  reading.collecting = false;
  const [, route, field] = ROUTE_WITH.exec(clause) ?? [];
  if (route !== undefined && field !== undefined && readRouteClause(route, reading)) {
    reading.collecting = true;
    addField(field, reading);
    return;
  }
  if (isPromised(clause) || readRouteClause(clause, reading)) return;
  const [, fetched = '', key] = GET.exec(clause) ?? [];
  if (isCollecting && !VERB.test(clause)) {
    reading.collecting = true;
    const field = clause.replace(/^with\s+/i, '');
    if (isCircumstance(clause, reading)) leftOver(clause, reading);
    else addField(field, reading);
  } else if (key !== undefined && isResource(fetched, reading)) {
    reading.operations.add('get');
    reading.keys.add(renamed(snakeCase(key), reading));
  } else if (isListed(clause, reading)) reading.operations.add('list');
  else if (CLIENT.test(clause)) reading.client = !reading.settled.withoutClient;
  else if (isCollecting && readAsField(clause, reading)) reading.collecting = true;
  else if (isFieldBehind(clause, reading)) {
    reading.collecting = true;
    addField(clause, reading);
  } else if (!REJECT.test(clause)) leftOver(clause, reading);
}

/** Whether words that begin with a verb go on with the list of fields, as `return date` and `email (text)` do; where that is open it is asked. */
function readAsField(clause: string, reading: Reading): boolean {
  if (DOING.test(clause) || REJECT.test(clause)) return false;
  const { fieldWords, leftOut } = reading.settled;
  const key = clause.toLowerCase();
  if (TYPED.test(clause) || SURE_FIELD.test(clause) || fieldWords.has(key) || leftOut.has(key)) {
    addField(clause, reading);
    return true;
  }
  if (!MAY_BE_FIELD.test(clause)) return false;
  reading.questions.push({
    about: 'field',
    words: clause,
    label: clause,
    instead: null,
    text: `Is "${clause}" a field, or something to do? (A field with its type, as in "${clause} is text"; or "leave it out", as no rule does anything else.)`,
  });
  return true;
}

/** Whether the words say how something is done, as `behind an API key` does, and name no field. */
function isCircumstance(clause: string, { habits }: Reading): boolean {
  const field = clause.replace(/^with\s+/i, '');
  const isField = TYPED.test(field) || understandField(field, habits.centsSuffix).kind === 'field';
  return CIRCUMSTANCE.test(clause) && !isField;
}

/** Whether a field with its type goes on with the list behind something else: `name, send an email, rating (positive integer)`. */
function isFieldBehind(clause: string, { fields, habits }: Reading): boolean {
  return (
    fields.length > 0 &&
    !VERB.test(clause) &&
    TYPED.test(clause) &&
    understandField(clause, habits.centsSuffix).kind === 'field'
  );
}

/** Whether the clause is a method with a path, as `GET /invoices` is. */
function readRouteClause(clause: string, reading: Reading): boolean {
  const { names, said, settled } = reading;
  const places = new Set([...settled.places, `/${said.kebabMany}`]);
  const route = readRoute(clause, names, { places, kept: settled.kept });
  if (route === null) return false;
  if (route.kind === 'question') reading.questions.push(route.question);
  else if (route.kind === 'unknown') leftOver(clause, reading);
  else {
    reading.operations.add(route.operation);
    if (route.key !== null) reading.keys.add(renamed(route.key, reading));
  }
  return true;
}

function renamed(name: string, { settled }: Reading): string {
  return snakeCase(settled.fieldNames.get(name) ?? name);
}

/** Whether the words mean what the request is about: `one`, `them`, `all invoices`. "List the payments" is another matter. */
function isResource(words: string, { names, said }: Reading): boolean {
  const noun = words
    .toLowerCase()
    .replaceAll(/^(?:(?:all|of|the|an?|single)(?:\s+|$))+/g, '')
    .replaceAll(/[\s_-]+/g, ' ');
  const spellings = [names.one, names.many, said.one, said.many];
  return ['', 'one', 'it', 'them', ...spellings.flatMap((name) => [name, name.split(' ').at(-1)])].includes(
    noun,
  );
}

function isListed(clause: string, reading: Reading): boolean {
  const listed = LIST.exec(clause)?.[1];
  return listed !== undefined && isResource(listed, reading);
}

function leftOver(what: string, { settled, decisions, questions }: Reading): void {
  if (settled.leftOut.has(what.toLowerCase())) decisions.push(`Left out, as was answered: "${what}".`);
  else
    questions.push({
      about: 'clause',
      what,
      text: settled.kept.has(what.toLowerCase())
        ? `"${what}" is not to be left out, and I do not know how to do it: stop this run and give the request to another driver, or say "leave it out".`
        : `I do not know how to do this: "${what}". Shall it be left out? (yes; if no, another driver has to do it.)`,
    });
}

function addField(named: string, reading: Reading): void {
  const asked = named.replace(ANNOUNCED, '');
  const { settled, habits } = reading;
  // What somebody says it is counts, whatever else is left out.
  if (settled.leftOut.has(asked.toLowerCase()) && !settled.fieldWords.has(asked.toLowerCase())) {
    reading.decisions.push(`Left out, as was answered: "${asked}".`);
    return;
  }
  const read = understandField(wordsOfField(asked, settled), habits.centsSuffix);
  if (read.kind === 'question') {
    const { question } = read;
    reading.questions.push(question.about === 'field' ? { ...question, words: asked } : question);
    return;
  }
  const { field } = read;
  if (settled.fieldWords.has(asked.toLowerCase()))
    reading.decisions.push(
      `"${asked}" is built as \`${field.name}\`, ${describeKind(field)}, as was answered.`,
    );
  reading.named.push({ words: asked, label: NAMED.exec(asked)?.[2] ?? field.name });
  reading.fields.push(settled.texts.has(field.name) ? { ...field, kind: 'text', values: [] } : field);
  if (read.unique) reading.unique.add(field.name);
  if (read.decision !== null) reading.decisions.push(read.decision);
}

/** A field's words with its type and its name as answers have them. */
function wordsOfField(asked: string, { fieldWords, fieldNames }: Settled): string {
  const words = fieldWords.get(asked.toLowerCase()) ?? asked;
  const [, marks = '', label = '', hint = ''] = NAMED.exec(words) ?? [];
  const name = fieldNames.get(snakeCase(label));
  return name === undefined ? words : `${marks}${name} ${hint}`;
}
