// What an agent for tests has in its hands: the line to its client, the server that it hands in at, its workspace.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import process from 'node:process';

export const [mode, extra] = process.argv.slice(2);
export const forever = () => setInterval(() => undefined, 1_000);
export const memory = join(process.env.HOME ?? '/tmp', 'session.json');
export const state = {
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
export const waiting = new Map();
/** What is done when it is told to end its turn. */
export const stopping = { hear: () => undefined };
let nextId = 0;
export const nextNumber = () => (nextId += 1);

export const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
export const ask = (method, params) =>
  new Promise((resolve) => {
    nextId += 1;
    waiting.set(nextId, resolve);
    send({ id: nextId, method, params });
  });
export const update = (fields) =>
  send({ method: 'session/update', params: { sessionId: state.session, update: fields } });
export const say = (text) =>
  update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
export const tool = (title, kind) =>
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
export async function callServer(method, params) {
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
export const submit = async (fields = {}) => {
  tool('mcp__baton__submit_result', 'other');
  const result = { status: 'complete', summary: 'did coder', ...fields };
  return callServer('tools/call', { name: 'submit_result', arguments: result });
};
/** The one repository of its workspace. */
export const repo = () => join(state.cwd, readdirSync(state.cwd)[0]);
export const tried = (act) => {
  try {
    act();
    return 'done';
  } catch (error) {
    return error.code;
  }
};
export const permission = async (title, kind) => {
  const options = [
    { optionId: 'always', name: 'Always', kind: 'allow_always' },
    { optionId: 'once', name: 'Once', kind: 'allow_once' },
    { optionId: 'no', name: 'No', kind: 'reject_once' },
  ];
  const params = { sessionId: state.session, toolCall: { toolCallId: `p${nextId}`, title, kind }, options };
  const { result } = await ask('session/request_permission', params);
  return result.outcome.optionId ?? result.outcome.outcome;
};
