/** How the followed resource refuses: which function it throws, with which status, and what callers read in the body. */
import { functionSource } from './functions.ts';
import { enclosed, literalsIn, partsOf, type LiteralLeaf } from './literals.ts';
import type { RepoFiles } from './repo-files.ts';

/** A text with places: of the type's `name`, `table` or `key`, of the `field`, or of what nobody knows beforehand. */
export type Words = readonly (string | { of: 'name' | 'table' | 'key' | 'field' | 'unknown' })[];

export interface Refusal {
  /** What is thrown: `notFound`. */
  helper: string;
  status: number;
  /** Where the body has which words. */
  body: readonly { path: readonly string[]; words: Words }[];
}

export interface Refusals {
  invalid: Refusal;
  notFound: Refusal;
  conflict: Refusal;
}

/** What was looked for and not found, with its place and the form that is followed. */
export type RefusalsReading = { kind: 'found'; refusals: Refusals } | { kind: 'unknown'; missing: string };

export interface Thrown {
  helper: string;
  /** Which argument holds what the words of the body may name; null: none of them. */
  subject: number | null;
}

interface Places {
  errorsFile: string;
  validatorsFile: string;
  notFound: string;
  conflict: string;
}

export function readRefusals(files: RepoFiles, places: Places): RefusalsReading {
  const { errorsFile, validatorsFile } = places;
  const errors = files.read(errorsFile) ?? '';
  const invalid = thrownByValidators(files.read(validatorsFile) ?? '');
  if (invalid === null)
    return unknown(
      `one function that every validator of \`${validatorsFile}\` throws (\`throw invalid(field, …)\`)`,
    );
  const read = (thrown: Thrown, isField: boolean): Refusal | string =>
    readRefusal(files, { errorsFile, errors, thrown, isField });
  const all = {
    invalid: read(invalid, true),
    notFound: read({ helper: places.notFound, subject: 0 }, false),
    conflict: read({ helper: places.conflict, subject: 0 }, false),
  };
  if (typeof all.invalid === 'string') return unknown(all.invalid);
  if (typeof all.notFound === 'string') return unknown(all.notFound);
  if (typeof all.conflict === 'string') return unknown(all.conflict);
  return {
    kind: 'found',
    refusals: { invalid: all.invalid, notFound: all.notFound, conflict: all.conflict },
  };
}

const unknown = (missing: string): RefusalsReading => ({ kind: 'unknown', missing });

