/** What the model of a real agent program does for each behaviour of the drivers' contract, with the program's own tools. */
import { join } from 'node:path';
import { writerScript, type Behaviour } from '../../src/drivers/testing/contract-subject.ts';
import {
  lastToolResult,
  type FakeAnswer,
  type FakeCall,
  type FakeReply,
} from '../../src/testing/fake-model/fake-model.ts';
import { execute, submit, writeFiles } from './hands.ts';
import { signalProgram } from './program.ts';

export type Step = FakeReply | ((call: FakeCall) => FakeReply);

export const DONE = { status: 'complete', summary: 'did coder' };
export const SAID: FakeReply = { kind: 'answer', text: 'I am done.' };
const HANG: FakeReply = { kind: 'hang' };

const calls = (...toolCalls: NonNullable<FakeAnswer['toolCalls']>): FakeReply => ({
  kind: 'answer',
  toolCalls,
});
export const handIn =
  (result: unknown = DONE): Step =>
  (call) =>
    calls(submit(call, result));
export const runs =
  (command: string): Step =>
  (call) =>
    calls(execute(call, command));
export const write =
  (path: string): Step =>
  (call) =>
    calls(...writeFiles(call, [{ dir: folderOf(call), path, text: 'made\n' }]));
/** The program itself is gone, or frozen, and its model is heard no more. */
const signals =
  (signal: NodeJS.Signals): Step =>
  () => {
    signalProgram(signal);
    return HANG;
  };

/** Programs wait for whoever holds their command's output. */
const children = (nap: string) => {
  const away = '>/dev/null 2>&1 &';
  return `sleep ${nap} ${away} (setsid sleep ${nap} ${away}) ; nohup sleep ${nap} ${away} setsid sh -c 'sleep ${nap} & sleep ${nap}' ${away} echo started`;
};
/** Some minutes of talk. Programs end a turn in which their model says the same again and again. */
const countedLines = () => Array.from({ length: 400 }, (_, at) => `I look at part ${at * 7_919}.\n`).join('');
/** Eight, of which the shell waits for its own. */
const tree = (nap: string) =>
  `(setsid sleep ${nap} &) ; nohup sleep ${nap} >/dev/null 2>&1 & (sleep ${nap} &) ; setsid sh -c 'sleep ${nap} & sleep ${nap}' & env -i sleep ${nap} & sleep ${nap} & sleep ${nap} & wait`;
const outside = (path: string): Step[] => [
  write('app/written.txt'),
  runs(`echo outside > ${path}; echo tried`),
  handIn(),
  SAID,
];
const saySeen: Step = (call) => {
  const [seen = 'nothing'] = /saw [\w-]+ and [\w-]+/.exec(lastToolResult(call) ?? '') ?? [];
  return { kind: 'answer', text: `${seen}\n`, toolCalls: [submit(call, { ...DONE, summary: seen })] };
};
const claims = (file: string) => handIn({ ...DONE, claims: { files: [file] } });

export const PLAYS: Partial<Record<Behaviour, (argument: string) => Step[]>> = {
  submit: () => [handIn(), SAID],
  edit: () => [write('app/made.txt'), handIn(), SAID],
  silent: () => [SAID],
  crash: () => [signals('SIGKILL')],
  hang: () => [{ kind: 'answer', text: 'I look.\n' }, HANG],
  dots: () => [{ kind: 'answer', text: `.\n.\n${countedLines()}`, paceMs: 1_000 }],
  stopped: () => [signals('SIGSTOP')],
  children: (nap) => [runs(children(nap)), handIn(), SAID],
  children_hang: (nap) => [runs(children(nap)), HANG],
  tree: (nap) => [runs(tree(nap)), HANG],
  writer: (file) => [runs(`(setsid sh -c '${writerScript(file)}' &) & wait; sleep 60`), HANG],
  notes: () => [{ kind: 'answer', text: 'first\nsecond ä\n' }, handIn(), SAID],
  reader_writes: outside,
  writes_outside: outside,
  secrets: () => [runs('echo saw ${LET_THROUGH:-absent} and ${KEPT_BACK:-absent}'), saySeen, SAID],
  lies: () => [write('app/made.txt'), claims('app/never.txt'), claims('app/made.txt'), SAID],
  cut_off: () => [
    runs('echo half >> app/half.txt'),
    signals('SIGKILL'),
    runs('echo whole >> app/half.txt'),
    handIn({ ...DONE, summary: 'went on' }),
    SAID,
  ],
  cut_always: () => [runs('echo half >> app/half.txt'), signals('SIGKILL')],
  forgets: () => [SAID, handIn({ ...DONE, summary: 'after 2 turns' }), SAID],
  repaired: () => [
    handIn({ ...DONE, summary: 7 }),
    (call) => {
      const word = /summary/.exec(lastToolResult(call) ?? '')?.[0] ?? 'nothing';
      return calls(submit(call, { ...DONE, summary: `was told: ${word}` }));
    },
    SAID,
  ],
  refuses: () => [{ kind: 'answer', text: 'That I will not do.', refuses: true }],
};

const PRINTS = 'what such a program prints is no result: it hands in through a tool';

/** What no model can make a real program do, whichever it is. */
export const UNABLE: Partial<Record<Behaviour, string>> = {
  wrong: PRINTS,
  cut: PRINTS,
  prose: PRINTS,
  fence: PRINTS,
  comma: PRINTS,
  after: PRINTS,
  glued: PRINTS,
  before: PRINTS,
  twice: PRINTS,
  markers: PRINTS,
  huge: 'what a model says is no output of its program, which tells it in messages of its own',
  binary: 'what a model says comes as text',
  stubborn: 'the program decides by itself how it takes TERM',
};

const REFUSES_IN_SILENCE = 'it ends its turn as if it were done when its model refuses';

/** What the model of one program cannot make it do. */
export const UNABLE_ALONE: Readonly<Record<string, Partial<Record<Behaviour, string>>>> = {
  codex: { refuses: REFUSES_IN_SILENCE },
  gemini: { refuses: REFUSES_IN_SILENCE },
};

function folderOf(call: FakeCall): string {
  const [, repo = ''] = /^- app: (\S+)$/m.exec(textOf(call)) ?? [];
  return join(repo, '..');
}

function textOf({ turns, system }: FakeCall): string {
  const texts = turns.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])),
  );
  return [system, ...texts].join('\n');
}
