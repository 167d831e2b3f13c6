/** `npm run blueprint`: requests from a seed, each through the real engine with the `blueprint` driver, and what became of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FRAMEWORKS } from '../../src/drivers/blueprint/layout/handler-style.ts';
import { generateRequests } from './requests.ts';
import { ENDINGS, tryRequest, type Tried } from './try-request.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    workflow: { type: 'string', default: 'baton' },
    short: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
    mutants: { type: 'string', default: '20' },
    minutes: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const startedAt = performance.now();
const endsAt = values.minutes === undefined ? Infinity : startedAt + Number(values.minutes) * 60_000;
const dir = mkdtempSync(join(tmpdir(), 'baton-blueprint-'));
const left = generateRequests(Number(values.seed), Number(values.requests)).filter(
  ({ id }) => values.only === undefined || id === values.only,
);
const tried: Tried[] = [];
try {
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
} finally {
  rmSync(dir, { recursive: true, force: true });
}
const minutes = (performance.now() - startedAt) / 60_000;
if (values.json)
  console.log(
    JSON.stringify({ seed: values.seed, minutes, not_tried: left.length, endings: endingsOf(tried), tried }),
  );
else console.log(tableOf(tried, left.length, minutes).join('\n'));
if (tried.some(({ ending }) => ending === 'false_success')) process.exitCode = 1;

async function work(): Promise<void> {
  for (;;) {
    const request = performance.now() < endsAt ? left.shift() : undefined;
    if (request === undefined) return;
    const each = await tryRequest(request, {
      dir: join(dir, request.id),
      mutants: Number(values.mutants),
      workflow: values.short ? null : values.workflow,
    });
    tried.push(each);
    console.error(
      `${request.id} ${request.framework} ${each.ending} ${each.seconds.toFixed(0)} s: ${request.words}`,
    );
    for (const line of [...each.questions, ...each.why])
      console.error(`    ${line.replaceAll('\n', '\n    ')}`);
  }
}

function endingsOf(all: readonly Tried[]): Record<string, number> {
  return Object.fromEntries(
    ENDINGS.map((each) => [each, all.filter(({ ending }) => ending === each).length]),
  );
}

function tableOf(all: readonly Tried[], untried: number, minutes: number): string[] {
  const count = (framework: string, ending: string): number =>
    all.filter((each) => each.request.framework === framework && each.ending === ending).length;
  const title = (ending: string): string => ending.replaceAll('_', ' ');
  return [
    `seed ${values.seed}, ${values.short ? 'short graph' : `workflow ${values.workflow}`}, ${all.length} requests in ${minutes.toFixed(1)} min; not tried: ${untried}`,
    '',
    `| layout | ${ENDINGS.map(title).join(' | ')} |`,
    `|---|${ENDINGS.map(() => '---|').join('')}`,
    ...FRAMEWORKS.map(
      (framework) => `| ${framework} | ${ENDINGS.map((ending) => count(framework, ending)).join(' | ')} |`,
    ),
    '',
    ...gatesOf(all),
  ];
}

/** How often each gate said what in the last pass of each pull request. */
function gatesOf(all: readonly Tried[]): string[] {
  const submitted = all.filter(({ isSubmitted }) => isSubmitted);
  const said = submitted.flatMap(({ gates }) =>
    Object.entries(gates).map(([gate, status]) => `${gate} ${status}`),
  );
  const counts = [...new Set(said)]
    .sort()
    .map((each) => `${each} ${said.filter((other) => other === each).length}`);
  return [`gates of ${submitted.length} pull requests: ${counts.join(', ')}`];
}
