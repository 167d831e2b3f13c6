/** What a model does for each behaviour of the driver contract. */
import type { FakeReply, FakeScript } from '../../../testing/fake-model/fake-model.ts';
import { writerScript, type Behaviour } from '../../testing/contract-subject.ts';
import { call, DONE, submit, toolResults } from './played-model.ts';

export type Script = FakeScript | [FakeReply, ...FakeReply[]];

export const SAID: FakeReply = { kind: 'answer', text: 'I am done.' };
/** What a model can do; the rest of the contract is about programs that print. */
export const SCRIPTS: Partial<Record<Behaviour, (argument: string) => Script>> = {
  submit: () => [submit()],
  edit: () => [call('write', { path: 'app/made.txt', text: 'made\n' }), submit()],
  silent: () => [SAID],
  hang: () => [call('read', { path: '.' }, 'looking'), { kind: 'hang' }],
  notes: () => [
    { kind: 'answer', text: 'first\nsecond ä' },
    { kind: 'answer', text: ' ' },
  ],
  crash: () => [{ kind: 'error', status: 400, message: 'something broke' }],
  dots: () => [{ kind: 'answer', text: '.\n'.repeat(2_000), paceMs: 40 }],
  reader_writes: (outside) => [tryEverything(outside), submit()],
  writes_outside: (outside) => [tryEverything(outside), submit()],
  forgets: () => {
    let turns = 0;
    return ({ turns: all }) => {
      turns += 1;
      return turns === 1
        ? SAID
        : submit({
            status: 'complete',
            summary: `after ${all.filter(({ role }) => role === 'user').length} turns`,
          });
    };
  },
  repaired: () => {
    let heard = 0;
    return (asked) => {
      heard += 1;
      if (heard === 1) return submit({ status: 'complete', summary: 7 });
      const told = toolResults(asked).at(-1) ?? '';
      return submit({
        status: 'complete',
        summary: `was told: ${told.includes('summary') ? 'summary' : told}`,
      });
    };
  },
  refuses: () => [{ kind: 'answer', text: 'That I will not do.', refuses: true }],
  children: (nap) => [call('execute', { command: children(nap) }), submit()],
  children_hang: (nap) => [call('execute', { command: children(nap) }), { kind: 'hang' }],
  writer: (file) => [
    call('execute', { command: `(setsid sh -c '${writerScript(file)}' &) & wait; sleep 60` }),
  ],
  tree: (nap) => [call('execute', { command: `${children(nap)}; wait` })],
  lies: () => [
    call('write', { path: 'app/made.txt', text: 'made\n' }),
    submit({ ...DONE, claims: { files: ['app/never.txt'] } }),
    submit({ ...DONE, claims: { files: ['app/made.txt'] } }),
  ],
  cut_off: () => [
    append('half'),
    HALF_SAID,
    append('whole'),
    submit({ status: 'complete', summary: 'went on' }),
  ],
  cut_always: () => [append('half'), HALF_SAID],
  secrets: () => {
    let turn = 0;
    return (asked) => {
      turn += 1;
      if (turn === 1)
        return call('execute', { command: 'echo saw ${LET_THROUGH:-absent} and ${KEPT_BACK:-absent}' });
      const [seen = ''] = (toolResults(asked).at(-1) ?? '').split('\n');
      return { ...submit({ status: 'complete', summary: seen }), text: seen };
    };
  },
};
const children = (nap: string) =>
  `(setsid sleep ${nap} &) ; nohup sleep ${nap} >/dev/null 2>&1 & (sleep ${nap} &) ; setsid sh -c 'sleep ${nap} & sleep ${nap}' & env -i sleep ${nap} & sleep ${nap} & sleep ${nap} & echo started`;

/** Breaks off in the middle of what it says, over every wire, before it calls anything. */
const HALF_SAID: FakeReply = {
  kind: 'cut',
  answer: call('execute', { command: 'echo half >> app/half.txt' }, 'I think of the other half. '.repeat(6)),
  afterParts: 4,
};
const append = (word: string) => call('execute', { command: `echo ${word} >> app/half.txt` });

/** Writes by a tool of its own and by commands, into the workspace, the system and the place beside it. */
const tryEverything = (outside: string): FakeReply => ({
  kind: 'answer',
  toolCalls: [
    { name: 'write', args: { path: outside, text: 'x' } },
    { name: 'write', args: { path: '/usr/written.txt', text: 'x' } },
    {
      name: 'execute',
      args: { command: `for at in app/written.txt /usr/written.txt ${outside}; do echo x > $at; done` },
    },
  ],
});
