/** Decides about gates that only have an exit code and an output: build, types, lint, any command. Pure. */
import type { GateKind } from '../core/words.ts';
import { describeBrokenEnd, hasBrokenEnd } from './describe-end.ts';
import type { EndFacts } from './describe-end.ts';
import { excerptErrors } from './excerpts.ts';
import { normaliseMessage } from './findings.ts';
import type { FindingDraft } from './findings.ts';
import type { Judgement } from './suites/judge-tests.ts';
import { parseProblems } from './parse-problems.ts';
import type { ReportedProblem } from './parse-problems.ts';

/** What is kept of a run of the base: whether it was red, and what it said. */
export interface BaseCommand {
  exit: number | null;
  messages: string[];
  /** Its lines without what changes from run to run: what a red output without places is held against. */
  lines?: string[];
}

export interface CommandAbout {
  repo: string;
  root: string;
  module: string;
  gate: string;
  kind: GateKind;
}

const MAX_FINDINGS = 100;
const MAX_LINE = 1_000;

/** What a red output says, warnings too, without lines: equal messages at the base are not held against a revision. */
export function messagesOf(log: string, about: Pick<CommandAbout, 'root' | 'module'>): string[] {
  return parseProblems(log, about.root, about.module).map(keyOf);
}

/** The lines of an output, each as it reads in every run: numbers, times, plurals and rulers are set equal. */
export function linesOf(log: string): string[] {
  return log.split('\n').flatMap((line) => {
    const key = normaliseLine(line);
    return key === '' ? [] : [key];
  });
}

function normaliseLine(line: string): string {
  return line
    .slice(0, MAX_LINE)
    .toLowerCase()
    .replace(/(?<![\p{L}\d_])\d+(?:[.,]\d+)*(?:(?:ms|µs|s|m)\b)?/gu, '#')
    .replace(/(# [a-z]{2,40}?)s\b/g, '$1')
    .replace(/([^\p{L}\d\s])\1{2,}/gu, '$1$1$1')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Red only for what the base does not have. */
export function judgeCommand(
  base: BaseCommand | null,
  run: { end: EndFacts; log: string },
  about: CommandAbout,
): Judgement {
  const { end, log } = run;
  if (hasBrokenEnd(end)) return describeBrokenEnd(end, log, about);
  if (end.exit === 0) return judgeGreen(about.kind);
  const problems = errorsIn(log, about);
  const drafts =
    problems.length > 0
      ? dropKnown(describeProblems(problems, about), base)
      : describeWords(log, end, about, base);
  if (drafts.length > 0)
    return { status: 'fail', summary: `exit code ${end.exit}, ${count(drafts.length)}`, tests: null, drafts };
  // A linter's old findings leave the rest checked. A build that stops at an old one proves nothing about the new, and neither
  // does a linter that names none: it may not have come to look.
  const looked = problems.length > 0 && (about.kind === 'lint' || about.kind === 'types');
  const status = looked ? 'pass' : 'unverified';
  return {
    status,
    summary: `exit code ${end.exit}, red in the same way at the base`,
    tests: null,
    drafts: [],
  };
}

function judgeGreen(kind: GateKind): Judgement {
  const names = kind !== 'tests';
  return {
    status: names ? 'pass' : 'unverified',
    summary: names ? 'exit code 0' : 'exit code 0, no test names',
    tests: null,
    drafts: [],
  };
}

const count = (n: number): string => (n === 1 ? '1 finding' : `${n} findings`);

interface Described {
  draft: FindingDraft;
  key: string;
  warning: boolean;
}

/** An output that names no places: only lines that the base does not have can be a finding, so that one who says less says nothing new. */
function describeWords(
  log: string,
  end: EndFacts,
  about: CommandAbout,
  base: BaseCommand | null,
): FindingDraft[] {
  const isBaseRed = base !== null && base.exit !== 0;
  const fresh = isBaseRed ? withoutKnown(log.split('\n'), normaliseLine, base.lines ?? []) : [];
  const isNew = fresh.some((line) => line.trim() !== '');
  if (isBaseRed && !isNew) return [];
  const words = excerptErrors(isBaseRed ? fresh.join('\n') : log, about.root);
  const which = isBaseRed ? 'It is red at the base too; these lines are new' : 'Of its output';
  const problem = `${about.gate} ended with exit code ${end.exit}. ${which}:\n${words}`;
  const common = { severity: 'major', blocking: true, repo: about.repo, file: null, line: null } as const;
  return [{ ...common, problem, fix: 'Mend what the output names.', identity: normaliseMessage(words) }];
}

function describeProblems(problems: ReportedProblem[], about: CommandAbout): Described[] {
  return problems.map((found) => ({
    key: keyOf(found),
    warning: found.warning,
    draft: {
      severity: 'major',
      blocking: true,
      repo: about.repo,
      file: found.file,
      line: found.line,
      problem: found.message.slice(0, 1_200),
      fix: `Make \`${about.gate}\` pass here.`,
      identity: normaliseMessage(found.message),
    },
  }));
}

const keyOf = (problem: ReportedProblem): string => `${problem.file}: ${normaliseMessage(problem.message)}`;

/** Warnings stand aside as soon as there are errors: those made it red. */
function errorsIn(log: string, about: Pick<CommandAbout, 'root' | 'module'>): ReportedProblem[] {
  const problems = parseProblems(log, about.root, about.module);
  const errors = problems.filter((problem) => !problem.warning);
  return errors.length > 0 ? errors : problems;
}

/**
 * Each finding of the base excuses one of its kind, so that a second one of the same kind is new. A green base had its
 * warnings too: where more of them than are allowed turn a change red, only the new ones do. Without a new one it is something else.
 */
function dropKnown(found: Described[], base: BaseCommand | null): FindingDraft[] {
  const isGreen = base?.exit === 0;
  const counts = base !== null && (!isGreen || found.every(({ warning }) => warning));
  const fresh = withoutKnown(found, ({ key }) => key, counts ? base.messages : []);
  const left = isGreen && fresh.length === 0 ? found : fresh;
  return left.slice(0, MAX_FINDINGS).map(({ draft }) => draft);
}

function withoutKnown<Each>(
  all: readonly Each[],
  toKey: (each: Each) => string,
  known: readonly string[],
): Each[] {
  const open = new Map<string, number>();
  for (const key of known) open.set(key, (open.get(key) ?? 0) + 1);
  return all.filter((each) => {
    const left = open.get(toKey(each)) ?? 0;
    open.set(toKey(each), left - 1);
    return left <= 0;
  });
}
