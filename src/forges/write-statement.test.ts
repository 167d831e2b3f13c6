import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { BLOCK, findEnvelopes } from '../proof/baton-verify.mts';
import { writeLinks } from './write-links.ts';
import { writeStatement } from './write-statement.ts';

const envelope = (payload: string): string =>
  `${JSON.stringify({ payloadType: 'text/plain', payload, signatures: [] })}\n`;
const PULL = { number: 2, url: 'https://host/a/web/pull/2', branch: 'b', base: 'main', head: 'f'.repeat(40) };

it('stands in a body once, whatever is written around it and however often', () => {
  const once = writeStatement('<!-- marker -->\nWords.', envelope('AAAA'), 65_536);
  expect(once).toContain('(in-toto, not signed)');
  expect(once.startsWith('<!-- marker -->\nWords.\n')).toBe(true);
  expect(writeStatement(once, envelope('AAAA'), 65_536)).toBe(once);
  const linked = writeLinks(once, 'api', [{ ...PULL, repo: 'web', state: 'draft' }]);
  const twice = writeStatement(linked, envelope('BBBB'), 65_536);
  expect(twice.split(BLOCK.begin)).toHaveLength(2);
  expect(findEnvelopes(twice)).toMatchObject([{ payload: 'BBBB' }]);
  expect(twice).toContain('https://host/a/web/pull/2');
  expect(writeStatement(twice, envelope('BBBB'), 65_536)).toBe(twice);
});

it('AUD-6: is never cut: the words around it are, and one that leaves them no room says where it is', () => {
  const long = writeStatement('<!-- marker -->\n' + '😀'.repeat(5_000), envelope('A'.repeat(3_000)), 5_000);
  expect(long.length).toBeLessThanOrEqual(5_000);
  expect(long.startsWith('<!-- marker -->\n😀')).toBe(true);
  expect(long).toContain('(Cut: the forge takes no longer text.)');
  expect(long.isWellFormed()).toBe(true);
  expect(findEnvelopes(long)).toMatchObject([{ payload: 'A'.repeat(3_000) }]);
  const packed = writeStatement('Words.', envelope('A'.repeat(4_000)), 5_000);
  expect(packed).not.toContain('AAAAAAAAAAAAAAAA');
  expect(findEnvelopes(packed)).toMatchObject([{ payload: 'A'.repeat(4_000) }]);
  expect(findEnvelopes(packed.replace('gzip:H4', 'gzip:AA'))).toEqual([]);
  expect(findEnvelopes(writeStatement('', envelope('A'.repeat(5_000_000)), 65_536))).toEqual([]);
  const longer = writeStatement('Words.', envelope(randomBytes(4_000).toString('base64')), 5_000);
  expect(longer).toContain('Words.');
  expect(longer).toContain('`baton report --format statements` prints it');
  expect(findEnvelopes(longer)).toEqual([]);
});
