/**
 * Names in a stream of events. Models send text in pieces, and a path is rarely all in one: of each place where pieces
 * stand (`delta.text`, `choices.0.delta.content`, …) they are read as one text, and a value that goes over several of
 * them is named in the first and cut out of the others.
 */
import { formsOf, type Volatile } from './volatile-values.ts';

interface Leaf {
  /** Which event of the stream. */
  event: number;
  keys: string[];
  text: string;
}

/** The events of a stream, each with its line ends. Those without a value that goes over several stay as they are. */
export function nameInEvents(stream: string, volatile: Volatile, mark: string): string[] {
  const events = stream.split(/(?<=\n\n|\r\n\r\n)/);
  const datas = events.map(parseData);
  const places = new Map<string, Leaf[]>();
  for (const [event, data] of datas.entries()) {
    for (const leaf of leavesOf(data, event, [])) {
      const place = placeOf(data, leaf.keys);
      const leaves = places.get(place) ?? [];
      leaves.push(leaf);
      places.set(place, leaves);
    }
  }
  const changed = new Set<number>();
  for (const leaves of places.values())
    for (const [name, value] of formsOf(volatile, mark))
      for (const leaf of nameOver(leaves, name, value)) {
        setLeaf(datas[leaf.event], leaf.keys, leaf.text);
        changed.add(leaf.event);
      }
  return events.map((event, index) => (changed.has(index) ? withData(event, datas[index]) : event));
}

/** Whose text was changed: each match that begins in one piece and ends in another. */
function nameOver(leaves: Leaf[], name: string, value: string): Leaf[] {
  const touched = new Set<Leaf>();
  const whole = leaves.map(({ text }) => text).join('');
  // From the end, so that places before it stay where they are.
  let at = whole.lastIndexOf(value);
  while (at >= 0) {
    const found = at;
    at = found < value.length ? -1 : whole.lastIndexOf(value, found - value.length);
    let start = 0;
    const parts = leaves.flatMap((leaf) => {
      const from = Math.max(found, start) - start;
      const to = Math.min(found + value.length, start + leaf.text.length) - start;
      start += leaf.text.length;
      return from < to ? [{ leaf, from, to }] : [];
    });
    if (parts.length < 2) continue;
    for (const [index, { leaf, from, to }] of parts.entries()) {
      leaf.text = `${leaf.text.slice(0, from)}${index === 0 ? name : ''}${leaf.text.slice(to)}`;
      touched.add(leaf);
    }
  }
  return [...touched];
}

const DATA = /^data: ?(.*)$/m;

function parseData(event: string): unknown {
  try {
    return JSON.parse(DATA.exec(event)?.[1] ?? '');
  } catch {
    return null; // `[DONE]`, a comment, or nothing
  }
}

function withData(event: string, data: unknown): string {
  return event.replace(DATA, () => `data: ${JSON.stringify(data)}`);
}

function* leavesOf(value: unknown, event: number, keys: string[]): Generator<Leaf> {
  if (typeof value === 'string') yield { event, keys, text: value };
  else if (typeof value === 'object' && value !== null)
    for (const [key, one] of Object.entries(value)) yield* leavesOf(one, event, [...keys, key]);
}

/** Pieces of one text stand at the same keys, in events of one kind, and have the same numbers beside them on the way. */
function placeOf(data: unknown, keys: readonly string[]): string {
  const words: unknown[] = [(data as { type?: unknown }).type, ...keys]; // it has leaves, so it is an object or a list
  let value = data as Record<string, unknown>;
  for (const key of keys) {
    words.push(value['index'], value['output_index'], value['content_index']);
    value = value[key] as Record<string, unknown>;
  }
  return JSON.stringify(words);
}

function setLeaf(data: unknown, keys: readonly string[], text: string): void {
  const last = keys.at(-1);
  const holder = keys.slice(0, -1).reduce((value, key) => (value as Record<string, unknown>)[key], data);
  if (last !== undefined) (holder as Record<string, unknown>)[last] = text;
}
