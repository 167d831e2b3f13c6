#!/usr/bin/env node
/**
 * Whether the statement of a pull request holds: signed by a key that the base branch allows, about exactly this commit, with every
 * review and gate that it takes. Node (20 or newer), git and this one file are all that it needs, so that other people's CI can run a copy:
 *
 *   node baton-verify.mjs --envelope FILE [--repo PATH] [--commit REF] [--base REF] [--signers FILE] [--json]
 *
 * Exit codes: 0 it holds, 2 wrong use, 5 it does not hold.
 */
import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
// Types alone: what runs is one file.
import type {
  Envelope,
  Part,
  Proof,
  ProofCode,
  ProofProblem,
  ProofQuestion,
  Signer,
  Statement,
  StepFacts,
} from './proof-shape.ts';

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PREDICATE_TYPE = 'https://slsa.dev/provenance/v1';
export const BUILD_TYPE = 'urn:baton-orchestrator:change:v1';
/** Where the base branch names the keys that may sign. */
export const SIGNERS_FILE = '.baton/signers';
/** Around the envelope in the text of a pull request. */
export const BLOCK = { begin: '<!-- baton:statement -->', end: '<!-- /baton:statement -->' } as const;

/** Stands before an envelope that was packed. */
export const PACKED = 'gzip:';
const MAX_ENVELOPE_BYTES = 4 * 1024 * 1024;

