/** Each role of six-phase keeps to its lane, and a step to its scopes: whoever leaves it is sent back. */
import { NO_WORK_FACTS } from '../../src/definitions/result-checks.ts';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseWorkflow, requireDefinitions } from '../../src/cli/start/definitions-here.ts';
import type { JournalEvent } from '../../src/core/events.ts';
import type { Step } from '../../src/core/graph.ts';
import type { Role } from '../../src/core/words.ts';
import type { Config } from '../../src/definitions/config.ts';
import { parseWorkResult } from '../../src/definitions/result-schema.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { driveRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { configOf, done, edit, eventsOf, openPlay, refusal, verdict } from './plays.ts';

const sixPhase = requireDefinitions(chooseWorkflow('six-phase', '.'));

/** Writes these files, whose folders need not be there. */
function write(order: WorkOrder, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(order.workspace.repos[0]?.path ?? '', dirname(path)), { recursive: true });
    edit(order, path, text);
  }
}

interface Part {
  id: string;
  agent: string;
  role: Role;
  over: Partial<Step>;
}

/** Agents in a row, each with the work that is given; a lane of a built-in workflow is run as it stands there. */
async function runParts(
  parts: Part[],
  play: (order: WorkOrder) => unknown,
  more: { config?: Config; compliance?: boolean; flag?: boolean } = {},
) {
  await using rig = await openPlay(play);
  const { graph, agents } = sequenceGraph(
    parts.map((part) => ({ ...part, output: 'changes' })),
    { submit: false, limits: { max_rework: 2 } },
  );
  if (more.compliance === true) graph.compliance = ['infrastructure_as_code'];
  if (more.flag === true) graph.outside_scopes = 'flag';
  const config = more.config ?? configOf([]);
  const runId = await startRigRun(rig.engine, { graph, agents, repos: [rig.api], config });
  const { events, status } = await driveRig(rig.engine, runId);
  return { status, orders: rig.driver.orders, events, hygiene: hygieneOf(events) };
}

/** Per pass: the step, the status of hygiene, and the files of its findings. */
function hygieneOf(events: JournalEvent[]): string[] {
  return eventsOf(events, 'gates_ended').flatMap(({ step, outcome }) =>
    outcome.kind === 'measured'
      ? outcome.results
          .filter((result) => result.gate === 'hygiene')
          .map((result) => [step, result.status, ...result.findings.map((each) => each.file)].join(' '))
      : [],
  );
}

function laneOf(id: string): Step['work'] {
  const step = sixPhase.graph.steps.find((each) => each.id === id);
  if (step === undefined) throw new Error(`six-phase has no step ${id}`);
  return step.work;
}

/** The lane of a writer, who first does something else, and then brings that back. */
async function leaveLane(id: string, role: Role, files: { outside: string; inside: string }) {
  const work = laneOf(id);
  if (work.kind !== 'agent') throw new Error(`${id} has no agent`);
  const part = { id: 'one/part', agent: work.agent, role, over: { work: { ...work, output: 'changes' } } };
  return await runParts([part], (order) => {
    if (order.role === 'reviewer') return verdict(order);
    write(order, { [files.inside]: 'fine\n' });
    if (order.round === 1) write(order, { [files.outside]: 'changed\n' });
    else if (files.outside === 'src/app.txt') write(order, { 'src/app.txt': 'one\ntwo\nthree\n' });
    else rmSync(join(order.workspace.repos[0]?.path ?? '', files.outside));
    return done(order);
  });
}

