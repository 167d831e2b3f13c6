/** Which tree each task of a plan starts from, and the merges that this takes. Looks at the tasks alone. */
import type { Step, StepId } from '../graph.ts';

/** Builds the merges of one extension; `root` is the tree that all of it starts from. */
export class TaskTrees {
  readonly merges: Step[] = [];
  readonly #root: StepId | null;
  readonly #mergeStep: (name: string, sides: StepId[], from: StepId | null) => Step;
  /** For each step that leaves a tree, all trees that are in it, itself last. */
  readonly #lines = new Map<StepId, Set<StepId>>();
  /** The tree that stands for a task: its own, or the one that it passes on. */
  readonly #trees = new Map<StepId, StepId | null>();

  constructor(root: StepId | null, mergeStep: (name: string, sides: StepId[], from: StepId | null) => Step) {
    this.#root = root;
    this.#mergeStep = mergeStep;
  }

  /** The tree behind these steps: the root, the only one there is, or a merge, which is then added. */
  after(name: string, steps: readonly StepId[]): StepId | null {
    const trees = [...new Set(steps.map((id) => this.#trees.get(id) ?? null))].filter((id) => id !== null);
    const sides = trees.filter(
      (tree) => !trees.some((other) => other !== tree && this.#lineOf(other).has(tree)),
    );
    const [only] = sides;
    if (only === undefined) return this.#root;
    if (sides.length === 1) return only;
    const shared = [...this.#lineOf(only)].findLast((id) =>
      sides.every((side) => this.#lineOf(side).has(id)),
    );
    const merge = this.#mergeStep(name, sides, shared ?? this.#root);
    const known = this.merges.find((other) => other.id === merge.id);
    if (known !== undefined) return known.id;
    this.merges.push(merge);
    this.#lines.set(merge.id, this.#joined(sides, merge.id));
    return merge.id;
  }

  /** A merge that is there already. */
  keep(id: StepId, sides: readonly StepId[]): void {
    this.#trees.set(id, id);
    this.#lines.set(id, this.#joined(sides, id));
  }

  /** A step that starts from `tree`, and leaves one of its own where it writes. */
  add(id: StepId, tree: StepId | null, writes: boolean): void {
    this.#trees.set(id, writes ? id : tree);
    if (writes) this.#lines.set(id, this.#joined(tree === null ? [] : [tree], id));
  }

  #joined(sides: readonly StepId[], last: StepId): Set<StepId> {
    return new Set([...sides.flatMap((side) => [...this.#lineOf(side)]), last]);
  }

  #lineOf(tree: StepId): ReadonlySet<StepId> {
    return this.#lines.get(tree) ?? new Set();
  }
}
