/**
 * Whether a command starts one runner and nothing behind it: `a && b` ends at a red `a`, so that a test of ours that fails among
 * those of `a` would keep `b` from running. Reads scripts of the package; what it cannot read starts more than one.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateCommand } from '../../definitions/config.ts';
import type { GatePlace } from '../run-gate-command.ts';

const SEQUENCE = /[;&|\n]/;
const RUNNER = /(?:^|[\s/])(?:vitest|jest|mocha)(?:\s|$)|(?:^|[\s/])node\s(?:.*\s)?--test(?:\s|$)/;
const SCRIPT = /^(?:npm|pnpm|yarn|bun)\s+(?:(?:run|run-script)\s+)?([\w:.-]+)(?:\s|$)/;
/** A script that starts a script that starts one. */
const MAX_DEPTH = 3;

export async function startsOnce(
  { command }: Pick<GateCommand, 'command'>,
  place: Pick<GatePlace, 'root' | 'module'>,
): Promise<boolean> {
  const scripts = await readScripts(join(place.root, place.module, 'package.json'));
  return isOne(command.join(' '), scripts, 0);
}

function isOne(text: string, scripts: Readonly<Record<string, unknown>>, depth: number): boolean {
  if (SEQUENCE.test(text) || depth > MAX_DEPTH) return false;
  if (RUNNER.test(text)) return true;
  const name = SCRIPT.exec(text.trim())?.[1];
  const script = name === undefined ? undefined : scripts[name === 't' ? 'test' : name];
  return typeof script === 'string' && isOne(script, scripts, depth + 1);
}

async function readScripts(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const { scripts } = JSON.parse(await readFile(file, 'utf8')) as { scripts?: unknown }; // looked at below
    return typeof scripts === 'object' && scripts !== null ? { ...scripts } : {};
  } catch {
    return {};
  }
}
