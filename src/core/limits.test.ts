import { describe, expect, it } from 'vitest';
import { buildGraph, writer } from '../testing/build-graph.ts';
import { startOf } from '../testing/simulator.ts';
import { fold } from './fold.ts';
import { clampLimits, DEFAULT_LIMITS, LIMIT_RANGES, type Limits } from './limits.ts';

const names = Object.keys(LIMIT_RANGES) as (keyof Limits)[]; // the keys of LIMIT_RANGES are those of Limits

describe('limits', () => {
  it('CFG-11: no stored number lifts a ceiling or falls below a floor', () => {
    for (const name of names) {
      const [smallest, largest] = LIMIT_RANGES[name];
      expect(clampLimits({ ...DEFAULT_LIMITS, [name]: 1e12 })[name]).toBe(largest);
      expect(clampLimits({ ...DEFAULT_LIMITS, [name]: -1 })[name]).toBe(smallest);
      expect(clampLimits({ ...DEFAULT_LIMITS, [name]: Infinity })[name]).toBe(largest);
    }
  });

  it('CFG-11: what is no whole number counts as the default or is cut, and never as "no limit"', () => {
    for (const name of names) {
      for (const bad of [Number.NaN, undefined, null, '3', {}]) {
        const given: Limits = Object.assign({ ...DEFAULT_LIMITS }, { [name]: bad });
        expect(clampLimits(given)[name], `${name}: ${JSON.stringify(bad)}`).toBe(DEFAULT_LIMITS[name]);
      }
    }
    expect(clampLimits({ ...DEFAULT_LIMITS, max_rework: 1.5 }).max_rework).toBe(1);
  });

  it('CFG-11: a run is decided under the clamped numbers, whatever its snapshot says', () => {
    const state = fold(startOf(buildGraph({ one: [writer('a')] }, { limits: { max_rework: 1e9 } })));
    expect(state.limits.max_rework).toBe(10);
  });

  it('all defaults lie within their ranges', () => {
    expect(clampLimits(DEFAULT_LIMITS)).toEqual(DEFAULT_LIMITS);
  });
});
