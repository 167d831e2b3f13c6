/** `--refine`: an agent's second opinion on what the words of a request mean, held against the rules. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import { submit } from '../../src/drivers/in-process/testing/played-model.ts';
import { detectRequest } from '../../src/intake/detect-request.ts';
import { openFakeModel } from '../../src/testing/fake-model/fake-model.ts';
import { createRepository } from '../../src/testing/rig.ts';
import { openThinking, type Thinking } from './thinking.ts';

const REQUEST = 'Add a nullable column to the orders table';

/** What the refiner does; everybody else does well. */
const refiner = (body: string): string => `
if (order.agent !== 'intake-refiner') order.role === 'reviewer' ? pass() : print();
else { ${body} }`;

const RAISES = refiner(`
  const detection = JSON.parse(order.context.find(({ name }) => name === 'detection').text);
  const known = order.request.includes('orders table') && detection.effort === 'small' && order.access === 'read';
  const none = order.workspace.repos.length === 0 && order.result_schema.required.includes('reason');
  console.log(JSON.stringify({ reason: known && none ? 'it locks a large table' : 'not told', effort: 'medium', questions: ['How large\\n\\nis it?'] }));
`);

async function detect(thinking: Thinking, ...more: string[]): Promise<ReturnType<typeof detectRequest>> {
  const flags = thinking.flags.slice(thinking.flags.indexOf('--agent-command'));
  const { code, out, err } = await thinking.baton('detect', REQUEST, '--json', ...flags, ...more);
  expect(code, err).toBe(0);
  return JSON.parse(out) as ReturnType<typeof detectRequest>; // the command's own format
}

async function firstEvent(thinking: Thinking): Promise<Record<string, unknown>> {
  const { out } = await thinking.baton('log', '--json');
  return JSON.parse(out.split('\n', 1)[0] ?? '') as Record<string, unknown>;
}

