/** What a gate found, before it has a place in the run: drafts, and how they become findings. */
import { hashBytes } from '../journal/hash.ts';
import type { Finding } from '../core/results.ts';
import type { Severity } from '../core/words.ts';

/** In characters. */
export const MAX_EXCERPT = 1_200;

/** A finding without its id. */
export interface FindingDraft {
  severity: Severity;
  blocking: boolean;
  repo: string | null;
  file: string | null;
  line: number | null;
  problem: string;
  fix: string;
  /** What stays the same when the same thing is found again: no line numbers, no wording of the day. */
  identity: string;
  /** The step whose agent has to answer it, where the gate knows; else it is looked up by file and line. */
  owner?: string;
}

/** Gives every draft its id and fingerprint; `from` is the number of findings that this gate already has in the pass. */
export function toFindings(drafts: FindingDraft[], gate: string, prefix: string, from: number): Finding[] {
  return drafts.map(({ identity, ...draft }, index) => ({
    id: `${prefix}/${gate}/${from + index + 1}`,
    fingerprint: fingerprintOf({ ...draft, identity }, gate),
    source: gate,
    owner: null,
    ...draft,
  }));
}

/** What a finding is known by over rounds. */
export function fingerprintOf(
  { repo, file, identity }: Pick<FindingDraft, 'repo' | 'file' | 'identity'>,
  gate: string,
): string {
  return hashBytes([gate, repo ?? '', file ?? '', identity].join('\0'));
}

/** A message without what changes from run to run: numbers, case, spacing. */
export function normaliseMessage(message: string): string {
  return message.toLowerCase().replace(/\d+/g, '#').replace(/\s+/g, ' ').trim();
}

/** The start of an error message, without colours, frames of the runner and paths of the checkout. */
export function excerptHead(text: string, checkout: string): string {
  const lines = clean(text, checkout)
    .split('\n')
    .filter((line) => !/^\s+at .*(?:node:internal|node_modules)/u.test(line));
  return shorten(lines.join('\n'), MAX_EXCERPT, 'head');
}

/** The end of an output: where most programs say what went wrong. */
export function excerptTail(text: string, checkout: string): string {
  return shorten(clean(text, checkout), MAX_EXCERPT, 'tail');
}

function shorten(text: string, max: number, keep: 'head' | 'tail'): string {
  if (text.length <= max) return text;
  return keep === 'head' ? `${text.slice(0, max - 1)}…` : `…${text.slice(1 - max)}`;
}

/** Output as text for people: no escape sequences, no control characters, paths as the repository knows them. `checkout`: where it lies; empty where that is taken out already. */
export function clean(text: string, checkout: string): string {
  const tidy = text
    .replaceAll('\r\n', '\n')
    // oxlint-disable-next-line no-control-regex -- control characters are what has to go
    .replace(/\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)/g, '')
    // oxlint-disable-next-line no-control-regex -- the same
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
  return (checkout === '' ? tidy : tidy.replaceAll(`${checkout}/`, '')).trim();
}
