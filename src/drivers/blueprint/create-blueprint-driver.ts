/** The rules as a driver: a program of ours behind the command protocol, like anybody else's. No model, no key. */
import { fileURLToPath } from 'node:url';
import { createCommandDriver } from '../command.ts';
import type { Driver, WorkOrder } from '../driver.ts';
import type { DriverSpec } from '../spec.ts';

/** What a rogue agent of the demo can be told to try; each is a program of `src/demo/rogues`. */
export const TRICKS = [
  'liar',
  'skipper',
  'self-approver',
  'edits-after-approval',
  'test-deleter',
  'path-escaper',
] as const;
export type Trick = (typeof TRICKS)[number];

export interface BlueprintOptions {
  spec: Extract<DriverSpec, { name: 'blueprint' }>;
  environment: Record<string, string | undefined>;
}

/** The sources run as they are; the published package holds JavaScript. */
const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const MAIN = fileURLToPath(new URL(`./main${EXTENSION}`, import.meta.url));

/** Plays every agent by rules; those of `spec.careless` and `spec.rogues` misbehave, and their label says so. */
export function createBlueprintDriver({ spec, environment }: BlueprintOptions): Driver {
  const driverFor = (command: string[]): Driver => createCommandDriver({ command, env: [], environment });
  const pace = ['--pace', String(spec.paceMs)];
  const honest = driverFor([process.execPath, MAIN, ...pace]);
  const careless = driverFor([process.execPath, MAIN, ...pace, '--careless', String(spec.seed)]);
  const rogues = new Map(
    Object.entries(spec.rogues).map(([agent, trick]) => [
      agent,
      driverFor([process.execPath, rogueProgram(trick), MAIN, ...pace]),
    ]),
  );
  const select = (order: WorkOrder): Driver => {
    const rogue = order.round === 1 && order.attempt === 1 ? rogues.get(order.agent) : undefined;
    return rogue ?? (spec.careless.includes(order.agent) ? careless : honest);
  };
  return {
    name: 'blueprint',
    labelFor: (agent) => labelFor(spec, agent),
    preflight: async () => [...unknownTricks(spec), ...(await honest.preflight())],
    run: (order, note, signal) => select(order).run(order, note, signal),
  };
}

function rogueProgram(trick: string): string {
  return fileURLToPath(new URL(`../../demo/rogues/${trick}${EXTENSION}`, import.meta.url));
}

function labelFor(spec: BlueprintOptions['spec'], agent: string): string {
  const trick = spec.rogues[agent];
  if (trick !== undefined) return `rules, rogue: ${trick}`;
  return spec.careless.includes(agent) ? 'rules, careless' : 'rules';
}

function unknownTricks(spec: BlueprintOptions['spec']): string[] {
  const known: readonly string[] = TRICKS;
  return Object.entries(spec.rogues)
    .filter(([, trick]) => !known.includes(trick))
    .map(
      ([agent, trick]) =>
        `${agent} is to play "${trick}", which no rogue knows: there are ${TRICKS.join(', ')}.`,
    );
}
