// How an agent for tests breaks off, stays, floods or leaves somebody behind.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import {
  mode,
  extra,
  forever,
  memory,
  state,
  update,
  say,
  submit,
  repo,
  send,
  nextNumber,
  stopping,
} from './acp-hands.mjs';
import { engine } from './acp-work.mjs';

/** Eight processes that break away in every way, and then the result. */
const children = async () => {
  const nap = `sleep ${extra}`;
  const script = `(setsid ${nap} &) ; nohup ${nap} >/dev/null 2>&1 & (${nap} &) ; setsid sh -c '${nap} & ${nap}' & ${nap} & env -i ${nap} & ${nap} & exit 0`;
  await new Promise((resolve) => spawn('sh', ['-c', script], { stdio: 'ignore' }).on('exit', resolve));
  if (mode === 'children') await submit();
};

const children_hang = async () => {
  await children();
  return new Promise(() => forever());
};

export const endings = {
  crash: () => {
    process.stderr.write('something broke\n');
    process.exit(3);
  },
  late_crash: async () => {
    await submit();
    process.exit(3);
  },
  hang: () => {
    process.stderr.write('ready\n');
    return forever();
  },
  /** Ends its turn when it is told to, and says so where it can be read afterwards. */
  cancel: () => {
    say('at work\n');
    return new Promise((resolve) => {
      stopping.hear = () => {
        writeFileSync(join(repo(), 'cancelled.txt'), 'heard\n');
        resolve({ stopReason: 'cancelled' });
      };
    });
  },
  dots: () => setInterval(() => say('.\n'), 40),
  stubborn: () => {
    process.on('SIGTERM', () => process.stderr.write('no\n'));
    process.stderr.write('ready\n');
    return forever();
  },
  stopped: () => process.kill(process.pid, 'SIGSTOP'),
  children,
  children_hang,
  tree: children_hang,
  /** Leaves somebody who writes on and on, deaf and far away, and stays. */
  writer: () => {
    const script = `trap "" TERM HUP INT; while :; do echo x >> ${extra}; sleep 0.05; done`;
    spawn('sh', ['-c', `(setsid sh -c '${script}' &) &`], { stdio: 'ignore' });
    return new Promise(() => forever());
  },
  throws: () => {
    throw new Error('quota is gone');
  },
  /** Its plan is used up, and it says so as the argument has it: in an error, on stderr, or in a turn that it just ends. */
  used_up_error: () => {
    throw new Error(extra);
  },
  used_up_stderr: () => {
    process.stderr.write(`${extra}\n`);
    process.exit(1);
  },
  used_up_said: () => say(`${extra}\n`),
  used_up_offered: async () => {
    await submit();
    say(`${extra}\n`);
  },
  /** The first time it is started at all; the argument is the file that remembers it. */
  used_up_once: async () => {
    if (existsSync(extra)) return engine();
    writeFileSync(extra, 'once');
    throw new Error("You've hit your limit · resets in 2 hours 30 minutes");
  },
  /** More than anybody reads, as the argument says. */
  floods: async () => {
    const text = 'x'.repeat({ long_text: 1_000_000, longer_text: 3_000_000 }[extra] ?? 100);
    const makers = {
      text: () => ({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: `${text}\n` } }),
      long_text: () => ({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } }),
      longer_text: () => ({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } }),
      tools: () => ({
        sessionUpdate: 'tool_call',
        toolCallId: `t${nextNumber()}`,
        title: text,
        kind: 'read',
      }),
      plans: () => ({
        sessionUpdate: 'plan',
        entries: [{ content: `${text} ${nextNumber()}`, priority: 'high', status: 'in_progress' }],
      }),
      thoughts: () => ({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text } }),
    };
    const params = () => ({ sessionId: state.session, update: makers[extra]() });
    const permission = () => ({
      jsonrpc: '2.0',
      id: nextNumber(),
      method: 'session/request_permission',
      params: {
        sessionId: state.session,
        toolCall: { toolCallId: `p${nextNumber()}`, title: text, kind: 'read' },
        options: [{ optionId: 'once', name: 'Once', kind: 'allow_once' }],
      },
    });
    const line =
      extra === 'line'
        ? () => 'y'.repeat(65_536)
        : extra === 'requests'
          ? () => `${JSON.stringify(permission())}\n`
          : () => `${JSON.stringify({ jsonrpc: '2.0', method: 'session/update', params: params() })}\n`;
    // It never reads what it is answered.
    if (extra === 'requests') process.stdin.pause();
    for (let bytes = 0; bytes < 120 * 1024 * 1024;) {
      let block = '';
      while (block.length < 65_536) block += line();
      bytes += block.length;
      if (!process.stdout.write(block)) await new Promise((resolve) => process.stdout.once('drain', resolve));
    }
  },
  /** News in no order, of no known kind, twice, of nothing, for nobody, and lines that are none. */
  noise: async () => {
    update({ sessionUpdate: 'tool_call_update', toolCallId: 'early', status: 'completed' });
    for (const _ of [1, 2])
      update({
        sessionUpdate: 'tool_call',
        toolCallId: 'early',
        title: 'Read a.ts',
        kind: 'read',
        status: 'pending',
      });
    update({ sessionUpdate: 'dreams_of', content: { sheep: 'electric' } });
    update({ sessionUpdate: 'agent_message_chunk' });
    update({ sessionUpdate: 'plan', entries: 'none' });
    send({ method: 'session/update', params: { sessionId: 'of somebody else', update: null } });
    send({ method: 'vendor/news', params: [] });
    send({ id: 4711, result: {} });
    process.stdout.write('Debugger attached.\n\n{"jsonrpc":"2.0"}\n[]\nnull\n');
    if (extra !== 'silent') await submit();
  },
  /** Its process ends in the middle of the work, and goes on when it is started again. */
  cut_off: async () => {
    appendFileSync(join(repo(), 'half.txt'), state.resumed ? 'whole\n' : 'half\n');
    if (!state.resumed) process.kill(process.pid, 'SIGKILL');
    await submit({ summary: state.session === 's-1' ? 'went on' : `went on in ${state.session}` });
  },
  /** It has forgotten the conversation when it is started again. */
  cut_forgets: () => {
    writeFileSync(memory, '{}');
    process.kill(process.pid, 'SIGKILL');
  },
  cut_always: () => {
    appendFileSync(join(repo(), 'half.txt'), state.resumed ? 'whole\n' : 'half\n');
    process.kill(process.pid, 'SIGKILL');
  },
};