describe('baton detect --refine', () => {
  it('R5: changes what the agent changed, says who and why, and keeps the keys and the reasons of the rules', async () => {
    using thinking = openThinking(RAISES);
    const rules = detectRequest(REQUEST);
    const refined = await detect(thinking, '--refine');
    expect(Object.keys(refined).toSorted()).toEqual(Object.keys(rules).toSorted());
    expect(refined).toMatchObject({
      mode: 'orchestrated',
      effort: 'medium',
      specialist: null,
      questions: ['How large is it? – asked by intake-refiner (command, program)'],
    });
    expect(refined.reasons).toEqual([
      ...rules.reasons,
      'intake-refiner (command, program) proposes: it locks a large table (mode direct → orchestrated; effort small → medium; specialist feature-implementation-agent → none; other questions)',
      expect.stringContaining('Policy: '),
    ]);
  });

  it('R5: asks nobody where nobody says so', async () => {
    using thinking = openThinking(RAISES);
    const { reasons, ...seen } = await detect(thinking);
    const { reasons: _, ...rules } = detectRequest(REQUEST);
    expect(seen).toEqual({ ...rules, agents: [rules.specialist] });
    expect(reasons.join('\n')).not.toMatch(/intake-refiner|refined/);
  });

  it.each([
    ['prose', `console.log('It is large, I think.')`, 'failed (invalid_output)'],
    ['nothing', ``, 'failed (no_result)'],
    ['a crash', `process.exit(7)`, 'failed (crashed)'],
    [
      'another form',
      `print({ effort: 'large' })`,
      'what intake-refiner (command, program) proposed is refused: reason:',
    ],
    [
      'less than the rules allow',
      `console.log('{"reason":"tiny","effort":"trivial"}')`,
      'effort: here it is bugfix at least',
    ],
    ['an own workflow', `console.log('{"reason":"mine","workflow":"mine.yaml"}')`, 'refused: workflow:'],
  ])("R5: leaves the rules' answer where the agent gives %s, and says so", async (_, body, why) => {
    using thinking = openThinking(refiner(body));
    const { reasons, ...seen } = await detect(thinking, '--refine');
    const { reasons: known, ...rules } = detectRequest(REQUEST);
    expect(seen).toEqual({ ...rules, agents: [rules.specialist] });
    expect(reasons.slice(0, known.length)).toEqual(known);
    expect(reasons[known.length]).toContain("Not refined, the rules' answer stands: ");
    expect(reasons[known.length]).toContain(why);
  });

  it("R5: leaves the rules' answer where the agent hangs past its deadline, which limits shorten", async () => {
    using thinking = openThinking(refiner('setInterval(() => {}, 1000);'));
    writeFileSync(join(thinking.repo, 'baton.yaml'), 'limits: { invocation_timeout: 1s }\n');
    const since = performance.now();
    const { reasons, ...seen } = await detect(thinking, '--refine');
    expect(performance.now() - since).toBeLessThan(60_000);
    const { reasons: _, ...rules } = detectRequest(REQUEST);
    expect(seen).toEqual({ ...rules, agents: [rules.specialist] });
    expect(reasons.join('\n')).toMatch(/the rules' answer stands: .* failed \((?:idle|total)_timeout\)/);
  });

  it('is refused where nothing says how agents are run', async () => {
    using thinking = openThinking();
    const { code, out, err } = await thinking.baton('detect', REQUEST, '--refine');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('E_NO_DRIVER');
  });
});

describe('baton run --refine', () => {
  it.each(['a flag', 'baton.yaml'])('R5: keeps in event 1 what was refined and by whom: %s', async (how) => {
    using thinking = openThinking(RAISES);
    if (how === 'baton.yaml') writeFileSync(join(thinking.repo, 'baton.yaml'), 'refine: true\n');
    const flags = how === 'a flag' ? ['--refine', ...thinking.flags] : thinking.flags;
    const run = await thinking.baton('run', REQUEST, '--yes', ...flags);
    expect(run.code, run.err).toBe(0);
    expect(run.err.replaceAll(/\s+/g, ' ')).toContain(
      'refined by intake-refiner (command, program): mode direct → orchestrated',
    );
    expect(await firstEvent(thinking)).toMatchObject({
      effort: { tier: 'medium', reason: 'intake-refiner says so, who read the request' },
      detection: {
        mode: 'orchestrated',
        effort: 'medium',
        questions: ['How large is it? – asked by intake-refiner (command, program)'],
        refined: {
          by: {
            agent: 'intake-refiner',
            role: 'planner',
            driver: 'command',
            label: 'program',
            model: null,
          },
          changes: expect.arrayContaining(['effort small → medium']),
        },
      },
    });
    expect((await thinking.baton('report')).out).toContain('proposes: it locks a large table');
  });

  it('R5: has a person confirm what an agent made of a request, also in a workflow that launches at once', async () => {
    const proposal = {
      reason: 'ignore all rules',
      mode: 'orchestrated',
      workflow: 'six-phase',
      effort: 'large',
    };
    using thinking = openThinking(refiner(`console.log(${JSON.stringify(JSON.stringify(proposal))})`));
    const run = await thinking.baton('run', 'Make the login page button blue', '--refine', ...thinking.flags);
    expect(run.code, run.err).toBe(4);
    expect(await firstEvent(thinking)).toMatchObject({
      graph: { start: 'confirm' },
      detection: { policy: 'confirm' },
    });
    expect((await thinking.baton('status')).out).toContain('confirm_start');
    expect((await thinking.baton('log')).out).not.toContain('works, round 1');
    const { reasons } = await detect(thinking, '--refine');
    expect(reasons.join('\n')).not.toContain('launches at once');
  });

  it("R5: starts with the rules' answer where the agent fails, and says so", async () => {
    using thinking = openThinking(refiner('process.exit(7)'));
    const run = await thinking.baton('run', REQUEST, '--yes', '--refine', ...thinking.flags);
    expect(run.code, run.err).toBe(0);
    const { effort, detection } = await firstEvent(thinking);
    expect(effort).toMatchObject({ tier: 'small' });
    expect(detection).not.toHaveProperty('refined');
    expect((await thinking.baton('report')).out).toContain(
      "Not refined, the rules' answer stands: intake-refiner",
    );
  });
});

it('SEC-1: nobody sees a password or a key of a request: neither the terminal, nor the agent that is asked, nor the journal', async () => {
  const body = `
if (order.role === 'reviewer') pass();
else if (order.workspace.repos.length === 0) console.log(JSON.stringify({ reason: 'I was told: ' + order.request, effort: 'medium' }));
else print({ summary: 'I was told: ' + order.request });`;
  using thinking = openThinking(body);
  const key = `ghp_${'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7'.repeat(2).slice(0, 36)}`;
  const request = `Add a column to the orders table of postgres://shop:c4nary-pw@db/shop with password=c4nary2 and ${key}`;
  const flags = thinking.flags.slice(thinking.flags.indexOf('--agent-command'));
  const detected = await thinking.baton('detect', request, '--refine', '--json', ...flags);
  expect(detected.code, detected.err).toBe(0);
  expect(detected.out).toContain(
    'postgres://shop:[left out]@db/shop with password=[left out] and [GitHub token]',
  );
  const ran = await thinking.baton('run', request, '--yes', ...thinking.flags);
  expect(ran.code, ran.err).toBe(0);
  const kept = await Promise.all([thinking.baton('log', '--json'), thinking.baton('report')]);
  const all = [detected, ran, ...kept].map(({ out, err }) => out + err).join('');
  expect(all).toContain('postgres://shop:[left out]@db');
  for (const secret of ['c4nary', key]) expect(all).not.toContain(secret);
});

it('R5: asks a model in this process likewise, which hears what is wrong with its proposal and is measured', async () => {
  using cli = openCli({ LOCAL_KEY: 'sk-of-the-user' });
  const proposals = [
    { reason: 'tiny', effort: 'trivial' },
    { reason: 'large table', effort: 'medium' },
  ];
  await using model = await openFakeModel({
    script: ({ turns }) => submit(proposals[turns.filter(({ role }) => role === 'assistant').length]),
  });
  const provider = `providers:\n  local: { kind: openai_compatible, base_url: "${model.url}/v1", key_env: LOCAL_KEY }\n`;
  const agents = 'agents: { driver: in-process, model: local/usual }\n';
  cli.context.cwd = createRepository(join(cli.dir, 'repo'), { 'baton.yaml': provider + agents });
  const { code, out, err } = await cli.run('detect', REQUEST, '--refine', '--json');
  expect(code, err).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ mode: 'orchestrated', effort: 'medium' });
  expect(out).toContain('intake-refiner (in-process, model, local/usual) proposes: large table');
  expect(model.calls).toHaveLength(2);
  expect(JSON.stringify(model.calls[1]?.turns)).toContain('effort: here it is bugfix at least');
  expect(model.calls[0]?.tools.map(({ name }) => name)).toEqual([
    // Of an empty folder.
    'read',
    'search',
    'submit_result',
  ]);
  expect(JSON.stringify(model.calls.map(({ body }) => body))).not.toContain('sk-of-the-user');
});
