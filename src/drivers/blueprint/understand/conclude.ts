/** What a request comes to when all of its clauses were read: a resource, or questions about what is open. */
import { namesOf, type Names } from './names.ts';
import type { Question, Settled } from './question.ts';
import { OPERATIONS, type Field, type Operation, type Resource } from './resource.ts';
import type { Habits } from './habits.ts';

export interface Understanding {
  /** null where a question has to be answered first. */
  resource: Resource | null;
  decisions: string[];
  /** As they are asked. */
  questions: string[];
  /** The same questions, with what each is about. */
  open: Question[];
  /** The fields that the request names and that nothing is asked about. */
  named: NamedField[];
}

/** A field as the request says it, and its name in these words. */
export interface NamedField {
  words: string;
  label: string;
}

export interface Reading {
  names: Names;
  /** As the request calls the things, whatever they are called in the end. */
  said: Names;
  settled: Settled;
  habits: Habits;
  operations: Set<Operation>;
  fields: Field[];
  named: NamedField[];
  /** Fields that one is fetched by, and those that are said to be unique. */
  keys: Set<string>;
  unique: Set<string>;
  client: boolean;
  /** Whether a list of fields goes on. */
  collecting: boolean;
  decisions: string[];
  questions: Question[];
}

/** What a variable of a handler cannot be called. */
const TAKEN_NAMES = new Set(
  'body case catch class const context database date default delete do else enum export false finally for function if import in interface let new null oneOf package params positiveInteger private protected public reply request response return static super switch text this throw true try typeof var void while with yield'.split(
    ' ',
  ),
);

/** A request that cannot be read before this is answered. */
export function unclear(question: Question): Understanding {
  return { resource: null, decisions: [], questions: [question.text], open: [question], named: [] };
}

export function conclude(reading: Reading): Understanding {
  const { names, operations, questions, decisions } = reading;
  const fields = chosenFields(reading);
  const named = namedKey(reading, fields);
  askForNames(reading, named);
  if (!operations.has('create') || fields.length === 0)
    questions.push({
      about: 'fields',
      text: `With which fields is ${names.withArticle} created? (As in "number, amount (positive integer)".)`,
    });
  const key =
    named ?? fields.find((field) => field.kind === 'text' && /number|code|name/.test(field.name))?.name;
  const isText = fields.some((field) => field.name === key && field.kind === 'text');
  if (fields.length > 0 && (key === undefined || !isText))
    questions.push({
      about: 'key',
      fields,
      choices: null,
      text: `Which text field identifies ${names.withArticle}? ${key === undefined ? 'None is named.' : `\`${key}\` is not one of its text fields.`} (Its name, such as "number".)`,
    });
  else if (key !== undefined && named === undefined)
    decisions.push(`\`${key}\` identifies ${names.withArticle}: no other field was named for it.`);
  if (reading.client && !reading.habits.hasClient)
    questions.push({
      about: 'client',
      text: 'Which repository holds the client? None of those given is one that I recognise. (Start a run with it, or say "leave it out".)',
    });
  if (questions.length > 0 || key === undefined)
    return {
      resource: null,
      decisions,
      questions: questions.map(({ text }) => text),
      open: questions,
      named: reading.named,
    };
  const ordered = OPERATIONS.filter((operation) => operations.has(operation));
  return {
    resource: { names, fields, key, operations: ordered, client: reading.client },
    decisions,
    questions: [],
    open: [],
    named: reading.named,
  };
}

/** Of fields with the same name the one that was chosen; without a choice it is asked for. */
function chosenFields({ fields, settled, questions, decisions }: Reading): Field[] {
  const byName = Map.groupBy(fields, ({ name }) => name);
  for (const [name, all] of byName) {
    const choice = settled.chosen.get(name);
    if (all.length > 1 && choice === undefined)
      questions.push({
        about: 'twice',
        name,
        fields: all,
        text: `\`${name}\` is named twice. Which of the two is meant? ("the first" or "the last".)`,
      });
    else if (all.length > 1) decisions.push(`\`${name}\` was named twice, and was chosen as was answered.`);
  }
  return [...byName].flatMap(([name, all]) => all.at(settled.chosen.get(name) ?? 0) ?? []);
}

/** The field that is said to be unique, or that one is fetched by; of several the one that was chosen. */
function namedKey(
  { keys, unique, settled, questions, decisions, names }: Reading,
  fields: Field[],
): string | undefined {
  const all = [...new Set([...keys, ...unique])];
  const [named, ...more] = all;
  if (settled.key !== null) {
    const others = all.filter((name) => name !== settled.key);
    if (others.length > 0)
      decisions.push(
        `\`${settled.key}\` identifies ${names.withArticle}, as was answered, and not \`${others.join('`, `')}\`.`,
      );
    return settled.key;
  }
  if (more.length > 0)
    questions.push({
      about: 'key',
      fields,
      choices: all,
      text: `Only one field of ${names.withArticle} is unique, the one that it is fetched by. Which is it: ${all.map((name) => `\`${name}\``).join(' or ')}?`,
    });
  return named;
}

/** Asks for another name where the code around it, or the service, has this one. */
function askForNames({ names, habits, questions }: Reading, key: string | undefined): void {
  if (TAKEN_NAMES.has(names.camel) || TAKEN_NAMES.has(names.camelMany))
    questions.push({
      about: 'things',
      text: `"${names.one}" is a word of the code around it. What else may it be called? (Several of them, such as "entries".)`,
    });
  else if (habits.takenPaths.includes(`/${names.kebabMany}`))
    questions.push({
      about: 'things',
      text: `There are ${names.many} already (\`/${names.kebabMany}\`). What shall the new ones be called? (Several of them, such as "entries".)`,
    });
  if (key !== undefined && TAKEN_NAMES.has(namesOf(key).camelMany))
    questions.push({
      about: 'field_name',
      label: key,
      text: `"${key}" is a word of the code around it. What else may it be called? (Another name, such as "position".)`,
    });
}
