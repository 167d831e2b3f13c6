/** What a request asks for, known before it is put into words: the hidden tests are made from this, and from nothing else. */
import type { Framework } from '../../src/drivers/blueprint/layout/handler-style.ts';

export type FactKind = 'text' | 'positive integer' | 'date' | 'one of';

export interface FactField {
  name: string;
  kind: FactKind;
  values: readonly string[];
}

export interface RequestFacts {
  /** `delivery notes` */
  plural: string;
  fields: readonly FactField[];
  key: string;
  operations: readonly ('create' | 'list' | 'get')[];
}

/** What a request leaves open: nothing, a type, what no rule builds, a field that is more than a name and a kind, or all of it. */
export type RequestKind = 'clear' | 'type_missing' | 'beyond' | 'trap' | 'vague';

export interface AskedRequest {
  id: string;
  kind: RequestKind;
  framework: Framework;
  words: string;
  /** What is to be there in the end; null: nobody can know from the words, and no answer is given. */
  facts: RequestFacts | null;
  /** What in the words is open, as a question about it would quote it; null: nothing. */
  open: string | null;
  /** What a person answers to the question about it; null: nobody answers. */
  answer: string | null;
}
