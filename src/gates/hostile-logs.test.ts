import { describe, it } from 'vitest';
import { createRedactor, secretFinder } from '../drivers/redact.ts';
import { parseConfig } from '../definitions/load-config.ts';
import { maskSecretShapes } from './change/secret-shapes.ts';
import { excerptErrors } from './excerpts.ts';
import { excerptHead, excerptTail } from './findings.ts';
import { messagesOf } from './judge-command.ts';
import { parseProblems } from './parse-problems.ts';
import { cpuMs, within } from '../testing/time-bounds.ts';

const LINE_CHARACTERS = 1024 ** 2;
const LINES = 50;
const MOST_MS = 5_000;
/** What lines of 1 MB are made of; `!` ends each, so that nothing matches in the end. */
const PIECES = ['a', ' ', 'a:1:', '0a', 'a/', '(1,', 'sk-a', '"+\\', '=='];

const lines = Array.from({ length: LINES }, (_, index) => {
  const piece = PIECES[index % PIECES.length] ?? '';
  return `${piece.repeat(LINE_CHARACTERS / piece.length).slice(0, LINE_CHARACTERS - 2)}!\n`;
});
const log = lines.join('');
const bytes = Buffer.from(log);
const secrets = new Map([['KEY', 'sk-a/"b"+$&ä-0123456789']]);
const redactor = createRedactor(secrets);
const find = secretFinder(secrets);

const READERS: readonly [name: string, read: () => unknown][] = [
  ['redaction of text', () => redactor.text(log)],
  ['redaction of bytes', () => redactor.bytes(bytes)],
  ['known secrets in a file', () => find(bytes)],
  ['keys and tokens by their shapes', () => maskSecretShapes(log)],
  ['problems of compilers and linters', () => parseProblems(log, '/repo', '/repo')],
  ['messages that are held against the base', () => messagesOf(log, { root: '/repo', module: '.' })],
  ['the beginning of a log', () => excerptHead(log, '/repo')],
  ['the end of a log', () => excerptTail(log, '/repo')],
  ['the errors in a log', () => excerptErrors(log, '/repo')],
  ['a configuration', () => parseConfig('baton.yaml', bytes)],
];

describe('DOS-4: 50 MB in lines of 1 MB that are made to be slow', () => {
  it.each(READERS)('are scanned in less than 5 s: %s', async (_name, read) => {
    await within(MOST_MS, read, { clock: cpuMs });
  });
});
