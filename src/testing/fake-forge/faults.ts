/** What goes wrong between a client and a forge, on demand. */

export type ForgeFault =
  /** The connection breaks before the server has read the request. */
  | { kind: 'drop_before' }
  /** It is done, and the reply gets lost. */
  | { kind: 'drop_after' }
  | { kind: 'delay'; ms: number }
  /** Nothing comes of it until it is let go; then `done` is called once all of it came about. */
  | { kind: 'hold'; released: Promise<void>; done: () => void }
  /** A proxy sends it twice; the second reply is the one that arrives. */
  | { kind: 'duplicate' }
  | { kind: 'status'; status: number; headers?: Record<string, string>; message?: string }
  /** What GraphQL says with status 200. */
  | { kind: 'errors'; type?: string; message: string; headers?: Record<string, string> }
  /** A page of somebody between. */
  | { kind: 'html'; status: number }
  /** The reply comes a few bytes at a time, by default one. */
  | { kind: 'drip'; everyMs: number; bytes?: number }
  /** The list does not show yet what was made a moment ago. */
  | { kind: 'empty_list' }
  | { kind: 'redirect'; status: number; location: string };

/** What a request is, in the words of `FORGE_CALLS`. */
export type ForgeCall = (typeof FORGE_CALLS)[number];
export const FORGE_CALLS = [
  'git_look',
  'git_push',
  'look',
  'find_pull',
  'open_pull',
  'update_pull',
  'mark_ready',
  'make_draft',
  'set_labels',
  'ask_reviewers',
  'set_status',
  'read_comments',
  'write_comment',
  'remove_comment',
  'read_checks',
  'read_reviews',
  'other',
] as const;

export interface FaultRule {
  call: ForgeCall;
  fault: ForgeFault;
  /** Only for this repository. */
  repository?: string;
  /** How many times; by default once. */
  times?: number;
}

export interface Faults {
  add(rule: FaultRule): void;
  /** The next fault for such a call, used up by being taken. */
  take(call: ForgeCall, repository: string): ForgeFault | null;
  clear(): void;
  /** What happened so far, in order. */
  met(): readonly MetFault[];
}

/** A fault that came over a request. */
export interface MetFault {
  call: ForgeCall;
  repository: string;
  fault: ForgeFault;
}

export function createFaults(): Faults {
  let rules: { rule: FaultRule; left: number }[] = [];
  const met: MetFault[] = [];
  return {
    add: (rule) => void rules.push({ rule, left: rule.times ?? 1 }),
    take(call, repository) {
      const found = rules.find(
        ({ rule, left }) =>
          left > 0 && rule.call === call && (rule.repository === undefined || rule.repository === repository),
      );
      if (found === undefined) return null;
      found.left -= 1;
      const { fault } = found.rule;
      met.push({ call, repository, fault });
      return fault;
    },
    clear: () => void (rules = []),
    met: () => met,
  };
}

/** By method and path, and by what a mutation is called. */
export function callOf(method: string, path: string, body: string): ForgeCall {
  if (path.endsWith('/info/refs')) return 'git_look';
  if (path.endsWith('/git-upload-pack')) return 'git_look';
  if (path.endsWith('/git-receive-pack')) return 'git_push';
  if (/\/issues\/(?:\d+\/comments|comments\/\d+)$/.test(path))
    return method === 'DELETE' ? 'remove_comment' : 'write_comment';
  if (path.endsWith('/graphql') && body.includes('viewerDidAuthor')) return 'read_comments';
  if (path.endsWith('/graphql') && body.includes('convertPullRequestToDraft')) return 'make_draft';
  if (path.endsWith('/graphql'))
    return body.includes('markPullRequestReadyForReview') ? 'mark_ready' : 'other';
  if (/\/statuses\/[0-9a-f]+$/.test(path)) return 'set_status';
  if (path.endsWith('/labels')) return 'set_labels';
  if (path.endsWith('/requested_reviewers')) return 'ask_reviewers';
  if (/\/(reviews|comments|permission)$/.test(path)) return 'read_reviews';
  if (path.endsWith('/pulls')) return method === 'POST' ? 'open_pull' : 'find_pull';
  if (/\/pulls\/\d+$/.test(path)) return method === 'PATCH' ? 'update_pull' : 'find_pull';
  if (/\/(check-runs|status|annotations)$/.test(path)) return 'read_checks';
  return /\/repos\/[^/]+\/[^/]+$/.test(path) ? 'look' : 'other';
}
