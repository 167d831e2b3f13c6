// An agent for tests that speaks the Agent Client Protocol: no model, one behaviour, named by its first argument. It is
// written by hand, so that it shares nothing with what it tests.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import process from 'node:process';

const [mode, extra] = process.argv.slice(2);
const forever = () => setInterval(() => undefined, 1_000);
const memory = join(process.env.HOME ?? '/tmp', 'session.json');
const state = {
  turn: 0,
  cwd: '',
  server: null,
  session: '',
  meta: {},
  system: '',
  mode: 'default',
  prompts: [],
  config: {},
};
const waiting = new Map();
let nextId = 0;
let onCancel = () => undefined;

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const ask = (method, params) =>
  new Promise((resolve) => {
    nextId += 1;
    waiting.set(nextId, resolve);
    send({ id: nextId, method, params });
  });
const update = (fields) =>
  send({ method: 'session/update', params: { sessionId: state.session, update: fields } });
const say = (text) => update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
const tool = (title, kind) =>
  update({ sessionUpdate: 'tool_call', toolCallId: `t${(nextId += 1)}`, title, kind, status: 'pending' });

/** Starts the server's program for one call. */
async function callProgram(method, params) {
  const { command, args, env } = state.server;
  const child = spawn(command, args, {
    env: Object.fromEntries(env.map(({ name, value }) => [name, value])),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })}\n`);
  for await (const line of createInterface({ input: child.stdout })) {
    child.stdin.end();
    return JSON.parse(line).result;
  }
}

/** Calls a tool of the server that it was given, over HTTP, as any MCP client does. */
async function callServer(method, params) {
  const { url, headers } = state.server;
  if (headers === undefined) return callProgram(method, params);
  const given = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...given, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const text = await response.text();
  const line = text.split('\n').find((each) => each.startsWith('data:'));
  return JSON.parse(line === undefined ? text : line.slice(5)).result;
}
const submit = async (fields = {}) => {
  tool('mcp__baton__submit_result', 'other');
  const result = { status: 'complete', summary: 'did coder', ...fields };
  return callServer('tools/call', { name: 'submit_result', arguments: result });
};
/** The one repository of its workspace. */
const repo = () => join(state.cwd, readdirSync(state.cwd)[0]);
const tried = (act) => {
  try {
    act();
    return 'done';
  } catch (error) {
    return error.code;
  }
};
const permission = async (title, kind) => {
  const options = [
    { optionId: 'always', name: 'Always', kind: 'allow_always' },
    { optionId: 'once', name: 'Once', kind: 'allow_once' },
    { optionId: 'no', name: 'No', kind: 'reject_once' },
  ];
  const params = { sessionId: state.session, toolCall: { toolCallId: `p${nextId}`, title, kind }, options };
  const { result } = await ask('session/request_permission', params);
  return result.outcome.optionId ?? result.outcome.outcome;
};

/** What it does in one turn; what it returns goes into the answer to the prompt. */
const modes = {
  submit: () => submit(),
  edit: async () => {
    writeFileSync(join(repo(), 'made.txt'), 'made\n');
    await submit();
  },
  silent: () => undefined,
  /** Forgets to hand in, until it is told. */
  forgets: async () => {
    if (state.turn === 1) say('I am done.\n');
    else await submit({ summary: `after ${state.turn} turns` });
  },
  /** Hands in what does not fit, reads the answer, and mends it in the same turn. */
  repaired: async () => {
    const refused = await submit({ summary: 7 });
    const heard = refused.content[0].text;
    await submit({
      summary: `was told: ${refused.isError && heard.includes('summary') ? 'summary' : heard}`,
    });
  },
  /** Never mends it. */
  stuck: async () => {
    await submit({ summary: 7 });
  },
  /** Hands in a second result after the first was taken. */
  twice: async () => {
    await submit();
    await submit({ summary: 'another' });
  },
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
      onCancel = () => {
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
  /** Eight processes that break away in every way, and then the result. */
  children: async () => {
    const nap = `sleep ${extra}`;
    const script = `(setsid ${nap} &) ; nohup ${nap} >/dev/null 2>&1 & (${nap} &) ; setsid sh -c '${nap} & ${nap}' & ${nap} & env -i ${nap} & ${nap} & exit 0`;
    await new Promise((resolve) => spawn('sh', ['-c', script], { stdio: 'ignore' }).on('exit', resolve));
    if (mode === 'children') await submit();
  },
  children_hang: async () => {
    await modes.children();
    return new Promise(() => forever());
  },
  tree: () => modes.children_hang(),
  /** Leaves somebody who writes on and on, deaf and far away, and stays. */
  writer: () => {
    const script = `trap "" TERM HUP INT; while :; do echo x >> ${extra}; sleep 0.05; done`;
    spawn('sh', ['-c', `(setsid sh -c '${script}' &) &`], { stdio: 'ignore' });
    return new Promise(() => forever());
  },
  notes: async () => {
    for (const piece of ['fir', 'st\n\nsec', 'ond ä\n']) say(piece);
    await submit();
  },
  /** Everything that can be seen of an agent at work, and then the work. */
  at_work: async () => {
    const plan = (...statuses) =>
      update({
        sessionUpdate: 'plan',
        entries: ['Look', 'Write', 'Check'].map((content, at) => ({
          content: `${content} it`,
          priority: 'high',
          status: statuses[at],
        })),
      });
    plan('in_progress', 'pending', 'pending');
    for (const piece of ['I look ', 'around.\nThen I ', 'write.\n']) say(piece);
    tool('Read src/app.txt', 'read');
    plan('completed', 'in_progress', 'pending');
    await permission('Write new.txt', 'edit');
    await permission('Leave the mode', 'switch_mode');
    plan('completed', 'completed', 'completed');
    await modes.engine();
  },
  /** An author or a reviewer in a real run: both say something wrong first, and mend it when they hear of it. */
  engine: async () => {
    const { tools } = await callServer('tools/list', {});
    if ('verdict' in tools[0].inputSchema.properties) {
      const verdict = { verdict: 'pass', findings: [] };
      const refused = await submit({ ...verdict, resolved: ['nothing'] });
      await submit({ ...verdict, summary: refused.content[0].text });
      return;
    }
    writeFileSync(join(repo(), 'new.txt'), 'new\n');
    const refused = await submit({ claims: { files: ['src/never.txt'] } });
    const decisions = [JSON.stringify(state.config)];
    await submit({ claims: { files: ['new.txt'] }, summary: refused.content[0].text, decisions });
  },
  /** Calls its model with all that real ones tell of themselves, and writes where that says. The argument is today. */
  asks_model: async () => {
    const { tools } = await callServer('tools/list', {});
    if ('verdict' in tools[0].inputSchema.properties) return submit({ verdict: 'pass', findings: [] });
    const { HOME, TMPDIR, FAKE_URL, FAKE_KEY } = process.env;
    const session = randomUUID();
    const messages = [
      {
        role: 'system',
        content: `Home ${HOME}/.fake, notes in ${HOME}/.fake/projects/${state.cwd.replaceAll(/[^A-Za-z0-9]/g, '-')}/${session}.jsonl, scratch ${TMPDIR}/x. Today's date is ${extra}. Server ${JSON.stringify(state.server)}, key ${FAKE_KEY}.`,
      },
      { role: 'user', content: state.prompts.at(-1) },
      { role: 'user', content: `Working directory: ${repo()} session ${session}` },
    ];
    for (let turn = 0; turn < 2; turn += 1) {
      const response = await fetch(`${FAKE_URL}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${FAKE_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', stream: true, messages, user: session }),
      });
      const parts = (await response.text()).split('\n').filter((line) => line.startsWith('data: {'));
      const content = parts.map((line) => JSON.parse(line.slice(6)).choices[0]?.delta.content ?? '').join('');
      messages.push({ role: 'assistant', content }, { role: 'user', content: 'Go on.' });
      appendFileSync(content.split(' ').at(-1), `turn ${turn}\n`);
    }
    await submit({
      summary: messages
        .filter(({ role }) => role === 'assistant')
        .map(({ content }) => content)
        .join(),
    });
  },
  /** Asks its model for something beside its work, and ends its turn without waiting for that. */
  asks_aside: async () => {
    const { FAKE_URL, FAKE_KEY } = process.env;
    const messages = [{ role: 'user', content: 'A title for this, please.' }];
    void fetch(`${FAKE_URL}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${FAKE_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', messages }),
    }).catch(() => undefined);
    await submit();
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
    if (existsSync(extra)) return modes.engine();
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
        toolCallId: `t${(nextId += 1)}`,
        title: text,
        kind: 'read',
      }),
      plans: () => ({
        sessionUpdate: 'plan',
        entries: [{ content: `${text} ${(nextId += 1)}`, priority: 'high', status: 'in_progress' }],
      }),
      thoughts: () => ({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text } }),
    };
    const params = () => ({ sessionId: state.session, update: makers[extra]() });
    const permission = () => ({
      jsonrpc: '2.0',
      id: (nextId += 1),
      method: 'session/request_permission',
      params: {
        sessionId: state.session,
        toolCall: { toolCallId: `p${nextId}`, title: text, kind: 'read' },
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
  refuses: () => ({ stopReason: 'refusal' }),
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
  /** Changes one file, names another, and says the truth when it is told. */
  lies: async () => {
    writeFileSync(join(repo(), 'made.txt'), 'made\n');
    const refused = await submit({ claims: { files: ['app/never.txt'] } });
    await submit({ summary: refused.content[0].text, claims: { files: ['app/made.txt'] } });
  },
  /** Tries to write into its workspace, the system and where the argument says. */
  write: async () => {
    const places = [join(repo(), 'written.txt'), '/usr/written.txt', extra];
    await submit({ problems: places.map((path) => tried(() => writeFileSync(path, 'x'))) });
  },
  /** Asks before it does anything. */
  asks: async () => {
    const asked = [];
    for (const [title, kind] of [
      ['Read src/a.ts', 'read'],
      ['Edit src/a.ts', 'edit'],
      ['echo submit_result', 'execute'],
      ['Leave plan mode', 'switch_mode'],
      ['submit_result (baton MCP Server)', undefined],
      ['mcp__other__delete', 'other'],
    ])
      asked.push(`${kind}: ${await permission(title, kind)}`);
    await submit({ asked });
  },
  /** Wants what clients may offer: their files and terminals. */
  reaches: async () => {
    const file = { sessionId: state.session, path: join(repo(), 'x.txt'), content: 'x' };
    const wrote = await ask('fs/write_text_file', file);
    const ran = await ask('terminal/create', { sessionId: state.session, command: 'true' });
    await submit({ codes: [wrote.error?.code, ran.error?.code] });
  },
  /** Says, hands in and writes what it finds in its environment. */
  secret: async () => {
    const found = process.env[extra] ?? 'absent';
    say(`the key is ${found.slice(0, 4)}`);
    say(`${found.slice(4)}\n`);
    process.stderr.write(`${found}\n`);
    await submit({ summary: `key ${found}, token ${state.server.headers[0].value}` });
  },
  /** Tells what it was given. */
  tells: async () => {
    const { prompts, meta, system, config } = state;
    const files = existsSync(join(process.env.HOME, '.fake/credentials.json'))
      ? readFileSync(join(process.env.HOME, '.fake/credentials.json'), 'utf8')
      : null;
    const { tools } = await callServer('tools/list', {});
    await submit({
      told: {
        prompts,
        meta,
        system,
        config,
        mode: state.mode,
        env: process.env,
        files,
        tools,
        server: state.server,
        cwd: state.cwd,
      },
    });
  },
  usage: async () => {
    update({
      sessionUpdate: 'plan',
      entries: [{ content: 'Look', priority: 'high', status: 'in_progress' }],
    });
    update({ sessionUpdate: 'usage_update', used: 1, size: 2, cost: { amount: 0.25, currency: 'USD' } });
    if (state.turn > 1) await submit();
    return {
      stopReason: 'end_turn',
      usage: { totalTokens: 30, inputTokens: 10, outputTokens: 5, cachedReadTokens: 15 },
    };
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
  secrets: async () => {
    const { LET_THROUGH = 'absent', KEPT_BACK = 'absent' } = process.env;
    const summary = `saw ${LET_THROUGH} and ${KEPT_BACK}`;
    for (const piece of [summary.slice(0, 9), summary.slice(9), '\n']) say(piece);
    process.stderr.write(`${summary}\n`);
    await submit({ summary });
  },
};

const canResume = ['cut_off', 'cut_always', 'cut_forgets', 'throws'].includes(mode);
const methods = {
  initialize: () => ({
    protocolVersion: 1,
    agentInfo: { name: 'fake', title: 'Fake agent', version: '1.2.3' },
    authMethods: [],
    agentCapabilities: {
      mcpCapabilities: { http: extra !== 'stdio' },
      sessionCapabilities: { ...(canResume ? { resume: {} } : {}), systemPrompt: {} },
    },
  }),
  authenticate: ({ methodId }) => {
    state.config.method = methodId;
    return {};
  },
  'session/new': (params) => {
    state.session = 's-1';
    writeFileSync(memory, JSON.stringify({ session: state.session }));
    return openSession(params);
  },
  'session/resume': (params) => {
    if (JSON.parse(readFileSync(memory, 'utf8')).session !== params.sessionId)
      throw new Error('unknown session');
    Object.assign(state, { session: params.sessionId, resumed: true });
    return openSession(params);
  },
  'session/set_mode': ({ modeId }) => {
    say(`now in ${modeId}`);
    state.mode = modeId;
    return {};
  },
  'session/set_config_option': ({ configId, value }) => {
    state.config[configId] = value;
    return { configOptions: [] };
  },
  'session/prompt': async ({ prompt }) => {
    state.turn += 1;
    state.prompts.push(prompt.map(({ text }) => text).join('\n'));
    const stop = await modes[mode]();
    if (['hang', 'dots', 'stubborn', 'stopped'].includes(mode)) return new Promise(() => undefined);
    return { stopReason: 'end_turn', ...(stop?.stopReason === undefined ? {} : stop) };
  },
};

function openSession({ cwd, mcpServers, _meta: meta, systemPrompt }) {
  Object.assign(state, { cwd, server: mcpServers[0], meta, system: systemPrompt ?? null });
  const select = (id, category, values) => ({
    id,
    name: id,
    category,
    type: 'select',
    currentValue: values[0],
    options: values.map((value) => ({ value, name: value })),
  });
  return {
    sessionId: state.session,
    modes: { currentModeId: 'default', availableModes: [] },
    configOptions: [
      select('model', 'model', ['vendor/small-1', 'vendor/large-1']),
      select('effort', 'thought_level', ['low', 'high']),
    ],
  };
}

if (mode === 'mute') forever();
else if (mode === 'no_start') process.exit(1);
else
  createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, method, params, result, error } = JSON.parse(line);
    if (method === undefined) return waiting.get(id)?.({ result, error });
    if (method === 'session/cancel') return onCancel();
    if (id === undefined) return;
    Promise.resolve()
      .then(() => methods[method](params))
      .then(
        (answer) => send({ id, result: answer }),
        (problem) => send({ id, error: { code: -32603, message: String(problem.message) } }),
      );
  });
