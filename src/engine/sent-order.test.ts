import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { sentPromptLines } from '../cli/render/sent-prompt.ts';
import { profileSchema } from '../definitions/profile-schema.ts';
import { createAcpDriver } from '../drivers/acp/create-acp-driver.ts';
import { createCommandDriver } from '../drivers/command.ts';
import type { Driver, WorkOrder } from '../drivers/driver.ts';
import { NUDGE } from '../drivers/order-text.ts';
import { createInProcessDriver } from '../drivers/in-process/create-in-process-driver.ts';
import { openPlayedModel, submit } from '../drivers/in-process/testing/played-model.ts';
import { createRedactor } from '../drivers/redact.ts';
import { createScriptedDriver } from '../drivers/scripted.ts';
import type { DriverSpec } from '../drivers/spec.ts';
import { makeWorkOrder } from '../drivers/testing/work-order.ts';
import { agentDefinition } from '../testing/rig.ts';
import { NO_WALL } from '../workspace/wall/open-wall.ts';
import type { RunSnapshot } from './engine.ts';
import type { SentItem } from './prompt-budget.ts';
import { keepOrder, readOrder, type SentOrder, type ShownOrder } from './sent-order.ts';

const order = {
  agent: 'writer',
  role: 'specialist',
  access: 'write',
  output: 'changes',
  round: 1,
  attempt: 2,
  model: null,
  workspace: { dir: '/w', repos: [{ name: 'api', path: '/w/api' }] },
  instructions: 'You are writer.',
  prompt: 'Use hunter2-hunter2 nowhere. \u202e',
  readings: [],
  context: [{ name: 'plan', kind: 'plan', text: `${'x'.repeat(50)}\n[cut: 30 more characters]` }],
  resultSchema: () => ({ type: 'object' }),
} as unknown as WorkOrder; // of it, only these are looked at
const snapshotOf = (driver: DriverSpec['name']): RunSnapshot =>
  ({
    agents: [
      agentDefinition('writer', 'specialist'),
      { ...agentDefinition('coder', 'specialist'), instructions: 'You write code.' },
    ],
    readings: [],
    driver: { name: driver },
  }) as unknown as RunSnapshot; // of it, only these are looked at
const snapshot = snapshotOf('acp');

it('R8: keeps what was sent without secrets, and puts it together as it was, cuts and hidden characters included', async () => {
  const redactor = createRedactor(new Map([['PASSWORD', 'hunter2-hunter2']]));
  const sent: SentItem[] = [
    { name: 'plan', kind: 'plan', artifact: 'p', shown: 50, of: 80 },
    { name: 'diff', kind: 'diff', text: '+ key = hunter2-hunter2' },
  ];
  const stored = keepOrder({ redactor, driver: { name: 'acp' } }, order, { sent });
  const text = new TextDecoder().decode(stored.body);
  expect(text).not.toContain('hunter2');
  const kept = JSON.parse(text) as SentOrder;
  expect(kept.tokens).toEqual({ instructions: 4, prompt: 8, context: 19 });
  const show = (order: SentOrder, whole = 'x'.repeat(80)): Promise<ShownOrder> =>
    readOrder(order, {
      runId: 'run-1',
      request: 'Add a thing.',
      snapshot,
      readText: async () => whole,
    });
  const shown = await show(kept);
  expect(shown.is_as_sent).toBe(true);
  // Whatever is shown otherwise than it was sent is said to be.
  expect((await show({ ...kept, prompt: 'Do something else.' })).is_as_sent).toBe(false);
  expect((await show({ ...kept, result_schema: {} })).is_as_sent).toBe(false);
  expect((await show({ ...kept, later: ['And go on.'] })).is_as_sent).toBe(false);
  expect((await show(kept, 'y'.repeat(80))).is_as_sent).toBe(false);
  const changed = sentPromptLines({ ...(await show(kept, 'y'.repeat(80))), ...kept, key: 'a1', others: [] });
  expect(changed.join('\n')).toContain('NOT as it was sent');
  const { handed: _, ...old } = kept;
  const before = sentPromptLines({ ...(await show(old)), ...old, key: 'a1', others: [], handed: null });
  expect(before.join('\n')).toContain('no hash of it was kept');
  expect(shown.instructions).toBe('You are writer.');
  expect(shown.text).toContain(String.raw`Use [PASSWORD] nowhere. \u202e`);
  expect(shown.text).toContain(`\`\`\`\n${'x'.repeat(50)}\n[cut: 30 more characters]\n\`\`\``);
  expect(shown.text).toContain('+ key = [PASSWORD]');
  expect(shown.text).toContain('- api: /w/api');
});

const SECRET = 'hunter2-hunter2';
const environment = { PATH: process.env['PATH'] ?? '', HOME: homedir() };
/** Each field has something in it that is cut, hidden, taken out or written in another way in JSON. */
const RICH = {
  prompt: `Never "use" ${SECRET}.\nAnd end.`,
  context: [{ name: 'plan', kind: 'plan', text: `The plan: \\ ${SECRET}` }],
  findings: [
    {
      id: 'f1',
      severity: 'major',
      blocking: true,
      source: 'judge',
      repo: null,
      file: 'a.ts',
      line: 3,
      problem: `It shows ${SECRET}.`,
      fix: 'Take it out.',
    },
  ],
  resultSchema: () => ({ type: 'object', required: ['status', 'summary'] }),
};

