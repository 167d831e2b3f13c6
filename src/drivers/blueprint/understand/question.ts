/** What is open in a request, so that an answer finds what it answers. */
import type { Field } from './resource.ts';

export type Question = { text: string } & (
  | { about: 'request' }
  /** What the things are called: one and several of them. */
  | { about: 'things' }
  /** Something to be done that no rule does; `what` as the request says it. */
  | { about: 'clause'; what: string }
  /** A path that is not the resource's own. */
  | { about: 'place'; path: string }
  /** What a field is. `words` as the request says it, `label` its name in them; null where that is open, too. A yes takes `instead`; null: it says nothing. */
  | { about: 'field'; words: string; label: string | null; instead: string | null }
  /** Another name for a field. */
  | { about: 'field_name'; label: string }
  /** Which field one is fetched by: one of `choices`, or any where that is null. */
  | { about: 'key'; fields: readonly Field[]; choices: readonly string[] | null }
  | { about: 'fields' }
  /** Which of the fields of one name is meant, in their order. */
  | { about: 'twice'; name: string; fields: readonly Field[] }
  | { about: 'client' }
);

/** What answers have settled so far. Words of the request stand in small letters. */
export interface Settled {
  /** Clauses and fields that are left out, and clauses that are not to be. */
  leftOut: ReadonlySet<string>;
  kept: ReadonlySet<string>;
  /** What is read in place of a field's words. */
  fieldWords: ReadonlyMap<string, string>;
  /** Names of fields, as code spells them, and how they are called instead. */
  fieldNames: ReadonlyMap<string, string>;
  /** Fields that the request does not name, as a person would write them in a list. */
  moreFields: string | null;
  /** Fields that are text, whatever the request says. */
  texts: ReadonlySet<string>;
  key: string | null;
  /** Which of several fields of one name is meant, from 0. */
  chosen: ReadonlyMap<string, number>;
  things: { one: string; many: string } | null;
  /** Paths that give way to the resource's own. */
  places: ReadonlySet<string>;
  withoutClient: boolean;
}

export const NOTHING_SETTLED: Settled = {
  leftOut: new Set(),
  kept: new Set(),
  fieldWords: new Map(),
  fieldNames: new Map(),
  moreFields: null,
  texts: new Set(),
  key: null,
  chosen: new Map(),
  things: null,
  places: new Set(),
  withoutClient: false,
};
