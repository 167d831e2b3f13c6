/**
 * Each agent's schema, as its seat in each workflow sends it, goes out through each driver as it is; a result that fits comes
 * back as it was, and one that does not is refused with the place. Agents and models are real processes and servers that play.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtinAgentsDir, listBuiltinWorkflows } from '../../src/definitions/builtin.ts';
import { loadAgentFolder } from '../../src/definitions/load-agents.ts';
import { loadProfiles } from '../../src/definitions/load-profiles.ts';
import { parseReviewResult, parseWorkResult, resultJsonSchema } from '../../src/definitions/result-schema.ts';
import { leastResult } from '../../src/demo/rehearse/least-answers.ts';
import { createAcpDriver } from '../../src/drivers/acp/create-acp-driver.ts';
import { OUTPUTS, rehearse } from '../../src/drivers/blueprint/testing/rehearsal.ts';
import { createCommandDriver } from '../../src/drivers/command.ts';
import type { Driver, WorkOrder } from '../../src/drivers/driver.ts';
import { createInProcessDriver } from '../../src/drivers/in-process/create-in-process-driver.ts';
import { openPlayedModel, submit, toolResults } from '../../src/drivers/in-process/testing/played-model.ts';
import { createScriptedDriver, loadScript } from '../../src/drivers/scripted.ts';
import { checkAgainst } from '../../src/drivers/submit/check-schema.ts';
import { makeWorkOrder, runOrder } from '../../src/drivers/testing/work-order.ts';
import type { WireName } from '../../src/gateway/wire.ts';
import type { Role } from '../../src/core/words.ts';
import { NO_WALL } from '../../src/workspace/wall/open-wall.ts';
import { verdict } from './plays.ts';
import { runBuiltin } from './run-builtin.ts';

const FULL = process.env['BATON_TEST_FULL'] !== undefined;
/** What starts a process for each seat gets so many of them, each driver others; the whole table is for `npm run test:full`. */
const SAMPLE = 5;

/** One agent in one workflow, asked for one kind of result. */
interface Seat {
  workflow: string;
  agent: string;
  role: Role;
  output: string;
  schema: Record<string, unknown>;
  fits: Record<string, unknown>;
}

const { agents } = loadAgentFolder(builtinAgentsDir, 'own');
const AGENT = fileURLToPath(new URL('../../src/testing/agents/acp-agent.mjs', import.meta.url));
const PROGRAM = `const fs = require('fs');
const order = JSON.parse(fs.readFileSync(0, 'utf8'));
const { offers, heard } = JSON.parse(fs.readFileSync(process.argv[1], 'utf8'));
fs.writeFileSync(heard, JSON.stringify({ schema: order.result_schema, answers: null }));
console.log(JSON.stringify(offers.at(-1)));`;
const environment = { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ANTHROPIC_API_KEY: 'sk-none' };

const WITH_RULES = ['baton', 'review-gated'];

let seats: Seat[] = [];
let dir = '';
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'baton-seats-'));
  const found = new Map<string, Seat>();
  for (const { name: workflow } of listBuiltinWorkflows()) {
    const { orders, status } = await runBuiltin(workflow, { effort: 'large' });
    expect(status).toBe('done');
    for (const order of orders) {
      const key = `${workflow} ${order.agent} ${order.output}`;
      if (!found.has(key)) found.set(key, seatOf(workflow, order));
    }
  }
  const seated = new Set([...found.values()].map(({ agent }) => agent));
  // Whom no run called (a reviewer of what it did not touch, the agent of a direct run) is asked as its role is.
  for (const { name: agent, role } of agents.filter(({ name }) => !seated.has(name))) {
    const output = role === 'reviewer' ? 'review' : 'changes';
    const schema = resultJsonSchema(output, role) as Seat['schema'];
    const fits = output === 'review' ? REVIEW : SAID;
    found.set(agent, { workflow: 'none', agent, role, output, schema, fits });
  }
  seats = [...found.values()];
}, 600_000);
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
  console.log(carriedLines().join('\n'));
});

