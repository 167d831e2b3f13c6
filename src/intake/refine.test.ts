import { isDeepStrictEqual } from 'node:util';
import {
  anything,
  assert,
  boolean,
  constantFrom,
  object,
  oneof,
  option,
  property,
  record,
  uniqueArray,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EFFORTS, TOPICS } from '../core/words.ts';
import { detectionSchema, SPECIALISTS, WORKFLOW_NAMES, type Detection } from './detection.ts';
import { detectRequest } from './detect-request.ts';
import { compareEfforts } from './effort.ts';
import { refine } from './refine.ts';
import { ALL_EXAMPLES } from './testing/examples.ts';

const before = { started: false };
const started = { started: true };
const small = detectRequest('Add a nullable column to the orders table');
const medium = detectRequest('Implement an API for invoices with tests and a database');
const german = detectRequest('Bitte baue eine Liste der Bestellungen');

function refined(detected: Detection, proposal: unknown, run = before): Detection {
  const result = refine(detected, proposal, run);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.detection;
}

function problems(detected: Detection, proposal: unknown, run = before): string {
  const result = refine(detected, proposal, run);
  return result.ok ? '' : result.problems.join('\n');
}

describe('a proposal before the run', () => {
  it('raises the effort, and what is too much for one specialist is orchestrated', () => {
    const result = refined(small, { reason: 'it locks a large table', effort: 'medium' });
    expect(result).toMatchObject({ mode: 'orchestrated', effort: 'medium', specialist: null });
    expect(result.reasons.at(-1)).toBe(
      'An agent proposes: it locks a large table (mode direct → orchestrated; effort small → medium; specialist feature-implementation-agent → none)',
    );
    expect(result.reasons.slice(0, -1)).toEqual(small.reasons);
  });

  it('lowers the effort, but never to trivial and never below what sensitive topics need', () => {
    const lower = {
      reason: 'small',
      mode: 'direct',
      effort: 'small',
      specialist: 'feature-implementation-agent',
    };
    expect(refined(medium, lower)).toMatchObject({ mode: 'direct', effort: 'small' });
    expect(problems(medium, { ...lower, effort: 'trivial' })).toBe('effort: here it is bugfix at least');
    const signIn = detectRequest('Rotate refresh tokens on every login');
    expect(problems(signIn, { reason: 'tiny', effort: 'bugfix' })).toBe('effort: here it is small at least');
  });

  it('only adds topics, and keeps the pattern', () => {
    const result = refined(medium, { reason: 'it signs users in', topics: ['authentication'] });
    expect(result.topics).toEqual(['rest', 'authentication']);
    expect(problems(medium, { reason: 'no', pattern: null })).toContain('Unrecognized key: "pattern"');
  });

  it('makes a request of what the rules could not read, when it says how much', () => {
    const whole = {
      reason: 'German: list the orders',
      mode: 'direct',
      effort: 'small',
      specialist: 'feature-implementation-agent',
    };
    expect(refined(german, whole)).toMatchObject({
      triggered: true,
      pattern: null,
      workflow: 'baton',
      effort: 'small',
    });
    expect(problems(german, { reason: 'x', mode: 'direct' })).toContain('effort: it is needed');
    expect(refined(german, { reason: 'x', effort: 'small' })).toMatchObject({ mode: 'orchestrated' });
    const question = detectRequest('How do I build an API?');
    expect(problems(question, { reason: 'x', effort: 'small' })).toContain('what is elsewhere has no');
  });

  it('sends elsewhere what is none', () => {
    const result = refined(medium, { reason: 'it is a joke', mode: 'elsewhere' });
    expect(result).toMatchObject({ triggered: false, mode: 'elsewhere', topics: [], effort: null });
    // Whoever decides gives the first reason: it is what people are told.
    expect(result.reasons[0]).toContain('it is a joke');
    expect(result.reasons.slice(1)).toEqual(medium.reasons);
  });

  it('R84: refuses whatever is not of its form, naming each problem', () => {
    expect(problems(small, 'effort: large')).toContain('the proposal:');
    expect(problems(small, { effort: 'large' })).toContain('reason:');
    expect(problems(small, { reason: 'x', effort: 'none', workflow: 'mine' }).split('\n')).toHaveLength(2);
    expect(problems(small, { reason: 'x', questions: ['a', 'b', 'c'] })).toContain('questions:');
    expect(problems(small, { reason: 'x', skip_review: true })).toContain('Unrecognized key');
    expect(problems(medium, { reason: 'x', mode: 'direct', effort: 'small' })).toBe(
      'specialist: direct work needs one',
    );
  });
});

describe('a proposal after the start', () => {
  it('adds process', () => {
    expect(refined(medium, { reason: 'more', effort: 'large' }, started)).toMatchObject({ effort: 'large' });
    expect(refined(small, { reason: 'more', mode: 'orchestrated' }, started)).toMatchObject({
      mode: 'orchestrated',
      effort: 'small',
    });
  });

  it.each([
    ['effort', { effort: 'small' }],
    ['mode', { mode: 'direct', specialist: 'feature-implementation-agent' }],
    ['mode', { mode: 'elsewhere' }],
    ['workflow', { workflow: 'planner' }],
    ['specialist', { specialist: 'backend-architect' }],
  ])('takes nothing away: %s', (key, change) => {
    expect(problems(medium, { reason: 'less', ...change }, started)).toContain(`${key}: a started run`);
  });
});

describe('any proposal', () => {
  const detections = constantFrom(...ALL_EXAMPLES.map((example) => detectRequest(example.text)));
  const proposals = record(
    {
      reason: constantFrom('because', '', 'x'.repeat(400)),
      mode: constantFrom('orchestrated', 'direct', 'elsewhere'),
      topics: uniqueArray(constantFrom(...TOPICS)),
      workflow: constantFrom(...WORKFLOW_NAMES, 'mine'),
      effort: constantFrom(...EFFORTS),
      specialist: option(constantFrom(...SPECIALISTS)),
      questions: constantFrom([], ['Which one?']),
    },
    { requiredKeys: ['reason'] },
  );

  it('is refused with a problem, or gives a detection of the published form', () => {
    assert(
      property(
        detections,
        oneof(proposals, object(), anything()),
        boolean(),
        (detected, proposal, isStarted) => {
          const result = refine(detected, proposal, { started: isStarted });
          return result.ok
            ? isDeepStrictEqual(detectionSchema.parse(result.detection), result.detection)
            : result.problems.length > 0;
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('R31: lowers nothing once the run has started', () => {
    assert(
      property(detections, proposals, (detected, proposal) => {
        const result = refine(detected, proposal, started);
        if (!result.ok || !detected.triggered) return;
        const { detection } = result;
        if (!detection.triggered) throw new Error('it was sent elsewhere');
        expect(compareEfforts(detection.effort, detected.effort)).toBeGreaterThanOrEqual(0);
        expect(detection.workflow).toBe(detected.workflow);
        expect(detection.topics).toEqual(expect.arrayContaining(detected.topics));
        expect([detected.mode, 'orchestrated']).toContain(detection.mode);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps its form however often it is refined', () => {
    let detection = medium;
    for (let round = 0; round < 60; round += 1)
      detection = refined(detection, { reason: `round ${round}`, questions: [] });
    expect(detectionSchema.safeParse(detection).success).toBe(true);
    expect(detection.reasons.at(-1)).toContain('round 59');
  });
});