describe('the six lanes', () => {
  const roleOf = (agent: string): string => {
    const found = sixPhase.agents.find((each) => each.name === agent);
    return `${found?.role} ${found?.access}`;
  };

  it('R42: who states requirements, plans, or speaks for the submission may change nothing', () => {
    expect(['backend-summarize', 'backend-plan', 'backend-commit'].map(roleOf)).toEqual([
      'planner read',
      'planner read',
      'submitter read',
    ]);
    for (const id of ['requirements/backend-summarize', 'planning/backend-plan', 'delivery/backend-commit'])
      expect(laneOf(id)).toMatchObject({ changes: 'forbidden' });
  });

  it('R42: what another lane would hand in is no part of a result, whatever stands in it', () => {
    const facts = {
      ...NO_WORK_FACTS,
      repos: ['api'],
    };
    const foreign = { plan: { tasks: [] }, pull_requests: [], requirements: {} };
    const text = { status: 'complete', summary: 'x', ...foreign, validation: { evidence: ['A1 met: seen'] } };
    const parsed = parseWorkResult('validation', text, facts);
    const kept = parsed.ok ? Object.keys(parsed.body as object) : [];
    expect(kept).toContain('validation');
    for (const key of Object.keys(foreign)) expect(kept).not.toContain(key);
    for (const output of ['requirements', 'plan', 'submission'])
      expect(parseWorkResult(output, { status: 'complete', summary: 'x' }, facts).ok).toBe(false);
  });

  it.each<[string, Role, { outside: string; inside: string }]>([
    ['implementation/backend-implement', 'specialist', { outside: 'test/a.test.js', inside: 'src/b.js' }],
    ['testing/backend-test', 'tester', { outside: 'src/app.txt', inside: 'test/a.test.js' }],
    ['validation/backend-validate', 'tester', { outside: 'src/app.txt', inside: 'docs/seen.md' }],
    ['delivery/final-validation', 'tester', { outside: 'src/app.txt', inside: 'docs/seen.md' }],
    ['delivery/cloud-infrastructure-agent', 'specialist', { outside: 'src/app.txt', inside: 'infra/a.tf' }],
    ['delivery/deployment-agent', 'specialist', { outside: 'src/app.txt', inside: 'Dockerfile' }],
  ])('R42: %s (%s) is sent back where it leaves its lane: %j', async (id, role, files) => {
    const { hygiene, orders, status } = await leaveLane(id, role, files);
    expect(hygiene[0]).toBe(`one/part fail ${files.outside}`);
    const again = orders.find((order) => order.round === 2 && order.role !== 'reviewer');
    expect(again?.findings.map((finding) => finding.file)).toEqual([files.outside]);
    expect(hygiene[1]).toBe('one/part pass');
    expect(status).toBe('done');
  });

  it('R42: a writer whose step changes nothing gets a workspace that it cannot change', async () => {
    const work: Step['work'] = {
      kind: 'agent',
      agent: 'builder',
      output: 'notes',
      changes: 'forbidden',
      scopes: [],
    };
    const parts: Part[] = [
      {
        id: 'one/part',
        agent: 'builder',
        role: 'specialist',
        over: { work, gates: 'none' as const },
      },
    ];
    const { events } = await runParts(parts, (order) => {
      if (order.role === 'reviewer') return verdict(order);
      if (order.attempt === 1) write(order, { 'src/app.txt': 'changed\n' });
      return done(order);
    });
    const ended = eventsOf(events, 'invocation_ended').map(({ outcome, revision }) => [
      outcome.kind === 'failed' ? outcome.reason : outcome.kind,
      revision,
    ]);
    expect(ended).toEqual([
      ['role_wrote', null],
      ['submitted', null],
    ]);
  });
});