/** What DSSE has signed: the type and the payload, each with its length. */
export function signedBytes(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** The fingerprint of an ed25519 key from its 32 bytes. */
export function fingerprintOf(raw: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(sshBlob(raw)).digest('base64').replace(/=+$/, '')}`;
}

const SSH_TYPE = 'ssh-ed25519';

/** The bytes behind `ssh-ed25519` in a line of OpenSSH's. */
export function sshBlob(raw: Uint8Array): Buffer {
  const part = (bytes: Uint8Array): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  return Buffer.concat([part(Buffer.from(SSH_TYPE)), part(raw)]);
}

/**
 * Lines of OpenSSH: `[who] ssh-ed25519 KEY [comment]`. What has options is left out: a key that is bound to a time or a purpose would
 * count without the bound. Keys of other kinds sign nothing here.
 */
export function readSigners(text: string): { signers: Signer[]; leftOut: number[] } {
  const signers: Signer[] = [];
  const leftOut: number[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.trim().split(/\s+/);
    const at = words.indexOf(SSH_TYPE);
    if (at < 0 || line.trim().startsWith('#')) continue;
    const signer = at > 1 || /^cert-authority$|[="]/.test(words[at - 1] ?? '') ? null : signerOf(words, at);
    if (signer === null) leftOut.push(index + 1);
    else signers.push(signer);
  }
  return { signers, leftOut };
}

function signerOf(words: string[], at: number): Signer | null {
  const blob = Buffer.from(words[at + 1] ?? '', 'base64');
  const raw = blob.subarray(-32);
  if (!blob.equals(sshBlob(raw))) return null;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') };
  const fingerprint = fingerprintOf(raw);
  const name = words[at - 1] ?? (words.slice(at + 2).join(' ') || fingerprint);
  return { key: createPublicKey({ key: jwk, format: 'jwk' }), fingerprint, name };
}

/** Whether one of these keys signed exactly this. */
function signedBy(envelope: Envelope, signers: readonly Signer[]): Signer | null {
  const bytes = signedBytes(envelope.payloadType, Buffer.from(envelope.payload, 'base64'));
  const signatures = envelope.signatures.map(({ sig }) => Buffer.from(sig, 'base64'));
  const holds = ({ key }: Signer): boolean => signatures.some((sig) => verify(null, bytes, key, sig));
  return signers.find(holds) ?? null;
}

/** Every envelope in a text: of a file one per line or one in all, of a pull request the one in its block. */
export function findEnvelopes(text: string): Envelope[] {
  const block = blockOf(text);
  if (block === null && !text.trimStart().startsWith('{')) return [];
  const whole = unpack(block ?? text);
  const inside = whole.slice(whole.indexOf('{'), whole.lastIndexOf('}') + 1);
  const one = readEnvelope(inside);
  if (one !== null) return [one];
  return inside.split('\n').flatMap((line) => readEnvelope(line) ?? []);
}

/** A long one is packed to fit into the text of a pull request. */
function unpack(text: string): string {
  const [, packed] = text.split(PACKED);
  const bytes = /^[\w+/=]+/.exec(packed ?? '')?.[0];
  if (bytes === undefined) return text;
  try {
    return gunzipSync(Buffer.from(bytes, 'base64'), { maxOutputLength: MAX_ENVELOPE_BYTES }).toString('utf8');
  } catch {
    return ''; // it was edited, which the caller says
  }
}

function blockOf(text: string): string | null {
  const start = text.indexOf(BLOCK.begin);
  const end = text.indexOf(BLOCK.end, start);
  return start < 0 || end < 0 ? null : text.slice(start + BLOCK.begin.length, end);
}

function readEnvelope(text: string): Envelope | null {
  const data = parseJson(text) as Partial<Envelope> | null; // its parts are looked at one by one
  if (data === null || typeof data !== 'object') return null;
  if (typeof data.payloadType !== 'string' || typeof data.payload !== 'string') return null;
  if (!Array.isArray(data.signatures)) return null;
  const signatures = data.signatures.filter((each) => typeof each?.sig === 'string');
  return { payloadType: data.payloadType, payload: data.payload, signatures };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // what is no JSON is no envelope
  }
}

/** null: it is none of ours. */
export function readStatement({ payloadType, payload }: Envelope): Statement | null {
  if (payloadType !== PAYLOAD_TYPE) return null;
  const found = parseJson(Buffer.from(payload, 'base64').toString('utf8')) as Statement | null; // looked at below
  const { buildDefinition, runDetails } = found?.predicate ?? {};
  const lists = [found?.subject, buildDefinition?.resolvedDependencies, runDetails?.byproducts];
  const isOurs =
    found?._type === STATEMENT_TYPE &&
    found.predicateType === PREDICATE_TYPE &&
    buildDefinition?.buildType === BUILD_TYPE &&
    typeof runDetails?.metadata?.invocationId === 'string' &&
    lists.every((list) => Array.isArray(list) && list.every(isPart));
  return isOurs ? found : null;
}

function isPart(part: unknown): part is Part {
  const { name, digest } = (part ?? {}) as Partial<Part>; // looked at here
  return typeof name === 'string' && typeof digest === 'object' && digest !== null;
}

type Git = (...args: string[]) => string | null;

/** Reads only; null where git says no. Nothing of the caller's git variables leads it elsewhere. */
export function openGit(repository: string): Git {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const env = { ...Object.fromEntries(own), GIT_NO_LAZY_FETCH: '1', GIT_NO_REPLACE_OBJECTS: '1' };
  return (...args) => {
    try {
      const options = { env, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 } as const;
      return execFileSync('git', ['-C', repository, ...args], {
        ...options,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    } catch {
      return null; // not there, or no repository: the caller says what was looked for
    }
  };
}

/** The commit that a name stands for; null: there is none. */
export function commitAt(git: Git, ref: string): string | null {
  return git('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`)?.trim() ?? null;
}

function signersAt(git: Git, commit: string): string | null {
  return git('cat-file', 'blob', `${commit}:${SIGNERS_FILE}`);
}

/** So many commits one run may leave on its branch. */
const MAX_OWN_COMMITS = 100;

interface Commit {
  tree: string;
  parents: string[];
  run: string | null;
  journal: string | null;
}

function readCommit(git: Git, id: string): Commit | null {
  const text = git('cat-file', 'commit', id);
  if (text === null) return null;
  const [head = '', ...message] = text.split('\n\n');
  const trailer = (key: string): string | null =>
    new RegExp(`^${key}: (.*)$`, 'm').exec(message.at(-1) ?? '')?.[1]?.trim() ?? null;
  return {
    tree: /^tree ([0-9a-f]+)$/m.exec(head)?.[1] ?? '',
    parents: [...head.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent]) => parent ?? ''),
    run: trailer('Baton-Run'),
    journal: trailer('Baton-Journal'),
  };
}

