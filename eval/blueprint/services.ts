/** A small service in each layout that the rules read: the demo's, and the same one written for each framework. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '../../src/definitions/load-config.ts';
import { formatDiagnostic } from '../../src/core/errors.ts';
import type { Config } from '../../src/definitions/config.ts';
import type { Framework } from '../../src/drivers/blueprint/layout/handler-style.ts';
import { createRepository } from '../../src/testing/rig.ts';
import { MODULES } from '../built-in-tasks.ts';

const DEMO = fileURLToPath(new URL('../../examples/demo/orders-service/', import.meta.url));
const SERVICES = fileURLToPath(new URL('services/', import.meta.url));
/** What the demo has for `node:http` alone. */
const PLAIN_ONLY = ['src/routes.js', 'src/server.js', 'tests/server.test.js', 'tests/house-rules.test.js'];
export const SERVICE = 'orders-service';
/** The packages that each framework's service names, with their scope's folder. */
const LINKS: Readonly<Record<Framework, readonly string[]>> = {
  'node:http': [],
  express: ['express'],
  fastify: ['fastify'],
  hono: ['@hono/node-server', 'hono'],
};

/** A repository with the service in this layout, committed once, in `dir`. */
export function makeService(framework: Framework, dir: string): string {
  const demo = readFolder(DEMO);
  const files =
    framework === 'node:http'
      ? demo
      : {
          ...Object.fromEntries(Object.entries(demo).filter(([path]) => !PLAIN_ONLY.includes(path))),
          ...readFolder(join(SERVICES, 'common')),
          ...readFolder(join(SERVICES, framework)),
        };
  return createRepository(join(dir, SERVICE), files);
}

/** The command that lays the packages of the layout into a checkout; null: it needs none. */
export function setupOf(framework: Framework): string | null {
  const links = LINKS[framework];
  if (links.length === 0) return null;
  const scopes = links.flatMap((name) => (name.includes('/') ? [name.split('/')[0]] : []));
  return [
    `mkdir -p ${['.', ...scopes].map((scope) => `node_modules/${scope}`).join(' ')}`,
    ...links.map((name) => `ln -sfn ${MODULES}/${name} node_modules/${name}`),
  ].join(' && ');
}

/** The gates of the service, read as a user's `baton.yaml` would be. */
export function configOf(framework: Framework, mutants: number): Config {
  const setup = setupOf(framework);
  const gates = [
    { name: 'lint', kind: 'lint', command: `${MODULES}/.bin/oxlint --deny-warnings .` },
    { name: 'tests', kind: 'tests', command: 'node --test', reporter: 'node' },
    { name: 'reach', kind: 'reach' },
    { name: 'mutation', kind: 'mutation', time: '5m', max_mutants: mutants },
    { name: 'probe', kind: 'probe', start: ['node', 'src/main.js'] },
  ];
  const module = { path: '.', ...(setup === null ? {} : { setup: { command: setup, shell: true } }), gates };
  const text = JSON.stringify({ repos: { [SERVICE]: { modules: [module] } } });
  const { config, diagnostics } = parseConfig('baton.yaml', new TextEncoder().encode(text));
  if (config === null) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return config;
}

function readFolder(dir: string): Record<string, string> {
  if (!existsSync(dir)) return {};
  return Object.fromEntries(
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(dir.replace(/\/$/, '').length + 1), readFileSync(path, 'utf8')]),
  );
}
