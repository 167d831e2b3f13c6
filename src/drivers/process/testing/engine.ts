// A process that plays the engine: runs one command without a wall, or behind it, and waits to be killed.
import { openWall } from '../../../workspace/wall/open-wall.ts';
import type { GroupLimits } from '../../../workspace/wall/control-group.ts';
import { runProcess } from '../run-process.ts';

/** Memory that it holds itself, in bytes. */
const ballast = Buffer.alloc(Number(process.env['BATON_TEST_BALLAST'] ?? 0), 1);
const [mode, script = '', invocation = ''] = process.argv.slice(2);
/** Of the invocation, as JSON. */
const limits = process.env['BATON_TEST_LIMITS'];
const { wall } = await openWall({ mode: mode === 'auto' ? 'auto' : 'off', path: process.env['PATH'] ?? '' });
await using result = await runProcess({
  invocation,
  file: 'sh',
  args: ['-c', script],
  cwd: '/',
  env: { PATH: '/usr/bin:/bin' },
  stdin: null,
  wall,
  readable: [],
  writable: [],
  network: false,
  idleTimeoutMs: null,
  totalTimeoutMs: null,
  maxOutputBytes: 1_000,
  ...(limits === undefined ? {} : { limits: JSON.parse(limits) as GroupLimits }),
  onSpawn: (identity) => process.stdout.write(`${JSON.stringify(identity)}\n`),
  signal: new AbortController().signal,
});
process.stdout.write(`${JSON.stringify(result.end)}\n`);
if (ballast.length > 0 && ballast.at(-1) !== 1) throw new Error('its memory was taken');
