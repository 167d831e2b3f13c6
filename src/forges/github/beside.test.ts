import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ForgeFault } from '../../testing/fake-forge/faults.ts';
import {
  STATUS_NAME,
  statusPrefix,
  type ForgeOutcome,
  type ForgeRequest,
  type ForgeStatus,
} from '../forge.ts';
import { openGithubRig, type GithubRig } from '../testing/github-rig.ts';

const { signal } = new AbortController();
const LABELS = ['baton', 'needs review'];
const WANTED = { people: ['ada', 'grace'], teams: ['backend'] };

/** One draft at the forge, which each test gets as it was opened. */
let rig: GithubRig;
let request: ForgeRequest;
let seen = 0;
beforeAll(async () => {
  rig = await openGithubRig();
  const { people } = rig.server;
  people.collaborators.push('ada', 'grace', people.author);
  people.teams.push('backend');
  request = await rig.request({ 'b.txt': 'b\n' });
  await rig.open().pushBranch(request, signal);
  await rig.open().openPullRequest(request, signal);
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(() => {
  rig.server.faults.clear();
  rig.server.reviews.length = 0;
  rig.server.statuses.length = 0;
  rig.server.comments.length = 0;
  seen = rig.server.calls.length;
  Object.assign(pull(), { labels: [], asked: [] });
});

function pull(): { labels: string[]; asked: string[] } {
  const [found] = rig.server.pulls;
  if (found === undefined) throw new Error('no pull request');
  return found;
}

function setLabels(): Promise<ForgeOutcome> {
  return rig.open().setLabels(request, LABELS, signal);
}

function askReviewers(wanted = WANTED): Promise<ForgeOutcome> {
  return rig.open().askReviewers(request, wanted, signal);
}

function setStatus(state: ForgeStatus['state'] = 'success'): Promise<ForgeOutcome> {
  const description = `${statusPrefix(request)}${state}`;
  return rig.open().setStatus(request, { state, description }, signal);
}

function writeComment(text = 'Words.'): Promise<ForgeOutcome> {
  return rig.open().writeComment(request, text, signal);
}

/** What the status of that name said, in order. */
function ownStates(): string[] {
  return rig.server.statuses.filter(({ context }) => context === STATUS_NAME).map(({ state }) => state);
}

/** How often the server was asked for it in this test. */
function countOf(call: string): number {
  return rig.server.calls.slice(seen).filter((each) => each.call === call).length;
}

describe('labels and reviewers', () => {
  it('are set once, beside what people set, whatever case they wrote it in', async () => {
    pull().labels.push('Baton', 'urgent');
    const first = [await setLabels(), await askReviewers()];
    expect(first).toMatchObject([{ performed: true }, { performed: true }]);
    const second = [await setLabels(), await askReviewers()];
    expect(second).toMatchObject([{ performed: false }, { performed: false }]);
    expect(pull()).toMatchObject({
      labels: ['Baton', 'urgent', 'needs review'],
      asked: ['ada', 'grace', '@backend'],
    });
    expect([countOf('set_labels'), countOf('ask_reviewers')]).toEqual([1, 1]);
  });

  it('whoever looked already is not asked again', async () => {
    const said = { repository: 'acme/api', number: 1, permission: 'write', commit: '', body: '' } as const;
    rig.server.reviews.push({ ...said, user: 'Ada', state: 'APPROVED' });
    await askReviewers();
    expect(pull().asked).toEqual(['grace', '@backend']);
  });

  it.each([
    [
      'no collaborator',
      { people: ['ada', 'mallory'], teams: [] },
      ['ada'],
      'mallory cannot be asked: Reviews',
    ],
    ['the author', { people: ['baton', 'grace'], teams: [] }, ['grace'], 'baton cannot be asked: Review can'],
    ['no team', { people: ['ada'], teams: ['nobody'] }, ['ada'], 'the team nobody cannot be asked: Reviews'],
    ['the only one', { people: ['mallory'], teams: [] }, [], 'mallory cannot be asked: Reviews'],
  ])('one who cannot be asked is told of, and the others are asked: %s', async (_, wanted, asked, note) => {
    expect(await askReviewers(wanted)).toMatchObject({
      kind: 'confirmed',
      performed: asked.length > 0,
      notes: [expect.stringContaining(note)],
    });
    expect(pull().asked).toEqual(asked);
  });

  const calls = [
    { call: 'set_labels', act: setLabels },
    { call: 'ask_reviewers', act: askReviewers },
    { call: 'set_status', act: setStatus },
    { call: 'write_comment', act: writeComment },
  ] as const;

  it.each(calls)('a token without the right is told by $call with the words of the server', async (each) => {
    const fault: ForgeFault = { kind: 'status', status: 403, message: 'Resource not accessible' };
    rig.server.faults.add({ call: each.call, fault });
    expect(await each.act()).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('Resource not accessible'),
    });
  });

  const lost: [string, ForgeFault, string, number][] = [
    ['the request is lost', { kind: 'drop_before' }, 'failed', 2],
    ['the reply is lost', { kind: 'drop_after' }, 'failed', 1],
    ['the server fails', { kind: 'status', status: 502 }, 'failed', 2],
    ['a page of somebody between comes', { kind: 'html', status: 200 }, 'failed', 2],
    ['the request arrives twice', { kind: 'duplicate' }, 'confirmed', 1],
  ];
  it.each(
    calls.flatMap((each) =>
      lost.map(([what, fault, first, times]) => ({ ...each, what, fault, first, times })),
    ),
  )('NET-1: where $what at $call, the second try leaves each once', async (each) => {
    rig.server.faults.add({ call: each.call, fault: each.fault });
    expect((await each.act()).kind).toBe(each.first);
    expect(await each.act()).toMatchObject({ kind: 'confirmed' });
    expect(countOf(each.call)).toBe(each.times);
    const made = {
      set_labels: [pull().labels, LABELS],
      ask_reviewers: [pull().asked, ['ada', 'grace', '@backend']],
      write_comment: [rig.server.comments.map(({ body }) => body), [`${request.marker}\nWords.`]],
      set_status: [[...new Set(ownStates())], ['success']],
    }[each.call];
    expect(made[0]).toEqual(made[1]);
  });
});

