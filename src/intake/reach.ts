/** What kinds of work a request holds, and how far it reaches. */
import { packagesIn } from './named-files.ts';
import type { Request } from './request.ts';
import { asksForRepair } from './request-words.ts';
import { KNOWN_SERVICES } from './topics.ts';
import { wholeOf } from './whole.ts';

/** Kinds of work, each with a specialist of its own. */
export const WORK_KINDS = [
  'plan',
  'design',
  'code',
  'fix',
  'integration',
  'infrastructure',
  'tests',
  'documentation',
  'review',
] as const;
export type WorkKind = (typeof WORK_KINDS)[number];

/** Parts of a backend that a change can lie in. */
export const LAYERS = [
  'interface',
  'data',
  'cache',
  'queue',
  'realtime',
  'authentication',
  'function',
  'outside',
] as const;
export type Layer = (typeof LAYERS)[number];

export interface Reach {
  kinds: WorkKind[];
  /** Empty where nothing is built: tests, reviews, fixes look at layers and span none. */
  layers: Layer[];
  /** The words that say that several modules, packages or services are touched. */
  breadth: string | null;
  /** The words that ask for a thing that has to be designed before it is built. */
  whole: string | null;
}

const VERB = '^[a-z]+(?: (?:up|out))?';
const ADJECTIVES =
  '(?:(?:an?|the|some|more|missing|new|our|all|its|existing|failing|unit|integration|acceptance|e2e|end-to-end|regression|contract|load|performance|api|go|table-driven|better|few|first)[ -]+)*';
const HEADS: readonly (readonly [WorkKind, RegExp])[] = [
  [
    'plan',
    new RegExp(
      `^(?:plan|estimate|decompose|break down|outline)\\b|^(?:write|create|make|draft|prepare|give|provide|propose|need|develop)\\b(?: me| us)? (?:an? |the )?(?:[\\w-]+ ){0,2}plan\\b`,
      'i',
    ),
  ],
  [
    'design',
    new RegExp(
      `^(?:design|architect|evaluate|compare|decide|choose|propose)\\b|^(?:write|create|draft|prepare)\\b (?:an? |the )?(?:[\\w-]+ ){0,2}(?:architecture|design)\\b`,
      'i',
    ),
  ],
  [
    'review',
    /^(?:review|audit|inspect)\b|^(?:do|perform|run|carry out) (?:an? |the )?(?:[\w-]+ ){0,2}(?:review|audit)\b/i,
  ],
  [
    'tests',
    new RegExp(
      `^(?:tests?|cover)\\b|${VERB} ${ADJECTIVES}(?:(?!and )[\\w-]+ )?(?:tests?|test (?:suites?|cases?|coverage)|specs)\\b`,
      'i',
    ),
  ],
  [
    'documentation',
    new RegExp(
      `^(?:document|describe|annotate)\\b|${VERB} ${ADJECTIVES}(?:[\\w-]+ ){0,2}?(?:docs?|documentation|readme(?:\\.md)?|changelog(?:\\.md)?|runbook|guide|docstrings?|comments?)\\b(?![/.])|\\bin the (?:readme|changelog|docs|documentation)\\b`,
      'i',
    ),
  ],
  [
    'infrastructure',
    new RegExp(
      `^(?:deploy|provision|cloudformation|terraform|kubernetes|helm|dockerfile)\\b|${VERB} ${ADJECTIVES}(?:[\\w-]+ )?(?:cloudformation|terraform|infrastructure|dynamodb tables?|s3 buckets?|sqs queues?|dockerfiles?|docker\\w*|helm|kubernetes|k8s|ci\\/?(?:cd)? pipelines?|load balancers?|iam|lambda (?:config\\w*|deployment|memory|timeout)|vpc)\\b`,
      'i',
    ),
  ],
  [
    'integration',
    /^(?:integrate|connect|hook up|link|wire)\b|\b(?:third[ -]party|webhooks?|external apis?)\b/i,
  ],
];

