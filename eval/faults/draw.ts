/** Which faults are looked at: drawn by a seed, kind by kind in turn, so that no kind is most of them. */
import { createRandom, shuffle } from '../../src/testing/random.ts';
import type { EvalTask } from '../tasks.ts';
import { cheatsOn } from './cheats.ts';
import type { Fault } from './fault.ts';
import { applyEdit, lineEdits } from './operators.ts';

/** Every fault that the rules make of this task. */
export function faultsOn(task: EvalTask): Fault[] {
  const edits = Object.entries(task.gold).flatMap(([path, text]) => {
    if (text === null || task.wiring.includes(path)) return [];
    return lineEdits(text, task.before[path] ?? null).map((edit): Fault => {
      const was = text
        .split('\n')
        .slice(edit.line - 1, edit.line - 1 + edit.count)
        .map((line) => line.trim())
        .join(' ');
      return {
        id: `${task.id}:${edit.kind}:${path}:${edit.line}`,
        task,
        family: 'fault',
        kind: edit.kind,
        sources: { ...task.gold, [path]: applyEdit(text, edit) },
        tests: (own) => own,
        place: { path, line: edit.line },
        what: edit.text === null ? `without ${was}` : `${was} → ${edit.text.trim()}`,
        harm: 'shown',
      };
    });
  });
  return [...edits, ...unwired(task)];
}

/** The change without what puts it to use: these files stay as they were. */
function unwired(task: EvalTask): Fault[] {
  const { wiring, gold, before } = task;
  if (wiring.length === 0) return [];
  const sources = { ...gold, ...Object.fromEntries(wiring.map((path) => [path, before[path] ?? null])) };
  const what = `without ${wiring.join(', ')}`;
  const place = null;
  return [
    {
      id: `${task.id}:unwired`,
      task,
      family: 'fault',
      kind: 'unwired',
      sources,
      tests: (own) => own,
      place,
      what,
      harm: 'shown',
    },
  ];
}

/** In an order of this seed's: the first of each kind, then the second of each, over all tasks. */
export function drawFaults(tasks: readonly EvalTask[], seed: number): Fault[] {
  const random = createRandom(seed);
  return inTurn(shuffle(tasks.flatMap(faultsOn), random));
}

export function drawCheats(tasks: readonly EvalTask[], seed: number): Fault[] {
  const random = createRandom(seed);
  return inTurn(
    shuffle(
      tasks.flatMap((task) => cheatsOn(task, seed)),
      random,
    ),
  );
}

/** The first of each kind, then the second of each. */
export function inTurn<T extends { kind: string }>(faults: readonly T[]): T[] {
  const byKind = new Map<string, T[]>();
  for (const fault of faults) byKind.set(fault.kind, [...(byKind.get(fault.kind) ?? []), fault]);
  const longest = Math.max(0, ...[...byKind.values()].map((each) => each.length));
  const rows = Array.from({ length: longest }, (_, at) => [...byKind.values()].map((each) => each[at]));
  return rows.flat().filter((fault) => fault !== undefined);
}
