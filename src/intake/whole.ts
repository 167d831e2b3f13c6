/** Which requests ask for something that has to be designed before it is built. */
import { isNewResource } from './new-resource.ts';
import type { Request } from './request.ts';

/** What is never one kind of work alone: services, interfaces or mechanisms as a whole. */
const WHOLE =
  /\b(?:(?:rest |http |web |public |graphql |new )?apis?(?! (?:endpoint|handler|key|client|doc|error|test|response|call|gateway|version|route|token|package|module|server)s?\b)|(?:micro)?services?|back[- ]?end|pipelines?|processing|integrations?|authentications?|authori[sz]ations?|risk analysis|asset correlation|vulnerability management|multi-tenan\w+|event sourcing|(?:payment|search|billing|notification|messaging|permission|plugin) (?:system|engine)s?)\b/i;
/** Sign-in as a whole; the page, counter or handler of one is less. */
const SIGN_IN = /\b(?:log-?ins?|sign[ -]?(?:in|up)s?|ssos?|single sign-on|oauth2?|passkeys?|2fa|mfa)\s*$/i;
const MAKING =
  /^(?:implement|build|create|develop|write|make|introduce|set up|add|integrate|connect|hook up|link|design|provide|deliver|put|bring|expose|hook|new|missing|need|want|looking|rest|graphql|apis?|back-?end|integration|microservice|crud)\b|^(?:i|we|our|what|there|can|could|it)\b|^i'd\b/i;
/** "Add a field to the service" makes no service: the thing made stands before `to`, `in`, `for`. */
const PLACE = /\s+(?:to|into|in|on|for|of|from|that|which|so|with|when|behind|at)\b.*$/i;

/** "Make the API faster" makes no API. */
const CHANGING =
  /^(?:make|add|put|bring|write|provide|expose|design)\s+(?:the|our|this|its|all|every|each)\b/i;

const OPERATIONS: readonly (readonly [string, RegExp])[] = [
  ['create', /\b(?:create|add|store|record|post)s?\b/i],
  ['list', /\b(?:list|search)(?:s|ing)?\b/i],
  ['get', /\b(?:get|fetch|read|retrieve)s?\b/i],
  ['update', /\b(?:update|edit|change|patch|put)s?\b/i],
  ['delete', /\b(?:delete|remove)s?\b/i],
];

/** Three operations on a thing, or all of them by their short name, make an interface. */
function operationsIn(words: string): string | null {
  const crud = /\bcrud\b/i.exec(words)?.[0];
  if (crud !== undefined) return `an interface for ${crud}`;
  const named = OPERATIONS.flatMap(([name, rule]) => (rule.test(words) ? [name] : []));
  return named.length >= 3 ? `an interface to ${named.join(', ')}` : null;
}

/** The words that ask for a thing as a whole: a service, an interface, a mechanism. */
export function wholeOf(requests: readonly Request[]): string | null {
  for (const { words, pattern, symptom } of requests) {
    if (symptom || !MAKING.test(words)) continue;
    if (pattern === 'build_backend' || pattern === 'integrate_service')
      return pattern === 'build_backend' ? 'a backend' : 'an integration';
    const thing = words.replace(PLACE, '');
    const operations = operationsIn(words);
    if (operations !== null) return operations;
    if (isNewResource(words)) return 'a resource with its fields';
    if (CHANGING.test(words)) continue;
    const seen = (WHOLE.exec(thing) ?? SIGN_IN.exec(thing))?.[0];
    if (seen !== undefined && !/\b(?:endpoints?|handlers?|tests?)\s*$/i.test(thing))
      return `the ${seen.trim()}`;
  }
  return null;
}
