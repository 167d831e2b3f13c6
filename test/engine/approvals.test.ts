/** Parts of a change that need a person's approval, measured by the engine from git. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkApprovals } from '../../src/cli/audit/approvals.ts';
import { completeConfig } from '../../src/cli/config-here.ts';
import type { ApprovalRule } from '../../src/core/graph.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { driveRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import type { GateCommand } from '../../src/definitions/config.ts';
import { configOf, done, edit, eventsOf, gate, openPlay, playWell, type Play } from './plays.ts';

const INFRA: ApprovalRule = {
  id: 'infrastructure',
  title: 'Infrastructure change',
  paths: ['infra/**'],
  refuse: false,
};

async function openRun(
  play: Play,
  options: { rules?: ApprovalRule[]; gates?: 'none' | 'full'; checks?: GateCommand[]; own?: string } = {},
) {
  const rig = await openPlay(play);
  if (options.own !== undefined) writeFileSync(join(rig.api, 'baton.yaml'), options.own);
  const config = configOf(options.checks ?? []);
  const { repos } = await rig.engine.workspaces.inspect([{ path: rig.api, ref: null }]);
  const step = (id: string, agent: string) =>
    ({ id, agent, role: 'specialist', output: 'changes', over: { gates: options.gates ?? 'full' } }) as const;
  const { graph, agents } = sequenceGraph([step('build/one', 'writer'), step('build/two', 'tester')], {
    submit: true,
  });
  const runId = await startRigRun(rig.engine, {
    graph: { ...graph, approvals: options.rules ?? [INFRA] },
    agents,
    repos: [rig.api],
    config: options.own === undefined ? config : (await completeConfig(config, repos)).config,
  });
  const answer = async (option: string, text = '') => {
    const { questions } = await driveRig(rig.engine, runId);
    const questionId = questions[0]?.id ?? '';
    const message = { kind: 'answer', questionId, option, text, name: 'ada', via: 'cli' } as const;
    await rig.engine.journal.post(runId, message);
    return driveRig(rig.engine, runId);
  };
  return { rig, runId, answer, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

/** Of the pull request that was opened. */
function bodyOf(stateDir: string): string {
  const record = readFileSync(join(stateDir, 'forge/api/1.json'), 'utf8');
  return (JSON.parse(record) as { body: string }).body; // written by the forge
}

function writeInfra(order: WorkOrder, text: string, path = 'infra/main.tf'): void {
  mkdirSync(join(order.workspace.repos[0]?.path ?? '', 'infra'), { recursive: true });
  edit(order, path, text);
}

