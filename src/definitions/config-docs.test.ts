/** The page about `baton.yaml` has every key that the loader takes, in the table of its place, and nothing else. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../core/limits.ts';
import { MUTATION_BOUNDS, PROBE_DEFAULTS } from './config.ts';
import { TEST_REPORTERS } from './config.ts';
import { GATE_COMMAND_KINDS } from './gate-schema.ts';
import { formatDuration } from './duration.ts';
import { configJsonSchema, parseConfig } from './load-config.ts';

const text = readFileSync(new URL('../../docs/baton-yaml.md', import.meta.url), 'utf8');

/** Told on a page that has a test of its own. */
const ELSEWHERE = ['limits', 'budget'];

interface Node {
  properties?: Record<string, Node>;
  items?: Node;
  additionalProperties?: Node | boolean;
  propertyNames?: unknown;
  anyOf?: Node[];
}

/** The keys of each object, by where it stands. */
function keysByPlace(node: Node, place: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const { properties = {}, items, additionalProperties, anyOf = [] } = node;
  if (Object.keys(properties).length > 0) found.set(place || 'baton.yaml', Object.keys(properties));
  const inner: [Node, string][] = [
    ...Object.entries(properties)
      .filter(([key]) => place !== '' || !ELSEWHERE.includes(key))
      .map(([key, value]): [Node, string] => [value, place === '' ? key : `${place}.${key}`]),
    ...(items === undefined ? [] : [[items, `${place}[]`] as [Node, string]]),
    ...(typeof additionalProperties === 'object'
      ? [[additionalProperties, `${place}.NAME`] as [Node, string]]
      : []),
    ...anyOf.map((each): [Node, string] => [each, place]),
  ];
  for (const [value, at] of inner) for (const [key, keys] of keysByPlace(value, at)) found.set(key, keys);
  return found;
}

/** The first column of the first table below each heading, by the code at the heading's end. */
function rowsByPlace(): Map<string, Map<string, string>> {
  const sections = text.split(/^#{2,3} /m).slice(1);
  return new Map(
    sections.flatMap((section) => {
      const place = /^.*`([^`]+)`$/m.exec(section.split('\n', 1)[0] ?? '')?.[1];
      return place === undefined ? [] : [[place, rowsOf(section)] as const];
    }),
  );
}

const rowsOf = (section: string): Map<string, string> =>
  new Map([...section.matchAll(/^\| `([^`]+)` \|.*$/gm)].map((match) => [match[1] ?? '', match[0]]));

const sectionOf = (heading: string): string =>
  text.split(`\n${heading}\n`)[1]?.split(/^#{2,3} /m, 1)[0] ?? '';

describe('docs/baton-yaml.md', () => {
  const schema = keysByPlace(configJsonSchema(), '');
  const rows = rowsByPlace();

  it('has a table for every object of the file, and no other', () => {
    expect([...rows.keys()].sort()).toEqual([...schema.keys()].sort());
  });

  it.each([...schema])(
    'names every key of %s, with what it means, what holds without it and an example',
    (place, keys) => {
      const table = rows.get(place) ?? new Map<string, string>();
      expect([...table.keys()].sort()).toEqual([...keys].sort());
      for (const row of table.values())
        expect(row.split(' | ').filter((cell) => cell.trim() !== '')).toHaveLength(4);
    },
  );

  it('names every kind of gate and every reporter', () => {
    expect([...rowsOf(sectionOf('## Kinds of gates')).keys()].sort()).toEqual([...GATE_COMMAND_KINDS].sort());
    expect([...rowsOf(sectionOf('### Reporters')).keys()].sort()).toEqual([...TEST_REPORTERS].sort());
  });

  it('states defaults as they are', () => {
    const gate = rows.get('repos.NAME.modules[].gates[]');
    const said = (key: string): string => gate?.get(key)?.split(' | ')[2] ?? '';
    expect(said('timeout')).toContain(formatDuration(DEFAULT_LIMITS.gate_timeout_ms));
    expect(said('time')).toBe(`\`${formatDuration(MUTATION_BOUNDS.timeMs)}\``);
    expect(said('max_mutants')).toBe(`\`${MUTATION_BOUNDS.mostMutants}\``);
    expect(said('min_score')).toBe(`\`${MUTATION_BOUNDS.minScore}\``);
    expect(said('port_env')).toBe(`\`${PROBE_DEFAULTS.portEnv}\``);
    expect(said('start_timeout')).toBe(`\`${PROBE_DEFAULTS.startTimeoutMs / 1_000}s\``);
    expect(said('reply_timeout')).toBe(`\`${formatDuration(PROBE_DEFAULTS.replyTimeoutMs)}\``);
    const modules = [
      { setup: { command: ['a'] }, gates: [{ name: 'tests', command: ['b'] }, { name: 'reach' }] },
    ];
    const loaded = load(JSON.stringify({ repos: { a: { modules } } })).config?.repos['a']?.modules[0];
    expect(loaded).toMatchObject({ path: '.', setup: { network: true, name: 'setup' } });
    expect(loaded?.gates).toMatchObject([
      { kind: 'tests', network: false, set: 'quick', reporter: 'none', shell: false, env: [] },
      { kind: 'reach', set: 'full' },
    ]);
  });

  it('shows examples that load', () => {
    const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) expect(load(example).diagnostics).toEqual([]);
    for (const row of rowsOf(sectionOf('## Kinds of gates')).values()) {
      const gate = /`(\{[^`]*\})` \|$/.exec(row)?.[1] ?? '';
      expect(load(`repos: { a: { modules: [{ gates: [${gate}] }] } }`).diagnostics).toEqual([]);
    }
  });
});

const load = (yaml: string): ReturnType<typeof parseConfig> => parseConfig('baton.yaml', Buffer.from(yaml));
