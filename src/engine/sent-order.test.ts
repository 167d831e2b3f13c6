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
import { createInProcessDriver } from '../drivers/in-process/create-in-process-driver.ts';
import { openPlayedModel, submit } from '../drivers/in-process/testing/played-model.ts';
import { createRedactor } from '../drivers/redact.ts';
import { createScriptedDriver } from '../drivers/scripted.ts';
import type { DriverSpec } from '../drivers/spec.ts';
import { makeWorkOrder } from '../drivers/testing/work-order.ts';
import { agentDefinition } from '../testing/rig.ts';
import { NO_WALL } from '../workspace/wall/open-wall.ts';
import type { RunSnapshot } from './engine.ts';
import { keepOrder, readOrder, type SentOrder } from './sent-order.ts';

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
  context: [{ name: 'plan', kind: 'plan', text: 'x'.repeat(50) }],
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

it('keeps what was sent without secrets, and puts it together as it was, cuts and hidden characters included', async () => {
  const redactor = createRedactor(new Map([['PASSWORD', 'hunter2-hunter2']]));
  const stored = keepOrder({ redactor, driver: { name: 'acp' } }, order, [
    { name: 'plan', kind: 'plan', artifact: 'p', shown: 50, of: 80 },
    { name: 'diff', kind: 'diff', text: '+ key = hunter2-hunter2' },
  ]);
  const text = new TextDecoder().decode(stored.body);
  expect(text).not.toContain('hunter2');
  const kept = JSON.parse(text) as SentOrder;
  expect(kept.tokens).toEqual({ instructions: 4, prompt: 8, context: 13 });
  const shown = await readOrder(kept, {
    runId: 'run-1',
    request: 'Add a thing.',
    snapshot,
    readText: async () => 'x'.repeat(80),
  });
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
  using work = makeWorkOrder(NO_WALL, { ...RICH, ...changes });
  const outcome = await driver.run(work.order, work.note, new AbortController().signal);
  const redactor = createRedactor(new Map([['PASSWORD', SECRET]]));
  const sent = work.order.context.map((item) => ({ ...item }));
  const { body } = keepOrder({ redactor, driver }, work.order, sent);
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
  expect(lines.endsWith(`---- instructions\nYou write code.\n\n---- text\n${shown.text}`)).toBe(true);
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
  expect(lines.endsWith(`---- text\n${shown.text}`)).toBe(true);
});

it('says of drivers that ask no model that nothing was sent, and shows the texts of the work order', async () => {
  const driver = createScriptedDriver(() => ({ result: {} }));
  const { shown, lines } = await handOver(driver);
  expect(lines).toContain('sent to nobody: the driver `scripted` asks no model');
  expect(lines).not.toMatch(/How you hand in|---- stdin/);
  expect(shown.stdin).toBeNull();
});