/** A pushed branch only goes forward: what is below a commit may be an earlier one of the same run. */
function standsOn(git: Git, commit: Commit, base: string): boolean {
  let at: Commit | null = commit;
  for (let left = MAX_OWN_COMMITS; at !== null && left > 0; left -= 1) {
    if (at.parents.includes(base)) return true;
    const below: Commit | null = at.parents[0] === undefined ? null : readCommit(git, at.parents[0]);
    at = below !== null && below.run !== null && below.run === commit.run ? below : null;
  }
  return false;
}

/** Asks everything that can be asked without the run's journal. Nothing of a statement counts before its signature does. */
export function checkProof(asked: ProofQuestion): Proof {
  const git = openGit(asked.repository);
  const none = { notes: [], signer: null, allowedBy: null, statement: null, commit: asked.commit };
  const fail = (code: ProofCode, detail: string): Proof => ({ ...none, problems: [{ code, detail }] });
  const envelopes = findEnvelopes(asked.text);
  const isAbout = (each: Envelope): boolean =>
    readStatement(each)?.subject.some(({ digest }) => digest['gitCommit'] === asked.commit) === true;
  const envelope = envelopes.find(isAbout) ?? envelopes[0];
  if (envelope === undefined)
    return asked.text.includes(BLOCK.begin)
      ? fail('edited', 'The statement in this text was edited: it cannot be read any more.')
      : fail('no_statement', 'There is no statement in it: none was attached, or it was taken out.');
  const commit = readCommit(git, asked.commit);
  if (commit === null) return fail('other_commit', `${asked.commit} is no commit of ${asked.repository}.`);
  const signer = whoSigned(git, envelope, asked);
  const statement = readStatement(envelope);
  if ('code' in signer)
    return { ...none, problems: [signer], statement: signer.code === 'not_signed' ? statement : null };
  if (statement === null)
    return fail('malformed', 'What was signed is no statement about a change of Baton’s.');
  const found = [
    ...checkSubject(git, statement, { ...asked, found: commit }),
    ...checkReviews(statement),
    ...checkGates(statement),
  ];
  return {
    problems: found.filter((each) => typeof each !== 'string'),
    notes: found.filter((each) => typeof each === 'string'),
    signer: `${signer.name} (${signer.fingerprint})`,
    allowedBy: signersPlace(asked),
    statement,
    commit: asked.commit,
  };
}

function signersPlace({ signers, base }: ProofQuestion): string {
  return signers === null ? `${SIGNERS_FILE} of ${base}` : 'the file of signers';
}

/** By a key that counted before the change, or what speaks against it. */
function whoSigned(git: Git, envelope: Envelope, asked: ProofQuestion): Signer | ProofProblem {
  if (envelope.signatures.length === 0)
    return { code: 'not_signed', detail: 'The statement is not signed: nobody vouches for it.' };
  const where = signersPlace(asked);
  const base = asked.base === null ? null : commitAt(git, asked.base);
  const text = asked.signers ?? (base === null ? null : signersAt(git, base));
  if (text === null)
    return { code: 'no_signers', detail: `There is no ${where}: nobody is allowed to sign.` };
  const { signers, leftOut } = readSigners(text);
  const signer = signedBy(envelope, signers);
  if (signer !== null) return signer;
  const said = envelope.signatures.map(({ keyid }) => keyid ?? '');
  const known = signers.find(({ fingerprint }) => said.includes(fingerprint));
  if (known !== undefined) {
    const detail = `The statement was edited after ${known.name} (${known.fingerprint}) signed it.`;
    return { code: 'edited', detail };
  }
  const at = (commit: string): Signer[] => readSigners(signersAt(git, commit) ?? '').signers;
  const own = signedBy(envelope, at(asked.commit));
  if (own !== null && signedBy(envelope, at(`${asked.commit}^`)) === null) {
    const detail = `${own.fingerprint} is allowed by the change itself, and not by ${where}.`;
    return { code: 'self_signed', detail };
  }
  const lines = leftOut.length === 0 ? '' : ` (left out: line ${leftOut.join(', ')})`;
  return {
    code: 'unknown_key',
    detail: `It is signed by ${said.join(', ') || 'a key'}, which ${where} does not allow${lines}.`,
  };
}

