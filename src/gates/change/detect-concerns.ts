/** Measures what a change or a request touches. Pure. */
import type { ConcernFact } from '../../core/results.ts';
import type { Concern } from '../../core/words.ts';
import type { ChangedLine } from './changed-lines.ts';
import { CONCERN_RULES } from './concern-rules.ts';

/** Of one line that is read; a minified file says nothing that its source did not. */
const MAX_LINE_CHARS = 2_000;
/** Where words are no code: only the path tells what is touched. */
const NO_CODE =
  /\.(?:md|mdx|adoc|rst|txt|lock|snap|svg)$|(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|go\.sum|LICENSE)$/i;

/** Each concern once, with the first place that shows it; lines that went count like lines that came. */
export function concernsOfChange(
  paths: readonly { repo: string; path: string }[],
  lines: readonly ChangedLine[],
): ConcernFact[] {
  const found = new Map<Concern, string>();
  for (const { repo, path } of paths) {
    for (const rule of CONCERN_RULES)
      if (!found.has(rule.name) && rule.path?.test(path) === true) found.set(rule.name, `${repo}/${path}`);
  }
  for (const { repo, path, line, text } of lines) {
    if (NO_CODE.test(path)) continue;
    const read = text.slice(0, MAX_LINE_CHARS);
    for (const rule of CONCERN_RULES)
      if (!found.has(rule.name) && rule.line?.test(read) === true)
        found.set(rule.name, `${repo}/${path}:${line}`);
  }
  return inOrder(found);
}

/** What the words of a request name. */
export function concernsOfRequest(request: string): ConcernFact[] {
  const found = new Map<Concern, string>();
  for (const { name, request: words } of CONCERN_RULES) {
    const match = words === null ? null : words.exec(request);
    if (match !== null) found.set(name, `the request says "${match[0]}"`);
  }
  return inOrder(found);
}

/** Whether a path is documentation by its name. */
export function isDocumentation(path: string): boolean {
  return isNamed('documentation', path);
}

/** Whether a path says what runs where, by its name: resources, images, pipelines. */
export function isInfrastructure(path: string): boolean {
  return isNamed('infrastructure', path);
}

function isNamed(concern: Concern, path: string): boolean {
  return CONCERN_RULES.some((rule) => rule.name === concern && rule.path?.test(path) === true);
}

function inOrder(found: ReadonlyMap<Concern, string>): ConcernFact[] {
  return CONCERN_RULES.flatMap(({ name }) => {
    const where = found.get(name);
    return where === undefined ? [] : [{ name, where }];
  });
}
