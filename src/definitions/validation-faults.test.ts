import { describe, expect, it } from 'vitest';
import { makeAgent } from '../../test/make-agent.ts';
import { parseWorkflow } from './load-workflow.ts';

const cast = [
  makeAgent('planner', 'planner'),
  makeAgent('builder', 'specialist'),
  makeAgent('tester', 'tester'),
  makeAgent('releaser', 'specialist'),
  makeAgent('validator', 'tester'),
  makeAgent('critic', 'reviewer'),
];

/** What the check says of a workflow with these steps. */
function check(...steps: string[]): string[] {
  const text = `name: w
version: 1
review: { by: [critic] }
phases:
  - id: p
    steps:
${steps.map((step) => `      - ${step}`).join('\n')}
`;
  return parseWorkflow('w.yaml', Buffer.from(text), cast).diagnostics.map(
    ({ code, message }) => `${code} ${message}`,
  );
}

const PREPARE = '{ agent: releaser, output: deployment }';
const VALIDATE = '{ agent: validator, output: validation }';
const SUBMIT = '{ submit: true }';
const build = ['{ agent: builder }', '{ agent: tester }'];
const NONE_BEHIND = [
  expect.stringMatching(/^E_REVIEW_MISSING p\/releaser prepares a deployment, and nobody/),
];

describe('a final validation', () => {
  it('R75: stands behind every preparation of a deployment, and before anything leaves the run', () => {
    expect(check(...build, PREPARE, VALIDATE, SUBMIT)).toEqual([]);
    expect(check(...build, VALIDATE, PREPARE, SUBMIT)).toEqual(NONE_BEHIND);
    expect(check(...build, PREPARE, SUBMIT)).toEqual(NONE_BEHIND);
    expect(check(...build, PREPARE, SUBMIT)[0]).toContain('between it and p/submit');
    expect(check(...build, PREPARE)).toEqual(NONE_BEHIND);
    expect(check(...build, VALIDATE, SUBMIT)).toEqual([]);
    expect(check(...build, SUBMIT)).toEqual([]);
  });

  it('R75: is there in every case in which something was prepared', () => {
    const when = (validation: string, preparation = 'effort: [small, large]') =>
      check(
        ...build,
        PREPARE.replace(' }', `, when: { ${preparation} } }`),
        VALIDATE.replace(' }', `, when: { ${validation} } }`),
        SUBMIT,
      );
    expect(when('effort: [small, large]')).toEqual([]);
    expect(when('effort: [large]')).toEqual(NONE_BEHIND);
    expect(when('concerns: [infrastructure]')).toEqual(NONE_BEHIND);
    expect(when('effort: [large]', 'all: [{ effort: [large] }, { concerns: [infrastructure] }]')).toEqual([]);
    expect(when('all: [{ effort: [large] }, { concerns: [infrastructure] }]', 'effort: [large]')).toEqual(
      NONE_BEHIND,
    );
  });
});

describe('whoever validates', () => {
  const own = [
    expect.stringMatching(/^E_REVIEWER_IS_AUTHOR p\/\w+ is a validation by (?:tester|builder), which/),
  ];

  it.each(['tester', 'builder'])('R68: makes no part of the change: not %s', (agent) => {
    expect(check(...build, `{ agent: ${agent}, id: look, output: validation, changes: optional }`)).toEqual(
      own,
    );
  });

  it('R68: gets no task of a plan either', () => {
    const plan = '{ agent: planner, output: plan }';
    const tasks = (agents: string) => `{ planned: true, agents: [${agents}] }`;
    expect(check(plan, tasks('builder'), VALIDATE)).toEqual([]);
    const found = check(plan, tasks('builder, validator'), VALIDATE);
    expect(found).toEqual([expect.stringContaining('E_REVIEWER_IS_AUTHOR p/validator')]);
  });

  it('R68: mends nothing that a red check shows', () => {
    const debug = (agent: string) => `{ check: base, id: whole, debug: { agent: ${agent} } }`;
    expect(check(...build, debug('builder'), VALIDATE, SUBMIT)).toEqual([]);
    const found = check(...build, debug('validator'), VALIDATE, SUBMIT);
    expect(found).toEqual([expect.stringContaining('E_REVIEWER_IS_AUTHOR p/validator')]);
  });

  it('R68: may validate more than once', () => {
    const again = '{ agent: validator, id: again, output: validation }';
    expect(check(...build, VALIDATE, again, SUBMIT)).toEqual([]);
  });
});