/** Seats that went through each driver in this process. */
const carried = new Map<string, number>();
const count = (driver: string): void => void carried.set(driver, (carried.get(driver) ?? 0) + 1);

function carriedLines(): string[] {
  return [
    `schemas over drivers, ${FULL ? 'all seats' : 'a sample where each starts a process or a server'}: ${seats.length} seats`,
    ...[...carried].map(([driver, number]) => `${driver}: ${number} of ${seats.length}`),
  ];
}

/** With what a line, a fence or an encoding could lose. */
const SAID = {
  status: 'complete',
  summary: 'Zeile 1\nline 2 "quoted" \\ `code` 😀',
  decisions: ['tags over folders, because\tone note has several'],
};

const REVIEW = {
  ...SAID,
  verdict: 'fail',
  findings: [
    { severity: 'major', blocking: true, repo: 'app', file: 'src/ä.ts', line: 3, problem: 'p\nq', fix: 'f' },
  ],
};

function seatOf(workflow: string, order: WorkOrder): Seat {
  const { agent, role, output } = order;
  const least = output === 'review' ? verdict(order) : leastResult(order);
  return {
    workflow,
    agent,
    role,
    output,
    schema: order.resultSchema() as Seat['schema'],
    fits: { ...least, ...SAID },
  };
}

/** The same result with a number where its deepest text stands, and where that is. */
function broken(fits: Record<string, unknown>): { value: Record<string, unknown>; path: string } {
  const value = structuredClone(fits);
  let deepest: { holder: Record<string, unknown>; key: string; path: string; depth: number } | null = null;
  const visit = (holder: Record<string, unknown>, place: string, depth: number): void => {
    for (const [key, each] of Object.entries(holder)) {
      const path = `${place}/${key}`;
      if (typeof each === 'string' && key !== 'status' && (deepest === null || depth > deepest.depth))
        deepest = { holder, key, path, depth };
      if (typeof each === 'object' && each !== null) visit(each as Record<string, unknown>, path, depth + 1); // lists and objects alike
    }
  };
  visit(value, '', 0);
  const found = deepest as { holder: Record<string, unknown>; key: string; path: string } | null; // set in the visit
  if (found === null) throw new Error('there is no text in it');
  found.holder[found.key] = 7;
  return { value, path: found.path };
}

/** What is said of a place: `/plan/tasks/0/id`, as schemas name it, or `plan.tasks[0].id`, as the engine does. */
function spellings(path: string): RegExp {
  const parts = path.slice(1).split('/');
  const dotted = parts
    .map((part, i) => (/^\d+$/.test(part) ? `[${part}]` : `${i === 0 ? '' : '.'}${part}`))
    .join('');
  const escaped = [path.slice(1), dotted].map((each) => each.replaceAll(/[.[\]/]/g, String.raw`\$&`));
  return new RegExp(escaped.join('|'));
}

interface Heard {
  schema: unknown;
  /** What the agent was told of each offer, while it was at work; null where results come at its end. */
  answers: string[] | null;
  outcome: unknown;
}

type Carry = (order: WorkOrder, offers: readonly object[]) => Promise<Heard>;

const outcomeOf = async (driver: Driver, order: WorkOrder): Promise<unknown> => {
  const outcome = await runOrder(driver, { order, note: () => undefined });
  return outcome.kind === 'submitted' ? outcome.result : outcome.detail;
};

/** By a program of its own for each order, which reads what it hands in from a file. */
function byProgram(create: (file: string) => Driver): Carry {
  return async (order, offers) => {
    const [file, heard] = [join(dir, 'offers.json'), join(dir, 'heard.json')];
    writeFileSync(file, JSON.stringify({ offers, heard }));
    rmSync(heard, { force: true });
    const outcome = await outcomeOf(create(file), order);
    return { ...(JSON.parse(readFileSync(heard, 'utf8')) as Heard), outcome };
  };
}

