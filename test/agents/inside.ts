/**
 * Runs the suites for one agent where there is no network but loopback, and writes down what names were looked up.
 *
 *   node inside.ts NAMES_FILE VITEST_ARGUMENT…
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openNameServer } from './name-server.ts';

const [file = '', ...args] = process.argv.slice(2);
const vitest = join(import.meta.dirname, '../../node_modules/vitest/vitest.mjs');
await using server = await openNameServer();
const config = join(import.meta.dirname, 'vitest.config.ts');
const child = spawn(process.execPath, [vitest, 'run', '--config', config, ...args], { stdio: 'inherit' });
const [code] = (await once(child, 'exit')) as [number | null]; // 'exit' gives a code or a signal
writeFileSync(file, JSON.stringify(server.names()));
process.exitCode = code ?? 1;
