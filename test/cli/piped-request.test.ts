/** A request that comes through a pipe, and a resume with nothing to go on with. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openThinking } from './thinking.ts';

const BIN = join(import.meta.dirname, '../../bin/baton.js');
const REQUEST = 'Implement an API for invoices with tests';

function detectPiped(producer: string): { triggered: boolean } {
  const script = `${producer} | '${process.execPath}' '${BIN}' detect --file - --json`;
  return JSON.parse(execFileSync('sh', ['-c', script], { encoding: 'utf8' })) as { triggered: boolean }; // the command's own format
}

describe('--file -', () => {
  it('reads the request from stdin, in one piece or in pieces that come late', () => {
    expect(detectPiped(`echo '${REQUEST}'`)).toMatchObject({ triggered: true });
    expect(detectPiped(`{ echo Implement an API; sleep 0.3; echo for invoices with tests; }`)).toMatchObject({
      triggered: true,
    });
  });

  it('reads it from whatever stdin is, and refuses what is no text, or nothing', () => {
    const detect = (input: string | Buffer): string => {
      try {
        const options = { input, encoding: 'utf8', stdio: 'pipe' } as const;
        return execFileSync(process.execPath, [BIN, 'detect', '--file', '-', '--json'], options);
      } catch (error) {
        return (error as { stderr: string }).stderr; // of a command that failed
      }
    };
    expect(JSON.parse(detect(REQUEST))).toMatchObject({ triggered: true });
    expect(detect(Buffer.from([0xff, 0xfe, 0x61]))).toContain(
      'The request cannot be read from stdin: Byte 0',
    );
    expect(detect('')).toContain('There is no request.');
  });
});

it('resume says of a run that waits for a person that there is nothing to go on with', async () => {
  using thinking = openThinking();
  expect((await thinking.baton('run', 'Think', ...thinking.flags)).code).toBe(4);
  const { code, err } = await thinking.baton('resume');
  expect(code).toBe(4);
  expect(err).toContain('the run waits for a person: there is nothing to go on with before the answer');
  expect(err).not.toContain('resumed in');
});
