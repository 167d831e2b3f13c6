import { describe, expect, it } from 'vitest';
import { makeAgent } from '../../test/make-agent.ts';
import { parseWorkflow } from './load-workflow.ts';

const cast = [
  makeAgent('builder', 'specialist'),
  makeAgent('critic', 'reviewer'),
  { ...makeAgent('guard', 'reviewer'), reviews: ['security'] },
  { ...makeAgent('stylist', 'reviewer'), reviews: ['style'] },
];

/** What the check says of a workflow that demands these kinds and has these steps before its submission. */
function check(reviews: string, ...steps: string[]): string[] {
  const text = `name: w
version: 1
review: { by: [critic] }
requires: { reviews: ${reviews} }
phases:
  - id: p
    steps:
${['{ agent: builder }', ...steps, '{ submit: true }'].map((step) => `      - ${step}`).join('\n')}
`;
  return parseWorkflow('w.yaml', Buffer.from(text), cast).diagnostics.map(
    ({ code, place, message, fix }) => `${code} ${place?.line} ${message} ${fix}`,
  );
}

const guard = (more = '') => `{ check: base, id: guard, reviewers: [guard]${more} }`;
const MISSING = [expect.stringMatching(/^E_REVIEW_MISSING \d+ w demands a review of the kind /)];

describe('the reviews that a workflow demands', () => {
  it('R28: are there or it does not start; the submission is where the fault is shown', () => {
    expect(check('[security]', guard())).toEqual([]);
    expect(check('[security]')).toEqual([expect.stringContaining('E_REVIEW_MISSING 9 ')]);
    expect(check('[security]')[0]).toContain('`reviews: security`');
    expect(check('[code]')).toEqual([]);
  });

  it('R28: go by what the reviewer is, not by what the step is called', () => {
    expect(check('[security]', '{ check: base, id: security, reviewers: [critic] }')).toEqual(MISSING);
    expect(check('[secuirty]', guard())[0]).toContain('Did you mean `security`?');
  });

  it('R28, R29: look wherever something calls for them; other conditions leave cases out', () => {
    const when = (condition: string) => check('[security]', guard(`, when: ${condition}`));
    expect(when("{ concerns: ['@security'] }")).toEqual([]);
    expect(when("{ any: [{ concerns: ['@security'] }, { changed: ['src/**'] }] }")).toEqual([]);
    expect(when('{ concerns: [secrets] }')).toEqual(MISSING);
    expect(when("{ all: [{ concerns: ['@security'] }, { effort: [large] }] }")).toEqual(MISSING);
    expect(when("{ not: { concerns: ['@security'] } }")).toEqual(MISSING);
    const parts = [
      '{ check: base, id: one, when: { concerns: [secrets, payments, uploads] }, reviewers: [guard] }',
      '{ check: base, id: two, when: { concerns: [authentication, user_data, external_api] }, reviewers: [guard] }',
    ];
    expect(check('[security]', ...parts)).toEqual([]);
    expect(check('[security]', ...parts.slice(1))).toEqual(MISSING);
  });

  it('looks always where no concern calls for its kind', () => {
    const style = (more: string) => `{ check: base, id: style, reviewers: [stylist]${more} }`;
    expect(check('[style]', style(''))).toEqual([]);
    expect(check('[style]', style(', when: { concerns: [frontend] }'))).toEqual(MISSING);
  });

  it('R30: follow each other in the order of the list, also within a step', () => {
    const code = '{ check: base, id: code, reviewers: [critic] }';
    expect(check('[code, security]', code, guard())).toEqual([]);
    expect(check('[code, security]', guard())).toEqual(MISSING);
    // What the engine puts before the submission is a code review, and comes last.
    expect(check('[security, code]', guard(", when: { concerns: ['@security'] }"))).toEqual([]);
    expect(check('[security, code]', guard())).toEqual(MISSING);
    expect(check('[code, security]', '{ check: base, reviewers: [critic, guard] }')).toEqual([]);
    expect(check('[code, security]', '{ check: base, reviewers: [guard, critic] }')).toEqual(MISSING);
  });

  it('R28: look at the change: what stands before everything that is made looks at nothing', () => {
    const text = `name: w
version: 1
review: { by: [critic] }
requires: { reviews: [security] }
phases: [{ id: p, steps: [${guard()}, { agent: builder }, { submit: true }] }]
`;
    const { diagnostics } = parseWorkflow('w.yaml', Buffer.from(text), cast);
    expect(diagnostics).toMatchObject([{ code: 'E_REVIEW_MISSING' }]);
  });
});
