import { expect, it } from 'vitest';
import type { WorkOrder } from '../drivers/driver.ts';
import { createRedactor } from '../drivers/redact.ts';
import { agentDefinition } from '../testing/rig.ts';
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
const snapshot = {
  agents: [agentDefinition('writer', 'specialist')],
  readings: [],
} as unknown as RunSnapshot;

it('keeps what was sent without secrets, and puts it together as it was, cuts and hidden characters included', async () => {
  const redactor = createRedactor(new Map([['PASSWORD', 'hunter2-hunter2']]));
  const stored = keepOrder({ redactor }, order, [
    { name: 'plan', kind: 'plan', artifact: 'p', shown: 50, of: 80 },
    { name: 'diff', kind: 'diff', text: '+ key = hunter2-hunter2' },
  ]);
  const text = new TextDecoder().decode(stored.body);
  expect(text).not.toContain('hunter2');
  const kept = JSON.parse(text) as SentOrder;
  expect(kept.tokens).toEqual({ instructions: 4, prompt: 8, context: 13 });
  const shown = await readOrder(kept, { snapshot, readText: async () => 'x'.repeat(80) });
  expect(shown.instructions).toBe('You are writer.');
  expect(shown.text).toContain(String.raw`Use [PASSWORD] nowhere. \u202e`);
  expect(shown.text).toContain(`\`\`\`\n${'x'.repeat(50)}\n[cut: 30 more characters]\n\`\`\``);
  expect(shown.text).toContain('+ key = [PASSWORD]');
  expect(shown.text).toContain('- api: /w/api');
});
