/** Which tests and whose word show that acceptance criteria are met, and whether a run may count as complete. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { proveCriteria } from '../../src/core/checks/criteria.ts';
import { checkVerdictChain } from '../../src/cli/audit/verdict-chain.ts';
import { stepOf, type RunState } from '../../src/core/state.ts';
import type { StepState } from '../../src/core/step-state.ts';
import type { CheckOutcome } from '../../src/core/words.ts';
import { REHEARSAL_LABEL, type WorkOrder } from '../../src/drivers/driver.ts';
import { evaluateSuccess } from '../../src/engine/success-criteria.ts';
import { agentDefinition, driveRig, openRig, startRigRun } from '../../src/testing/rig.ts';
import {
  configOf,
  createPlayDriver,
  done,
  edit,
  eventsOf,
  gate,
  graphOf,
  playWell,
  verdict,
} from './plays.ts';

const AGENTS = [
  agentDefinition('summarizer', 'planner'),
  agentDefinition('builder', 'specialist'),
  agentDefinition('tester', 'tester'),
  agentDefinition('validator', 'tester'),
  agentDefinition('releaser', 'specialist'),
  agentDefinition('coordinator', 'coordinator'),
  agentDefinition('critic', 'reviewer'),
];
const HEAD = `name: w
version: 1
start: launch
review: { by: [critic] }
limits: { max_rework: 2, retry_backoff: 0ms }
phases:
  - { id: summarize, steps: [{ agent: summarizer, output: requirements }] }
`;
const TESTS = gate(['node', '--test'], { name: 'tests', kind: 'tests', reporter: 'node' });
const CRITERIA = [
  { id: 'A1', text: 'it adds' },
  { id: 'A2', text: 'the words are kind' },
];
const REQUIREMENTS = {
  functional: [{ id: 'F1', text: 'it adds' }],
  non_functional: [],
  constraints: [],
  dependencies: [],
  affected_systems: [],
  acceptance_criteria: CRITERIA,
};

async function runPhases(
  phases: string,
  play: (order: WorkOrder) => unknown,
  criteria: unknown[] = CRITERIA,
) {
  const graph = graphOf(`${HEAD}${phases}`, AGENTS);
  const driver = createPlayDriver((order) =>
    order.agent === 'summarizer'
      ? done(order, { requirements: { ...REQUIREMENTS, acceptance_criteria: criteria } })
      : play(order),
  );
  await using rig = await openRig(driver);
  const api = rig.repository('api', {
    'package.json': '{"type":"module"}\n',
    'known.test.mjs': "import test from 'node:test';\ntest('is known', () => {});\n",
  });
  const config = configOf([TESTS]);
  const runId = await startRigRun(rig.engine, { graph, agents: AGENTS, repos: [api], config });
  const result = await driveRig(rig.engine, runId);
  expect(checkVerdictChain(result.events)).toBeNull();
  return {
    ...result,
    worked: eventsOf(result.events, 'invocation_started').map((e) => `${e.identity.agent} r${e.round}`),
    standards: eventsOf(result.events, 'gates_ended').flatMap(({ outcome }) =>
      outcome.kind === 'measured'
        ? outcome.results.filter((r) => r.kind === 'standard').map((r) => `${r.status} ${r.summary}`)
        : [],
    ),
  };
}

const BUILD = `  - id: build
    steps: [{ agent: builder }, { agent: tester }]
    standard: [{ id: s, title: Criteria, measure: criteria_covered }]
`;

const APP = 'export const add = (a, b) => a + b;\n';
const ADDS = 'assert.equal(add(1, 1), 2);';

function writeTest(order: WorkOrder, name: string, body = ADDS): void {
  edit(
    order,
    'new.test.mjs',
    `import assert from 'node:assert';\nimport { describe, test } from 'node:test';\nimport { add } from './app.mjs';\ndescribe('adding', () => { test('${name}', () => { ${body} }); });\n`,
  );
}

/** The last reviewer to look at the tests confirms what no test can show. */
function confirmed(order: WorkOrder): unknown {
  if (order.role !== 'reviewer') return playWell(order);
  return verdict(order, { confirms: [{ criterion: 'A2', how: 'read them aloud' }] });
}

