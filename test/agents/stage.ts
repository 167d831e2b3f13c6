/** Where a real agent program plays: its profile, the program in a folder of installed ones, a gateway, a model that follows a script. */
import { join } from 'node:path';
import { loadProfile } from '../../src/definitions/load-profiles.ts';
import type { Profile } from '../../src/definitions/profile-schema.ts';
import { createAcpDriver } from '../../src/drivers/acp/create-acp-driver.ts';
import type { Driver } from '../../src/drivers/driver.ts';
import type { CallerEnvironment } from '../../src/drivers/testing/contract-subject.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { readProviders, type ProviderConfig } from '../../src/gateway/provider.ts';
import { openFakeModel, type FakeModel, type FakeScript } from '../../src/testing/fake-model/fake-model.ts';
import { answerAside } from './aside.ts';
import { isWork } from './hands.ts';

export const KEY_NAME = 'KEY_OF_THE_PROVIDER';
export const KEY = 'sk-of-the-provider-0123456789';

export interface Stage extends AsyncDisposable {
  profile: Profile;
  fake: FakeModel;
  gateway: Gateway;
  driver: Driver;
  /** The same program, started by somebody with further variables, some of them let through. */
  driverFor(given?: CallerEnvironment): Driver;
  /** What the model answers to the agent's own work from here on. */
  play(script: FakeScript): void;
}

/** The stage of one profile; `bin` is the folder of its program. */
export async function openStage({ name, bin }: { name: string; bin: string }): Promise<Stage> {
  const { profile, diagnostics } = loadProfile(join(import.meta.dirname, `../../profiles/${name}.yaml`));
  if (profile === null) throw new Error(JSON.stringify(diagnostics));
  let script: FakeScript = () => ({ kind: 'hang' });
  const fake = await openFakeModel({
    script: (call) => (isWork(call) ? script(call) : answerAside(call)),
  });
  const environment = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HOME: process.env['HOME'],
    [KEY_NAME]: KEY,
  };
  const driverFor = (given: CallerEnvironment = { env: [], environment: {} }): Driver =>
    createAcpDriver({
      profile,
      auth: 'key',
      env: given.env,
      environment: { ...given.environment, ...environment },
    });
  const gateway = await openGateway({
    providers: readProviders(providersAt(fake.url), environment),
    recordings: null,
    environment: {},
    now: () => new Date(),
  });
  return {
    profile,
    fake,
    gateway,
    driver: driverFor(),
    driverFor,
    play: (given) => {
      script = given;
    },
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

/** Every usual provider, at the fake model's address. */
export function providersAt(baseUrl: string): Record<string, ProviderConfig> {
  const at = { baseUrl, keyEnv: KEY_NAME };
  return {
    anthropic: { kind: 'anthropic', ...at },
    openai: { kind: 'openai', ...at },
    google: { kind: 'google', ...at },
  };
}