describe('scopes', () => {
  const tester: Part = {
    id: 'two/tester',
    agent: 'tester',
    role: 'tester',
    over: {
      work: { kind: 'agent', agent: 'tester', output: 'changes', changes: 'required', scopes: ['@tests'] },
    },
  };
  const builder: Part = { id: 'one/builder', agent: 'builder', role: 'specialist', over: {} };

  it('R43: are told to the agent, and flagged only where the workflow says so', async () => {
    const { hygiene, orders, status } = await runParts(
      [tester],
      (order) => {
        if (order.role === 'reviewer') return verdict(order);
        write(order, { 'src/app.txt': 'changed\n' });
        return done(order);
      },
      { flag: true },
    );
    expect(orders[0]?.prompt).toContain('Change files only in: @tests');
    expect(hygiene).toEqual(['two/tester pass src/app.txt']);
    expect(status).toBe('done');
  });

  it('R43: who reworks its own part in the step of somebody else keeps the scope of its own', async () => {
    const { hygiene, status } = await runParts([builder, tester], (order) => {
      if (order.role === 'reviewer') {
        const isFirst = order.round === 1 && order.invocationId.includes('two/tester');
        return isFirst
          ? refusal(order, 'the product is wrong', { repo: 'api', file: 'src/app.txt', line: 1 })
          : verdict(order);
      }
      if (order.agent === 'tester') write(order, { 'test/a.test.js': '// a test\n' });
      else write(order, { 'src/app.txt': `round ${order.round}\n` });
      return done(order);
    });
    expect(hygiene).toEqual(['one/builder pass', 'two/tester pass', 'two/tester pass']);
    expect(status).toBe('done');
  });

  it('R44: a test in the place of another layer goes back to who wrote it, with the pattern', async () => {
    const work: Step['work'] = {
      kind: 'agent',
      agent: 'tester',
      output: 'changes',
      changes: 'required',
      scopes: ['@tests'],
      layer: 'integration',
    };
    const config = configOf([]);
    const layers = { unit: ['*.test.js'], integration: ['test/integration/**'] };
    if (config.repos['api'] !== undefined) config.repos['api'].tests = layers;
    const { hygiene, orders } = await runParts(
      [{ ...tester, over: { work } }],
      (order) => {
        if (order.role === 'reviewer') return verdict(order);
        const right = order.round > 1;
        write(order, { [right ? 'test/integration/a.test.js' : 'src/a.test.js']: '// a test\n' });
        return done(order);
      },
      { config },
    );
    expect(hygiene[0]).toBe('two/tester fail src/a.test.js');
    const again = orders.find((order) => order.round === 2 && order.role !== 'reviewer');
    expect(again?.findings[0]?.problem).toContain('integration tests lie in test/integration/**');
    expect(orders[0]?.prompt).toContain('api: test/integration/**');
  });

  it('R45: a workflow with infrastructure as code refuses a resource that a script makes', async () => {
    const play = (order: WorkOrder): unknown => {
      if (order.role === 'reviewer') return verdict(order);
      write(order, { 'src/setup.sh': order.round === 1 ? 'aws s3 mb s3://orders\n' : 'true\n' });
      return done(order);
    };
    const demanded = await runParts([builder], play, { compliance: true });
    expect(demanded.hygiene).toEqual(['one/builder fail src/setup.sh', 'one/builder pass']);
    expect((await runParts([builder], play)).hygiene).toEqual(['one/builder pass']);
  });

  it('R45: a resource is seen that is put into a command which was there', async () => {
    const second: Part = { ...builder, id: 'two/builder' };
    const { hygiene } = await runParts(
      [builder, second],
      (order) => {
        if (order.role === 'reviewer') return verdict(order);
        const call = { first: 'sts get-caller-identity', second: 's3 mb s3://orders', third: 's3 ls' };
        const isSecond = order.invocationId.includes('two/builder');
        const turn = !isSecond ? 'first' : order.round === 1 ? 'second' : 'third';
        write(order, { 'src/setup.sh': `aws \\\n  ${call[turn]}\n` });
        return done(order);
      },
      { compliance: true },
    );
    expect(hygiene).toEqual(['one/builder pass', 'two/builder fail src/setup.sh', 'two/builder pass']);
  });

  it('R43: modules that a selection names bound whoever it names them for', async () => {
    const work: Step['work'] = {
      kind: 'agent',
      agent: 'builder',
      output: 'changes',
      changes: 'required',
      scopes: [],
      module: '@planned',
    };
    const chief: Step['work'] = {
      kind: 'agent',
      agent: 'chief',
      output: 'selection',
      changes: 'forbidden',
      scopes: [],
    };
    const config = configOf([]);
    const module = { setup: null, gates: [] };
    if (config.repos['api'] !== undefined)
      config.repos['api'].modules = [
        { path: '.', ...module },
        { path: 'src', name: 'product', ...module },
      ];
    const parts: Part[] = [
      { id: 'one/chief', agent: 'chief', role: 'coordinator', over: { work: chief } },
      { ...builder, id: 'two/builder', over: { work, when: { kind: 'planned' } } },
    ];
    const { hygiene, orders, status } = await runParts(
      parts,
      (order) => {
        if (order.role === 'reviewer') return verdict(order);
        const need = { agent: 'builder', needed: true, reason: 'code' };
        if (order.agent === 'chief')
          return done(order, { needs: [order.attempt === 1 ? need : { ...need, modules: ['product'] }] });
        write(order, { 'src/app.txt': 'changed\n' });
        if (order.round === 1) write(order, { 'docs/a.md': 'stray\n' });
        else rmSync(join(order.workspace.repos[0]?.path ?? '', 'docs'), { recursive: true });
        return done(order);
      },
      { config },
    );
    const [first, second] = orders.filter((order) => order.agent === 'chief');
    expect(first?.prompt).toContain('modules: ., product');
    expect(second?.prompt).toContain('needs[0].modules is missing');
    expect(orders.find((order) => order.agent === 'builder')?.prompt).toContain('the module product');
    expect(hygiene).toEqual(['two/builder fail docs/a.md', 'two/builder pass']);
    expect(status).toBe('done');
  });

  it('R43: a module that baton.yaml does not have is refused before the run starts', async () => {
    const work: Step['work'] = {
      kind: 'agent',
      agent: 'tester',
      output: 'changes',
      changes: 'required',
      scopes: [],
      module: 'orders',
    };
    await expect(runParts([{ ...tester, over: { work } }], done)).rejects.toMatchObject({
      code: 'E_PREFLIGHT',
      message: expect.stringContaining('works in the module `orders`, and baton.yaml has .'),
    });
  });
});
