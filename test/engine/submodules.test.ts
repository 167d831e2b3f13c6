/** Whole runs over repositories that have each other as submodules, on real git: what is submitted points at what is submitted. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkWithEvents } from '../../src/cli/audit/statement-journal.ts';
import { checkCommits } from '../../src/cli/audit/stored-commits.ts';
import { checkVerdictChain } from '../../src/cli/audit/verdict-chain.ts';
import type { JournalEvent } from '../../src/core/events.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { checkProof, findEnvelopes, readStatement } from '../../src/proof/baton-verify.mts';
import type { Envelope, Statement } from '../../src/proof/proof-shape.ts';
import { driveRig, git, sequenceGraph, startRigRun, type Rig } from '../../src/testing/rig.ts';
import {
  configOf,
  done,
  edit,
  eventsOf,
  gate,
  openPlay,
  refusal,
  verdict,
  type PlayDriver,
} from './plays.ts';

const BUILD = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' } as const;
const IDENTITY = ['-c', 'user.name=Eve', '-c', 'user.email=eve@example.org'];

/** Somebody commits to the user's branch. */
function commitAll(path: string, message: string): string {
  git(path, 'add', '-A');
  git(path, ...IDENTITY, 'commit', '-q', '-m', message);
  return git(path, 'rev-parse', 'HEAD').trim();
}

/** Makes `of` a submodule of a repository, without a checkout of it. */
function addSubmodule(path: string, name: string, of: string): void {
  const commit = git(of, 'rev-parse', 'HEAD').trim();
  git(path, 'config', '-f', '.gitmodules', `submodule.${name}.path`, name);
  git(path, 'config', '-f', '.gitmodules', `submodule.${name}.url`, `https://example.org/${name}.git`);
  git(path, 'add', '.gitmodules');
  git(path, 'update-index', '--add', '--cacheinfo', `160000,${commit},${name}`);
  git(path, ...IDENTITY, 'commit', '-q', '-m', `Add ${name}`);
}

interface Nested {
  rig: Rig & { driver: PlayDriver; api: string };
  lib: string;
  core: string;
  repos: string[];
}

/** `api` has `lib` as a submodule, which has `core`. `later`: what `lib` gets afterwards. */
async function openNested(
  play: (order: WorkOrder) => unknown,
  later: ((lib: string) => void) | null = null,
): Promise<Nested & AsyncDisposable> {
  const rig = await openPlay(play);
  const lib = rig.repository('lib', { 'lib.txt': 'lib\n' });
  const core = rig.repository('core', { 'core.txt': 'core\n' });
  addSubmodule(lib, 'core', core);
  addSubmodule(rig.api, 'lib', lib);
  later?.(lib);
  if (later !== null) commitAll(lib, 'Later');
  const close = (): PromiseLike<void> => rig[Symbol.asyncDispose]();
  return { rig, lib, core, repos: [rig.api, lib, core], [Symbol.asyncDispose]: close };
}

async function start({ rig, repos }: Nested): Promise<string> {
  const { graph, agents } = sequenceGraph([BUILD], { submit: true });
  const config = configOf([gate(['true'])], ['api', 'lib', 'core']);
  return startRigRun(rig.engine, { graph, agents, repos, config });
}

/** The commit that the run's branch of a repository holds at the local forge. */
function submitted(rig: Rig, events: JournalEvent[], repo: string): string {
  const pull = eventsOf(events, 'run_ended')[0]?.pull_requests.find((each) => each.repo === repo);
  return git(bareOf(rig, repo), 'rev-parse', pull?.branch ?? '').trim();
}

const bareOf = (rig: Rig, repo: string): string => join(rig.stateDir, 'forge', `${repo}.git`);

function pointerIn(rig: Rig, repo: string, commit: string, path: string): string {
  return git(bareOf(rig, repo), 'rev-parse', `${commit}:${path}`).trim();
}

function bodyOf(rig: Rig, repo: string): string {
  const record = readFileSync(join(rig.stateDir, 'forge', repo, '1.json'), 'utf8');
  return (JSON.parse(record) as { body: string }).body;
}

function confirmed(events: JournalEvent[], kind: string): string[] {
  return eventsOf(events, 'effect_ended').flatMap(({ effect, repo, outcome }) =>
    effect === kind && outcome.kind === 'confirmed' ? [repo] : [],
  );
}

