/** Which profiles of repositories a person trusts: by file and hash, in the user's state folder, outside of every repository. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { BatonError } from '../../core/errors.ts';
import type { ForeignProfile } from '../../definitions/load-profiles.ts';
import { closedObject } from '../../definitions/schema-issues.ts';
import type { CliContext } from '../context.ts';
import { findRepository, nearestExisting } from '../places.ts';

/** By the file's real path the hash that was read. Another clone is another file: what its command runs is another's, too. */
const storeSchema = closedObject({
  version: z.literal(1),
  trusted: z.record(z.string(), closedObject({ hash: z.string(), at: z.string() })),
});
type Trusted = z.output<typeof storeSchema>['trusted'];

/** `new`: nobody trusted this file yet. `changed`: somebody trusted what it held before. */
export type Trust = 'trusted' | 'new' | 'changed';

/** Throws where the record of it cannot be believed. */
export function trustOf(profile: ForeignProfile, context: CliContext): Trust {
  const known = readTrusted(storeOf(context))[realpathSync(profile.file)];
  if (known === undefined) return 'new';
  return known.hash === profile.hash ? 'trusted' : 'changed';
}

/** Written whole and moved into its place, readable by its owner alone. */
export function recordTrust(profile: ForeignProfile, context: CliContext): void {
  const store = storeOf(context);
  const entry = { hash: profile.hash, at: context.now().toISOString() };
  const trusted: Trusted = { ...readTrusted(store), [realpathSync(profile.file)]: entry };
  mkdirSync(dirname(store), { recursive: true, mode: 0o700 });
  const draft = `${store}.${randomUUID()}`;
  try {
    writeFileSync(draft, `${JSON.stringify({ version: 1, trusted }, null, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
    });
    renameSync(draft, store);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Never in a repository: whoever commits there would say what is trusted. */
function storeOf({ environment, homeDir }: CliContext): string {
  const state = environment['XDG_STATE_HOME'];
  const usual = state !== undefined && isAbsolute(state) ? state : join(homeDir, '.local', 'state');
  const store = join(usual, 'baton', 'trusted-profiles.json');
  const repository = findRepository(nearestExisting(store));
  if (repository === null) return store;
  throw new BatonError({
    code: 'E_PROFILE_UNTRUSTED',
    message: `What you trust is written down in ${store}, which lies in the repository ${repository}.`,
    fix: 'Set XDG_STATE_HOME to a folder of yours outside of any repository.',
  });
}

function readTrusted(store: string): Trusted {
  if (!existsSync(store)) return {};
  const { uid, mode } = statSync(store);
  const isForeign = process.getuid !== undefined && uid !== process.getuid();
  if (isForeign || (mode & 0o022) !== 0) throw unbelievable(store, 'others can write to it');
  const read = storeSchema.safeParse(parse(readFileSync(store, 'utf8')));
  if (!read.success) throw unbelievable(store, 'it does not have the form that Baton writes');
  return read.data.trusted;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function unbelievable(store: string, why: string): BatonError {
  return new BatonError({
    code: 'E_PROFILE_UNTRUSTED',
    message: `What ${store} says is trusted is not believed: ${why}.`,
    fix: 'Look at it and remove it; then trust again what you use.',
  });
}