describe('acceptance criteria', () => {
  it('R54: a criterion without a green test or a confirmation is a finding to whoever tests', async () => {
    const { status, worked, standards, state } = await runPhases(BUILD, (order) => {
      if (order.agent === 'builder') edit(order, 'app.mjs', APP);
      if (order.agent === 'tester') writeTest(order, order.round === 1 ? 'does nothing' : 'adds');
      if (order.agent === 'tester' && order.round > 1)
        return done(order, { covers: [{ criterion: 'A1', tests: ['adding > adds'] }] });
      return order.access === 'write' ? done(order) : confirmed(order);
    });
    expect(status).toBe('done');
    expect(worked).toEqual(['summarizer r1', 'builder r1', 'tester r1', 'tester r2']);
    expect(standards).toEqual([
      "fail Criteria: neither a green test nor a reviewer's word for A1 (it adds)",
      'pass Criteria: all 2 acceptance criteria are shown or confirmed',
    ]);
    expect(proveCriteria(state, CRITERIA, null)).toMatchObject([
      { id: 'A1', proven: true, tests: [{ name: 'adding > adds', seen: 'green' }] },
      {
        id: 'A2',
        proven: true,
        confirmed: expect.arrayContaining([{ by: 'critic', step: 'build/tester', how: 'read them aloud' }]),
      },
    ]);
  });

  it('R54: names that no gate saw green count for nothing, however sure the agent is', async () => {
    const { status, standards, questions } = await runPhases(BUILD, (order) => {
      if (order.agent === 'builder') edit(order, 'app.mjs', APP);
      if (order.agent === 'tester') writeTest(order, `adds ${order.round}`);
      return order.access === 'write'
        ? done(order, { covers: [{ criterion: 'A1', tests: ['adds everything'] }] })
        : confirmed(order);
    });
    expect(status).toBe('waiting_human');
    expect(new Set(standards)).toEqual(
      new Set(["fail Criteria: neither a green test nor a reviewer's word for A1 (it adds)"]),
    );
    expect(questions[0]?.options.map((option) => option.id)).toContain('accept');
  });
});

describe('a test that is in the base', () => {
  /** The first round names a test of the base; the next one writes its own, for both criteria. */
  const play = (order: WorkOrder): unknown => {
    if (order.agent === 'builder') edit(order, 'app.mjs', APP);
    if (order.access !== 'write') return playWell(order);
    if (order.agent !== 'tester') return done(order);
    writeTest(order, 'adds');
    const tests = [order.round === 1 ? 'is known' : 'adds'];
    return done(order, { covers: ['A1', 'A2'].map((criterion) => ({ criterion, tests })) });
  };

  it('R54: shows nothing of the change: it is a finding where criteria have to be shown', async () => {
    const { status, worked, standards, state } = await runPhases(BUILD, play);
    expect(status).toBe('done');
    expect(worked.slice(2)).toEqual(['tester r1', 'tester r2']);
    expect(standards[0]).toBe(
      "fail Criteria: neither a green test nor a reviewer's word for A1 (it adds; already green without the change: is known); A2 (the words are kind; already green without the change: is known)",
    );
    const shared = [
      { name: 'is known', seen: 'already_there', shared: true },
      { name: 'adds', seen: 'green', shared: true },
    ];
    expect(proveCriteria(state, CRITERIA, null)[1]?.tests).toEqual(shared);
    expect(standards.at(-1)).toBe('pass Criteria: all 2 acceptance criteria are shown or confirmed');
  });

  it('PRIV-7: an emptied or empty test shows nothing, whatever the requirements call met before', async () => {
    const met = CRITERIA.map((criterion) => ({ ...criterion, already_met: true }));
    const { standards } = await runPhases(
      BUILD,
      (order) => {
        if (order.agent === 'builder') edit(order, 'app.mjs', APP);
        if (order.access !== 'write') return playWell(order);
        if (order.agent === 'tester') writeTest(order, 'adds', order.round === 1 ? 'assert.ok(true);' : ADDS);
        return order.agent === 'tester'
          ? done(order, { covers: ['A1', 'A2'].map((criterion) => ({ criterion, tests: ['adds'] })) })
          : done(order);
      },
      met,
    );
    expect(standards).toEqual([
      "fail Criteria: neither a green test nor a reviewer's word for A1 (it adds; green, but asks for nothing: adds); A2 (the words are kind; green, but asks for nothing: adds)",
      'pass Criteria: all 2 acceptance criteria are shown or confirmed',
    ]);
  });

  it('R54: shows a criterion that the requirements call met before', async () => {
    const met = CRITERIA.map((criterion) => ({ ...criterion, already_met: true }));
    const { status, worked, standards } = await runPhases(BUILD, play, met);
    expect(status).toBe('done');
    expect(worked.slice(2)).toEqual(['tester r1']);
    expect(standards).toEqual(['pass Criteria: all 2 acceptance criteria are shown or confirmed']);
  });
});

