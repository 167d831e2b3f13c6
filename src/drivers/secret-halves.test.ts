import { generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CUT, cutEnd, cutStart, lastWords } from './cut.ts';
import { UNKNOWN_USAGE, type DriverNote } from './driver.ts';
import { createLineNotes } from './line-notes.ts';
import { OutputCapture } from './process/output-capture.ts';
import { createRedactor } from './redact.ts';
import { withoutSecrets } from './without-secrets.ts';
import { cpuMs, within } from '../testing/time-bounds.ts';

const KEY = 'nt-Zq7"Lw+2xRv/8bT9mK4pYs6Jd1Hc3Gf5';
const PEM = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey.trim();
const SECRETS = [KEY, PEM];
const FORMS = [KEY, Buffer.from(KEY).toString('base64url'), Buffer.from(KEY).toString('hex'), PEM];
const redactor = createRedactor(
  new Map([
    ['KEY', KEY],
    ['PEM', PEM],
  ]),
);

/** Parts of eight characters and more that stand in a text, also with other signs between them. */
function partsIn(text: string, secrets: readonly string[] = FORMS): string[] {
  const close = text.replaceAll(/[\s"'+,]/g, '');
  return secrets
    .flatMap((secret) => secret.split('\n').filter((line) => !line.startsWith('---')))
    .map((line) => line.replaceAll(/[\s"'+,]/g, ''))
    .flatMap((line) => Array.from({ length: line.length - 7 }, (_, at) => line.slice(at, at + 8)))
    .filter((part) => close.includes(part));
}

async function hear(tell: (note: (note: DriverNote) => void) => void): Promise<DriverNote[]> {
  const notes: DriverNote[] = [];
  await withoutSecrets(
    redactor,
    (note) => notes.push(note),
    async (_handed, note) => {
      tell(note);
      return { kind: 'submitted', result: null, raw: new Uint8Array(), usage: UNKNOWN_USAGE };
    },
  );
  return notes;
}

const together = (notes: readonly DriverNote[]): string => notes.map(({ text }) => text).join('\n');

describe('a secret in pieces', () => {
  it.each(FORMS.map((form) => [form.slice(0, 12), form]))(
    'SEC-1: leaves no half in two notes, wherever it is split: %s',
    async (_name, form) => {
      for (let at = 1; at < form.length; at += form.length > 200 ? 3 : 1) {
        const notes = await hear((note) => {
          for (const text of [`it says ${form.slice(0, at)}`, `${form.slice(at)} and more`])
            note({ kind: 'stderr', text });
        });
        expect(partsIn(together(notes)), `split at ${at}`).toEqual([]);
        expect(together(notes)).toMatch(/^it says[^]*\[(KEY|PEM)\][^]*and more$/);
      }
    },
  );

  it('SEC-1: leaves no half in lines, whatever chunks and lines a stream comes in', async () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 });
    const text = fc.constantFrom(...FORMS.map((form) => form.split('')));
    const breaks = fc.array(fc.constantFrom('', '', '', '\n', '" +\n  "'), { minLength: 4, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(text, pieces, breaks, async (letters, sizes, between) => {
        const said = Buffer.from(
          `before\n${letters.map((letter, at) => letter + between[at % between.length]).join('')}\nafter\n`,
        );
        const notes = await hear((note) => {
          const lines = createLineNotes('stderr', note);
          for (let at = 0, next = 0; at < said.length; next += 1) {
            const size = sizes[next % sizes.length] ?? 1;
            lines.add(said.subarray(at, at + size));
            at += size;
          }
          lines.end();
        });
        expect(partsIn(together(notes))).toEqual([]);
        expect(notes.at(0)?.text).toBe('before');
        expect(notes.at(-1)?.text).toBe('after');
      }),
      { numRuns: 150 },
    );
  });

  it('SEC-1: leaves no half where something else is told between its halves', async () => {
    for (let at = 1; at < KEY.length; at += 1) {
      const notes = await hear((note) => {
        note({ kind: 'text', text: `first ${KEY.slice(0, at)}` });
        note({ kind: 'tool', text: 'read a file' });
        note({ kind: 'text', text: `${KEY.slice(at)} last` });
      });
      expect(partsIn(together(notes)), `split at ${at}`).toEqual([]);
      expect(notes.map(({ kind }) => kind)).toEqual(['text', 'tool', 'text']);
      expect(notes[1]?.text).toBe('read a file');
    }
  });

  it('SEC-1: leaves no half where one secret ends and the next begins in the same note', async () => {
    for (let at = 1; at < KEY.length; at += 1) {
      const [first, second] = [KEY.slice(0, at), KEY.slice(at)];
      const notes = await hear((note) => {
        for (const text of [`at ${first}`, `${second} ${first}" +`, `  "${second} ${first}`, second])
          note({ kind: 'stderr', text });
      });
      expect(partsIn(together(notes)), `split at ${at}`).toEqual([]);
    }
  });

  it('notes without any are told at once, each by itself', async () => {
    const told: string[] = [];
    await withoutSecrets(
      redactor,
      ({ text }) => told.push(text),
      async (_handed, note) => {
        for (const [at, text] of ['one', 'two words.', 'three'].entries()) {
          note({ kind: 'text', text });
          expect(told).toHaveLength(at + 1);
        }
        return { kind: 'submitted', result: null, raw: new Uint8Array(), usage: UNKNOWN_USAGE };
      },
    );
    expect(told).toEqual(['one', 'two words.', 'three']);
  });
});

describe('a secret at a cut', () => {
  it.each(FORMS.map((form) => [form.slice(0, 12), form]))(
    'SEC-1: leaves no half on either side, wherever the cut goes through it: %s',
    (_name, form) => {
      for (let at = 1; at < form.length; at += form.length > 200 ? 3 : 1) {
        const text = `before ${form} after`;
        const first = redactor.text(cutEnd(text, 7 + at + 1));
        const last = redactor.text(cutStart(text, form.length - at + 6 + 1));
        expect(partsIn(`${first}|${last}`), `cut at ${at}`).toEqual([]);
        expect(first).toMatch(/^before/);
        expect(last).toMatch(/ after$/);
      }
    },
  );

  it('SEC-1: leaves no half in a line that is cut', async () => {
    for (let at = 1; at < KEY.length; at += 1) {
      const notes = await hear((note) => {
        const lines = createLineNotes('stderr', note);
        lines.add(Buffer.from(`${'x'.repeat(2_000 - at)}${KEY} and more\n`));
        lines.end();
      });
      expect(partsIn(together(notes)), `cut at ${at}`).toEqual([]);
    }
  });

  it('SEC-1: leaves no half in the line behind one that is cut', async () => {
    for (let at = 9; at < KEY.length - 9; at += 1) {
      const notes = await hear((note) => {
        const lines = createLineNotes('stderr', note);
        lines.add(Buffer.from(`${'x'.repeat(1_995)} ${KEY.slice(0, at)}\n${KEY.slice(at)} and more\n`));
        lines.end();
      });
      expect(partsIn(together(notes)), `cut at ${at}`).toEqual([]);
      expect(notes[1]?.text).toBe('[KEY] and more');
    }
  });

  it('SEC-1: leaves no half where the middle of an output is left out, nor where its beginning is', async () => {
    for (let at = 1; at < KEY.length; at += 1) {
      await using output = new OutputCapture(10_000, 200);
      await output.write(
        Buffer.from(`${'x'.repeat(100 - at)}${KEY}${'y'.repeat(300)}${KEY}${'z'.repeat(65 + at)}`),
      );
      const kept = Buffer.from(redactor.bytes(await output.read(200))).toString();
      expect(kept).toContain('bytes left out');
      expect(partsIn(kept), `cut at ${at}`).toEqual([]);
      expect(partsIn(redactor.text(lastWords(output, 65 + at + 20)))).toEqual([]);
    }
  });

  it('ordinary text beside a cut stays', () => {
    for (const text of [`it goes on ${CUT}`, `${CUT} and so on`, `nt-Zq7${CUT}`])
      expect(redactor.text(text)).toBe(text);
  });

  it('DOS-4: are looked for at 100,000 cuts in linear time', async () => {
    const hostile = `${KEY.slice(0, 20)}${CUT}`.repeat(100_000);
    await within(10_000, () => redactor.text(hostile), { clock: cpuMs });
  });
});

it('every secret is known', () => {
  for (const secret of SECRETS) expect(partsIn(redactor.text(secret))).toEqual([]);
});
