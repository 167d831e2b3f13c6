import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { NO_WALL } from '../workspace/wall/open-wall.ts';
import { describeDriver } from './driver.contract.ts';
import type { Behaviour } from './testing/contract-subject.ts';
import { createScriptedDriver, loadScript } from './scripted.ts';
import type { ScriptedAnswer } from './scripted.ts';
import { makeWorkOrder } from './testing/work-order.ts';

const result = { status: 'complete', summary: 'did coder' };
const ANSWERS: Partial<Record<Behaviour, ScriptedAnswer>> = {
  submit: { result },
  edit: { result, files: { 'app/made.txt': 'made\n' } },
  silent: {},
  crash: { fail: { reason: 'crashed', detail: 'something broke' } },
  hang: { notes: ['ready'], hang: true },
  notes: { notes: ['first', 'second ä'], result },
  lies: { files: { 'app/made.txt': 'made\n' }, result: { ...result, claims: { files: ['app/never.txt'] } } },
  cut_off: { files: { 'app/half.txt': 'half\n' }, fail: { reason: 'crashed', detail: 'cut off' } },
};

describeDriver({
  name: 'scripted',
  wall: NO_WALL,
  behaviours: Object.keys(ANSWERS) as Behaviour[],
  create: (behaviour) => createScriptedDriver(() => ANSWERS[behaviour] ?? {}),
});

const signal = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'baton-script-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const writeScript = (text: string) => {
  const file = join(folder, 'script.yaml');
  writeFileSync(file, text);
  return file;
};

describe('scripted driver', () => {
  it('deletes files, and says in every view that it is a script', async () => {
    using work = makeWorkOrder(NO_WALL);
    const driver = createScriptedDriver(() => ({ result, files: { 'app/seed.txt': null } }));
    await driver.run(work.order, work.note, signal);
    expect(existsSync(join(work.repo, 'seed.txt'))).toBe(false);
    expect(driver.labelFor('coder')).toBe('script');
  });

  it('ends as a crash when the script throws or leaves its repository', async () => {
    using work = makeWorkOrder(NO_WALL);
    const outside = createScriptedDriver(() => ({ result, files: { 'app/../../x': '' } }));
    const throwing = createScriptedDriver(() => {
      throw new Error('bad script');
    });
    expect(await outside.run(work.order, work.note, signal)).toMatchObject({ reason: 'crashed' });
    expect(await throwing.run(work.order, work.note, signal)).toMatchObject({ detail: 'bad script' });
  });

  it('plays the first rule of a file that fits agent, round and attempt', async () => {
    const file = writeScript(`
- agent: coder
  round: 1
  result: { summary: second round }
- agent: coder
  attempt: 2
  fail: { reason: crashed, detail: twice }
- agent: coder
  files: { app/a.txt: a }
  result: { summary: first }
- agent: '*'
  result: { summary: anyone }
`);
    const driver = createScriptedDriver(loadScript(file).script);
    const play = async (changes: object) => {
      using work = makeWorkOrder(NO_WALL, changes);
      return driver.run(work.order, work.note, signal);
    };
    expect(await play({})).toMatchObject({ result: { summary: 'first' } });
    expect(await play({ round: 1 })).toMatchObject({ result: { summary: 'second round' } });
    expect(await play({ attempt: 2 })).toMatchObject({ reason: 'crashed', detail: 'twice' });
    expect(await play({ agent: 'other' })).toMatchObject({ result: { summary: 'anyone' } });
  });

  it('refuses a file with unknown keys at their place, and one that is not there', () => {
    expect(() => loadScript(writeScript('- agent: a\n  reslut: {}\n'))).toThrow(
      /script\.yaml:2:3 E_CONFIG_KEY/,
    );
    expect(() => loadScript(join(folder, 'none.yaml'))).toThrow(/cannot be read/);
  });
});
