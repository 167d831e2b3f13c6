/** The gates that look at what a change adds: the coverage of its lines, and its options in the help text. */
import { join } from 'node:path';
import type { Coverage } from '../../core/records.ts';
import type { GateCommand } from '../../definitions/config.ts';
import type { ChangedLines } from './changed-lines.ts';
import { findCliAdditions, isNamedIn, showAddition } from './cli-options.ts';
import { describeBrokenEnd, hasBrokenEnd } from '../describe-end.ts';
import type { FindingDraft } from '../findings.ts';
import { clearReportPlace, liesWithin, openScratch, readReport } from '../gate-scratch.ts';
import { coverageOf, percentOf, showPercent } from './judge-coverage.ts';
import type { BaseCommand } from '../judge-command.ts';
import type { Judgement } from '../suites/judge-tests.ts';
import { parseLcov } from './parse-lcov.ts';
import { runGateCommand } from '../run-gate-command.ts';
import type { CommandRun, GatePlace, GateSurroundings } from '../run-gate-command.ts';

interface Measured {
  judgement: Judgement & { coverage?: Coverage };
  run: CommandRun;
}

interface Job {
  repo: string;
  gate: GateCommand;
  place: GatePlace;
  /** Of this module, since the run's base; null: too much to be read whole. */
  changed: ChangedLines | null;
  around: GateSurroundings;
}

/** The share is no verdict of this gate's: a standard of the workflow says how much is enough. */
export async function measureCoverage(job: Job): Promise<Measured> {
  const { gate, place, changed } = job;
  const file = join(place.written, place.module, gate.report ?? '');
  await clearReportPlace(place.written, file);
  const run = await runCommand(job);
  if (hasBrokenEnd(run.end)) return { judgement: brokenEnd(job, run), run };
  const text = (await liesWithin(place.written, file)) ? await readReport(file) : null;
  if (text === null || changed === null) {
    const why =
      text === null ? `there is no lcov file at ${gate.report}` : 'the change is too long to be read';
    return { judgement: unverified(`${why} (exit code ${run.end.exit})`), run };
  }
  const coverage = coverageOf(changed.added, parseLcov(text, place));
  const percent = percentOf([coverage]);
  if (percent === null) return { judgement: { ...passed('no changed line of code counts'), coverage }, run };
  // Red tests are the business of the gate that runs them; what they ran, they ran.
  const red = run.end.exit === 0 ? '' : `; the command ended with exit code ${run.end.exit}`;
  const summary = `${showPercent(percent)} of ${coverage.lines} changed lines are covered${red}`;
  return { judgement: { ...passed(summary), coverage }, run };
}

/** `base`: what the same command came to there; asked for only where it is red now. */
export async function measureHelp(job: Job, base: () => Promise<BaseCommand | null>): Promise<Measured> {
  const { changed, gate } = job;
  const run = await runCommand(job);
  if (hasBrokenEnd(run.end)) return { judgement: brokenEnd(job, run), run };
  if (run.end.exit !== 0) return { judgement: redHelp(job, run, await base()), run };
  if (changed === null) return { judgement: unverified('the change is too long to be read'), run };
  const additions = findCliAdditions(changed);
  const missing = additions.filter((addition) => !isNamedIn(run.log, addition));
  if (missing.length === 0) {
    const names = additions.map(showAddition).join(', ');
    return { judgement: passed(names === '' ? 'nothing was added' : `the help names ${names}`), run };
  }
  const drafts = missing.map((addition): FindingDraft => ({
    ...blockingIn(addition.repo),
    file: addition.path,
    line: addition.line,
    identity: `help ${addition.kind} ${addition.name}`,
    problem: `The ${addition.kind} \`${showAddition(addition)}\` was added, and the help text (\`${gate.command.join(' ')}\`) does not name it.`,
    fix: `Say in the help text what \`${showAddition(addition)}\` does.`,
  }));
  const summary = `the help does not name ${missing.map(showAddition).join(', ')}`;
  return { judgement: { status: 'fail', summary, tests: null, drafts }, run };
}

async function runCommand({ gate, place, around }: Job): Promise<CommandRun> {
  await using scratch = await openScratch(place.dir, 'none');
  return await runGateCommand(gate, { place, scratch, argv: gate.command, env: {} }, around);
}

function redHelp({ repo, gate }: Job, run: CommandRun, base: BaseCommand | null): Judgement {
  const summary = `the help command ended with exit code ${run.end.exit}`;
  if (base !== null && base.exit !== 0) return unverified(`${summary}, as at the base`);
  const draft: FindingDraft = {
    ...blockingIn(repo),
    file: null,
    line: null,
    identity: 'help_red',
    problem: `\`${gate.command.join(' ')}\` ended with exit code ${run.end.exit}; at the base it did not.`,
    fix: 'Let the command line print its help again.',
  };
  return { status: 'fail', summary, tests: null, drafts: [draft] };
}

function brokenEnd({ repo, gate, place }: Job, run: CommandRun): Judgement {
  return describeBrokenEnd(run.end, run.log, { repo, root: place.root, gate: gate.name });
}

const blockingIn = (repo: string): Pick<FindingDraft, 'severity' | 'blocking' | 'repo'> => ({
  severity: 'major',
  blocking: true,
  repo,
});
const passed = (summary: string): Judgement => ({ status: 'pass', summary, tests: null, drafts: [] });
const unverified = (summary: string): Judgement => ({
  status: 'unverified',
  summary,
  tests: null,
  drafts: [],
});
