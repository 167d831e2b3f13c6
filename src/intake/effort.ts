/** How much process a request needs: five tiers, by rules. No tier leaves out gates or reviews. */
import { EFFORTS, type Effort, type Topic } from '../core/words.ts';
import type { Reach } from './reach.ts';
import { filesIn } from './named-files.ts';
import type { Request } from './request.ts';

/** From so many requests, or files named, or kinds of work and layers together, it is large. */
const LARGE_REQUESTS = 8;
const LARGE_FILES = 10;
const LARGE_SUM = 7;
const MEDIUM_FILES = 4;

const TRIVIAL =
  /\b(?:typos?|spelling|wording|rename|reword|copyright|whitespace|formatting|comments?|(?<!\b(?:every|each|all) )log (?:message|line|level)|(?:count|limit|size|timeout|threshold|interval|level|port|max\w*|min\w*|number of \w+) from \d[\w.%]* to \d[\w.%]*|error message|version number|bump|changelog|dead link|broken link|unused (?:import|variable|constant)|constant|default (?:value|timeout|port))\b/i;
const LARGE =
  /\b(?:rewrite|from scratch|multi-tenan\w+|event sourcing|microservices|migrate (?:everything|all|the (?:whole|entire))|(?:the|our) monolith|(?:whole|entire) (?:platform|system|backend|codebase)|across all|all (?:of )?(?:our |the )?(?:services|repositories|modules)|re-?architect\w*)\b/i;
/** What must not go wrong: never the smallest tier, whatever the words say of its size. */
const SENSITIVE =
  /\b(?:payments?|billing|secrets?|credentials?|encrypt\w*|tokens?|passwords?|personal data|gdpr|pii|permissions?|private keys?|certificates?|migrations?|delete all|drop (?:the )?table)\b/i;
const SENSITIVE_TOPICS: readonly Topic[] = [
  'authentication',
  'infrastructure',
  'integration',
  'vulnerability',
];

/** A name that stored data or callers outside the code know as well: whoever changes it has to think of them. */
const KNOWN_OUTSIDE =
  /\brename\b.*?(?<![\w/.-])((?:columns?|tables?|index(?:es)?|collections?|fields?|propert(?:y|ies)|attributes?|endpoints?|routes?|paths?|urls?|param(?:eter)?s?|headers?|events?|queues?|topics?|buckets?|databases?|schemas?|env(?:ironment)? var(?:iable)?s?|flags?|(?:sub)?commands?|apis?|responses?|json|payloads?|keys?|error codes?))\b(?![/.]\w)/i;

export interface Size {
  effort: Effort;
  reason: string;
}

export interface Weighed {
  requests: readonly Request[];
  reach: Reach;
  topics: readonly Topic[];
  orchestrated: boolean;
  /** Words that are read besides the requests. */
  details: string;
  /** Whether the text was too long to be read whole. */
  cut: boolean;
}

/** The first rule that fits, from the largest tier down. docs/intake.md has them as a table. */
export function effortOf(weighed: Weighed): Size {
  const { requests, reach, orchestrated, cut } = weighed;
  const words = requests.map((request) => request.words).join('. ');
  const files = filesIn(`${words}. ${weighed.details}`).length;
  const sum = reach.kinds.length + reach.layers.length;
  const large = LARGE.exec(words)?.[0];
  if (cut) return size('large', 'the text is longer than the rules read');
  if (large !== undefined) return size('large', `it says "${large}"`);
  if (files >= LARGE_FILES) return size('large', `it names ${files} files`);
  if (requests.length >= LARGE_REQUESTS) return size('large', `it holds ${requests.length} requests`);
  if (sum >= LARGE_SUM)
    return size('large', `it holds ${reach.kinds.length} kinds of work and ${reach.layers.length} layers`);
  if (reach.breadth !== null) return size('medium', `it reaches wide ("${reach.breadth}")`);
  if (orchestrated && !isNarrow(reach)) return size('medium', 'it takes more than one specialist');
  if (orchestrated) return size('small', 'it is one change with the tests or documents that belong to it');
  if (files >= MEDIUM_FILES) return size('small', `it names ${files} files`);
  if (reach.kinds.includes('fix') && !isTrivial(weighed, words))
    return size('bugfix', 'something that is there is to be repaired');
  const known = KNOWN_OUTSIDE.exec(words)?.[1];
  if (known !== undefined)
    return size('small', `it changes a name that data or callers may rely on ("${known}")`);
  if (isTrivial(weighed, words)) return size('trivial', 'it changes words, names or values and no behaviour');
  return size('small', 'it is one kind of work in one place');
}

/**
 * What a proposal may not go below: only the rules call something trivial, and what touches sign-in, others'
 * services, infrastructure or vulnerabilities is small at least, unless the rules saw a repair.
 */
export function lowestEffort(topics: readonly Topic[], detected: Effort | null): Effort {
  if (isSensitive(topics)) return detected === 'bugfix' ? 'bugfix' : 'small';
  return detected === 'trivial' ? 'trivial' : 'bugfix';
}

function isSensitive(topics: readonly Topic[]): boolean {
  return topics.some((topic) => SENSITIVE_TOPICS.includes(topic));
}

/** Negative where `a` is less than `b`. */
export function compareEfforts(a: Effort, b: Effort): number {
  return EFFORTS.indexOf(a) - EFFORTS.indexOf(b);
}

function isNarrow({ kinds, layers, whole }: Reach): boolean {
  return (
    layers.length <= 1 &&
    whole === null &&
    kinds.length === 2 &&
    (kinds.includes('code') || kinds.includes('fix')) &&
    (kinds.includes('tests') || kinds.includes('documentation'))
  );
}

function isTrivial({ requests, reach, topics }: Weighed, words: string): boolean {
  return (
    requests.length === 1 &&
    reach.layers.length <= 1 &&
    reach.kinds.every((kind) => ['code', 'fix', 'documentation'].includes(kind)) &&
    TRIVIAL.test(words) &&
    !KNOWN_OUTSIDE.test(words) &&
    !SENSITIVE.test(words) &&
    !isSensitive(topics)
  );
}

function size(effort: Effort, reason: string): Size {
  return { effort, reason };
}
