/** Calls that an agent makes of its model beside its work, and does not wait for. */
import { homedir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { profileSchema } from '../../definitions/profile-schema.ts';
import { openGateway } from '../../gateway/open-gateway.ts';
import { readProviders } from '../../gateway/provider.ts';
import { openFakeModel } from '../../testing/fake-model/fake-model.ts';
import { NO_WALL } from '../../workspace/wall/open-wall.ts';
import { makeWorkOrder } from '../testing/work-order.ts';
import { createAcpDriver } from './create-acp-driver.ts';

const AGENT = fileURLToPath(new URL('../../testing/agents/acp-agent.mjs', import.meta.url));
const environment = { PATH: process.env['PATH'] ?? '', HOME: homedir() };

/** What an invocation is measured to have taken whose aside takes the model so long. */
async function usageOf(asideMs: number) {
  await using fake = await openFakeModel({
    script: async () => {
      await sleep(asideMs, undefined, { ref: false });
      return { kind: 'answer', text: 'A title.', usage: { input: 11, output: 3 } };
    },
  });
  const providers = { here: { kind: 'openai_compatible' as const, baseUrl: fake.url, keyEnv: null } };
  await using gateway = await openGateway({
    providers: readProviders(providers, {}),
    recordings: null,
    environment: {},
    now: () => new Date(),
  });
  await using access = gateway.issue({
    invocationId: 'aside/1',
    allowance: () => ({ tokens: null, costUsd: null }),
    volatile: {},
  });
  const profile = profileSchema.parse({
    name: 'fake',
    title: 'Fake agent',
    command: [process.execPath, AGENT, 'asks_aside'],
    model_access: { wire: 'openai_chat', env: { FAKE_URL: '{base_url}', FAKE_KEY: '{token}' } },
  });
  using work = makeWorkOrder(NO_WALL, { modelAccess: access });
  const driver = createAcpDriver({ profile, auth: 'key', env: [], environment, graceMs: 300 });
  const outcome = await driver.run(work.order, work.note, new AbortController().signal);
  expect(outcome.kind).toBe('submitted');
  // Whatever the agent left under way is broken off here.
  await access[Symbol.asyncDispose]();
  return access.usage();
}

it('lets an agent that is done end the calls that it did not wait for, so that it is known what they took', async () => {
  expect(await usageOf(2_500)).toMatchObject({ input_tokens: 11, output_tokens: 3, model_calls: 1 });
});

it('waits for them no longer than a few seconds, and calls what they took unknown', async () => {
  const since = performance.now();
  expect(await usageOf(240_000)).toMatchObject({ input_tokens: null, output_tokens: null, model_calls: 1 });
  expect(performance.now() - since).toBeLessThan(60_000);
});