const MENTIONS: readonly (readonly [WorkKind, RegExp])[] = [
  [
    'tests',
    /\b(?:unit|integration|acceptance|e2e|end-to-end|regression|contract)(?:[ -]| and [\w-]+ )tests?\b|(?:\b(?:and|with|plus|including|its|also)|,)\s+(?:[\w-]+ ){0,2}tests?\b(?! data| env| account)|\band (?:test|cover) \w|\bimplement and test\b|\bfully tested\b/i,
  ],
  [
    'documentation',
    /(?:\b(?:and|with|plus|including|also)|,)\s+(?:(?:update|write|add|the|api|openapi|its|to|and|extend)\s+)*(?:document(?:ation|ing)?|docs|readme|changelog)\b/i,
  ],
  [
    'infrastructure',
    /\b(?:cloudformation|terraform|kubernetes|helm|dockerfile|dynamodb tables?|s3 buckets?|sqs queues?|ci\/?cd)\b|(?:\band|,|\bthen)\s+(?:deploy|provision)\b/i,
  ],
  [
    'design',
    /\bdesign and (?:build|implement|write|code)\b|\b(?:architecture|design) (?:and|,|plus)\b|\b(?:and|with|including) (?:an? |the )?(?:architecture|design)\b/i,
  ],
  [
    'code',
    /\b(?:and|then|,) (?:then )?(?:build|implement|code|write (?:the )?code|fix|add|create)\b(?! (?:[\w-]+ ){0,3}(?:tests?|docs|documentation|comments?|readme)\b)/i,
  ],
];

const LAYER_WORDS: readonly (readonly [Layer, RegExp])[] = [
  [
    'interface',
    /\b(?:apis?|endpoints?|routes?|handlers?|controllers?|graphql|grpc|(?:get|post|put|patch|delete) \/\S+)\b/i,
  ],
  [
    'data',
    /\b(?:databases?|db|tables?|columns?|migrations?|dynamodb|postgres\w*|mysql|mongo\w*|sqlite|sql|storage|persist\w*|indexes|index|prisma)\b/i,
  ],
  ['cache', /\b(?:cach(?:e|es|ed|ing)|redis|memcached)\b/i],
  [
    'queue',
    /\b(?:queues?|background (?:jobs?|workers?)|workers?|sqs|kafka|rabbitmq|cron|job processing|pub\/sub|scheduled jobs?|nightly jobs?)\b/i,
  ],
  ['realtime', /\b(?:websockets?|sse|server-sent events|real[- ]?time|socket\.io)\b/i],
  ['authentication', /\b(?:authenticat\w+|authori[sz]ation|oauth\w*|oidc|saml|sso|jwts?|rbac|mfa)\b/i],
  ['function', /\b(?:lambdas?|serverless)\b/i],
  [
    'outside',
    new RegExp(
      String.raw`\b(?:third[ -]party|webhooks?|external (?:apis?|services?)|integrat(?:e|ion)\b(?! tests?))|\b(?:${KNOWN_SERVICES})\b`,
      'i',
    ),
  ],
];

const BREADTH =
  /\b(?:across|several|multiple|all|every|many|various|each of)\s+(?:of )?(?:(?:the|our|its)\s+)?(?:[\w-]+ ){0,2}?(?:modules|packages|services|repositories|repos|microservices|service|module|package|repository|layers|handlers)\b|\bcross-cutting\b|\b(?:the|our) codebase\b|\bmigrat\w+ (?:[\w-]+ ){0,4}?from [\w.-]+ to\b|\b(?:whole|entire) (?:codebase|backend|system)\b|\bthroughout the (?:codebase|backend)\b|\bsplit (?:the |our )?[\w -]{1,40} into\b|\bseparat(?:e|ing) [\w -]{1,40} from\b|\bthe monolith\b/i;

/** Every kind of work, layer and breadth that the requests name. */
export function reachOf(requests: readonly Request[], details: string): Reach {
  const words = requests.map((request) => request.words).join('. ');
  const found = new Set<WorkKind>(requests.map(headOf));
  for (const [kind, rule] of MENTIONS) if (rule.test(words)) found.add(kind);
  const whole = wholeOf(requests);
  if (whole !== null && found.has('code')) found.add('design');
  if (whole !== null && found.has('integration')) found.add('code').add('design');
  const fixing = onlyFixes(found);
  const kinds = fixing ? (['fix'] as const) : WORK_KINDS.filter((kind) => found.has(kind));
  const builds = ['code', 'integration'].some((kind) => found.has(kind as WorkKind));
  const all = `${words}. ${details}`;
  return {
    kinds: [...kinds],
    layers: builds && !fixing ? layersOf(all) : [],
    breadth: BREADTH.exec(all)?.[0] ?? packagesIn(all),
    whole: builds && !fixing ? whole : null,
  };
}

/** The test that shows a fault belongs to its repair; the words after the repair are often its place. */
function onlyFixes(found: ReadonlySet<WorkKind>): boolean {
  return found.has('fix') && [...found].every((kind) => kind === 'fix' || kind === 'tests');
}

function headOf({ words, symptom }: Request): WorkKind {
  if (symptom || asksForRepair(words)) return 'fix';
  return HEADS.find(([, rule]) => rule.test(words))?.[0] ?? 'code';
}

function layersOf(words: string): Layer[] {
  return LAYER_WORDS.flatMap(([layer, rule]) => (rule.test(words) ? [layer] : []));
}
