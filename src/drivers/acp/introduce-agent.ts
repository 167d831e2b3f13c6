/** Starts the agent of a profile, asks who it is, and ends it: no session, no model, no credentials. */
import { homedir } from 'node:os';
import { Writable } from 'node:stream';
import type { Profile } from '../../definitions/profile-schema.ts';
import type { Wall } from '../../workspace/wall.ts';
import { commandMounts } from '../command-words.ts';
import { lastWords } from '../cut.ts';
import { openPrivateFolder } from '../private-folder.ts';
import { runProcess } from '../process/run-process.ts';
import { createByteSource } from './byte-source.ts';
import { introduce, type AgentFacts } from './conversation.ts';
import { furnish } from './place.ts';

const MAX_OUTPUT_BYTES = 1024 * 1024;
const GRACE_MS = 500;
const DETAIL_CHARS = 500;

export type Introduction =
  | ({ kind: 'answered'; tookMs: number } & AgentFacts)
  | { kind: 'silent'; detail: string };

/** Never throws for what the agent does. */
export async function introduceAgent(options: {
  profile: Profile;
  environment: Readonly<Record<string, string | undefined>>;
  wall: Wall;
  deadlineMs: number;
}): Promise<Introduction> {
  const { environment, wall, deadlineMs } = options;
  const since = performance.now();
  await using folder = await openPrivateFolder();
  // Without variables for a key: it is asked for its name, and nothing else.
  const auth = { key: { env: [], method: null }, login: null };
  const profile = { ...options.profile, auth };
  const place = await furnish({
    profile,
    auth: 'key',
    access: 'read',
    env: [],
    environment,
    folder,
    model: null,
  });
  const [file = '', ...args] = profile.command;
  const home = environment['HOME'] ?? homedir();
  const stop = new AbortController();
  let facts: AgentFacts | null = null;
  const source = createByteSource({
    maxBytes: MAX_OUTPUT_BYTES,
    onLeftOut: () => undefined,
    onTooLong: () => stop.abort(),
  });
  const start = (stdin: Writable): void => {
    void introduce({ input: source.stream, output: Writable.toWeb(stdin) })
      .then((given) => {
        facts = given;
      })
      .catch(() => undefined) // the end of the process says more
      .finally(() => {
        source.end();
        stop.abort();
      });
  };
  await using result = await runProcess({
    invocation: `doctor/${profile.name}/${process.pid}`,
    file,
    args,
    cwd: folder.temporary,
    env: place.env,
    stdin: start,
    wall,
    readable: commandMounts(profile.command, { path: place.env['PATH'] ?? '', home }),
    writable: [folder.dir],
    network: true,
    idleTimeoutMs: null,
    totalTimeoutMs: deadlineMs,
    graceMs: GRACE_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    onStdout: (chunk) => source.add(chunk),
    signal: stop.signal,
  });
  source.end();
  const tookMs = Math.round(performance.now() - since);
  const known = facts as AgentFacts | null; // set in a callback
  if (known !== null) return { kind: 'answered', tookMs, ...known };
  const said = lastWords(result.stderr, DETAIL_CHARS);
  const how =
    result.end.kind === 'not_started'
      ? result.end.detail
      : result.end.kind === 'total_timeout'
        ? `It did not answer within ${deadlineMs / 1_000} s.`
        : 'It ended, or answered with an error.';
  return { kind: 'silent', detail: said === '' ? how : `${how} On stderr: ${said}` };
}
