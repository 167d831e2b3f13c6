import { describe, expect, it } from 'vitest';
import { findOwnCommand, sayCommandsAs } from './command-here.ts';
import type { Output } from './context.ts';

const BIN = '/home/ada/baton/bin/baton.js';
const npx = (script: string) => ({ npm_lifecycle_event: 'npx', npm_lifecycle_script: script });

describe('the command that people are told to type', () => {
  it('is what started this process', () => {
    const started = (script: string, environment = {}, checkout: string | null = null) =>
      findOwnCommand({ script, environment, checkout });
    const same = (command: string) => ({ here: command, elsewhere: command });
    expect(started('/usr/local/bin/baton')).toEqual(same('baton'));
    expect(started(BIN, {}, BIN)).toEqual(same(`node ${BIN}`));
    expect(started('/home/ada lovelace/bin/baton.js')).toEqual(
      same("node '/home/ada lovelace/bin/baton.js'"),
    );
    expect(started(BIN, npx('vitest run'), BIN)).toEqual(same(`node ${BIN}`));
  });

  it('is `npx baton` in a checkout only: elsewhere npx takes that name for another package', () => {
    const linked = '/x/node_modules/.bin/baton';
    for (const asked of ['baton demo', '"baton-orchestrator" "run"']) {
      const command = { script: linked, environment: npx(asked), checkout: null };
      expect(findOwnCommand(command)).toEqual({
        here: 'npx baton-orchestrator',
        elsewhere: 'npx baton-orchestrator',
      });
    }
    const checkout = findOwnCommand({ script: linked, environment: npx('baton demo'), checkout: BIN });
    expect(checkout).toEqual({ here: 'npx baton', elsewhere: `node ${BIN}` });
  });

  function said(text: string, command: string): string {
    let out = '';
    const output: Output = { write: (part) => (out += part), isTTY: false };
    sayCommandsAs(output, command).write(text);
    return out;
  }

  it('stands in every line for people', () => {
    const text = 'see `baton status r1`\nbaton answer r1 q yes\n(baton log r1) && baton verify r1\n';
    expect(said(text, 'baton')).toBe(text);
    expect(said(text, 'npx baton')).toBe(
      'see `npx baton status r1`\nnpx baton answer r1 q yes\n(npx baton log r1) && npx baton verify r1\n',
    );
  });

  it('changes nothing else: other words, JSON, and a block that is drawn in place', () => {
    for (const text of [
      'she lifts the baton, the baton running late\n',
      'baton: E_USAGE There is no request\n',
      '/opt/baton run\n',
      '{"next":"baton resume r1"}\n',
      '\u001b[2A\u001b[J baton resume r1\n',
    ])
      expect(said(text, 'npx baton')).toBe(text);
    expect(said('\u001b[1mbaton resume r1\u001b[22m\n', 'npx baton')).toContain('npx baton resume');
  });

  it('leaves the width to the output, which may change it', () => {
    const output: Output & { columns: number } = { write: () => true, isTTY: true, columns: 80 };
    const wrapped = sayCommandsAs(output, 'npx baton');
    output.columns = 120;
    expect([wrapped.isTTY, wrapped.columns]).toEqual([true, 120]);
  });
});
