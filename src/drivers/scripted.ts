/**
 * The `scripted` driver: answers that were written beforehand, given in this process. For tests, rehearsals and
 * measurements; every view labels it.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { BatonError, DefinitionErrors } from '../core/errors.ts';
import { FAILURE_REASONS } from '../core/words.ts';
import type { FailureReason } from '../core/words.ts';
import { closedObject, explainIssues } from '../definitions/schema-issues.ts';
import { readYaml } from '../definitions/yaml-source.ts';
import type { Usage } from '../core/results.ts';
import type { Driver, DriverNote, DriverOutcome, Meter, WorkOrder } from './driver.ts';
import { UNKNOWN_USAGE } from './driver.ts';

/** What a scripted agent does. `files` come first, keyed `repository/path`; null deletes. */
export interface ScriptedAnswer {
  result?: unknown;
  files?: Record<string, string | null>;
  notes?: string[];
  /** Ends the attempt like this instead of with the result. */
  fail?: { reason: FailureReason; detail: string };
  /** What it is to have cost; left out: unknown. */
  usage?: Partial<Usage>;
  /** Never answers: until a time limit or the signal. */
  hang?: boolean;
}

export type Script = (order: WorkOrder) => Promise<ScriptedAnswer> | ScriptedAnswer;

const amount = z.number().min(0).optional();
const rule = closedObject({
  agent: z.string(),
  round: z.int().optional(),
  attempt: z.int().optional(),
  result: z.record(z.string(), z.unknown()).optional(),
  files: z.record(z.string(), z.string().nullable()).optional(),
  notes: z.array(z.string()).optional(),
  fail: closedObject({ reason: z.enum(FAILURE_REASONS), detail: z.string() }).optional(),
  usage: closedObject({ input_tokens: amount, output_tokens: amount, cost_usd: amount }).optional(),
  hang: z.boolean().optional(),
});

/** A script and what each of its answers meters. */
export interface LoadedScript {
  script: Script;
  meters: Meter[];
}

/** Reads a list of rules from YAML or JSON; the first that fits agent, round and attempt answers. Throws with file:line:col. */
export function loadScript(file: string): LoadedScript {
  const { source, diagnostics } = readYaml(readScript(file), file);
  if (source === null) throw new DefinitionErrors(diagnostics);
  const parsed = z.array(rule).safeParse(source.value);
  if (!parsed.success) throw new DefinitionErrors(explainIssues(parsed.error.issues, source));
  const rules = parsed.data;
  return {
    script: (order) => answerOf(rules.find((candidate) => fits(candidate, order))),
    meters: metersOf(rules),
  };
}

type Rule = z.infer<typeof rule>;

function answerOf(found: Rule | undefined): ScriptedAnswer {
  if (found === undefined) return {};
  const { usage, ...rest } = found;
  return usage === undefined ? rest : { ...rest, usage: { ...UNKNOWN_USAGE, ...usage } };
}

/** Only what every rule says is metered. */
function metersOf(rules: Rule[]): Meter[] {
  const tokens = rules.every(({ usage }) => usage?.input_tokens != null && usage.output_tokens != null);
  const cost = rules.every(({ usage }) => usage?.cost_usd != null);
  return [...(tokens ? (['tokens'] as const) : []), ...(cost ? (['cost_usd'] as const) : [])];
}

function fits(candidate: Rule, order: WorkOrder): boolean {
  return (
    (candidate.agent === order.agent || candidate.agent === '*') &&
    (candidate.round ?? order.round) === order.round &&
    (candidate.attempt ?? order.attempt) === order.attempt
  );
}

function readScript(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const fix = 'Name an existing file with a list of rules.';
    throw new BatonError({ code: 'E_NOT_FOUND', message: `The script ${file} cannot be read.`, fix, cause });
  }
}

/** A driver that plays this script. What the script throws ends the attempt as a crash. */
export function createScriptedDriver(
  script: Script,
  meters: readonly Meter[] = [],
  label = 'script',
): Driver {
  return {
    name: 'scripted',
    meters,
    labelFor: () => label,
    preflight: () => Promise.resolve([]),
    run: (order, note, signal) => playUntilStopped(script, order, note, signal),
  };
}

async function playUntilStopped(
  script: Script,
  order: WorkOrder,
  note: (note: DriverNote) => void,
  signal: AbortSignal,
): Promise<DriverOutcome> {
  if (signal.aborted) return failed('cancelled', 'It was asked to stop.');
  const { promise: stopped, resolve: stop } = Promise.withResolvers<DriverOutcome>();
  const cancel = () => {
    stop(failed('cancelled', 'It was asked to stop.'));
  };
  const after = (reason: FailureReason, ms: number) =>
    setTimeout(() => {
      stop(failed(reason, `It gave no answer in ${ms} ms.`));
    }, ms);
  const timers = [after('idle_timeout', order.idleTimeoutMs), after('total_timeout', order.totalTimeoutMs)];
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await Promise.race([play(script, order, note), stopped]);
  } catch (error) {
    return failed('crashed', error instanceof Error ? error.message : String(error));
  } finally {
    signal.removeEventListener('abort', cancel);
    timers.forEach((timer) => {
      clearTimeout(timer);
    });
  }
}

async function play(
  script: Script,
  order: WorkOrder,
  note: (note: DriverNote) => void,
): Promise<DriverOutcome> {
  const answer = await script(order);
  for (const text of answer.notes ?? []) note({ kind: 'text', text });
  for (const [path, content] of Object.entries(answer.files ?? {})) await edit(order, path, content);
  if (answer.hang === true) return new Promise<DriverOutcome>(() => undefined);
  const usage = { ...UNKNOWN_USAGE, ...answer.usage };
  if (answer.fail !== undefined) return { ...failed(answer.fail.reason, answer.fail.detail), usage };
  if (answer.result === undefined)
    return failed('no_result', 'The script has no result for this invocation.');
  return {
    kind: 'submitted',
    result: structuredClone(answer.result),
    raw: Buffer.from(`${JSON.stringify(answer.result)}\n`),
    usage,
  };
}

/** Deliberately no check of access: a script may play an agent that breaks its role. It stays in its workspace. */
async function edit(order: WorkOrder, path: string, content: string | null): Promise<void> {
  const slash = path.indexOf('/');
  const repo = order.workspace.repos.find((candidate) => candidate.name === path.slice(0, slash));
  if (repo === undefined)
    throw new Error(`The script edits ${path}, which begins with no repository of the run.`);
  const target = resolve(join(repo.path, path.slice(slash + 1)));
  if (!target.startsWith(`${resolve(repo.path)}${sep}`))
    throw new Error(`The script edits ${path}, outside of its repository.`);
  if (content === null) return rm(target, { recursive: true, force: true });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
}

function failed(reason: FailureReason, detail: string): DriverOutcome {
  return { kind: 'failed', reason, detail, raw: new Uint8Array(), usage: UNKNOWN_USAGE };
}
