/** The deploy command of an environment: once, on the accepted head, after an approval, with its outcome kept. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readHistory } from '../../src/cli/render/history.ts';
import { reportDocument } from '../../src/cli/render/report-document.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import { checkApprovals } from '../../src/cli/audit/approvals.ts';
import type { DeployConfig } from '../../src/definitions/config.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { driveRig, openRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { configOf, createPlayDriver, edit, eventsOf, playWell } from './plays.ts';

const BUILD = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' } as const;

async function openRun(
  script: string | null,
  files: Record<string, string> = {},
  change: (order: WorkOrder) => void = (order) => {
    edit(order, 'src/app.txt', 'reviewed\n');
  },
) {
  const rig = await openRig(
    createPlayDriver((order) => {
      if (order.access === 'write') change(order);
      return playWell(order);
    }),
  );
  const api = rig.repository('api', { 'README.md': '# api\n', ...files });
  const { graph, agents } = sequenceGraph([BUILD], { submit: true });
  const [whole, submit] = [graph.steps.at(-2), graph.steps.at(-1)];
  if (whole === undefined || submit === undefined) throw new Error('no submission');
  const step = {
    ...submit,
    id: 'submit/deploy-staging',
    title: 'Staging',
    work: { kind: 'deploy', environment: 'staging' } as const,
    needs: [submit.id],
    tree_from: whole.id,
  };
  graph.steps.push(step);
  graph.phases.at(-1)?.steps.push(step.id);
  const staging: DeployConfig = {
    command: [script ?? ''],
    shell: true,
    env: [],
    network: false,
    timeoutMs: null,
    repo: null,
  };
  const config = { ...configOf([]), ...(script === null ? {} : { deploy: { staging } }) };
  const runId = await startRigRun(rig.engine, { graph, agents, repos: [api], config });
  const answer = async (option: string) => {
    const { questions } = await driveRig(rig.engine, runId);
    const questionId = questions[0]?.id ?? '';
    const message = { kind: 'answer', questionId, option, text: '', name: 'ada', via: 'cli' } as const;
    await rig.engine.journal.post(runId, message);
    return driveRig(rig.engine, runId);
  };
  return { rig, runId, answer, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

describe('a deployment', () => {
  it('R91: runs the command once on the accepted head after the approval, and keeps exit code and log', async () => {
    await using one = await openRun('echo "$BATON_ENVIRONMENT gets $(cat src/app.txt)"');
    const first = await driveRig(one.rig.engine, one.runId);
    expect(first).toMatchObject({ status: 'waiting_human', reason: 'approval' });
    expect(eventsOf(first.events, 'deploy_started')).toEqual([]);
    const { status, events } = await one.answer('approve');
    expect(status).toBe('done');
    const [ended] = eventsOf(events, 'deploy_ended');
    expect(ended).toMatchObject({ environment: 'staging', outcome: { kind: 'deployed', exit: 0 } });
    const log = await one.rig.engine.journal.getArtifact(one.runId, ended?.log ?? '');
    expect(Buffer.from(log?.body ?? []).toString()).toContain('staging gets reviewed');
    expect(eventsOf(events, 'deploy_started')).toMatchObject([{ head: first.questions[0]?.binds }]);
    expect(checkApprovals(events)).toBeNull();
    const started = events.findIndex(({ event }) => event.type === 'deploy_started');
    const during = readHistory(events.slice(0, started + 1));
    // Between start and outcome nobody may read that nothing was deployed.
    expect(reportDocument(during, { status: 'running', reason: '' }, new Map()).deploys).toMatchObject([
      { status: 'unknown', detail: expect.stringContaining('was started') as string },
    ]);
    const unasked = events.filter(({ event }) => event.type !== 'question_answered');
    expect(checkApprovals(unasked)?.detail).toContain('which nobody approved for it');
  });

  it('R91: asks a person when the command fails, and goes on without where they say so', async () => {
    await using one = await openRun('echo no room left; exit 3');
    const failed = await one.answer('approve');
    expect(failed.questions).toMatchObject([{ kind: 'deploy', text: expect.stringContaining('exit 3') }]);
    expect(failed.questions[0]?.text).toContain('no room left');
    const { status, state } = await one.answer('skip');
    expect(status).toBe('done');
    expect(state.steps.get('submit/deploy-staging')?.deploy.result?.status).toBe('not_deployed');
  });

  it('R91: without a command nobody is asked and nothing is claimed', async () => {
    await using one = await openRun(null);
    const { status, events } = await driveRig(one.rig.engine, one.runId);
    expect(status).toBe('done');
    expect(eventsOf(events, 'deploy_skipped')).toMatchObject([{ environment: 'staging' }]);
    expect(eventsOf(events, 'question_asked')).toEqual([]);
  });

  it('R91, PRIV-3: a person sees what the command runs that the change made, and approves that by itself', async () => {
    const files = {
      'package.json': JSON.stringify({ scripts: { deploy: 'sh ops/deploy.sh' } }),
      'ops/deploy.sh': 'sh ops/upload.sh\n',
      'ops/upload.sh': 'echo as ever\n',
    };
    await using one = await openRun('npm run deploy', files, (order) => {
      edit(order, 'ops/upload.sh', 'echo somewhere else\n');
    });
    const first = await driveRig(one.rig.engine, one.runId);
    expect(first).toMatchObject({ status: 'waiting_human', questions: [{ step: 'build/one' }] });
    const part = '- api/ops/upload.sh (the deployment to staging runs it)';
    expect(first.questions[0]?.text).toContain(part);
    const second = await one.answer('approve');
    const [question] = second.questions;
    expect(question).toMatchObject({ kind: 'approval', step: 'submit/deploy-staging' });
    expect(question?.text.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(/to staging\? This command is run once: npm run deploy$/u),
      'Of what it runs, the change differs from the base in:',
      '- api/ops/upload.sh',
    ]);
    let shown = '';
    using cli = openCli();
    const stdout = { isTTY: false, write: (text: string) => (shown += text) };
    const { dir } = one.rig;
    const environment = { ...cli.context.environment, BATON_WORK: join(dir, 'work') };
    const context = { ...cli.context, cwd: dir, environment, stdout };
    expect(await runCli(['diff', one.runId, question?.id ?? ''], context)).toBe(0);
    expect(shown).toContain('+echo somewhere else');
    const { status, events } = await one.answer('approve');
    expect(status).toBe('done');
    const [ended] = eventsOf(events, 'deploy_ended');
    const log = await one.rig.engine.journal.getArtifact(one.runId, ended?.log ?? '');
    expect(Buffer.from(log?.body ?? []).toString()).toContain('somewhere else');
  });
});
