/** The gate that starts the service and asks it what the accepted requirements say of its endpoints. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asObject } from '../../core/json.ts';
import type { Endpoint } from '../../core/checks/endpoints.ts';
import { PROBE_DEFAULTS, type GateCommand } from '../../definitions/config.ts';
import type { ChangedLines } from '../change/changed-lines.ts';
import { describeBrokenEnd, hasBrokenEnd } from '../describe-end.ts';
import type { FindingDraft } from '../findings.ts';
import { openScratch } from '../gate-scratch.ts';
import { findBehind } from '../../workspace/wall/overlays.ts';
import {
  environmentOf,
  redact,
  resolveFor,
  runGateCommand,
  type CommandRun,
  type GatePlace,
  type GateSurroundings,
} from '../run-gate-command.ts';
import { UNSTEERED } from '../unsteered-node.ts';
import { openReportChannel } from '../suites/report-channel.ts';
import type { Judgement } from '../suites/judge-tests.ts';
import { judgeProbe } from './judge-probe.ts';
import { planCases } from './plan-cases.ts';
import type { ProbeAnswer } from './probe-case.ts';
import { readAnswers, type ProbeReport } from './read-answers.ts';

const EXTENSION = import.meta.url.endsWith('.ts') ? '.mts' : '.mjs';
const PROGRAM = fileURLToPath(new URL(`./send-probes${EXTENSION}`, import.meta.url));
const SENDER = fileURLToPath(new URL(`../reporters/send-report${EXTENSION}`, import.meta.url));
const MAX_MANIFEST_BYTES = 1024 * 1024;

interface ProbeJob {
  repo: string;
  module: string;
  gate: GateCommand;
  place: GatePlace;
  endpoints: readonly Endpoint[];
  /** Of this module, since the run's base; null: too much to be read whole. */
  changed: ChangedLines | null;
  around: GateSurroundings;
}

interface Probed {
  judgement: Judgement;
  run: Pick<CommandRun, 'log' | 'durationMs'>;
  /** It came to no end of its own. */
  broken: boolean;
}

/** Those that this gate asks, of all that the run's requirements name. */
export function endpointsFor(gate: GateCommand, repo: string, endpoints: readonly Endpoint[]): Endpoint[] {
  const paths = gate.probe?.paths ?? [];
  const isBelow = ({ path }: Endpoint): boolean =>
    paths.length === 0 || paths.some((start) => `${path}/`.startsWith(`${start.replace(/\/$/, '')}/`));
  return endpoints.filter((each) => (each.repo === undefined || each.repo === repo) && isBelow(each));
}

export async function measureProbe(job: ProbeJob): Promise<Probed> {
  const { gate, place, around, module } = job;
  const argv = gate.command.length > 0 ? gate.command : await startScript(place);
  if (argv === null)
    return unmeasured(
      'unverified',
      'nothing says how the service is started: write `start: [node, server.js]` at this gate in baton.yaml, or have a script `start` in the package.json of the base',
    );
  await using scratch = await openScratch(place.dir, 'none');
  await using channel = await openReportChannel();
  const plan = planCases(job.endpoints);
  const probe = gate.probe ?? PROBE_DEFAULTS;
  const start = await resolveFor(gate, argv, place, around.environment);
  const before =
    probe.before === null ? null : await resolveFor(gate, probe.before, place, around.environment);
  for (const one of [start, before])
    if (one !== null && 'problem' in one)
      return unmeasured('error', `the service could not be started: ${one.problem}`);
  const { port, portEnv, ready, headers, startTimeoutMs, replyTimeoutMs } = probe;
  const env = environmentOf(gate, place, scratch, around.environment);
  const settings = { port, portEnv, ready, headers, startTimeoutMs, replyTimeoutMs };
  const file = join(scratch.dir, 'probe.json');
  await writeFile(file, JSON.stringify({ start, before, env, ...settings, cases: plan.cases }), {
    mode: 0o600,
  });
  // What the gate's own environment says is for the service alone: it would steer the program that asks.
  const asking = { ...gate, command: [], shell: false, env: [] };
  const run = await runGateCommand(
    asking,
    {
      place,
      scratch,
      argv: ['node', ...UNSTEERED, PROGRAM, file],
      env: { BATON_TEST_REPORT: channel.path },
      readable: [PROGRAM, SENDER, channel.folder],
    },
    around,
  );
  // Only now: while a process of it lives, it may still hand something in.
  const texts = await channel.close();
  const tidy = (text: string): string => withoutHeaders(redact(text, gate, around), headers);
  const log = tidy(run.log);
  const about = { repo: job.repo, root: place.root, module, gate: gate.name };
  if (hasBrokenEnd(run.end))
    return { judgement: describeBrokenEnd(run.end, log, about), run: { ...run, log }, broken: true };
  const report = readAnswers(texts);
  const judgement =
    'fault' in report
      ? notReported(job.repo, report.fault)
      : judgeProbe(
          { repo: job.repo, endpoints: job.endpoints, plan, added: job.changed?.added ?? [] },
          tidied(report, tidy),
        );
  return { judgement, run: { ...run, log }, broken: false };
}

/** In a checkout that a setup has filled; npm is there with the Node that runs Baton. null: there is none. */
async function startScript(place: GatePlace): Promise<string[] | null> {
  const file = findBehind(place.overlays, join(place.root, place.module, 'package.json'));
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text.length > MAX_MANIFEST_BYTES) return null;
  try {
    const line = asObject(asObject(asObject(JSON.parse(text))['scripts']))['start'];
    return typeof line === 'string' && line.trim() !== '' ? ['npm', 'run', '--silent', 'start'] : null;
  } catch {
    return null; // What npm would start nobody here knows.
  }
}

function unmeasured(status: 'unverified' | 'error', summary: string): Probed {
  return {
    judgement: { status, summary, tests: null, drafts: [] },
    run: { log: '', durationMs: 0 },
    broken: status === 'error',
  };
}

/** What runs beside the probe is the change's own: what it reports is worth nothing. */
function notReported(repo: string, fault: string): Judgement {
  const draft: FindingDraft = {
    severity: 'major',
    blocking: true,
    repo,
    file: null,
    line: null,
    identity: 'not_reported',
    problem: `The answers of the service cannot be trusted: ${fault}.`,
    fix: 'Take out what ends other programs, or writes to sockets that it did not open.',
  };
  return { status: 'fail', summary: fault, tests: null, drafts: [draft] };
}

function tidied(report: ProbeReport, tidy: (text: string) => string): ProbeReport {
  const answers = report.answers.map((answer): ProbeAnswer => ({
    ...answer,
    said: tidy(answer.said),
    lastWords: tidy(answer.lastWords),
  }));
  return { ...report, words: tidy(report.words), answers };
}

/** A service may say again what it was sent. */
function withoutHeaders(text: string, headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers).reduce(
    (rest, [name, value]) =>
      secretsOf(value).reduce((left, secret) => left.replaceAll(secret, `[${name}]`), rest),
    text,
  );
}

/** The whole, and what stands behind `Bearer`. */
function secretsOf(value: string): string[] {
  return [value, ...value.split(' ').slice(1)].filter((part) => part.length >= 4);
}
