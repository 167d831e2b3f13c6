/** Decides about the new exports of a change: which of them nothing but tests reaches. Pure. */
import { posix } from 'node:path';
import type { FindingDraft } from '../findings.ts';
import type { Judgement } from '../suites/judge-tests.ts';
import { importedByNobody, isLoadedByPlace } from './conventions.ts';
import { ALL, type ExportFact } from './module-facts.ts';
import { importersOf, reachFrom, type Entry, type ModuleGraph, type Reached } from './reachability.ts';
import { isForTests, isSource } from './source-files.ts';

export interface ReachSide {
  graph: ModuleGraph;
  entries: readonly Entry[];
  /** Where tools and pages begin. */
  others: readonly Entry[];
}

export interface ReachQuestion {
  repo: string;
  base: ReachSide;
  head: ReachSide;
  /** Whether this gate answers for the file. */
  isHere: (path: string) => boolean;
}

const MAX_FINDINGS = 20;
const MAX_NAMED = 5;

interface Unreached {
  file: string;
  /** null: the whole file. */
  fact: ExportFact | null;
  line: number;
  names: string[];
  blocking: boolean;
}

export function judgeReach(question: ReachQuestion): Judgement {
  const { base, head, isHere } = question;
  const nothing = { tests: null, drafts: [] };
  if (base.entries.length === 0) {
    const summary =
      'the base has no entry point that can be found: name one with `entries` on this gate in baton.yaml';
    return { ...nothing, status: 'unverified', summary };
  }
  const before = reachSide(base, base.graph);
  const now = reachSide(head, base.graph);
  const looked = [...head.graph.keys()].filter((file) => isSource(file) && !isForTests(file) && isHere(file));
  const moved = unreachedAtBase(base.graph, before, head.graph);
  const fresh = looked.map((file) => ({ file, names: newExports(file, base.graph, head.graph) }));
  const found = fresh.flatMap(({ file, names }) =>
    unreachedIn({ file, names, isNew: !base.graph.has(file) }, { before, now, moved, head: head.graph }),
  );
  const count = fresh.reduce((total, { names }) => total + names.length, 0);
  const drafts = found.slice(0, MAX_FINDINGS).map((each) => toDraft(each, question));
  const more = found.length - drafts.length;
  const blocking = found.filter((each) => each.blocking).length;
  return {
    tests: null,
    drafts,
    status: blocking > 0 ? 'fail' : 'pass',
    summary:
      found.length === 0
        ? `${count} new exports, all reached`
        : `${found.length} of the change's files and exports are reached by nothing${more > 0 ? `, ${more} of them not shown` : ''}`,
  };
}

/** What is reached, files included that are loaded by their place. */
function reachSide(side: ReachSide, base: ModuleGraph): Reached {
  const entries = loadedByPlace(side, base).map((file): Entry => ({ file, name: ALL }));
  return reachFrom(side.graph, [...side.entries, ...side.others, ...entries]);
}

function loadedByPlace(side: ReachSide, base: ModuleGraph): string[] {
  const byPlace = importedByNobody(base);
  const named = new Set([...side.entries, ...side.others].map(({ file }) => file));
  return [...side.graph.keys()].filter(
    (file) =>
      !isForTests(file) &&
      !named.has(file) &&
      (base.has(file) ? byPlace.has(file) : isLoadedByPlace(file, base.keys(), byPlace)),
  );
}

/** Where the product begins: what is offered, started, named, or loaded by its place. */
export function entryFilesOf(base: ReachSide, head: ReachSide): string[] {
  return [...head.entries.map(({ file }) => file), ...loadedByPlace(head, base.graph)];
}

function newExports(file: string, base: ModuleGraph, head: ModuleGraph): ExportFact[] {
  const known = new Set(base.get(file)?.facts.exports.map(({ name }) => name));
  return (head.get(file)?.facts.exports ?? []).filter(({ name }) => !known.has(name));
}

/** Exports that nothing reached before and that lie elsewhere now: by name, a default by its file's. */
function unreachedAtBase(base: ModuleGraph, before: Reached, head: ModuleGraph): Set<string> {
  const gone = [...base].flatMap(([file, { facts }]) =>
    facts.exports
      .filter(({ name }) => !before.has(file, name))
      .filter(({ name }) => head.get(file)?.facts.exports.some((each) => each.name === name) !== true)
      .map(({ name }) => movedName(file, name)),
  );
  return new Set(gone);
}

const movedName = (file: string, name: string): string =>
  name === 'default' ? `${posix.parse(file).name} default` : name;

function unreachedIn(
  { file, names, isNew }: { file: string; names: ExportFact[]; isNew: boolean },
  known: { before: Reached; now: Reached; moved: ReadonlySet<string>; head: ModuleGraph },
): Unreached[] {
  const { before, now, moved, head } = known;
  // Whoever adds to what was at work for nobody leaves it as it was.
  if (!isNew && !before.loaded.has(file)) return [];
  const unreached = names.filter(({ name }) => !now.has(file, name) && !moved.has(movedName(file, name)));
  if (isNew && !now.loaded.has(file)) {
    const isProgram = names.length === 0;
    if (isProgram ? head.get(file)?.facts.isCode !== true : unreached.length === 0) return [];
    const line = Math.min(...names.map((each) => each.line), isProgram ? 1 : Infinity);
    return [{ file, fact: null, line, names: unreached.map(({ name }) => name), blocking: !isProgram }];
  }
  const seen = new Set<string>();
  return unreached
    .filter(({ local }) => local === null || (!seen.has(local) && seen.add(local)))
    .map((fact) => ({ file, fact, line: fact.line, names: [fact.name], blocking: true }));
}

function toDraft({ file, fact, line, names, blocking }: Unreached, question: ReachQuestion): FindingDraft {
  const test = testThatLoads(file, question.head.graph);
  const only = test === null ? 'Nothing uses it' : `Only tests use it (\`${test}\`)`;
  const exported = names.length === 0 ? '' : ` (exports ${shorten(names)})`;
  const common = { repo: question.repo, file, line };
  if (fact !== null) {
    return {
      ...common,
      severity: 'major',
      blocking: true,
      identity: `unreached ${fact.name}`,
      problem: `\`${fact.name}\` is new, and no code that is not a test reaches it from an entry point. ${only}.`,
      fix: `Call it from the code that it is for (register, mount or list it there), or take it out. If something loads it by other ways, name the file with \`entries\` on this gate in baton.yaml.`,
    };
  }
  return {
    ...common,
    severity: blocking ? 'major' : 'minor',
    blocking,
    identity: 'unreached file',
    problem: `The new file${exported} is loaded by nothing but what ${test === null ? 'is not reached itself' : 'tests run'}. ${only}.`,
    fix: 'Import it where it is needed (register, mount or list it there), or take it out. If something loads it by other ways, name it with `entries` on this gate in baton.yaml.',
  };
}

/** The nearest test that loads a file, through whatever modules; null: none does. */
function testThatLoads(file: string, graph: ModuleGraph): string | null {
  const importers = importersOf(graph);
  const seen = new Set([file]);
  const queue = [file];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const from = [...(importers.get(next) ?? [])].filter((each) => !seen.has(each)).sort();
    const test = from.find(isForTests);
    if (test !== undefined) return test;
    queue.push(...from);
    for (const each of from) seen.add(each);
  }
  return null;
}

function shorten(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return `${names.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
