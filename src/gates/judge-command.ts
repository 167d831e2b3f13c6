/** Decides about gates that only have an exit code and an output: build, types, lint, any command. Pure. */
import type { GateKind } from '../core/words.ts';
import { describeBrokenEnd, hasBrokenEnd } from './describe-end.ts';
import type { EndFacts } from './describe-end.ts';
import { excerptTail, normaliseMessage } from './findings.ts';
import type { FindingDraft } from './findings.ts';
import type { Judgement } from './suites/judge-tests.ts';
import { parseProblems } from './parse-problems.ts';
import type { ReportedProblem } from './parse-problems.ts';

/** What is kept of a run of the base: whether it was red, and with what. */
export interface BaseCommand {
  exit: number | null;
  messages: string[];
}

export interface CommandAbout {
  repo: string;
  root: string;
  module: string;
  gate: string;
  kind: GateKind;
}

const MAX_FINDINGS = 100;

/** What a red output says, without places: equal messages at the base are not held against a revision. */
export function messagesOf(log: string, about: Pick<CommandAbout, 'root' | 'module'>): string[] {
  const problems = errorsIn(log, about);
  return problems.length > 0 ? problems.map(keyOf) : [normaliseMessage(excerptTail(log, about.root))];
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
  const drafts = dropKnown(describeOutput(log, end, about), base);
  if (drafts.length > 0)
    return { status: 'fail', summary: `exit code ${end.exit}, ${count(drafts.length)}`, tests: null, drafts };
  // A linter's old findings leave the rest checked; a build that stops at an old one proves nothing about the new.
  const status = about.kind === 'lint' || about.kind === 'types' ? 'pass' : 'unverified';
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
}

function describeOutput(log: string, end: EndFacts, about: CommandAbout): Described[] {
  const problems = errorsIn(log, about);
  const common = { severity: 'major', blocking: true, repo: about.repo } as const;
  if (problems.length === 0) {
    const words = excerptTail(log, about.root);
    const key = normaliseMessage(words);
    const problem = `${about.gate} ended with exit code ${end.exit}. Its last words:\n${words}`;
    const fix = 'Mend what the output names.';
    return [{ key, draft: { ...common, file: null, line: null, problem, fix, identity: key } }];
  }
  return problems.map((found) => ({
    key: keyOf(found),
    draft: {
      ...common,
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

/** Each finding of the base excuses one of its kind, so that a second one of the same kind is new. */
function dropKnown(found: Described[], base: BaseCommand | null): FindingDraft[] {
  const known = base === null || base.exit === 0 ? [] : [...base.messages];
  const fresh = found.filter(({ key }) => {
    const at = known.indexOf(key);
    if (at !== -1) known.splice(at, 1);
    return at === -1;
  });
  return fresh.slice(0, MAX_FINDINGS).map(({ draft }) => draft);
}
