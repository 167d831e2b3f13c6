/** What the journal of a real run says of each decision in it: who took it, what went in, what came out, in which place and when. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import type { EventOf, EventType, JournalEvent } from '../../src/core/events.ts';
import { isSameLink } from '../../src/core/review/verdicts.ts';
import type { Hash } from '../../src/core/results.ts';
import type { AgentDefinition } from '../../src/definitions/agent.ts';
import { hashData } from '../../src/engine/hash.ts';
import { hashBytes } from '../../src/journal/hash.ts';
import { readOwnIdentity } from '../../src/journal/process-identity.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open.ts';
import { driveRig, openRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { answer, configOf, createPlayDriver, eventsOf, gate, playWell, refusal } from './plays.ts';

const MODELS: Record<string, string> = { 'code-review': 'judge-1', writer: 'large-1' };
const SHA = /^[0-9a-f]{64}$/;
const COMMIT = /^[0-9a-f]{40}$/;

/** Confirmed by a person, sent back once, sent back for good and accepted by a person as it is, gated, submitted. */
const root = mkdtempSync(join(tmpdir(), 'baton-audit-'));
const stateDir = join(root, '.baton');
let events: JournalEvent[] = [];
let agents: AgentDefinition[] = [];
let artifacts = new Map<Hash, Uint8Array>();
/** As it was told by the process that ran it, before anybody closed the store. */
let toldAtOnce: Record<string, string> = {};