/** Runs one order and gives what `why --prompt` shows of it. */
async function handOver(driver: Driver, changes: Partial<WorkOrder> = {}) {
  const later: string[] = [];
  const tellLater = (text: string): number => later.push(text);
  using work = makeWorkOrder(NO_WALL, { ...RICH, tellLater, ...changes });
  const outcome = await driver.run(work.order, work.note, new AbortController().signal);
  const redactor = createRedactor(new Map([['PASSWORD', SECRET]]));
  const sent = work.order.context.map((item) => ({ ...item }));
  const { body } = keepOrder({ redactor, driver }, work.order, { sent, later });
  const kept = JSON.parse(Buffer.from(body).toString()) as SentOrder;
  const shown = await readOrder(kept, {
    runId: work.order.runId,
    request: work.order.request,
    snapshot: snapshotOf(driver.name as DriverSpec['name']),
    readText: () => Promise.reject(new Error('every text is kept here')),
  });
  const lines = sentPromptLines({ ...kept, ...shown, key: 'a1', others: [] }).join('\n');
  const file = (name: string): string => readFileSync(join(work.repo, name), 'utf8');
  return { outcome, shown, lines, stdin: driver.name === 'command' ? file('stdin') : null };
}

const withoutSecret = (text: string): string => text.replaceAll(SECRET, '[PASSWORD]');

it('shows the line that a program was sent, byte by byte but for secrets, and nothing that it was not', async () => {
  const save = `require('fs').writeFileSync('app/stdin', require('fs').readFileSync(0));console.log('{"a":1}')`;
  const driver = createCommandDriver({ command: [process.execPath, '-e', save], env: [], environment });
  const { shown, lines, stdin } = await handOver(driver);
  expect(stdin).toContain(SECRET);
  expect(shown.stdin).toBe(withoutSecret(stdin ?? ''));
  expect(lines.split('\n---- stdin\n')[1]).toBe(withoutSecret(stdin ?? '').trimEnd());
  expect(lines).not.toMatch(/## The repositories|How you hand in|submit_result/);
  expect(lines).toContain('---- text\nNever "use" [PASSWORD].\nAnd end.\n\n## plan (plan)\n');
});

it('shows the first prompt of an agent with a protocol, byte by byte but for secrets', async () => {
  const agent = fileURLToPath(new URL('../testing/agents/acp-agent.mjs', import.meta.url));
  const command = [process.execPath, agent, 'tells'];
  const profile = profileSchema.parse({ name: 'fake', title: 'Fake agent', command });
  const driver = createAcpDriver({ profile, auth: 'key', env: [], environment, graceMs: 300 });
  const { outcome, shown, lines } = await handOver(driver);
  const { told } = (outcome as { result: { told: { prompts: string[] } } }).result;
  // This profile names no place for a system prompt.
  const whole = `${shown.instructions}\n\n${shown.text}`;
  expect(whole).toBe(withoutSecret(told.prompts[0] ?? ''));
  expect(whole).toContain('the tool submit_result of the MCP server');
  expect(lines).toContain(
    `---- instructions\nYou write code.\n\n---- text\n${shown.text}\n\n---- result schema`,
  );
  expect(shown).toMatchObject({ schema: RICH.resultSchema(), is_as_sent: true, later: [] });
});

it('shows the first message and the system prompt of a model in this process, byte by byte but for secrets', async () => {
  await using played = await openPlayedModel();
  played.play([submit()]);
  const driver = createInProcessDriver({ env: [], environment });
  const { shown, lines } = await handOver(driver, {
    modelAccess: played.access,
    model: 'anthropic/model-1',
  });
  const [asked] = played.model.calls;
  expect(asked?.turns[0]?.parts).toHaveLength(1);
  const [part] = asked?.turns[0]?.parts ?? [];
  expect(shown.text).toBe(withoutSecret(part?.kind === 'text' ? part.text : ''));
  expect(shown.instructions).toBe(asked?.system);
  expect(lines).toContain(`---- text\n${shown.text}\n\n---- result schema`);
  expect(lines.endsWith(JSON.stringify(RICH.resultSchema(), null, 1))).toBe(true);
  expect(lines).toContain('as it was sent, secrets aside (sha256 ');
});

it('shows what was said after the first prompt: that nothing was handed in', async () => {
  await using played = await openPlayedModel();
  played.play([{ kind: 'answer', text: 'I am done.' }, submit()]);
  const driver = createInProcessDriver({ env: [], environment });
  const { shown, lines } = await handOver(driver, { modelAccess: played.access, model: 'anthropic/model-1' });
  expect(shown.later).toEqual([NUDGE]);
  expect(shown.is_as_sent).toBe(true);
  expect(lines).toContain(`---- told later\n${NUDGE}`);
  expect(JSON.stringify(played.model.calls[1]?.turns.at(-1))).toContain(NUDGE);

  const agent = fileURLToPath(new URL('../testing/agents/acp-agent.mjs', import.meta.url));
  const profile = profileSchema.parse({
    name: 'fake',
    title: 'Fake agent',
    command: [process.execPath, agent, 'forgets'],
  });
  const acp = createAcpDriver({ profile, auth: 'key', env: [], environment, graceMs: 300 });
  expect((await handOver(acp)).shown.later).toEqual([NUDGE]);
});

it('says of drivers that ask no model that nothing was sent, and shows the texts of the work order', async () => {
  const driver = createScriptedDriver(() => ({ result: {} }));
  const { shown, lines } = await handOver(driver);
  expect(lines).toContain('sent to nobody: the driver `scripted` asks no model');
  expect(lines).not.toMatch(/How you hand in|---- stdin/);
  expect(shown.stdin).toBeNull();
});
