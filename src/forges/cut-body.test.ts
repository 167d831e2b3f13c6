import { expect, it } from 'vitest';
import { cutBody } from './cut-body.ts';
import { EVIDENCE, writeEvidence, writeLinks } from './write-links.ts';
import { writeStatement } from './write-statement.ts';

const MOST = 65_536;
const ANCHOR = `Journal: event 42, \`${'a'.repeat(64)}\`. Check it.`;
const bodyOf = (words: string, main: string): string =>
  `<!-- marker -->\n${words}\n\n${EVIDENCE.begin}\n${main}\n\n${ANCHOR}\n${EVIDENCE.end}`;
const OTHER = {
  number: 2,
  url: 'https://host/a/web/pull/2',
  branch: 'b',
  base: 'main',
  head: 'f'.repeat(40),
};
const STATEMENT = `${JSON.stringify({ payloadType: 'text/plain', payload: 'AAAA', signatures: [] })}\n`;

it.each([
  ['words of a submitter without end', bodyOf('w'.repeat(200_000), 'Changed files (1)')],
  ['words in a fence without end', bodyOf(`\`\`\`\`\n${'w\n'.repeat(100_000)}\`\`\`\``, 'Changed files (1)')],
  ['evidence without end', bodyOf('Why.', `Changed files:\n\`\`\`\n${'x\n'.repeat(100_000)}\`\`\``)],
  ['both without end', bodyOf('😀'.repeat(100_000), 'e'.repeat(200_000))],
])('AUD-2: the anchor, the marker, the statement and the links stay, whatever is too long: %s', (_, body) => {
  const once = writeStatement(body, STATEMENT, MOST);
  const linked = writeStatement(
    writeLinks(writeEvidence(once, body), 'api', [{ ...OTHER, repo: 'web', state: 'draft' }]),
    STATEMENT,
    MOST,
  );
  for (const text of [once, linked]) {
    expect(text.length).toBeLessThanOrEqual(MOST);
    expect(text.startsWith('<!-- marker -->')).toBe(true);
    expect(text.split(ANCHOR)).toHaveLength(2);
    expect(text.split(EVIDENCE.end)).toHaveLength(2);
    expect(text).toContain('AAAA');
    expect(text).toContain('(Cut: the forge takes no longer text.)');
    expect(text.isWellFormed()).toBe(true);
    expect(text.slice(0, text.indexOf(EVIDENCE.begin)).split('````').length % 2).toBe(1);
  }
  expect(linked).toContain('https://host/a/web/pull/2');
  // Written once more nothing changes: an effect that is tried again finds it done.
  const again = writeEvidence(linked, body);
  expect(
    writeStatement(writeLinks(again, 'api', [{ ...OTHER, repo: 'web', state: 'draft' }]), STATEMENT, MOST),
  ).toBe(linked);
});

it('a body that fits stays as it is, and one of somebody else’s making is cut at its end', () => {
  const body = bodyOf('Why.', 'Changed files (1)');
  expect(cutBody(body, MOST)).toBe(body);
  const cut = cutBody('w'.repeat(70_000), MOST);
  expect(cut).toHaveLength(MOST);
  expect(cut.endsWith('(Cut: the forge takes no longer text.)')).toBe(true);
});
