/** Turns what zod found wrong into lines with a place, a rule and a suggestion. */
import { z } from 'zod';
import type { Diagnostic } from '../core/errors.ts';
import { errorAt, showValue } from './diagnose.ts';
import { nearest, suggest } from './nearest.ts';
import type { YamlPath, YamlSource } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;

/** An object that knows no other keys: a misspelled one would silently drop what it should set. */
export function closedObject<S extends z.ZodRawShape>(shape: S) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => suggest(key, known, 'keys')).join('\n')
        : undefined,
  });
}

/** One diagnostic per thing wrong, at its place in the file. */
export function explainIssues(issues: readonly Issue[], source: YamlSource, at: YamlPath = []): Diagnostic[] {
  return issues.flatMap((issue) => explainIssue(issue, source, [...at, ...yamlPath(issue.path)]));
}

function explainIssue(issue: Issue, source: YamlSource, path: YamlPath): Diagnostic[] {
  if (issue.code === 'unrecognized_keys')
    return unknownKeys(issue.keys, issue.message.split('\n'), source, path);
  if (issue.code === 'invalid_union' && isMapping(valueAt(source.value, path))) {
    return explainIssues(likeliestBranch(issue.errors), source, path);
  }
  const value = valueAt(source.value, path);
  const rule = ruleOf(issue);
  const name = path.length === 0 ? 'The file' : `\`${showPath(path)}\``;
  if (value === undefined) {
    return [
      errorAt(source.keyPlace(path), 'E_CONFIG_VALUE', `${name} is missing: it ${rule}.`, `Write ${name}.`),
    ];
  }
  if (issue.code === 'invalid_key') {
    const [ruleOfKey] = issue.issues.map((inner) => ruleOf(inner));
    const text = `${showValue(path.at(-1))} is no name here: it ${ruleOfKey ?? rule}.`;
    return [errorAt(source.keyPlace(path), 'E_CONFIG_VALUE', text, 'Give it another name.')];
  }
  const near =
    issue.code === 'invalid_value' && typeof value === 'string'
      ? nearest(value, issue.values.map(String))
      : null;
  const fix = near === null ? fixOf(rule) : `Did you mean \`${near}\`?`;
  return [errorAt(source.place(path), 'E_CONFIG_VALUE', `${name} is ${showValue(value)}: it ${rule}.`, fix)];
}

function unknownKeys(keys: string[], fixes: string[], source: YamlSource, path: YamlPath): Diagnostic[] {
  return keys.map((key, index) =>
    errorAt(
      source.keyPlace([...path, key]),
      'E_CONFIG_KEY',
      `The key ${showValue(key)} is unknown.`,
      fixes[index] ?? 'Take it out.',
    ),
  );
}

/** Of the forms that a value may have, the one that fits its keys best: its errors are the ones that help. */
function likeliestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const misfit = (issues: readonly Issue[]): number =>
    issues.reduce((sum, issue) => sum + misfitOf(issue), 0);
  return branches.toSorted((a, b) => misfit(a) - misfit(b))[0] ?? [];
}

/** Keys that do not belong count, less where they are nearly right; what is wrong deeper inside says nothing. */
function misfitOf(issue: Issue): number {
  if (issue.code !== 'unrecognized_keys') return issue.path.length <= 1 ? 1 : 0;
  if (issue.path.length > 0) return 0;
  return issue.message.split('\n').reduce((sum, fix) => sum + (fix.startsWith('Did you mean') ? 0.5 : 1), 0);
}

/** What to do about it: the message has said the rule already. */
function fixOf(rule: string): string {
  const value = /^must be ((?:a|an|one of|text|true or false|the)\b.*)$/s.exec(rule)?.[1];
  return value === undefined ? 'Mend it, or take it out.' : `Write ${value} there, or take it out.`;
}

/** What would be right, as the end of a sentence that begins with `it`. */
export function ruleOf(issue: Issue): string {
  if (issue.message.startsWith('must ')) return issue.message;
  if (issue.code === 'invalid_value')
    return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_type') return `must be ${EXPECTED[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_union') return 'must have one of the forms that docs/workflows.md lists';
  if (issue.code === 'too_small' && issue.origin === 'array')
    return `must have at least ${issue.minimum} items`;
  return `must be valid (${issue.message})`;
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
};

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(value: unknown, path: YamlPath): unknown {
  let here: unknown = value;
  for (const part of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined;
    here = (here as Record<string | number, unknown>)[part]; // an object with this key, by the line above
  }
  return here;
}

/** `phases[1].steps[0].agent` */
export function showPath(path: YamlPath): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}

function yamlPath(path: readonly PropertyKey[]): YamlPath {
  return path.map((part) => (typeof part === 'number' ? part : String(part)));
}