/** Whether it is about this commit, on this base, out of this journal. Texts are notes. */
function checkSubject(
  git: Git,
  statement: Statement,
  asked: ProofQuestion & { found: Commit },
): (ProofProblem | string)[] {
  const { commit, base, found } = asked;
  const { resolvedDependencies } = statement.predicate.buildDefinition;
  const { metadata, byproducts } = statement.predicate.runDetails;
  const subject = statement.subject.find(({ digest }) => digest['gitCommit'] === commit);
  const about = statement.subject.map(({ digest }) => digest['gitCommit'] ?? 'nothing').join(', ');
  if (subject === undefined || subject.annotations?.['tree'] !== found.tree)
    return [{ code: 'other_commit', detail: `It is about ${about}, and this is ${commit}.` }];
  const results: (ProofProblem | string)[] = [];
  const from = resolvedDependencies.find(({ name }) => name === `repository/${subject.name}`)?.digest[
    'gitCommit'
  ];
  if (from === undefined || !standsOn(git, found, from))
    results.push({
      code: 'other_base',
      detail: `It was made on ${from ?? 'nothing'}, and the commit stands on ${found.parents.join(', ') || 'nothing'}.`,
    });
  else if (base === null)
    results.push(`Whether a branch has ${from}, which it was made on, was not looked at.`);
  else if (commitAt(git, from) === null)
    results.push(`${from}, which it was made on, is not here: whether ${base} has it was not looked at.`);
  else if (git('merge-base', '--is-ancestor', from, commitAt(git, base) ?? '') === null)
    results.push({ code: 'other_base', detail: `${from}, which it was made on, is not in ${base}.` });
  const journal = byproducts.find(({ name }) => name === 'journal');
  const anchor = `${String(journal?.annotations?.['seq'])} ${journal?.digest['sha256']}`;
  if (found.run === null || found.journal === null)
    results.push(
      'The commit names no event of a journal: nothing outside vouches for the journal but the statement.',
    );
  else if (found.run !== metadata.invocationId || found.journal !== anchor)
    results.push({
      code: 'other_journal',
      detail: `It rests on event ${anchor} of ${metadata.invocationId}, and the commit names ${found.journal} of ${found.run}.`,
    });
  return results;
}

/** Any other word, and none, is no pass. */
const PASSED = ['pass', 'pass_with_notes'];

/** From the base to what was submitted, each link passed by everybody who had to, or accepted by a person. */
export function checkReviews({ predicate }: Statement): (ProofProblem | string)[] {
  const { byproducts } = predicate.runDetails;
  const { externalParameters, resolvedDependencies } = predicate.buildDefinition;
  // What the base became was brought in: the links behind it start there.
  const bases = resolvedDependencies.filter(({ name }) => name.startsWith('base/'));
  const proven = new Set<unknown>([
    externalParameters['base'],
    ...bases.map(({ digest }) => digest['sha256']),
  ]);
  const results: (ProofProblem | string)[] = [];
  const missing = (detail: string): unknown => results.push({ code: 'review_missing', detail });
  for (const { name, annotations } of byproducts.filter((part) => part.name.startsWith('step/'))) {
    const {
      from,
      revision,
      reviewers = [],
      reviews = [],
      override = null,
    } = (annotations ?? {}) as Partial<StepFacts>; // signed by who wrote them
    const passed = reviews.filter(({ verdict, blocking }) => PASSED.includes(verdict) && blocking === 0);
    const without = reviewers.filter((who) => !passed.some(({ reviewer }) => reviewer === who));
    if (!proven.has(from)) missing(`${name} starts from ${from}, which no review reaches.`);
    if (override !== null) results.push(`${name} was accepted by a person (${override}).`);
    else if (without.length > 0) missing(`${name} was not passed by ${without.join(', ')}.`);
    else if (reviewers.length === 0) missing(`${name} was to be reviewed by nobody.`);
    proven.add(revision);
  }
  const submitted = byproducts.find(({ name }) => name === 'submitted')?.digest['sha256'];
  if (submitted === undefined || !proven.has(submitted)) missing('No review reaches what was submitted.');
  return results;
}