describe('a part that needs an approval', () => {
  it('R64, R81: is asked about once with its paths, and a later step that changes it is asked about again', async () => {
    await using one = await openRun((order) => {
      if (order.access === 'write') writeInfra(order, order.agent === 'writer' ? 'one\n' : 'two\n');
      return playWell(order);
    });
    const first = await driveRig(one.rig.engine, one.runId);
    expect(first).toMatchObject({ status: 'waiting_human', reason: 'approval' });
    expect(first.questions).toMatchObject([{ kind: 'approval', step: 'build/one' }]);
    expect(first.questions[0]?.text).toContain('api/infra/main.tf');
    expect(first.questions[0]?.id.slice(0, 12)).toBe(first.questions[0]?.binds?.slice(0, 12));
    const second = await one.answer('approve', 'agreed with *ops*');
    expect(second.questions).toMatchObject([{ kind: 'approval', step: 'build/two' }]);
    expect(second.questions[0]?.binds).not.toBe(first.questions[0]?.binds);
    const third = await one.answer('approve');
    expect(third.status).toBe('done');
    // Whoever reads the pull request sees who approved what.
    expect(bodyOf(one.rig.stateDir)).toContain(
      'Decided by people:\n' +
        '- ada approved Infrastructure change: api/infra/main.tf: “agreed with \\*ops\\*”\n' +
        '- ada approved Infrastructure change: api/infra/main.tf\n',
    );
    expect(bodyOf(one.rig.stateDir)).toContain('What was done, in the words of the agents that did it:\n- ');
    expect(checkApprovals(third.events)).toBeNull();
    const forged = third.events.filter(
      ({ event }) => event.type !== 'question_answered' || event.question_id !== first.questions[0]?.id,
    );
    expect(checkApprovals(forged)?.detail).toContain('build/one is accepted although nobody approved');
  });

  it('R81: stays approved in later steps that leave it alone, also where it is deleted or made executable', async () => {
    await using one = await openRun((order) => {
      if (order.agent === 'writer' && order.round === 1) writeInfra(order, 'one\n');
      return playWell(order);
    });
    expect((await one.answer('approve')).status).toBe('done');
    const hashes: (string | null | undefined)[] = [];
    const changes: Play[] = [
      (order) => rmSync(join(order.workspace.repos[0]?.path ?? '', 'src/app.txt')),
      (order) => execFileSync('chmod', ['+x', join(order.workspace.repos[0]?.path ?? '', 'src/app.txt')]),
      (order) => edit(order, 'src/app.txt', 'other\n'),
    ];
    for (const change of changes) {
      await using other = await openRun(
        (order, signal) => {
          if (order.agent === 'writer') change(order, signal);
          return playWell(order);
        },
        { rules: [{ ...INFRA, paths: ['src/**'] }] },
      );
      hashes.push((await driveRig(other.rig.engine, other.runId)).questions[0]?.binds);
    }
    expect(hashes.every((hash) => typeof hash === 'string')).toBe(true);
    expect(new Set(hashes).size).toBe(3);
  });

  it('R48, R64: a pull request says which red gate a person let through, at which step, and in which words', async () => {
    const checks = [gate(['sh', '-c', 'test ! -e src/new.txt'], { name: 'check', kind: 'command' })];
    const play: Play = (order) => {
      if (order.agent === 'writer') edit(order, 'src/new.txt', 'new\n');
      return playWell(order);
    };
    await using one = await openRun(play, { rules: [], checks, gates: 'full' });
    await one.answer('accept', 'I take it');
    expect((await one.answer('accept')).status).toBe('done');
    expect(bodyOf(one.rig.stateDir)).toMatch(
      /Decided by people:\n- ada accepted as it was: writer, with red gates \(api check: [^)]+\): “I take it”\n- ada accepted as it was: tester, Whole change, with red gates \(api check: [^)]+\)\n/,
    );
  });

  it('PRIV-3: gates use the configuration that was approved, and a person is asked before work on what it alone makes red', async () => {
    // Red where there is a new file without the configuration that it needs.
    const needs = 'test ! -e src/new.txt || test -e vitest.config.ts';
    const checks = [gate(['sh', '-c', needs], { name: 'check', kind: 'command' })];
    const play: Play = (order) => {
      if (order.agent === 'writer') edit(order, 'src/new.txt', 'new\n');
      if (order.agent === 'writer') edit(order, 'vitest.config.ts', 'export {};\n');
      return playWell(order);
    };
    await using one = await openRun(play, { checks });
    const first = await driveRig(one.rig.engine, one.runId);
    expect(first).toMatchObject({ status: 'waiting_human', reason: 'approval' });
    expect(first.questions[0]?.text).toContain('Some gates are red. They ran with the version of the base');
    expect(first.questions[0]?.text).toContain('- api/vitest.config.ts (it decides what the gates check)');
    const second = await one.answer('approve');
    expect(second.status).toBe('done');
    expect(checkApprovals(second.events)).toBeNull();
    expect(eventsOf(second.events, 'rework_requested')).toEqual([]);
    const passes = eventsOf(second.events, 'gates_ended').filter(({ step }) => step === 'build/one');
    const seen = passes.map(({ outcome }) =>
      outcome.kind === 'measured'
        ? [
            outcome.results.find((r) => r.gate === 'check')?.status,
            outcome.results.flatMap((r) => r.held_back ?? []),
          ]
        : outcome,
    );
    expect(seen).toEqual([
      ['fail', ['api/vitest.config.ts']],
      ['pass', []],
    ]);
  });

  it('PRIV-5: nothing of a new package with an install script is installed before a person approved it', async () => {
    const lock = { packages: { 'node_modules/sharp': { version: '1.0.0', hasInstallScript: true } } };
    const checks = [gate(['sh', '-c', 'cat package-lock.json'], { name: 'install', kind: 'command' })];
    await using one = await openRun(
      (order) => {
        if (order.agent === 'writer') edit(order, 'package-lock.json', JSON.stringify(lock));
        if (order.agent === 'writer') edit(order, 'src/new.txt', 'new\n');
        return order.access === 'write' ? done(order) : playWell(order);
      },
      { checks },
    );
    const first = await driveRig(one.rig.engine, one.runId);
    expect(first).toMatchObject({ status: 'waiting_human', reason: 'approval' });
    expect(first.questions[0]?.text).toContain(
      '- api/package-lock.json (`sharp` 1.0.0 runs a script when it is installed)',
    );
    expect(first.questions[0]?.text).toContain('nothing of this is installed before you approve');
    expect(eventsOf(first.events, 'rework_requested')).toEqual([]);
    const second = await one.answer('approve');
    expect(checkApprovals(second.events)).toBeNull();
    const passes = eventsOf(second.events, 'gates_ended').filter(({ step }) => step === 'build/one');
    const seen = passes.map(({ outcome }) =>
      outcome.kind === 'measured' ? outcome.results.map(({ gate: name, status }) => [name, status]) : [],
    );
    expect(seen).toEqual([
      [
        ['hygiene', 'pass'],
        ['tests', 'error'],
      ],
      [
        ['hygiene', 'pass'],
        ['install', 'pass'],
      ],
    ]);
  });

  it('PRIV-3: protected files are asked about, also where the step runs no gates, and not when put back', async () => {
    await using one = await openRun(
      (order) => {
        if (order.agent === 'writer' && order.round === 1) edit(order, 'vitest.config.ts', 'export {};\n');
        if (order.agent === 'writer' && order.round === 2)
          rmSync(join(order.workspace.repos[0]?.path ?? '', 'vitest.config.ts'));
        return playWell(order);
      },
      { gates: 'none' },
    );
    const first = await driveRig(one.rig.engine, one.runId);
    expect(first.questions[0]?.text).toContain('Protected files');
    const second = await one.answer('reject', 'no new test runner');
    expect(second.status).toBe('done');
    expect(one.rig.driver.orders.find((order) => order.round === 2)?.prompt).toContain('no new test runner');
  });

  it('PRIV-3: what says who works and with which program is asked about, file by file', async () => {
    const beside = ['profiles/claude.yaml', 'agents/judge.md', 'workflows/own.yaml'];
    const everywhere = [
      'opencode.json',
      'web/opencode.json',
      '.claude/settings.json',
      '.codex/config.toml',
      '.gemini/settings.json',
      'docs/AGENTS.md',
      'CLAUDE.local.md',
    ];
    const play: Play = (order) => {
      const root = order.workspace.repos[0]?.path ?? '';
      for (const path of order.agent === 'writer' ? [...beside, ...everywhere] : []) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        edit(order, path, 'changed\n');
      }
      return playWell(order);
    };
    await using own = await openRun(play, { gates: 'none', own: 'repos: {}\n' });
    const { questions, status } = await driveRig(own.rig.engine, own.runId);
    expect(status).toBe('waiting_human');
    for (const path of [...beside, ...everywhere]) expect(questions[0]?.text).toContain(`api/${path}`);
    expect(questions[0]?.text).toContain('beside baton.yaml says how agents work');
    // Without such a file they are folders like others.
    await using without = await openRun(play, { gates: 'none' });
    const asked = (await driveRig(without.rig.engine, without.runId)).questions[0]?.text ?? '';
    for (const path of beside) expect(asked).not.toContain(path);
    expect(asked).toContain('opencode.json');
  });

  it('PRIV-3: of a package.json only what steers the gates needs an approval', async () => {
    const write =
      (text: string): Play =>
      (order) => {
        if (order.agent === 'writer') edit(order, 'package.json', text);
        return order.access === 'write' ? done(order) : playWell(order);
      };
    const also =
      (play: Play): Play =>
      (order, signal) => {
        if (order.access === 'write') edit(order, `${order.agent}.txt`, 'x\n');
        return play(order, signal);
      };
    await using harmless = await openRun(also(write('{"dependencies":{"left-pad":"1.0.0"}}\n')));
    expect((await driveRig(harmless.rig.engine, harmless.runId)).status).toBe('done');
    await using steering = await openRun(also(write('{"scripts":{"test":"true"}}\n')));
    expect((await driveRig(steering.rig.engine, steering.runId)).questions).toMatchObject([
      { kind: 'approval', text: expect.stringContaining('api/package.json') },
    ]);
  });

  it('is sent back by the gates where its rule refuses it', async () => {
    const refuse = { id: 'protected', title: 'Protected files', paths: [], refuse: true };
    await using one = await openRun(
      (order) => {
        if (order.agent === 'writer' && order.round === 1) edit(order, 'CODEOWNERS', '* me\n');
        if (order.agent === 'writer' && order.round === 2)
          rmSync(join(order.workspace.repos[0]?.path ?? '', 'CODEOWNERS'));
        return playWell(order);
      },
      { rules: [refuse] },
    );
    const { status, events } = await driveRig(one.rig.engine, one.runId);
    expect(status).toBe('done');
    expect(eventsOf(events, 'rework_requested')).toHaveLength(1);
    expect(eventsOf(events, 'question_asked')).toEqual([]);
  });
});
