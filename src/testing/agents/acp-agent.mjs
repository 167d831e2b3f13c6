// An agent for tests that speaks the Agent Client Protocol: no model, one behaviour, named by its first argument. It is
// written by hand, so that it shares nothing with what it tests.
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { endings } from './acp-endings.mjs';
import { mode, extra, forever, memory, state, waiting, say, send, stopping } from './acp-hands.mjs';
import { work } from './acp-work.mjs';

/** What it does in one turn; what it returns goes into the answer to the prompt. */
const modes = { ...work, ...endings };

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
    if (method === 'session/cancel') return stopping.hear();
    if (id === undefined) return;
    Promise.resolve()
      .then(() => methods[method](params))
      .then(
        (answer) => send({ id, result: answer }),
        (problem) => send({ id, error: { code: -32603, message: String(problem.message) } }),
      );
  });
