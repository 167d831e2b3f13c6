/** Puts a gate's services in front of its command. */
import { fileURLToPath } from 'node:url';
import type { ServiceConfig } from '../../definitions/config.ts';
import type { CommandEnd } from '../run-command.ts';
import { UNSTEERED } from '../unsteered-node.ts';

interface Program {
  file: string;
  args: string[];
}

export interface StartedProgram extends Program {
  /** The whole environment. */
  env: Record<string, string>;
}

/** What `run-with-services` ends with where a service did not come up. */
const NOT_READY = 113;
const EXTENSION = import.meta.url.endsWith('.ts') ? '.mts' : '.mjs';
const RUNNER = fileURLToPath(new URL(`./run-with-services${EXTENSION}`, import.meta.url));

/** The file that starts them; a gate has to be able to read it. */
export const SERVICES_RUNNER = RUNNER;

/** The program that starts the services and then this one. `resolve` finds the programs of services. */
export async function withServices(
  services: readonly ServiceConfig[],
  program: StartedProgram,
  resolve: (
    service: { shell: boolean; env: string[] },
    argv: string[],
  ) => Promise<StartedProgram | { problem: string }>,
): Promise<StartedProgram | { problem: string }> {
  if (services.length === 0) return program;
  const found = [];
  for (const service of services) {
    const { name, port, readyTimeoutMs } = service;
    const own = await resolve(service, service.command);
    const ready = service.ready === null ? null : await resolve({ ...service, shell: false }, service.ready);
    for (const one of [own, ready])
      if (one !== null && 'problem' in one) return { problem: `its service ${name}: ${one.problem}` };
    found.push({ ...own, name, port, ready, readyTimeoutMs });
  }
  const order = JSON.stringify({ services: found, command: program });
  // Not the gate's environment: what makes a runner report would make this program report.
  return {
    file: process.execPath,
    args: [...UNSTEERED, RUNNER, order],
    env: { PATH: program.env['PATH'] ?? '' },
  };
}

/** Services that did not come up are no result of the gate's. */
export function servicesNotReady(services: readonly ServiceConfig[], end: CommandEnd): CommandEnd {
  if (services.length === 0 || end.exit !== NOT_READY) return end;
  return { ...end, exit: null, notStarted: 'its services are not ready' };
}
