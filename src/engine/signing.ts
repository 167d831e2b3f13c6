/**
 * The key that Baton signs statements with: ed25519, in a file of its user's, outside of every repository and behind the wall from
 * agents. It enters no journal. Without one, statements are written unsigned.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BatonError } from '../core/errors.ts';
import { createPrivateFile, ensurePrivateFolder } from '../journal/sqlite/state-dir.ts';
import { fingerprintOf, PAYLOAD_TYPE, signedBytes, sshBlob } from '../proof/baton-verify.mts';
import type { Envelope } from '../proof/proof-shape.ts';

/** What a submission waits with where `baton.yaml` says `signing: required`. */
export const NO_SIGNING_KEY =
  'baton.yaml requires signed statements (`signing: required`), and there is no key: make one with `baton keys new`.';

export interface SigningKey {
  /** As `ssh-keygen -lf` prints it. */
  fingerprint: string;
  /** The line for `.baton/signers`. */
  line: string;
  sign(payload: Uint8Array): Buffer;
}

/** null: there is no such file. Throws E_SIGNING_KEY for one that others can read, that a repository holds, or that is no such key. */
export function readSigningKey(path: string): SigningKey | null {
  if (!existsSync(path)) return null;
  refuseInRepository(path);
  return keyOf(readPrivately(path), path);
}

/** Writes a new one. Throws E_SIGNING_KEY where there is one already. */
export function createSigningKey(path: string): SigningKey {
  const folder = dirname(path);
  if (!existsSync(folder)) ensurePrivateFolder(folder);
  refuseInRepository(path);
  const { privateKey } = generateKeyPairSync('ed25519');
  const text = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  if (!createPrivateFile(path, text))
    throw unusable(
      `There is a file at ${path} already.`,
      'Keep it: statements were signed with it. Move it away for a new one.',
    );
  return keyOf(text, path);
}

/** In the form of DSSE; without a key nobody signs it. */
export function envelopeOf(payload: string, key: SigningKey | null): Envelope {
  const bytes = Buffer.from(payload, 'utf8');
  return {
    payloadType: PAYLOAD_TYPE,
    payload: bytes.toString('base64'),
    signatures:
      key === null
        ? []
        : [{ keyid: key.fingerprint, sig: key.sign(signedBytes(PAYLOAD_TYPE, bytes)).toString('base64') }],
  };
}

function keyOf(text: string, path: string): SigningKey {
  const key = parseKey(text);
  if (key?.asymmetricKeyType !== 'ed25519')
    throw unusable(`${path} holds no ed25519 key in PEM.`, 'Make one: `baton keys new`.');
  const raw = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
  return {
    fingerprint: fingerprintOf(raw),
    line: `ssh-ed25519 ${sshBlob(raw).toString('base64')}`,
    sign: (payload) => sign(null, payload, key),
  };
}

function parseKey(text: string): KeyObject | null {
  try {
    return createPrivateKey(text);
  } catch {
    return null; // said by the caller, with the file's name and nothing of its content
  }
}

/** Modes are looked at on the file that is read. */
function readPrivately(path: string): string {
  const file = openSync(path, 'r');
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw unusable(`${path} is no file.`, 'Name a file with a key.');
    if ((stat.mode & 0o077) !== 0)
      throw unusable(
        `Others can read ${path}.`,
        `Take their rights away, \`chmod 600 ${path}\`, or make a new key.`,
      );
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function refuseInRepository(path: string): void {
  for (let at = dirname(path); ; at = dirname(at)) {
    if (existsSync(join(at, '.git')))
      throw unusable(
        `${path} lies in the repository ${at}.`,
        'Keep it outside of every repository (BATON_SIGNING_KEY names the file).',
      );
    if (dirname(at) === at) return;
  }
}

function unusable(message: string, fix: string): BatonError {
  return new BatonError({ code: 'E_SIGNING_KEY', message, fix });
}
