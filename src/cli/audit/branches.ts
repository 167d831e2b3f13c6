/**
 * Which steps stand behind one tree and not behind another, walked from both ends at once, the deepest first: it costs what
 * the two do not share, however long the run was before.
 */

export interface TreeGraph {
  /** The steps that a step's tree was made from. */
  below(id: string): readonly string[];
  /** More than that of each step below it. */
  depth(id: string): number;
}

/** The steps behind `side`, itself included, that are not behind `root`. */
export function onlyBehind(graph: TreeGraph, side: string, root: string | null): string[] {
  const found = new Set<string>();
  const shared = new Set<string>();
  const layers = new Map<number, Set<string>>();
  let at = Math.max(graph.depth(side), root === null ? 0 : graph.depth(root));
  let open = 0;
  const place = (id: string): void => {
    // In a graph that runs in circles no order holds: what comes late is looked at now.
    const depth = Math.min(graph.depth(id), at);
    layers.set(depth, (layers.get(depth) ?? new Set()).add(id));
  };
  const reach = (id: string, isShared: boolean): void => {
    if (shared.has(id) || (!isShared && found.has(id))) return;
    if (isShared) {
      if (found.delete(id)) open -= layers.get(Math.min(graph.depth(id), at))?.has(id) === true ? 1 : 0;
      shared.add(id);
    } else {
      found.add(id);
      open += 1;
    }
    place(id);
  };
  if (root !== null) reach(root, true);
  reach(side, false);
  for (; at >= 0 && open > 0; at -= 1) {
    const layer = layers.get(at) ?? new Set();
    // What is added to the layer meanwhile is met as well.
    for (const id of layer) {
      layer.delete(id);
      if (found.has(id)) open -= 1;
      for (const below of graph.below(id)) reach(below, shared.has(id));
    }
  }
  return [...found];
}

/** Depths by what is below, worked out where they are asked for; to be made anew when the graph changes. */
export function createDepths(below: (id: string) => readonly string[]): (id: string) => number {
  const known = new Map<string, number>();
  return (start) => {
    const path = [start];
    const entered = new Set<string>();
    for (let id = path.at(-1); id !== undefined; id = path.at(-1)) {
      const open = known.has(id) || entered.has(id) ? [] : below(id).filter((each) => !known.has(each));
      if (open.length > 0) {
        entered.add(id);
        path.push(...open.filter((each) => !entered.has(each)));
        if (path.at(-1) !== id) continue;
      }
      path.pop();
      if (!known.has(id)) known.set(id, 1 + Math.max(-1, ...below(id).map((each) => known.get(each) ?? 0)));
    }
    return known.get(start) ?? 0;
  };
}