/** Chain, stores, and of each pull request that its statement is about what was pushed and says what the journal says. */
async function expectWhole(rig: Rig, runId: string, events: JournalEvent[]): Promise<void> {
  expect(checkVerdictChain(events)).toBeNull();
  expect(await checkCommits(rig.stateDir, runId, events)).toBeNull();
  for (const { repo } of eventsOf(events, 'run_ended')[0]?.pull_requests ?? []) {
    const text = readFileSync(join(rig.stateDir, 'forge', repo, '1.intoto.jsonl'), 'utf8');
    const stated = readStatement(findEnvelopes(text)[0] as Envelope) as Statement;
    expect(checkWithEvents(events, stated)).toEqual([]);
    const commit = submitted(rig, events, repo);
    const proof = checkProof({ text, repository: bareOf(rig, repo), commit, base: null, signers: null });
    // Nobody signed it; nothing else is wrong with it.
    expect(proof.problems.map(({ code }) => code)).toEqual(['not_signed']);
    const anchor = stated.predicate.runDetails.byproducts.find(({ name }) => name === 'journal');
    expect(
      git(bareOf(rig, repo), 'show', '-s', '--format=%(trailers:key=Baton-Journal,valueonly)', commit).trim(),
    ).toBe(`${String(anchor?.annotations?.['seq'])} ${anchor?.digest['sha256']}`);
  }
}

