/** What an agent may hand in by its schema arrives as it was, whatever runs the agent, and is taken by the engine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, describe, expect, it } from 'vitest';
import { builtinAgentsDir, listBuiltinWorkflows } from '../../src/definitions/builtin.ts';
import { loadAgentFolder } from '../../src/definitions/load-agents.ts';
import { loadWorkflow } from '../../src/definitions/load-workflow.ts';
import { outputsOf } from '../../src/definitions/prompt-lint.ts';
import { parseReviewResult, parseWorkResult, resultJsonSchema } from '../../src/definitions/result-schema.ts';
import { leastResult } from '../../src/demo/rehearse/least-answers.ts';
import { createCommandDriver } from '../../src/drivers/command.ts';
import type { Driver, WorkOrder } from '../../src/drivers/driver.ts';
import { createInProcessDriver } from '../../src/drivers/in-process/create-in-process-driver.ts';
import { openPlayedModel, submit } from '../../src/drivers/in-process/testing/played-model.ts';
import { createScriptedDriver, loadScript } from '../../src/drivers/scripted.ts';
import { checkAgainst } from '../../src/drivers/submit/check-schema.ts';
import { createOffers } from '../../src/drivers/submit/offers.ts';
import { openSubmitServer } from '../../src/drivers/submit/submit-server.ts';
import { SUBMIT_TOOL } from '../../src/drivers/submit/submit-words.ts';
import { makeWorkOrder, runOrder } from '../../src/drivers/testing/work-order.ts';
import type { Role } from '../../src/core/words.ts';
import { NO_WALL } from '../../src/workspace/wall/open-wall.ts';

const { agents } = loadAgentFolder(builtinAgentsDir, 'own');
const environment = { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ANTHROPIC_API_KEY: 'sk-none' };
const played = await openPlayedModel();
const dir = mkdtempSync(join(tmpdir(), 'baton-round-trips-'));
afterAll(async () => {
  rmSync(dir, { recursive: true });
  await played[Symbol.asyncDispose]();
});

interface Asked {
  agent: string;
  role: Role;
  output: string;
}

/** Each agent with each kind of result that a built-in workflow asks of it; those of a plan make changes. */
const ASKED: Asked[] = agents.flatMap(({ name, role }): Asked[] => {
  const outputs = new Set(
    listBuiltinWorkflows().flatMap(({ file }) => {
      const { graph } = loadWorkflow(file, agents);
      return graph === null ? [] : [...(outputsOf(graph).get(name) ?? [])];
    }),
  );
  return (outputs.size === 0 ? ['changes'] : [...outputs]).map((output) => ({ agent: name, role, output }));
});
/** The role changes nothing of a schema but that of a review. */
const KINDS = [...new Map(ASKED.map((asked) => [asked.output, asked])).entries()];

/** With everything in it that a line, a fence or an encoding could lose. */
const SAID = {
  status: 'complete',
  summary: 'Zeile 1\nline 2 "quoted" \\ `code` 😀',
  decisions: ['tags over folders, because\tone note has several'],
  open_questions: [],
  handoff: '```json\n{"status":"blocked"}\n```',
};
const REVIEW = {
  ...SAID,
  verdict: 'fail',
  findings: [
    { severity: 'major', blocking: true, repo: 'app', file: 'src/ä.ts', line: 3, problem: 'p\nq', fix: 'f' },
  ],
  resolved: [],
};
const resultFor = (asked: Asked, order: WorkOrder): object =>
  asked.output === 'review' ? REVIEW : { ...SAID, ...leastResult({ ...order, ...asked }) };
const orderOf = (asked: Asked): Partial<WorkOrder> => ({
  ...asked,
  resultSchema: () => resultJsonSchema(asked.output, asked.role),
});

/** Through a driver, or the seat where agents of the ACP driver hand in. */
const DRIVERS: Record<string, (result: object, order: WorkOrder) => Promise<unknown>> = {
  command: (result, order) => {
    const command = [process.execPath, '-e', `console.log(${JSON.stringify(JSON.stringify(result))})`];
    return through(createCommandDriver({ command, env: [], environment }), order);
  },
  'in-process': (result, order) => {
    played.play([submit(result)]);
    const order2 = { ...order, modelAccess: played.access, model: 'anthropic/model-1' };
    return through(createInProcessDriver({ env: [], environment }), order2);
  },
  'submit_result of acp': async (result, order) => {
    const offers = createOffers(checkAgainst(order));
    await using server = await openSubmitServer({ schema: order.resultSchema(), offers });
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(server.url), {
        requestInit: { headers: { authorization: `Bearer ${server.token}` } },
      }),
    );
    const { content, isError } = await client.callTool({ name: SUBMIT_TOOL, arguments: { ...result } });
    await client.close();
    return isError === true ? content : offers.accepted()?.result;
  },
  scripted: (result, order) => {
    const file = join(dir, 'script.json');
    writeFileSync(file, JSON.stringify([{ agent: order.agent, result }]));
    return through(createScriptedDriver(loadScript(file).script), order);
  },
};

async function through(driver: Driver, order: WorkOrder): Promise<unknown> {
  const outcome = await runOrder(driver, { order, note: () => undefined });
  return outcome.kind === 'submitted' ? outcome.result : outcome.detail;
}

describe('results', () => {
  it.each(Object.keys(DRIVERS))('of every kind go through %s unchanged', async (name) => {
    expect(KINDS.length).toBeGreaterThan(8);
    for (const [kind, asked] of KINDS) {
      using work = makeWorkOrder(NO_WALL, orderOf(asked));
      const result = resultFor(asked, work.order);
      expect(await DRIVERS[name]?.(result, work.order), kind).toEqual(result);
    }
  });

  it('of every agent fit the schema that it is sent, and are taken by the engine', async () => {
    using work = makeWorkOrder(NO_WALL);
    const checks = new Map(
      KINDS.map(([output, { role }]) => [
        output,
        checkAgainst({ resultSchema: () => resultJsonSchema(output, role) }),
      ]),
    );
    for (const asked of ASKED) {
      const result = resultFor(asked, work.order);
      expect(await checks.get(asked.output)?.(result), asked.agent).toEqual([]);
      expect(taken(asked, result), `${asked.agent}: ${asked.output}`).toEqual([]);
    }
    expect(new Set(ASKED.map(({ agent }) => agent)).size).toBe(agents.length);
  });
});

function taken({ agent, output }: Asked, result: object): string[] {
  const repos = ['app'];
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
          conditionalAgents: [],
          knownFindings: [],
          repos,
          modules: null,
          earlierOutputs: [],
          citable: [],
          planned: null,
          guide: null,
        });
  return parsed.ok ? [] : parsed.problems;
}