function checkGates({ predicate }: Statement): (ProofProblem | string)[] {
  const { byproducts } = predicate.runDetails;
  const gates = byproducts.filter(({ name }) => name.startsWith('gate/'));
  if (gates.length === 0) return [{ code: 'gate_missing', detail: 'No gate ran on what was submitted.' }];
  const submitted = byproducts.find(({ name }) => name === 'submitted')?.digest['sha256'];
  const steps = byproducts.filter(({ name }) => name.startsWith('step/'));
  const isAccepted = steps.some(
    ({ annotations }) => annotations?.['override'] != null && annotations['revision'] === submitted,
  );
  const proves = gates.some(({ annotations }) => annotations?.['status'] === 'pass');
  const notes = proves ? [] : ['No gate passed on it: nothing was proven by machine.'];
  const red = gates
    .filter(({ annotations }) => annotations?.['blocking'] !== 0 || isRed(annotations['status']))
    .map(({ name, annotations }) => {
      const detail = `${name}: ${String(annotations?.['status'])}, with ${String(annotations?.['blocking'])} that block`;
      return isAccepted
        ? `${detail}; a person accepted it.`
        : ({ code: 'gate_red', detail: `${detail}.` } as const);
    });
  return [...red, ...notes];
}

/** Also where it names nothing that blocks. */
function isRed(status: unknown): boolean {
  return status !== 'pass' && status !== 'unverified' && status !== 'not_applicable';
}

/** Lines for people. */
export function proofLines({ problems, notes, signer, allowedBy, statement, commit }: Proof): string[] {
  const run = statement?.predicate.runDetails.metadata.invocationId;
  const said = notes.map(plain);
  if (problems.length > 0)
    return [...problems.map(({ code, detail }) => `✗ ${code}: ${plain(detail)}`), ...said];
  const parts = statement?.predicate.runDetails.byproducts ?? [];
  const steps = parts.filter(({ name }) => name.startsWith('step/')).length;
  const statuses = parts.flatMap(({ name, annotations }) =>
    name.startsWith('gate/') ? [String(annotations?.['status'])] : [],
  );
  const gates = [...new Set(statuses)].map(
    (status) => `${statuses.filter((each) => each === status).length} ${plain(status)}`,
  );
  return [
    `✓ ${commit} is what run ${run} submitted, signed by ${plain(signer ?? 'nobody')}, as ${plain(allowedBy ?? 'nobody')} allows`,
    `✓ ${steps} accepted steps lead to it, each reviewed; gates on it: ${gates.join(', ')}`,
    ...said,
  ];
}

/** What others wrote moves no cursor and hides nothing. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}

function main(argv: string[]): number {
  const { values } = parseArgs({
    args: argv,
    options: {
      envelope: { type: 'string' },
      repo: { type: 'string', default: '.' },
      commit: { type: 'string', default: 'HEAD' },
      base: { type: 'string' },
      signers: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { envelope, repo, commit: wanted, base = null, signers, json } = values;
  if (envelope === undefined) throw new Error('Say which: --envelope FILE');
  if (base === null && signers === undefined)
    throw new Error(
      'Say whose keys count: --base REF, the branch that the pull request is for, or --signers FILE',
    );
  const commit = commitAt(openGit(repo), wanted);
  if (commit === null) throw new Error(`There is no commit ${wanted} in ${repo}`);
  const read = (path: string | number): string => readFileSync(path, 'utf8');
  const text = read(envelope === '-' ? 0 : envelope);
  const given = signers === undefined ? null : read(signers);
  const proof = checkProof({ text, repository: repo, commit, base, signers: given });
  const said = json ? JSON.stringify(proof, null, 2) : proofLines(proof).join('\n');
  process.stdout.write(`${said}\n`);
  return proof.problems.length === 0 ? 0 : 5;
}

const [, started = ''] = process.argv;
if (existsSync(started) && realpathSync(started) === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}