/** The one function that all validators throw, and which of its arguments is the name of the field. */
function thrownByValidators(source: string): Thrown | null {
  const thrown = [...source.matchAll(/\bthrow (\w+)\(/g)].map((match) => ({
    helper: match[1] ?? '',
    given: partsOf(enclosed(source, match.index + match[0].length - 1) ?? ''),
  }));
  const [first, ...others] = thrown;
  if (first === undefined || others.some(({ helper }) => helper !== first.helper)) return null;
  const field = /^export function text\(\w+, (\w+)/m.exec(source)?.[1];
  const subject = first.given.findIndex((given) => given === field);
  return { helper: first.helper, subject: subject < 0 ? null : subject };
}

interface Sought {
  errorsFile: string;
  errors: string;
  thrown: Thrown;
  /** Whether the subject is a field; else it is the resource's type. */
  isField: boolean;
}

/** Text: what is missing. */
function readRefusal(files: RepoFiles, { errorsFile, errors, thrown, isField }: Sought): Refusal | string {
  const { helper } = thrown;
  const made = madeBy(errors, helper);
  const at = made === null ? -1 : made.given.findIndex((given) => /^4\d\d$/.test(given));
  if (made === null || at < 0)
    return `the status of \`${helper}\` in \`${errorsFile}\` (\`export function ${helper}(…) { return new ApiError(4xx, …); }\`)`;
  const error = readErrorClass(files, made.name, errors);
  if (error === null)
    return `the class \`${made.name}\` that \`${helper}\` of \`${errorsFile}\` makes, with a constructor`;
  const leaves = bodyOf(files, error, error.parameters[at] ?? '');
  if (leaves === null)
    return `one form of the body of errors (\`{ error: { code: this.code, … } }\` in \`${made.name}\`, or \`{ error: error.code, … }\` where they are answered)`;
  const subject = made.parameters[thrown.subject ?? -1] ?? null;
  const body = leaves.map(({ path, source }) => {
    const parameter = error.held.get(source.split('.')[1] ?? '');
    const given = parameter === undefined ? source : made.given[error.parameters.indexOf(parameter)];
    return { path, words: wordsOf(given ?? 'null', subject, isField) };
  });
  const foreign = subject === null || isField ? null : foreignProperty(made.given, subject);
  if (foreign !== null)
    return `\`${helper}\` of \`${errorsFile}\` with the name, table or key of a type (it takes \`${subject}.${foreign}\`, and I write types without)`;
  return { helper, status: Number(made.given[at]), body };
}

/** `new ApiError(404, …)` in the function of this name, with the function's own parameters. */
function madeBy(
  source: string,
  name: string,
): { name: string; parameters: string[]; given: string[] } | null {
  const arrow = new RegExp(`^export const ${name} = \\(([^)]*)\\) =>[\\s\\S]*?;$`, 'm').exec(source);
  const text = functionSource(source, name)?.source ?? arrow?.[0] ?? '';
  const parameters = namesOf(enclosed(text, text.indexOf('(')) ?? '');
  const made = /\bnew (\w+)\(/.exec(text);
  if (made === null) return null;
  const given = partsOf(enclosed(text, made.index + made[0].length - 1) ?? '');
  return { name: made[1] ?? '', parameters, given };
}

interface ErrorClass {
  source: string;
  parameters: string[];
  /** Which parameter each property holds. */
  held: ReadonlyMap<string, string>;
}

/** `errors`: where it stands as a rule. */
function readErrorClass(files: RepoFiles, name: string, errors: string): ErrorClass | null {
  const head = new RegExp(`\\bclass ${name}\\b[^{]*`);
  const text = head.test(errors) ? errors : (sourcesOf(files).find((each) => head.test(each)) ?? '');
  const found = head.exec(text);
  const source = found === null ? null : enclosed(text, found.index + found[0].length);
  const start = source?.indexOf('constructor(') ?? -1;
  if (source === null || start < 0) return null;
  const parameters = namesOf(enclosed(source, start + 'constructor'.length) ?? '');
  const held = [...source.matchAll(/\bthis\.(\w+) = (\w+);/g)].map(
    ([, property = '', value = '']): [string, string] => [property, value],
  );
  const message = /\bsuper\((\w+)/.exec(source)?.[1];
  return {
    source,
    parameters,
    held: new Map([...(message === undefined ? [] : [['message', message] as const]), ...held]),
  };
}

/** The body that callers see: made by the class itself, or where its errors are answered; null: not seen, or in several forms. */
function bodyOf(files: RepoFiles, error: ErrorClass, status: string): LiteralLeaf[] | null {
  const passes = (leaves: LiteralLeaf[]): boolean => isBody(error, leaves, status);
  const own = literalsIn(error.source, passes);
  const all = own.length > 0 ? own : sourcesOf(files).flatMap((text) => literalsIn(text, passes));
  const forms = new Map(all.map((leaves) => [JSON.stringify(leaves.map(formOf)), leaves]));
  const [only, ...others] = forms.values();
  return only === undefined || others.length > 0 ? null : only;
}

const formOf = ({ path, source }: LiteralLeaf): unknown => [path, source.replace(/^\w+\./, '')];

/** All it says is said by the error, and not what its status is: that goes beside the body. */
function isBody({ held }: ErrorClass, leaves: LiteralLeaf[], status: string): boolean {
  const properties = leaves.map(({ source }) => /^\w+\.(\w+)$/.exec(source)?.[1]);
  const said = properties.filter((property) => property !== undefined);
  return (
    said.length > 0 &&
    said.every((property) => held.has(property) && held.get(property) !== status) &&
    leaves.every(
      ({ source }, i) => properties[i] !== undefined || /^(?:'[^']*'|\d+|true|false|null)$/.test(source),
    )
  );
}

function sourcesOf(files: RepoFiles): string[] {
  return files
    .list()
    .filter(
      (path) => path.endsWith('.js') && !/(?:^|\/)(?:tests?|__tests__)\/|\.(?:test|spec)\.js$/.test(path),
    )
    .map((path) => files.read(path) ?? '');
}

/** The names of parameters, without what they are where nothing is given. */
const namesOf = (text: string): string[] => partsOf(text).map((part) => part.split('=')[0]?.trim() ?? '');

function wordsOf(source: string, subject: string | null, isField: boolean): Words {
  if (/^'[^'\\]*'$|^"[^"\\]*"$/.test(source)) return [source.slice(1, -1)];
  if (!source.startsWith('`')) return [placeOf(source, subject, isField)];
  return source
    .slice(1, -1)
    .split(/(\$\{[^{}]*\})/)
    .filter((piece) => piece !== '')
    .map((piece) =>
      piece.startsWith('${')
        ? placeOf(piece.slice(2, -1).trim(), subject, isField)
        : piece.replaceAll('\\`', '`'),
    );
}

function placeOf(source: string, subject: string | null, isField: boolean): Words[number] {
  if (subject === null) return { of: 'unknown' };
  if (isField) return { of: source === subject ? 'field' : 'unknown' };
  const property = source.startsWith(`${subject}.`) ? source.slice(subject.length + 1) : '';
  return property === 'name' || property === 'table' || property === 'key'
    ? { of: property }
    : { of: 'unknown' };
}

/** What else than these it takes of a type: the types of new resources do not have it. */
function foreignProperty(given: readonly string[], subject: string): string | null {
  const taken = [...given.join(' ').matchAll(new RegExp(`\\b${subject}\\.(\\w+)`, 'g'))].map(
    (match) => match[1],
  );
  return taken.find((property) => !['name', 'table', 'key', 'columns'].includes(property ?? '')) ?? null;
}
