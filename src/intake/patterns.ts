/** The six forms in which backend features are asked for. */
import type { RequestPattern } from '../core/words.ts';
import { KNOWN_SERVICES } from './topics.ts';

const SERVICE = String.raw`(?:apis?|endpoints?|(?:micro)?services?|integrations?|handlers?|controllers?|routes?|resources?)`;
const BACKEND_PLACE = String.raw`(?:back[- ]?end|server|apis?|(?:[\w-]+ )?(?:micro)?service|gateway)`;
const OUR_SIDE = String.raw`(?:(?:our|the|this) (?:[\w-]+ ){0,3}?(?:back[- ]?end|system|platform|app|application|product|api|service|server|codebase|stack|store|shop)\b|chariot\b|back[- ]?end\b)`;

const RULES: readonly (readonly [RequestPattern, RegExp])[] = [
  [
    'build_backend',
    new RegExp(
      String.raw`^(?:build|create|develop|implement|write|make|set up|need)\b.{0,40}?\b(?:back[- ]?end)\b(?! (?:developer|engineer|team|lead|job)).{0,20}?\b(?:for|of|to|that|behind|which|with)\b|^back[- ]?end (?:for|of|that|behind)\b`,
      'i',
    ),
  ],
  [
    'need_api',
    new RegExp(
      String.raw`^need\s+(?:(?:an?|the|some|another|one|new)\s+)?(?:(?!(?:about|of|for|to|on|with|from|in|that|which)\b)[\w-]+ ){0,5}?(?:apis?|endpoints?|web ?services?|microservices?)\b`,
      'i',
    ),
  ],
  [
    'integrate_service',
    new RegExp(
      [
        String.raw`^(?:integrate|connect|hook up|link|wire)\b\s+(?!the tests?\b|tests?\b|feedback\b)(?:[\w./&-]+ ){1,6}?(?:with|into|to|in|and)\s+${OUR_SIDE}`,
        String.raw`^(?:integrate|connect|hook up|link)\b.{0,60}?\b(?:${KNOWN_SERVICES})\b`,
        String.raw`^(?:implement|add|build|create|write|make|set up|develop|introduce)\b\s+(?:[\w./&-]+ ){0,6}?integration\b(?! tests?| testing)`,
        String.raw`^(?:[\w/-]+ ){0,4}integration (?:for|with)\b`,
        String.raw`^hook\b.{1,40}?\bup (?:to|with)\b`,
      ].join('|'),
      'i',
    ),
  ],
  [
    'add_to_backend',
    new RegExp(
      String.raw`^(?:add|introduce|put|bring)\b.{1,80}?\b(?:to|into|in|on)\s+(?:(?:the|our|my|this|its)\s+)?(?:[\w-]+ ){0,2}?${BACKEND_PLACE}\b`,
      'i',
    ),
  ],
  [
    'create_types',
    /^(?:create|define|add|generate|introduce|write|model|provide|give (?:me|us)|need)\b\s+(?:(?:the|new|all|some|go|typescript|tabularium|shared|missing|data|domain|database|our)\s+){0,4}(?:data ?types?|types?|models|data models?|structs?|dtos?|entities|interfaces|enums?)(?:\s+(?:and|or)\s+\w+)?\s+(?:for|of|to represent|that represent|describing)\b/i,
  ],
  [
    'implement_for',
    new RegExp(
      [
        String.raw`^implement\b.{0,80}?\b${SERVICE}\b.{0,40}?\b(?:for|to|that|which|of)\b`,
        String.raw`^(?:build|create|develop|write|expose|add|make|provide|introduce)\b\s+(?:[\w/-]+ ){0,5}?(?:apis?|endpoints?|microservices?|(?:rest|http|web|backend|grpc|graphql|go|node|python) services?|handlers?|routes?)\s+(?:\/\S+ )?(?:for|to|that|which|of|with)\b`,
        String.raw`^(?:new|missing|additional)\s+(?:[\w/-]+ ){0,3}(?:apis?|endpoints?|services?|handlers?|routes?)\s+(?:for|to)\b`,
        String.raw`^(?:[\w/-]+ ){0,4}(?:endpoint|handler)s?\s+for\b`,
        String.raw`^(?:rest |graphql )?(?:apis?|microservice|route|crud) for\b`,
        String.raw`^(?:implement|add|build|create|expose)\b\s+(?:an? |the )?(?:get|post|put|patch|delete)\s+\/\S+`,
      ].join('|'),
      'i',
    ),
  ],
];

/** "Integrate Velociraptor with Atlas": two proper names. Case decides here. */
const TWO_NAMES =
  /^(?:[Ii]ntegrate|[Cc]onnect)\s+(?:with|to)\s+[A-Z]|^(?:[Ii]ntegrate|[Cc]onnect)\s+(?:the\s+)?[A-Z][\w.-]+(?:\s+[A-Z][\w.-]+){0,2}\s+(?:with|into|to)\s+(?:the\s+)?[A-Z][\w.-]+/;

/** The pattern that a request has, by the first rule that fits; `words` begin with its verb, which is "need" for every wish. */
export function patternOf(words: string): RequestPattern | null {
  const found = RULES.find(([, rule]) => rule.test(words))?.[0];
  return found ?? (TWO_NAMES.test(words) ? 'integrate_service' : null);
}
