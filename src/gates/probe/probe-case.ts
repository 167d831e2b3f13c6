/** One request of a probe, what has to be there before it, and what may come back. */

/** What a case tries; each has one expectation (`expectations.ts`). */
export type CaseKind =
  | 'valid'
  | 'still_valid'
  | 'at_boundary'
  | 'missing'
  | 'null_required'
  | 'null_optional'
  | 'wrong_type'
  | 'out_of_range'
  | 'not_in_values'
  | 'malformed'
  | 'duplicate'
  | 'broken_json'
  | 'wrong_shape'
  | 'content_type'
  | 'unknown_field'
  | 'huge_number'
  | 'unusual_text'
  | 'unknown_id';

/** In a path or a query: what was captured before, and something of its kind that nobody has. */
export const CAPTURED = '{captured}';
export const NOBODYS = '{nobodys}';

/** null: it is left out. A tried one takes the place of the gate's own of that name; a right one gives way to it. */
export interface PlannedHeader {
  name: string;
  value: string | null;
  isTried: boolean;
}

/** `path` holds parameters as {name}; `params` says what comes to stand there, as text or as one of the two above. */
export interface PlannedRequest {
  method: string;
  path: string;
  params: Record<string, string>;
  query: [string, string][];
  headers: PlannedHeader[];
  /** null: it has no body. */
  body: string | null;
  contentType: string | null;
}

/** A request that makes what the case needs, and the parameter that its reply gives a value to. */
export interface SetupRequest {
  request: PlannedRequest;
  /** null: nothing of its reply is needed. */
  captures: string | null;
}

export interface ProbeCase {
  /** Its place in the plan. */
  id: number;
  /** The endpoint's place among those that are probed. */
  endpoint: number;
  kind: CaseKind;
  /** What it is about, `quantity` or `quantity in the query`; null: the request as a whole. */
  field: string | null;
  /** What is sent, for people: `quantity: -1`. */
  shown: string;
  setup: SetupRequest[];
  request: PlannedRequest;
}

/** What came of one case. */
export interface ProbeAnswer {
  case: number;
  /**
   * `replied`; `no_reply`: the connection ended without one; `timeout`; `no_setup`: what it needs could not be made;
   * `not_sent`: too much had gone wrong before.
   */
  outcome: 'replied' | 'no_reply' | 'timeout' | 'no_setup' | 'not_sent';
  status: number | null;
  /** The beginning of the reply, or why there was none. */
  said: string;
  /** Whether the service had ended after it. */
  died: boolean;
  /** Its last words, where it had. */
  lastWords: string;
}
