/** The JSON object of a request from its fields, those within objects and lists included. Pure. */
import type { EndpointField } from '../../core/checks/endpoints.ts';
import { isWithin, stepsOf, type Step } from '../../core/checks/field-names.ts';
import { jsonOf, type FieldValue } from './field-values.ts';

export interface BodyFields {
  /** Of the body, in the order of the endpoint. */
  fields: readonly EndpointField[];
  /** What an example says is sent, required or not. */
  isSent: (field: EndpointField) => boolean;
  valueOf: (field: EndpointField) => FieldValue;
  /** Values that take the place of right ones. */
  set: ReadonlyMap<EndpointField, FieldValue>;
  /** Left out. */
  drop: EndpointField | null;
}

/** Each member as it stands in the object. A field whose own value is set holds nothing but that value. */
export function membersOf(given: BodyFields): string[] {
  const { fields, isSent, valueOf, set, drop } = given;
  const roots = fields.filter((field) => !fields.some((other) => isWithin(field, other)));
  return roots.flatMap((root) => {
    const inner = fields.filter((field) => isWithin(field, root));
    const isChanged = inner.some((field) => set.has(field) || field === drop);
    if (root === drop || !(isSent(root) || isChanged)) return [];
    const text =
      set.has(root) || inner.length === 0
        ? jsonOf(valueOf(root))
        : withInner(root, inner, { ...given, base: plainOf(valueOf(root)) });
    return [`${JSON.stringify(root.name)}:${text}`];
  });
}

const plainOf = (tried: FieldValue): unknown => ('raw' in tried ? {} : structuredClone(tried.value));

/** From the outside in, so that what a field stands in is there before it. */
function withInner(
  root: EndpointField,
  inner: readonly EndpointField[],
  { base, isSent, valueOf, set, drop }: BodyFields & { base: unknown },
): string {
  const tree = { root: base };
  const texts: string[] = [];
  const mark = (at: number): string => `probe-value-${at}`;
  const place = (field: EndpointField): void => {
    const steps: Step[] = ['root', ...stepsOf(field.name).slice(stepsOf(root.name).length)];
    if (field === drop) return putAt(tree, steps, undefined);
    const holds = inner.some((other) => isWithin(other, field));
    const own = set.has(field);
    // An example has it already, and says what goes with it; what is unique in there is made anew.
    if (!own && (valueAt(tree, steps) !== undefined ? field.unique !== true : !isSent(field))) return;
    if (own || !holds) texts.push(jsonOf(valueOf(field)));
    putAt(tree, steps, own || !holds ? mark(texts.length - 1) : plainOf(valueOf(field)));
  };
  const outward = [...inner].sort((a, b) => stepsOf(a.name).length - stepsOf(b.name).length);
  outward.filter((field) => !set.has(field) && field !== drop).forEach(place);
  outward.filter((field) => set.has(field) || field === drop).forEach(place);
  return texts.reduce(
    (text, value, at) => text.replace(JSON.stringify(mark(at)), () => value),
    JSON.stringify(tree.root),
  );
}

/** Of a list the first item. */
export function valueAt(from: unknown, steps: readonly Step[]): unknown {
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<Step, unknown>)[step] : undefined,
    from,
  );
}

/** undefined takes it away. What it stands in is made where it is missing. */
function putAt(from: object, steps: readonly Step[], value: unknown): void {
  const last = steps.at(-1);
  if (last === undefined) return;
  let around = from as Record<Step, unknown>;
  for (const [at, step] of steps.slice(0, -1).entries()) {
    const there = around[step];
    if (typeof there !== 'object' || there === null) around[step] = steps[at + 1] === 0 ? [] : {};
    around = around[step] as Record<Step, unknown>;
  }
  if (value !== undefined) around[last] = value;
  else if (Array.isArray(around)) around.splice(Number(last), 1);
  else delete around[last];
}