const COMPLETE = `  - id: build
    steps: [{ agent: builder }, { agent: tester }]
    gates: full
  - id: deploy
    steps: [{ agent: releaser, output: deployment }]
  - id: validate
    steps: [{ agent: validator, output: validation, changes: optional }]
  - id: completion
    steps: [{ agent: coordinator, output: synthesis }]
    standard: [{ id: s, title: Success, measure: success_criteria }]
`;

const STARTED = [{ what: 'the module', command: 'node --input-type=module' }];
const SEEN = [{ what: 'A1', outcome: 'met', seen: 'two and two gave four' }];
const NAMES = ['development', 'staging', 'production'];

/** A file for each environment that is named, and a script. */
function release(order: WorkOrder, names: readonly string[] = NAMES): unknown {
  for (const name of names) edit(order, `deploy/${name}.env`, 'PORT=1\n');
  edit(order, 'deploy/start.sh', 'true\n');
  const environments = Object.fromEntries(
    NAMES.map((name) => [
      name,
      {
        files: names.includes(name) ? [`api/deploy/${name}.env`] : [],
        instructions: [`start it in ${name}`],
      },
    ]),
  );
  const scripts = ['api/deploy/start.sh'];
  return done(order, { deployment: { environments, scripts, rollback: ['stop it'] } });
}

function playWhole(order: WorkOrder): unknown {
  if (order.agent === 'builder') edit(order, 'app.mjs', APP);
  if (order.agent === 'builder') edit(order, 'README.md', '# adding\n');
  if (order.agent === 'tester') writeTest(order, 'adds');
  if (order.agent === 'releaser') return release(order);
  if (order.agent === 'validator')
    return done(order, { validation: { started: STARTED, evidence: ['seen'], checks: SEEN } });
  return order.access === 'write' ? done(order) : playWell(order);
}

const check = (what: string, outcome: CheckOutcome) => ({ what, outcome, seen: 'looked' });

let shared: ReturnType<typeof runPhases> | null = null;
/** One run for all that look at it. */
const whole = () => (shared ??= runPhases(COMPLETE, playWhole));

/** The same run, in which one step was something else. */
function withStep(state: RunState, id: string, over: Partial<StepState>): RunState {
  return { ...state, steps: new Map(state.steps).set(id, { ...stepOf(state, id), ...over }) };
}

const REHEARSED: StepState['identities'] = new Map([
  [
    'work.author',
    {
      agent: 'a',
      role: 'tester',
      definition_hash: 'd',
      driver: 'scripted',
      label: REHEARSAL_LABEL,
      model: null,
    },
  ],
]);