it.each<[string, () => Promise<ForgeOutcome>]>([
  ['labels', setLabels],
  ['reviewers', askReviewers],
  ['the comment', writeComment],
])('%s are tried again where the list does not show the pull request yet', async (_, act) => {
  rig.server.faults.add({ call: 'find_pull', fault: { kind: 'empty_list' } });
  expect(await act()).toMatchObject({ kind: 'failed', retryable: true });
  expect(await act()).toMatchObject({ kind: 'confirmed', performed: true });
});

describe('the comment', () => {
  const said = (): string[] => rig.server.comments.map(({ user, body }) => `${user}: ${body}`);

  it('is one, is written anew in its place, and is found behind as many others as there are', async () => {
    const place = { repository: 'acme/api', number: 1, user: 'ada' } as const;
    for (let at = 0; at < 150; at += 1) rig.server.comments.push({ ...place, body: `${at}` });
    expect(await writeComment('One.')).toMatchObject({ performed: true });
    expect(await writeComment('One.')).toMatchObject({ performed: false });
    expect(await writeComment('Two.')).toMatchObject({ performed: true });
    expect(said().slice(150)).toEqual([`baton: ${request.marker}\nTwo.`]);
  });

  it.each<ForgeFault>([{ kind: 'drop_after' }, { kind: 'duplicate' }, { kind: 'status', status: 502 }])(
    'NET-1: that was made twice is one again at once, also where $kind meets the removal',
    async (fault) => {
      rig.server.faults.add({ call: 'write_comment', fault: { kind: 'duplicate' } });
      rig.server.faults.add({ call: 'remove_comment', fault });
      const tries = [await writeComment('One.'), await writeComment('One.')];
      expect(tries.at(-1)).toMatchObject({ kind: 'confirmed' });
      expect(said()).toEqual([`baton: ${request.marker}\nOne.`]);
    },
  );

  it('NET-1: whose request seemed lost, and arrives while the next try makes one, is one when that try is done', async () => {
    rig.server.faults.add({ call: 'write_comment', fault: { kind: 'drop_before' } });
    expect(await writeComment('Early.')).toMatchObject({ kind: 'failed' });
    rig.server.onCall = (call) => {
      if (call !== 'write_comment') return;
      rig.server.onCall = null;
      const place = { repository: 'acme/api', number: 1, user: rig.server.people.author } as const;
      rig.server.comments.push({ ...place, body: `${request.marker}\nEarly.` });
    };
    expect(await writeComment('Late.')).toMatchObject({ kind: 'confirmed', performed: true });
    expect(said()).toEqual([`baton: ${request.marker}\nLate.`]);
  });

  it('of somebody else is never written over, whatever it says', async () => {
    const place = { repository: 'acme/api', number: 1, user: 'mallory' } as const;
    rig.server.comments.push({ ...place, body: `${request.marker}\nAll is well.` });
    await writeComment();
    expect(said()).toEqual([`mallory: ${request.marker}\nAll is well.`, `baton: ${request.marker}\nWords.`]);
  });
});

describe('a status of Baton’s own', () => {
  it('is set where it says something new, and is none of the checks that are read', async () => {
    expect(await setStatus('pending')).toMatchObject({ performed: true });
    expect(await setStatus('pending')).toMatchObject({ performed: false });
    expect(await setStatus('success')).toMatchObject({ performed: true });
    expect(ownStates()).toEqual(['pending', 'success']);
    const other = { repository: 'acme/api', commit: request.head, state: 'failure' } as const;
    rig.server.statuses.push({ ...other, context: 'build', description: `${request.runId}: mine` });
    const read = await rig.open().readChecks(request, request.head, signal);
    expect(read).toMatchObject({ checks: [{ name: 'build', state: 'failed' }] });
  });

  it.each(['', 'another-run: gates and reviews passed'])(
    'one of that name by somebody else (%j) is a check like any other, and stays',
    async (description) => {
      const theirs = { repository: 'acme/api', commit: request.head, context: STATUS_NAME } as const;
      rig.server.statuses.push({ ...theirs, state: 'failure', description });
      expect(await setStatus()).toMatchObject({
        kind: 'confirmed',
        performed: false,
        notes: [expect.stringContaining('somebody else')],
      });
      expect(ownStates()).toEqual(['failure']);
      const read = await rig.open().readChecks(request, request.head, signal);
      expect(read).toMatchObject({ checks: [{ name: STATUS_NAME, state: 'failed' }] });
    },
  );
});