function byModel(provider: string, wire: WireName): Carry {
  return async (order, offers) => {
    await using played = await openPlayedModel(provider, wire);
    const [first, ...more] = offers.map((offer) => submit(offer));
    if (first === undefined) throw new Error('nothing is handed in');
    played.play([first, ...more]);
    const driver = createInProcessDriver({ env: [], environment });
    const asked = { ...order, modelAccess: played.access, model: `${provider}/model-1` };
    const outcome = await outcomeOf(driver, asked);
    const { calls } = played.model;
    const schema = calls[0]?.tools.find(({ name }) => name === 'submit_result')?.schema;
    return { schema, answers: toolResults(calls.at(-1) ?? ({ turns: [] } as never)), outcome };
  };
}

const IN_PROCESS: Record<string, Carry> = {
  'in-process over anthropic_messages': byModel('anthropic', 'anthropic_messages'),
  'in-process over openai_responses': byModel('openai', 'openai_responses'),
  'in-process over openai_chat': byModel('openai-compatible', 'openai_chat'),
  'in-process over gemini': byModel('google', 'gemini'),
};
const PROGRAMS: Record<string, Carry> = {
  command: byProgram((file) =>
    createCommandDriver({ command: [process.execPath, '-e', PROGRAM, file], env: [], environment }),
  ),
  ...Object.fromEntries(
    [...loadProfiles([]).profiles.values()].map((profile) => [
      `acp, ${profile.name}`,
      byProgram((file) =>
        createAcpDriver({
          profile: { ...profile, command: [process.execPath, AGENT, 'hands_in', file] },
          auth: 'key',
          env: [],
          environment,
          graceMs: 300,
        }),
      ),
    ]),
  ),
};

/** One of each kind of result, of changing workflows; `turn` begins elsewhere. */
function sampleOf(all: Seat[], turn: number, most: number): Seat[] {
  if (FULL) return all;
  const kinds = [...Map.groupBy(all, ({ output }) => output).values()];
  const one = kinds.map((kind, i) => kind[(i * 7 + turn) % kind.length]);
  const first = (turn * most) % kinds.length;
  return [...one.slice(first), ...one.slice(0, first)].filter((seat) => seat !== undefined).slice(0, most);
}

/** What the client of a provider takes out of every schema, as that provider does not know it; the answer to a result still names it. */
const TAKES_OUT: Readonly<Record<string, (key: string, value: unknown) => boolean>> = {
  'in-process over openai_responses': (key, value) =>
    key === 'propertyNames' || (key === 'pattern' && String(value).includes('(?')),
};

function withoutTakenOut(schema: unknown, isOut: (key: string, value: unknown) => boolean): unknown {
  if (Array.isArray(schema)) return schema.map((each) => withoutTakenOut(each, isOut));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) =>
      isOut(key, value) ? [] : [[key, withoutTakenOut(value, isOut)]],
    ),
  );
}

async function goesThrough(driver: string, carry: Carry, seat: Seat): Promise<void> {
  const { agent, role, output, schema, fits, workflow } = seat;
  const name = `${workflow}: ${agent}, ${output}`;
  const bad = broken(fits);
  const asked = { agent, role, output, resultSchema: () => schema, access: 'read' as const };
  using work = makeWorkOrder(NO_WALL, asked);
  const heard = await carry(work.order, [bad.value, fits]);
  expect(heard.outcome, name).toEqual(fits);
  // Which draft of JSON Schema it is may be left out by whoever carries it.
  const isOut = TAKES_OUT[driver] ?? (() => false);
  const plain = (given: unknown): unknown => {
    const { $schema: _, ...rest } = given as Record<string, unknown>; // a JSON Schema object
    return withoutTakenOut(rest, isOut);
  };
  expect(plain(heard.schema), name).toEqual(plain(schema));
  const [refusal] = heard.answers ?? (await checkAgainst(work.order)(bad.value));
  expect(refusal, name).toMatch(spellings(bad.path));
  count(driver);
}

