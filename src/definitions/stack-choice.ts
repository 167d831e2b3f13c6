/** Which guides for what repositories use are near to one piece of work: two pages are read, six are not. */
import type { StackArea } from '../core/words.ts';
import { STACKS } from './stacks.ts';

/** Pages for stacks that one agent reads before one piece of work. */
export const MAX_STACK_PAGES = 2;

export interface WorkAtHand {
  /** Paths that the work is about, inside of their repositories; empty: nobody knows yet. */
  files: readonly string[];
  /** What is asked for, in words. */
  words: string;
}

const SCRIPT = /\.[cm]?[jt]sx?$/;

/** Paths that speak of an area, and words that do. */
const SIGNS: Readonly<Record<StackArea, { path: RegExp; words: RegExp }>> = {
  http: {
    path: /(?:^|[/_.-])(?:routes?|routers?|controllers?|handlers?|api|server|app|middlewares?|endpoints?|http|plugins?|guards?|dto)(?=[/_.-])/i,
    words:
      /\b(?:routes?|endpoints?|http|rest|api|handlers?|controllers?|middlewares?|requests?|responses?|status codes?|websockets?)\b/gi,
  },
  language: { path: /./, words: /\b(?:package|goroutines?|interfaces?|errors?|context|concurren\w+)\b/gi },
  data: {
    path: /\.(?:sql|prisma)$|(?:^|[/_.-])(?:migrations?|models?|entit(?:y|ies)|repositor(?:y|ies)|stores?|storage|db|database|dao|schema|queries|seeds?)(?=[/_.-])/i,
    words:
      /\b(?:migrations?|migrates?|tables?|columns?|databases?|sql|stores?|stored|storage|index(?:es)?|schemas?|fields?|queries|transactions?|constraints?)\b/gi,
  },
  queues: {
    path: /(?:^|[/_.-])(?:queues?|jobs?|workers?|consumers?|producers?|processors?|cach(?:e|ing)|redis|events?|broker|pubsub)(?=[/_.-])/i,
    words:
      /\b(?:queues?|queued|jobs?|workers?|cach(?:e|es|ed|ing)|redis|retries|background|asynchronous\w*|events?|messages?|consumers?|rate limits?)\b/gi,
  },
  functions: {
    path: /(?:^|[/_.-])(?:lambdas?|functions?|serverless|dynamo(?:db)?)(?=[/_.-])|(?:^|\/)template\.ya?ml$/i,
    words: /\b(?:lambdas?|serverless|dynamo(?:db)?|triggers?|cold starts?)\b/gi,
  },
  infrastructure: {
    path: /(?:^|[/_.-])(?:cdk|cloudformation|cfn|sam|samconfig|infra|infrastructure|templates?)(?=[/_.-])/i,
    words:
      /\b(?:templates?|cloudformation|stacks?|infrastructure|deploy\w*|buckets?|roles?|policies|permissions?)\b/gi,
  },
};

export interface ChosenStacks {
  read: string[];
  /** Near to the repositories, and not to this work. */
  left: string[];
}

/**
 * Pure; both in the order of the table. Where files are known, only guides for some of them are read, those for more of them
 * first; else those that more words speak of; of those that are equally near, the first of the table.
 */
export function chooseStacks(names: readonly string[], { files, words }: WorkAtHand): ChosenStacks {
  const known = STACKS.filter(({ name }) => names.includes(name));
  const near = known.map((stack) => {
    const named = files.filter((file) => isOf(stack, file)).length;
    const said = new Set((words.match(SIGNS[stack.area].words) ?? []).map((word) => word.toLowerCase())).size;
    const byName = new RegExp(String.raw`\b${stack.name.split('-')[0]}\b`, 'i').test(words) ? 10 : 0;
    return { name: stack.name, named, said: said + byName };
  });
  const wanted = files.length === 0 ? near : near.filter(({ named }) => named > 0);
  const read = wanted
    .toSorted((a, b) => b.named - a.named || b.said - a.said)
    .slice(0, MAX_STACK_PAGES)
    .map(({ name }) => name);
  return {
    read: known.map(({ name }) => name).filter((name) => read.includes(name)),
    left: known.map(({ name }) => name).filter((name) => !read.includes(name)),
  };
}

function isOf({ name, area, npm, go }: (typeof STACKS)[number], file: string): boolean {
  if (area === 'language') return /\.go$|(?:^|\/)go\.(?:mod|sum)$/.test(file);
  // A framework of one language has nothing to say of files of another one.
  if (npm !== undefined && go === undefined && area === 'http' && !SCRIPT.test(file)) return false;
  if (name === 'sql-migrations' && file.endsWith('.prisma')) return false;
  return SIGNS[area].path.test(file);
}