describe('a repository of the run that is a submodule of another one', () => {
  it('GIT-5: is pushed first, and the other one points at exactly what was pushed, after gates and reviewers saw it', async () => {
    await using nested = await openNested((order) => {
      if (order.role === 'reviewer') return verdict(order);
      edit(order, 'new.txt', 'new\n', 'lib');
      return done(order);
    });
    const { rig } = nested;
    const runId = await start(nested);
    const { status, events } = await driveRig(rig.engine, runId);
    expect(status).toBe('done');
    const [lib, api] = [submitted(rig, events, 'lib'), submitted(rig, events, 'api')];
    expect(pointerIn(rig, 'api', api, 'lib')).toBe(lib);
    expect(confirmed(events, 'push_branch')).toEqual(['lib', 'api']);
    expect(confirmed(events, 'mark_ready')).toEqual(['lib', 'api']);
    // The step that moved it was judged like the whole change was, before anything went out.
    const [extended] = eventsOf(events, 'graph_extended');
    const id = extended?.steps[0]?.id ?? '';
    expect(extended?.steps[0]?.work).toMatchObject({ pointers: [{ repo: 'api', path: 'lib', of: 'lib' }] });
    expect(eventsOf(events, 'gates_started').at(-1)).toMatchObject({ step: id, set: 'full' });
    const accepted = eventsOf(events, 'step_accepted').find(({ step }) => step === id);
    expect(eventsOf(events, 'review_ended').at(-1)).toMatchObject({ step: id, link: accepted?.link });
    expect(eventsOf(events, 'effect_intended').every(({ head }) => head === accepted?.revision)).toBe(true);
    const review = rig.driver.orders.findLast(({ role }) => role === 'reviewer');
    expect(review?.context.find(({ name }) => name === 'diff')?.text).toContain(`+Subproject commit ${lib}`);
    // Both bodies say what has to be done in which order.
    expect(bodyOf(rig, 'api')).toContain(`\`lib\` points at ${lib}`);
    expect(bodyOf(rig, 'api')).toContain('merge that one first, by a merge commit');
    expect(bodyOf(rig, 'lib')).toContain(
      `points \`lib\` at exactly this commit, ${lib}: merge this one first`,
    );
    await expectWhole(rig, runId, events);
  });

  it('GIT-5: in a chain of three the pointers are moved from the innermost, each after a judgement of its own', async () => {
    await using nested = await openNested((order) => {
      if (order.role === 'reviewer') return verdict(order);
      edit(order, 'new.txt', 'new\n', 'core');
      return done(order);
    });
    const { rig } = nested;
    const runId = await start(nested);
    const { status, events } = await driveRig(rig.engine, runId);
    expect(status).toBe('done');
    const [core, lib, api] = ['core', 'lib', 'api'].map((repo) => submitted(rig, events, repo));
    expect(pointerIn(rig, 'lib', lib ?? '', 'core')).toBe(core);
    expect(pointerIn(rig, 'api', api ?? '', 'lib')).toBe(lib);
    expect(confirmed(events, 'push_branch')).toEqual(['core', 'lib', 'api']);
    expect(eventsOf(events, 'graph_extended').map(({ reason }) => reason)).toEqual([
      'core of lib points at what is submitted of core',
      'lib of api points at what is submitted of lib',
    ]);
    // Taken back from the outermost.
    const revert = eventsOf(events, 'gates_ended')
      .flatMap(({ outcome }) => (outcome.kind === 'measured' ? outcome.results : []))
      .findLast(({ kind }) => kind === 'revert');
    expect(revert).toMatchObject({ status: 'pass' });
    expect(revert?.rollback?.map(({ repo }) => repo)).toEqual(['api', 'lib', 'core']);
    await expectWhole(rig, runId, events);
  });

  it('GIT-5: that is done again after its pointer was moved gets another commit, which the pointer follows', async () => {
    let refused = 0;
    await using nested = await openNested((order) => {
      if (order.role === 'reviewer') {
        const isPointers = order.invocationId.includes('-pointers-1/') && refused === 0;
        if (isPointers) refused += 1;
        return isPointers ? refusal(order, 'new.txt is too short') : verdict(order);
      }
      edit(order, 'new.txt', `new ${rig.driver.orders.length}\n`, 'lib');
      return done(order);
    });
    const { rig } = nested;
    const runId = await start(nested);
    const { status, events } = await driveRig(rig.engine, runId);
    expect(status).toBe('done');
    const pointed = eventsOf(events, 'merge_ended').flatMap((event) => event.pointed ?? []);
    expect(new Set(pointed.map(({ commit }) => commit)).size).toBe(2);
    const lib = submitted(rig, events, 'lib');
    expect(pointed.at(-1)?.commit).toBe(lib);
    expect(pointerIn(rig, 'api', submitted(rig, events, 'api'), 'lib')).toBe(lib);
    await expectWhole(rig, runId, events);
  });

  it('GIT-5: whose base goes on is submitted on that, and the pointer follows', async () => {
    let moved = '';
    await using nested = await openNested((order) => {
      if (order.role === 'reviewer') return verdict(order);
      edit(order, 'new.txt', 'new\n', 'lib');
      return done(order);
    });
    const { rig, lib } = nested;
    const runId = await start(nested);
    const opened = rig.engine.openForge('local');
    const engine = {
      ...rig.engine,
      openForge: () => ({
        ...opened,
        linkPullRequests: async (...asked: Parameters<typeof opened.linkPullRequests>) => {
          if (moved === '') {
            writeFileSync(join(lib, 'later.txt'), 'later\n');
            moved = commitAll(lib, 'Later');
          }
          return opened.linkPullRequests(...asked);
        },
      }),
    };
    const { status, events } = await driveRig(engine, runId);
    expect(status).toBe('done');
    const last = submitted(rig, events, 'lib');
    const [first] = eventsOf(events, 'merge_ended').flatMap((event) => event.pointed ?? []);
    expect(git(bareOf(rig, 'lib'), 'rev-list', '--parents', '-n', '1', last).trim().split(' ')).toEqual([
      last,
      first?.commit,
      moved,
    ]);
    expect(pointerIn(rig, 'api', submitted(rig, events, 'api'), 'lib')).toBe(last);
    await expectWhole(rig, runId, events);
  });

  it('GIT-5: a base that moved the pointer itself does not collide with the one that the run moved, which is moved again', async () => {
    let isMoved = false;
    await using nested = await openNested(
      (order) => {
        if (order.role === 'reviewer') return verdict(order);
        edit(order, 'new.txt', 'new\n', 'lib');
        return done(order);
      },
      (lib) => writeFileSync(join(lib, 'later.txt'), 'later\n'),
    );
    const { rig, lib } = nested;
    const runId = await start(nested);
    const opened = rig.engine.openForge('local');
    const engine = {
      ...rig.engine,
      openForge: () => ({
        ...opened,
        linkPullRequests: async (...asked: Parameters<typeof opened.linkPullRequests>) => {
          if (!isMoved) {
            isMoved = true;
            const at = git(lib, 'rev-parse', 'HEAD').trim();
            git(rig.api, 'update-index', '--cacheinfo', `160000,${at},lib`);
            git(rig.api, ...IDENTITY, 'commit', '-q', '-m', 'Point at later');
          }
          return opened.linkPullRequests(...asked);
        },
      }),
    };
    const { status, events, questions } = await driveRig(engine, runId);
    expect([status, questions]).toEqual(['done', []]);
    expect(eventsOf(events, 'graph_extended').map(({ base }) => base !== undefined)).toEqual([
      false,
      true,
      false,
    ]);
    expect(eventsOf(events, 'merge_ended').map(({ outcome }) => outcome.kind)).not.toContain('collided');
    // Nothing of `lib` changed: it is the same commit, pushed once.
    const last = submitted(rig, events, 'lib');
    const pointed = eventsOf(events, 'merge_ended').flatMap((event) => event.pointed ?? []);
    expect(pointed.map(({ commit }) => commit)).toEqual([last, last]);
    expect(pointerIn(rig, 'api', submitted(rig, events, 'api'), 'lib')).toBe(last);
    expect(bodyOf(rig, 'api')).toContain('It takes in 1 commit of `main` that it did not point at before.');
    await expectWhole(rig, runId, events);
  });
});