beforeAll(async () => {
  const driver = createPlayDriver((order) => {
    const isRefused = order.role === 'reviewer' && /build\/(?:two|one\/r1)\//.test(order.invocationId);
    return isRefused ? refusal(order, 'not enough') : playWell(order);
  });
  await using rig = await openRig(driver, root);
  const api = rig.repository('api', { 'a.txt': 'a\n' });
  const writes = { role: 'specialist', output: 'changes' } as const;
  const made = sequenceGraph(
    [
      { id: 'plan/notes', agent: 'summarizer', role: 'planner', output: 'notes' },
      { id: 'build/one', agent: 'writer', ...writes },
      { id: 'build/two', agent: 'second-writer', ...writes },
    ],
    { submit: true, limits: { max_rework: 1 } },
  );
  agents = made.agents.map((agent) => ({ ...agent, model: MODELS[agent.name] ?? null }));
  const runId = await startRigRun(rig.engine, {
    graph: made.graph,
    agents,
    repos: [api],
    config: configOf([gate(['sh', '-c', 'echo built'])]),
  });
  const asked = await driveRig(rig.engine, runId);
  await answer(rig.engine, runId, asked.questions[0]?.id ?? '', 'accept', 'good enough for now');
  const ended = await driveRig(rig.engine, runId);
  expect(ended.status).toBe('done');
  events = ended.events;
  toldAtOnce = await reports(stateDir);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Every document of the last run of this store. */
async function reports(home: string): Promise<Record<string, string>> {
  using cli = openCli({ BATON_HOME: home });
  const told: Record<string, string> = {};
  for (const format of ['md', 'json', 'html', 's1', 's2', 's3', 's4', 'statements'])
    told[format] = (await cli.run('report', '--format', format)).out;
  return told;
}

function ofType<T extends EventType>(type: T): (JournalEvent & { event: EventOf<T> })[] {
  return events.filter((line): line is JournalEvent & { event: EventOf<T> } => line.event.type === type);
}

/** The start that this outcome belongs to: one, and before it. */
function startOf<T extends 'invocation_started' | 'review_started' | 'gates_started' | 'effect_intended'>(
  type: T,
  { seq, event: { key } }: { seq: number; event: { key: string } },
): EventOf<T> {
  const before = events.filter((line) => line.seq < seq).map(({ event }) => event);
  const found = before.findLast(
    (event): event is EventOf<T> => event.type === type && 'key' in event && event.key === key,
  );
  if (found === undefined) throw new Error(`nothing began ${key}`);
  return found;
}

/** A text that the run keeps under its own hash. */
function kept(hash: Hash | null | undefined): string {
  const body = artifacts.get(hash ?? '');
  if (body === undefined) throw new Error(`nothing is kept as ${String(hash)}`);
  expect(hashBytes(body)).toBe(hash);
  return Buffer.from(body).toString();
}

describe('the journal of a real run, read from a copy of its closed store', () => {
  const copy = mkdtempSync(join(tmpdir(), 'baton-audit-copy-'));
  beforeAll(async () => {
    cpSync(stateDir, copy, { recursive: true });
    const host = readOwnIdentity('elsewhere');
    await using journal = await openSqliteJournal({ dir: copy, clock: () => new Date(0), host });
    const runId = eventsOf(events, 'run_started')[0]?.run_id ?? '';
    const read = await journal.read(runId, 1);
    expect(read).toEqual(events);
    events = read;
    const named = new Set(JSON.stringify(read).match(/[0-9a-f]{64}/g));
    const found = await Promise.all([...named].map(async (each) => journal.getArtifact(runId, each)));
    artifacts = new Map(found.flatMap((each) => (each === null ? [] : [[each.hash, each.body]])));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('AUD-4: puts each decision in one place of the sequence, at a time, behind the hash of all before it', () => {
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    for (const [index, line] of events.entries()) {
      expect(new Date(line.at).toISOString()).toBe(line.at);
      expect(line.prev_hash).toBe(events[index - 1]?.hash ?? line.prev_hash);
      expect(line.hash).toMatch(SHA);
    }
    const measured = events.flatMap(({ event }) => ('duration_ms' in event ? [event.duration_ms] : []));
    expect(measured.length).toBeGreaterThan(10);
    expect(measured.every((ms) => ms >= 0)).toBe(true);
  });

  it('AUD-4: names of each result the agent by definition, driver and model, what it was sent, and what it handed in', () => {
    const ended = ofType('invocation_ended');
    expect(ended.map(({ event }) => event.key.replace(/\/work\..*/, ''))).toEqual([
      'plan/notes/r1',
      'build/one/r1',
      'build/one/r2',
      'build/two/r1',
      'build/two/r2',
    ]);
    for (const line of ended) {
      const { identity, base } = startOf('invocation_started', line);
      expectIdentity(identity);
      expect(base).toMatch(SHA);
      const { agent, model } = identity;
      expect(JSON.parse(kept(line.event.sent))).toMatchObject({
        agent,
        model,
        handed: expect.stringMatching(SHA),
      });
      expect(JSON.parse(kept(line.event.raw))).toMatchObject({ status: 'complete' });
      const { outcome, revision } = line.event;
      if (outcome.kind !== 'submitted') throw new Error('it failed');
      const { id, artifact } = outcome.output;
      expect(JSON.parse(kept(artifact))).toMatchObject({ summary: outcome.result.summary });
      expect(id).toBe(revision === null ? artifact : hashData([artifact, revision.id]));
    }
  });

  it('AUD-4: names of each verdict the reviewer likewise, and from what to what it judged', () => {
    const outputs = new Set(
      eventsOf(events, 'invocation_ended').map(({ outcome }) =>
        outcome.kind === 'submitted' ? outcome.output.id : '',
      ),
    );
    const trees = eventsOf(events, 'invocation_ended').map(({ revision }) => revision?.id);
    const verdicts = ofType('review_ended');
    expect(
      verdicts.map(({ event }) => (event.outcome.kind === 'verdict' ? event.outcome.review.verdict : '')),
    ).toEqual(['pass', 'fail', 'pass', 'fail', 'fail', 'pass']);
    for (const line of verdicts) {
      const { identity, link } = startOf('review_started', line);
      expectIdentity(identity);
      expect(identity.agent).toBe(line.event.reviewer);
      expect(isSameLink(link, line.event.link)).toBe(true);
      expect(link.from).toMatch(SHA);
      // A check judges the tree itself.
      expect([...outputs, ...trees]).toContain(link.to);
      const { agent, model } = identity;
      expect(JSON.parse(kept(line.event.sent))).toMatchObject({
        agent,
        model,
        handed: expect.stringMatching(SHA),
      });
      expect(JSON.parse(kept(line.event.raw))).toHaveProperty('verdict');
    }
  });

  it('AUD-4: names of each gate result the gate by its configuration, the tree that went in, and the log that came out', () => {
    const results = ofType('gates_ended').flatMap((line) => {
      const { revision } = startOf('gates_started', line);
      expect(eventsOf(events, 'invocation_ended').map((each) => each.revision?.id)).toContain(revision);
      return line.event.outcome.kind === 'measured' ? line.event.outcome.results : [];
    });
    expect(results.filter(({ gate }) => gate === 'build').length).toBeGreaterThanOrEqual(5);
    for (const result of results)
      expect([result.gate, result.config_hash]).toEqual([result.gate, expect.stringMatching(SHA)]);
    for (const { log } of results.filter((each) => each.gate === 'build'))
      expect(kept(log)).toContain('built');
  });

  it('AUD-4: names of each answer the person, the content that it holds for, and what was said', () => {
    const answers = ofType('question_answered');
    expect(answers.map(({ event }) => [event.actor, event.option, event.text])).toEqual([
      [{ kind: 'human', name: 'ada', via: 'cli' }, 'accept', 'good enough for now'],
    ]);
    const [asked] = eventsOf(events, 'question_asked');
    const last = eventsOf(events, 'invocation_ended').at(-1)?.outcome;
    expect(asked?.question.id).toBe(answers[0]?.event.question_id);
    expect(asked?.question.binds).toBe(last?.kind === 'submitted' ? last.output.id : null);
    expect(eventsOf(events, 'run_started')[0]?.actor).toEqual({ kind: 'human', name: 'tester', via: 'flag' });
  });

  it('AUD-4: names of each acceptance the verdict or the person whose word it is, for exactly what was accepted', () => {
    const accepted = ofType('step_accepted');
    const grounds = accepted.map(({ seq, event: { step, link, override, output, revision } }) => {
      expect(revision).toMatch(SHA);
      if (link === null) return [step, 'nothing to judge'];
      expect(link.to).toBe(output?.id ?? revision);
      const before = events.filter((line) => line.seq < seq).map(({ event }) => event);
      const person = before.find(
        (event) => event.type === 'question_answered' && event.question_id === override,
      );
      if (person?.type === 'question_answered') return [step, person.actor.kind];
      const passed = before.filter(
        (event) =>
          event.type === 'review_ended' &&
          event.step === step &&
          isSameLink(event.link, link) &&
          event.outcome.kind === 'verdict' &&
          event.outcome.review.verdict === 'pass',
      );
      return [step, `${passed.length} verdict`];
    });
    expect(grounds).toEqual([
      ['plan/notes', '1 verdict'],
      ['build/one', '1 verdict'],
      ['build/two', 'human'],
      ['submit/whole-change', '1 verdict'],
      ['submit/pull-requests', 'nothing to judge'],
    ]);
  });

  it('AUD-4: names of each effect the holder, the head that went in, and the commit or pull request that came of it', () => {
    const head = eventsOf(events, 'step_accepted').at(-1)?.revision;
    const effects = ofType('effect_ended');
    const outcomes = effects.flatMap(({ event: { outcome } }) =>
      outcome.kind === 'confirmed' ? [outcome] : [],
    );
    expect(outcomes).toMatchObject([
      { commit: expect.stringMatching(COMMIT) },
      { pull_request: { head: expect.stringMatching(COMMIT) }, statement: expect.stringMatching(SHA) },
      { pull_request: { head: outcomes[0]?.commit }, statement: expect.stringMatching(SHA) },
      { pull_request: { head: outcomes[0]?.commit, state: 'ready' } },
    ]);
    expect(kept(outcomes[1]?.statement)).toContain('payload');
    expect(effects.map(({ event }) => event.effect)).toEqual([
      'push_branch',
      'open_pull_request',
      'link_pull_requests',
      'mark_ready',
    ]);
    for (const line of effects) {
      const intended = startOf('effect_intended', line);
      expect([intended.effect, intended.repo, intended.head]).toEqual([line.event.effect, 'api', head]);
      const holder = ofType('holder_changed').findLast(({ seq }) => seq < line.seq)?.event;
      expect(holder).toMatchObject({ pid: process.pid, host: expect.any(String), epoch: expect.any(Number) });
    }
  });

  it('AUD-4: the reports made from it are the same, byte for byte, when the store was closed, and where it was copied to', async () => {
    for (const format of ['md', 'json', 'html', 's1', 's3'])
      expect(toldAtOnce[format]).toContain('build/two');
    expect(await reports(stateDir)).toEqual(toldAtOnce);
    const elsewhere = await reports(copy);
    for (const [format, text] of Object.entries(elsewhere))
      // Commands that show the change name the forge `local`, which lies in the store's folder.
      expect(text.replaceAll(copy, stateDir), format).toBe(toldAtOnce[format]);
  });
});

function expectIdentity(identity: EventOf<'invocation_started'>['identity']): void {
  const { agent, definition_hash, driver, label, model } = identity;
  expect(definition_hash).toBe(agents.find(({ name }) => name === agent)?.hash);
  expect(definition_hash).toMatch(SHA);
  expect([driver, label, model]).toEqual(['play', 'script', MODELS[agent] ?? null]);
}
