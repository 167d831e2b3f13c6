// What an agent for tests does in a turn that goes on to its end.
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import {
  extra,
  state,
  ask,
  update,
  say,
  tool,
  submit,
  repo,
  tried,
  permission,
  callServer,
} from './acp-hands.mjs';

export /** An author or a reviewer in a real run: both say something wrong first, and mend it when they hear of it. */
const engine = async () => {
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
};

export const work = {
  submit: () => submit(),
  edit: async () => {
    writeFileSync(join(repo(), 'made.txt'), 'made\n');
    await submit();
  },
  /** Hands in what a file says, one after the other, and writes down which schema it was told and what it heard. */
  hands_in: async () => {
    const { offers, heard } = JSON.parse(readFileSync(extra, 'utf8'));
    const { tools } = await callServer('tools/list', {});
    const answers = [];
    for (const result of offers)
      answers.push(
        (await callServer('tools/call', { name: 'submit_result', arguments: result })).content[0].text,
      );
    writeFileSync(heard, JSON.stringify({ schema: tools[0].inputSchema, answers }));
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
    await engine();
  },
  engine,
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
  refuses: () => ({ stopReason: 'refusal' }),
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
  secrets: async () => {
    const { LET_THROUGH = 'absent', KEPT_BACK = 'absent' } = process.env;
    const summary = `saw ${LET_THROUGH} and ${KEPT_BACK}`;
    for (const piece of [summary.slice(0, 9), summary.slice(9), '\n']) say(piece);
    process.stderr.write(`${summary}\n`);
    await submit({ summary });
  },
};