/** What is said of readiness: status and evidence. */
function readiness(state: RunState): [string, string] {
  const { status, evidence } = evaluateSuccess(state, null)[4] ?? { status: '', evidence: '' };
  return [status, evidence];
}

interface Shown {
  added?: number;
  unchanged?: boolean;
  confirmed?: boolean;
}

describe('the seven success criteria', () => {
  it('R72: are evaluated before an implementation counts as complete, each with its evidence', async () => {
    const { status, standards, state } = await whole();
    expect(status).toBe('done');
    expect(standards).toEqual(['pass Success: 7 of 7 met, 0 not measured']);
    const criteria = evaluateSuccess(state, null);
    expect(criteria.map((each) => each.status)).toEqual(Array.from({ length: 7 }, () => 'met'));
    expect(criteria[2]?.evidence).toContain('api tests: 2 passed');
    expect(criteria[4]?.evidence).toBe(
      'validated in validate/validator: 1 checks met; deployment is prepared for development, staging, production, with scripts; 1 gates are green on this tree',
    );
    expect(criteria[5]?.evidence).toContain('api/README.md');
  });

  it.each([
    ['a new test', {}, 'met', 'new tests: 1'],
    ['a changed test', { added: 0 }, 'met', 'changed tests: api/new.test.mjs'],
    [
      'nothing but what the base has',
      { added: 0, unchanged: true },
      'not_measured',
      'no test is new or changed',
    ],
    [
      'a word of a reviewer on what no test shows',
      { added: 0, unchanged: true, confirmed: true },
      'met',
      'critic confirms A2: read them aloud',
    ],
  ])('R72: testing with %s', async (_, over: Shown, status, says) => {
    const { state } = await whole();
    const steps = [...state.steps].map(([id, st]): [string, StepState] => [
      id,
      {
        ...st,
        gates: st.gates.map((each) =>
          each.tests === null ? each : { ...each, tests: { ...each.tests, added: over.added ?? 1 } },
        ),
        ...(over.unchanged === true ? { changedPaths: new Set(['api/app.mjs']) } : {}),
        ...(over.confirmed === true
          ? { confirmed: new Map([['critic', [{ criterion: 'A2', how: 'read them aloud' }]]]) }
          : {}),
      },
    ]);
    const found = evaluateSuccess({ ...state, steps: new Map(steps) }, null)[2];
    expect(found).toMatchObject({ status, evidence: expect.stringContaining(says) as string });
    expect(found?.evidence).toContain('api tests: 2 passed');
  });

  it('R72: where only documents were changed, nothing shows that anything is implemented', async () => {
    const { state } = await whole();
    const steps = [...state.steps].map(([id, st]): [string, StepState] => [
      id,
      { ...st, changedPaths: new Set(st.changedPaths.size === 0 ? [] : ['api/ECHO.md']) },
    ]);
    expect(evaluateSuccess({ ...state, steps: new Map(steps) }, null)[1]).toMatchObject({
      status: 'not_measured',
      evidence: 'only documents were changed: api/ECHO.md',
    });
  });

  it('R72: what changed after its validation is not ready, and the run does not end', async () => {
    const late = COMPLETE.replace(
      '  - id: completion\n',
      '  - { id: late, steps: [{ agent: builder, id: polish }] }\n  - id: completion\n',
    );
    const { status, standards } = await runPhases(late, (order) => {
      if (order.access === 'read' || !order.invocationId.includes('/late/')) return playWhole(order);
      edit(order, 'late.mjs', 'export {};\n');
      return done(order);
    });
    expect(status).toBe('waiting_human');
    expect(standards[0]).toContain('changed after its validation in validate/validator');
  });

  it('R72: what a validation saw not to be met is not ready, whatever its words are', async () => {
    const { state, status } = await runPhases(COMPLETE, (order) =>
      order.agent === 'validator'
        ? done(order, {
            validation: {
              started: STARTED,
              evidence: ['ready for production'],
              checks: [...SEEN, check('A2', 'not_met')],
            },
          })
        : playWhole(order),
    );
    expect(status).toBe('waiting_human');
    expect(readiness(state)).toEqual(['not_met', expect.stringContaining('saw what is not met: A2')]);
  });

  it.each([
    ['a validation without outcomes', { checks: [] }, 'names nothing that it saw to be met'],
    [
      'one that did not try everything',
      { checks: [check('A1', 'met'), check('A2', 'not_tried')] },
      'did not try: A2',
    ],
    [
      'one prepared before the run',
      { identities: REHEARSED },
      'was prepared before the run: it tried nothing',
    ],
  ])('R72: with %s it is not measured', async (_, over, says) => {
    const { state } = await whole();
    const other = withStep(state, 'validate/validator', over);
    expect(readiness(other)).toEqual(['not_measured', expect.stringContaining(says)]);
  });

  it('R75: a deployment that was prepared after the last validation is not ready, though the tree is the same', async () => {
    const { state } = await whole();
    const { steps } = state.graph;
    const at = (id: string) => steps.filter((step) => step.id === id);
    const rest = steps.filter(({ id }) => id !== 'deploy/releaser' && id !== 'completion/coordinator');
    const order = [...rest, ...at('deploy/releaser'), ...at('completion/coordinator')];
    const late = { ...state, graph: { ...state.graph, steps: order } };
    const says = 'nobody validated the whole after deploy/releaser prepared its deployment';
    expect(readiness(late)).toEqual(['not_met', says]);
    const none = withStep(state, 'validate/validator', { status: 'skipped', accepted: null });
    expect(readiness(none)).toEqual(['not_met', says]);
    expect(readiness(state)[0]).toBe('met');
  });

  it('R72: a synthesis that was prepared before the run brings nothing together', async () => {
    const { state } = await whole();
    const other = withStep(state, 'completion/coordinator', { identities: REHEARSED });
    expect(evaluateSuccess(other, null)[6]?.status).toBe('not_measured');
  });

  it('R72, R73: an environment without a file is not ready, and the run does not end', async () => {
    const { state, standards, status } = await runPhases(COMPLETE, (order) =>
      order.agent === 'releaser' ? release(order, ['development', 'staging']) : playWhole(order),
    );
    expect(status).toBe('waiting_human');
    expect(standards[0]).toContain('no file is there for production');
    expect(readiness(state)[0]).toBe('not_met');
  });

  it('R73: a deployment that was passed over is not prepared, and says why', async () => {
    const { state } = await whole();
    const other = withStep(state, 'deploy/releaser', { status: 'skipped', skipReason: 'not asked for' });
    expect(readiness(other)).toEqual([
      'not_measured',
      'no deployment was prepared: deploy/releaser (not asked for)',
    ]);
  });

  it('R73: a file that the tree does not have is prepared by nobody: the result is no result', async () => {
    const { status, questions } = await runPhases(COMPLETE, (order) => {
      if (order.agent !== 'releaser') return playWhole(order);
      const result = release(order);
      rmSync(join(order.workspace.repos[0]?.path ?? '', 'deploy/start.sh'));
      return result;
    });
    expect(status).toBe('waiting_human');
    expect(questions[0]?.text).toContain('it names api/deploy/start.sh, and there is no such file');
  });

  it('R72: what nothing decides is not measured, and never met', async () => {
    const unvalidated = COMPLETE.replace(/ {2}- id: validate\n.*\n/, '');
    await expect(runPhases(unvalidated, playWhole)).rejects.toThrow('E_REVIEW_MISSING deploy/releaser');
    const short = unvalidated.replace(/ {2}- id: deploy\n.*\n/, '');
    const { standards, state } = await runPhases(short, playWhole);
    expect(standards).toEqual(['pass Success: 6 of 7 met, 1 not measured']);
    expect(evaluateSuccess(state, null)[4]).toMatchObject({ status: 'not_measured' });
  });
});
