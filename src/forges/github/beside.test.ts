import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ForgeFault } from '../../testing/fake-forge/faults.ts';
import type { ForgeOutcome, ForgeRequest } from '../forge.ts';
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
    const { labels, asked } = pull();
    expect(each.call === 'set_labels' ? labels : asked).toEqual(
      each.call === 'set_labels' ? LABELS : ['ada', 'grace', '@backend'],
    );
  });
});