describe('every seat', () => {
  it('is in the table: all agents, and all that the workflows seat', () => {
    expect(new Set(seats.map(({ agent }) => agent))).toEqual(new Set(agents.map(({ name }) => name)));
    expect(new Set(seats.map(({ workflow }) => workflow))).toContain('baton');
    expect(seats.length).toBeGreaterThan(agents.length);
  });

  it('takes what fits its schema and refuses what does not with the place, in the schema and in the engine', async () => {
    for (const seat of seats) {
      const name = `${seat.workflow}: ${seat.agent}, ${seat.output}`;
      const check = checkAgainst({ resultSchema: () => seat.schema });
      const bad = broken(seat.fits);
      expect(await check(seat.fits), name).toEqual([]);
      expect((await check(bad.value)).join(), name).toMatch(spellings(bad.path));
      expect(refusals(seat, seat.fits), name).toEqual([]);
      expect(refusals(seat, bad.value).join(), name).toMatch(spellings(bad.path));
    }
  });

  it.each(Object.keys(IN_PROCESS))(
    'goes through the driver %s',
    async (name) => {
      for (const seat of sampleOf(seats, Object.keys(IN_PROCESS).indexOf(name), 20))
        await goesThrough(name, IN_PROCESS[name]!, seat);
    },
    600_000,
  );

  it.each(Object.keys(PROGRAMS))(
    'goes through the driver %s',
    async (name) => {
      for (const seat of sampleOf(seats, Object.keys(PROGRAMS).indexOf(name), SAMPLE))
        await goesThrough(name, PROGRAMS[name]!, seat);
    },
    1_200_000,
  );

  it('goes through the driver scripted', async () => {
    for (const { agent, role, output, schema, fits } of seats) {
      const file = join(dir, 'script.json');
      writeFileSync(file, JSON.stringify([{ agent, result: fits }]));
      using work = makeWorkOrder(NO_WALL, { agent, role, output, resultSchema: () => schema });
      expect(await outcomeOf(createScriptedDriver(loadScript(file).script), work.order)).toEqual(fits);
      count('scripted');
    }
  });

  it('that the rules of blueprint play is handed in what its schema takes', async () => {
    using rehearsal = await rehearse();
    for (const [agent, output] of Object.entries(OUTPUTS)) {
      const result = await rehearsal.play(agent);
      for (const reviewed of [false, true]) {
        const handed = reviewed ? await rehearsal.review() : result;
        const [name, kind] = reviewed ? ['code-review', 'review'] : [agent, output];
        const played = seats.filter((seat) => seat.agent === name && seat.output === kind);
        expect(played, name).not.toEqual([]);
        // The workflows whose agents blueprint plays; others ask the same agents for more.
        for (const { workflow, schema } of played.filter((seat) => WITH_RULES.includes(seat.workflow))) {
          const check = checkAgainst({ resultSchema: () => schema });
          expect(await check(handed), `${workflow}: ${name}`).toEqual([]);
          if (!reviewed) count('blueprint, of what it plays');
        }
      }
    }
  });
});

/** What the engine says of it, in a run that has the names which the seat's own result has. */
function refusals({ agent, output, fits }: Seat, result: object): string[] {
  const repos = ['app', 'api'];
  const { plan, needs } = fits as { plan?: { cites?: string[] }; needs?: { agent: string }[] }; // as its schema has it
  const cites = plan?.cites ?? [];
  const parsed =
    output === 'review'
      ? parseReviewResult(result, {
          idPrefix: 's/r1/x',
          reviewer: agent,
          knownFindings: [],
          authors: [],
          repos,
          areas: [],
          to: 'h',
          hash: (text) => text,
        })
      : parseWorkResult(output, result, {
          conditionalAgents: needs?.map((need) => need.agent) ?? [],
          knownFindings: [],
          repos,
          modules: null,
          earlierOutputs: cites,
          citable: cites,
          planned: null,
          guide: null,
        });
  return parsed.ok ? [] : parsed.problems;
}
