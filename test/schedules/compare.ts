/** What is at the forge when a schedule is over, against what the run was to leave there: each thing once, and nothing else. */
import type { EventOf, JournalEvent } from '../../src/core/events.ts';
import type { EffectKind } from '../../src/core/words.ts';
import { STATUS_NAME } from '../../src/forges/forge.ts';
import type { FakeForge } from '../../src/testing/fake-forge/fake-forge.ts';
import type { ForgeCall } from '../../src/testing/fake-forge/faults.ts';
import type { KeptPull } from '../../src/testing/fake-forge/pulls.ts';
import { git } from '../../src/testing/rig.ts';
import { isRefusal } from './draw.ts';
import { PEOPLE, RED_AT_FIRST, type Setting } from './settings.ts';

export interface Difference {
  /** More than was to be there, or less. */
  kind: 'duplicate' | 'lost';
  /** In which repository, what was to be there and what is. */
  text: string;
}

interface Found {
  setting: Setting;
  server: FakeForge;
  runId: string;
  events: readonly JournalEvent[];
}

/** So often something beside a pull request is tried before it is passed over. */
const TRIES = 3;

/** Empty: everything is there, each once. */
export function compareForge(found: Found): Difference[] {
  return found.setting.names.flatMap((name) => {
    const repository = `acme/${name}`;
    const [pull, ...more] = found.server.pulls.filter((each) => each.repository === repository);
    if (pull === undefined) return [lost(name, 'a pull request', 'none')];
    return [
      ...more.map(({ number }) => duplicate(name, 'one pull request', `#${number}, too`)),
      ...branchOf(found, name, pull),
      ...textOf(found, name, pull),
      ...besideOf(found, name, pull),
    ];
  });
}

function branchOf({ setting, server, events }: Found, name: string, pull: KeptPull): Difference[] {
  const where = server.pathOf(pull.repository);
  const answers = setting.follow === undefined ? 0 : 1;
  const lines = (...args: string[]): string[] =>
    git(where, ...args)
      .trim()
      .split('\n');
  const branches = lines('for-each-ref', '--format=%(refname:short)', 'refs/heads');
  const commits = lines('rev-list', `main..${pull.head}`);
  const accepted = endsOf(events, 'push_branch', name).at(-1);
  const pushed = accepted?.kind === 'confirmed' ? accepted.commit : null;
  const text = git(where, 'show', `${pull.head}:service-agent.txt`);
  return [
    ...same(name, 'the branches', branches.sort(), [pull.head, 'main'].sort()),
    ...same(name, 'the number of commits', commits.length, answers + 1),
    ...same(name, 'the commit', commits[0], pushed),
    ...same(name, 'what was written', text, answers > 0 ? 'answered\n' : 'round 1\n'),
  ];
}

function textOf({ setting, server, runId }: Found, name: string, pull: KeptPull): Difference[] {
  const { state, draft, body } = pull;
  const others = setting.names.filter((each) => each !== name);
  const linked = others.map((other) => `${server.url}/acme/${other}/pull/1 #1`);
  return [
    ...same(name, 'the pull request', [state, draft], ['open', false]),
    ...same(name, 'its marker', timesIn(body, markerOf(runId, name)), 1),
    ...linked.flatMap((link) => same(name, `the link to ${link}`, timesIn(body, link), 1)),
  ];
}

function besideOf(found: Found, name: string, pull: KeptPull): Difference[] {
  const { setting, server, runId } = found;
  const { labels = [], reviewers = [], teamReviewers = [], status = false } = setting.pullRequests ?? {};
  const asked = [
    ...reviewers.filter((each) => PEOPLE.collaborators.includes(each)),
    ...teamReviewers.map((team) => `@${team}`),
  ];
  const head = git(server.pathOf(pull.repository), 'rev-parse', pull.head).trim();
  const said = server.statuses.filter((each) => each.commit === head);
  const states = new Map(said.map(({ context, state }) => [context, state]));
  const comments = server.comments
    .filter(({ repository }) => repository === pull.repository)
    .map(({ body }) => [body.startsWith(markerOf(runId, name)), body.trim().split('\n').at(-1) ?? '']);
  const told = setting.follow !== undefined && name === RED_AT_FIRST;
  const left = `- \`${head.slice(0, 12)}\`: nothing is left to answer`;
  return [
    ...besides(found, name, { effect: 'set_labels', now: pull.labels, wanted: labels }),
    ...besides(found, name, { effect: 'ask_reviewers', now: pull.asked, wanted: asked }),
    ...besides(found, name, {
      effect: 'end_status',
      now: [...states],
      wanted: status ? [[STATUS_NAME, 'success']] : [],
    }),
    ...besides(found, name, { effect: 'comment', now: comments, wanted: told ? [[true, left]] : [] }),
  ];
}

/** What its effect needs of the forge. */
const CALLS_OF: Partial<Record<EffectKind, readonly ForgeCall[]>> = {
  set_labels: ['find_pull', 'set_labels'],
  ask_reviewers: ['find_pull', 'read_reviews', 'ask_reviewers'],
  end_status: ['read_checks', 'set_status'],
  comment: ['find_pull', 'read_comments', 'write_comment'],
};

/** Once and as configured; less where the run tells that it passed over it, and the forge gave it reason to. */
function besides(
  found: Found,
  name: string,
  { effect, now, wanted }: { effect: EffectKind; now: readonly unknown[]; wanted: readonly unknown[] },
): Difference[] {
  const ended = endsOf(found.events, effect, name).at(-1)?.kind ?? 'never tried';
  const isExcused = ended !== 'confirmed' && wanted.length > 0 && hadReason(found, name, effect);
  if (isExcused && now.length <= wanted.length) return [];
  return same(name, effect, now, wanted).map((each) => ({ ...each, text: `${each.text} (${ended})` }));
}

function hadReason({ server }: Found, name: string, effect: EffectKind): boolean {
  const calls = CALLS_OF[effect] ?? [];
  const met = server.faults
    .met()
    .filter(({ call, repository }) => repository === `acme/${name}` && calls.includes(call));
  return met.length >= TRIES || met.some(({ fault }) => isRefusal(fault));
}

function endsOf(
  events: readonly JournalEvent[],
  effect: EffectKind,
  repo: string,
): EventOf<'effect_ended'>['outcome'][] {
  return events.flatMap(({ event }) =>
    event.type === 'effect_ended' && event.effect === effect && event.repo === repo ? [event.outcome] : [],
  );
}

function same(name: string, what: string, now: unknown, wanted: unknown): Difference[] {
  const [is, should] = [JSON.stringify(now), JSON.stringify(wanted)];
  if (is === should) return [];
  const more = sizeOf(now) > sizeOf(wanted);
  return [more ? duplicate(name, `${what} ${should}`, is) : lost(name, `${what} ${should}`, is)];
}

function sizeOf(value: unknown): number {
  return Array.isArray(value) ? value.length : Number(value) || 0;
}

function markerOf(runId: string, name: string): string {
  return `<!-- baton run=${runId} repo=${name} -->`;
}

function timesIn(text: string, part: string): number {
  return text.split(part).length - 1;
}

function duplicate(name: string, wanted: string, is: string): Difference {
  return { kind: 'duplicate', text: `${name}: ${wanted} was to be there, and there is ${is}` };
}

function lost(name: string, wanted: string, is: string): Difference {
  return { kind: 'lost', text: `${name}: ${wanted} was to be there, and there is ${is}` };
}
