/**
 * Commits that were submitted say which event of the journal they stand on, and what its hash was. Whoever cut the journal, set
 * its store back, or wrote it anew, did not do so in every repository that has such a commit.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalEvent } from '../../core/events.ts';
import { ANCHOR_TRAILER, parseAnchor, type JournalAnchor } from '../../engine/journal-anchor.ts';
import { runGit } from '../../workspace/git.ts';
import type { ChainProblem } from './verdict-chain.ts';

const RUN_TRAILER = 'Baton-Run';
/** Clocks differ. */
const EARLIER_MS = 48 * 3_600_000;

export interface AnchorsFound {
  problem: ChainProblem | null;
  /** How many commits outside of the store carry an anchor that the journal has. */
  outside: number;
  /** The last event that one of them vouches for, and with it all before; 0: none. What came later was compared with nothing. */
  upTo: number;
}

/** `given`: an anchor that somebody kept, as in a pull request. */
export async function checkAnchors(
  stateDir: string,
  runId: string,
  { events, given }: { events: readonly JournalEvent[]; given: readonly JournalAnchor[] },
): Promise<AnchorsFound> {
  const [first] = events;
  const since = new Date(Date.parse(first?.at ?? '') - EARLIER_MS);
  const repositories = first?.event.type === 'run_started' ? first.event.repos.map(({ path }) => path) : [];
  const outside = await Promise.all(repositories.map((path) => anchorsIn(path, runId, since)));
  const inside = await Promise.all(bareRepositories(stateDir).map((path) => anchorsIn(path, runId, since)));
  const kept = given.map((anchor) => ({ anchor, where: 'the anchor that you named' }));
  const all = [...kept, ...outside.flat(), ...inside.flat()];
  const problems = all.flatMap(({ anchor, where }) => {
    const detail = whyNot(events, anchor);
    return detail === null
      ? []
      : [{ code: 'E_AUDIT_ROLLBACK' as const, seq: anchor.seq, detail: `${where} says so: ${detail}` }];
  });
  const vouching = [...kept, ...outside.flat()];
  const upTo = problems.length > 0 ? 0 : Math.max(0, ...vouching.map(({ anchor }) => anchor.seq));
  return { problem: problems[0] ?? null, outside: vouching.length, upTo };
}

function whyNot(events: readonly JournalEvent[], { seq, hash }: JournalAnchor): string | null {
  const event = events.find((each) => each.seq === seq);
  if (event === undefined) return `the journal had an event ${seq}, and ends at ${events.length}`;
  return event.hash === hash ? null : `event ${seq} had the hash ${hash}, and has ${event.hash}`;
}

/** Those of the local forge. */
function bareRepositories(stateDir: string): string[] {
  const forge = join(stateDir, 'forge');
  if (!existsSync(forge)) return [];
  return readdirSync(forge)
    .filter((name) => name.endsWith('.git'))
    .map((name) => join(forge, name));
}

/** Of all branches; one whose anchor cannot be read is no anchor. */
async function anchorsIn(
  cwd: string,
  runId: string,
  since: Date,
): Promise<{ anchor: JournalAnchor; where: string }[]> {
  if (!existsSync(cwd)) return [];
  const trailer = (key: string): string => `%(trailers:key=${key},valueonly,separator=%x20)`;
  const format = `--format=%H%x00${trailer(RUN_TRAILER)}%x00${trailer(ANCHOR_TRAILER)}`;
  const search = ['--all', `--grep=^${RUN_TRAILER}: ${runId}$`, `--since=${since.toISOString()}`];
  const answer = await runGit({ gitDir: null, cwd, args: ['log', ...search, format], answers: [128] });
  if (answer.code !== 0) return [];
  const lines = answer.stdout.toString('utf8').split('\n');
  return lines.flatMap((line) => {
    const [commit = '', run, text = ''] = line.split('\0');
    const anchor = run === runId ? parseAnchor(text) : null;
    return anchor === null ? [] : [{ anchor, where: `commit ${commit.slice(0, 12)} in ${cwd}` }];
  });
}
