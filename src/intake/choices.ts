/** Who carries a request, by which workflow, and what is worth asking first. */
import type { Effort, Topic } from '../core/words.ts';
import type { Reach } from './reach.ts';
import { MAX_QUESTIONS, WORKFLOW_NAMES, type Specialist, type WorkflowName } from './detection.ts';
import type { Request } from './request.ts';
import { LAST_SEAT, SEATS, SUITS } from './seats.ts';

/** The specialist of a single kind of work: the first seat that suits it. */
export function specialistFor(
  reach: Reach,
  words: string,
  { effort, topics }: { effort: Effort; topics: readonly Topic[] },
): Specialist {
  const [kind = 'code'] = reach.kinds;
  const seat = SEATS.find(
    (each) =>
      (each.kind ?? kind) === kind &&
      (each.effort ?? effort) === effort &&
      (each.topic === undefined || (topics.length === 1 && topics[0] === each.topic)) &&
      each.words?.test(words) !== false,
  );
  return (seat ?? LAST_SEAT).agent;
}

export interface WorkflowChoice {
  workflow: WorkflowName;
  reason: string;
}

const PLAN_GIVEN =
  /\b(?:implement|execute|carry out|follow)\b (?:the|this|my|our|an?) (?:[\w-]+ ){0,2}plan\b|\baccording to (?:the|this) (?:[\w-]+ )?plan\b/i;
const REVIEW_EACH = /\breview(?:ed)? (?:after|of|for) (?:every|each) (?:agent|step|stage|phase)\b/i;

/** The workflow that a request asks for: by name, or by wanting what only that one does. Each of them orchestrates. */
export function askedWorkflow(requests: readonly Request[]): WorkflowChoice | null {
  const words = requests.map((request) => request.raw).join('. ');
  const named = namedWorkflow(words);
  if (named !== null) return { workflow: named, reason: 'the text names it' };
  if (PLAN_GIVEN.test(words))
    return {
      workflow: SUITS.given_plan,
      reason: 'there is a plan already, which has to be given with the request',
    };
  if (REVIEW_EACH.test(words))
    return { workflow: SUITS.review_after_each, reason: 'the text wants a review after every step' };
  return null;
}

/** Where none is asked for: the default, unless nothing of the product is to be built. */
export function usualWorkflow(specialist: Specialist | null, reach: Reach): WorkflowChoice {
  if (reach.kinds.every((kind) => kind === 'plan'))
    return { workflow: SUITS.plan_alone, reason: 'only a plan is asked for' };
  const workflow = [...SEATS, LAST_SEAT].find((seat) => seat.agent === specialist)?.workflow;
  if (workflow !== undefined && workflow !== SUITS.anything)
    return { workflow, reason: `nothing of the product is built: ${specialist} works alone` };
  return { workflow: SUITS.anything, reason: 'it is the default' };
}

/** Only where the word `workflow` stands beside the name: `planner` is also a thing that people build. */
function namedWorkflow(words: string): WorkflowName | null {
  const name = WORKFLOW_NAMES.join('|');
  const found =
    new RegExp(
      String.raw`\b(?:use|using|with|through|by|via|in|run)\s+(?:the\s+)?(${name})\s+workflow\b|\b(?:workflow:?|--workflow)\s+(${name})\b`,
      'i',
    ).exec(words) ?? [];
  const word = (found[1] ?? found[2])?.toLowerCase();
  return WORKFLOW_NAMES.find((each) => each === word) ?? null;
}

/** A report tells what is seen, and so does what stands behind a colon, a comma or a small word. */
function tellsWhatIsSeen(requests: readonly Request[]): boolean {
  return requests.some(
    ({ raw, symptom }) => symptom || /[:,] |\b(?:when|if|because|instead|after)\b/i.test(raw),
  );
}

/** What is missing in a request so that two people would build the same; the first two are asked. */
export function questionsFor(requests: readonly Request[], topics: readonly Topic[], reach: Reach): string[] {
  const words = requests.map((request) => request.words).join('. ');
  const count = requests
    .map((request) => request.raw)
    .join(' ')
    .split(/\s+/).length;
  const fixes = reach.kinds.includes('fix');
  const asked: [boolean, string][] = [
    [
      fixes && count < (tellsWhatIsSeen(requests) ? 4 : 7),
      'What is seen, what was expected, and how can it be made to happen?',
    ],
    [
      reach.kinds.includes('code') && (count < 4 || (count < 6 && reach.whole !== null)),
      'What shall it do, for whom, and with which data?',
    ],
    [
      /\b(?:third[ -]party|external (?:apis?|services?|systems?))\b/i.test(words),
      'Which outside service is meant, and is there a test account for it?',
    ],
    [
      topics.includes('authentication') &&
        reach.whole !== null &&
        !/\b(?:jwts?|oauth\w*|sso|saml|oidc|okta|auth0|cognito|api[ -]keys?|sessions?|passwords?|mfa)\b/i.test(
          words,
        ),
      'Which way of signing in is meant (passwords, tokens, single sign-on), and who may do what?',
    ],
    [
      /^(?:optimi[sz]e|speed up|improve|tune)\b/i.test(words) && !/\d/.test(words),
      'How fast is it now, how fast shall it be, and under which load?',
    ],
    [
      reach.kinds.includes('plan') && count < 6,
      'What is to be planned, and what limits it (time, systems, data)?',
    ],
  ];
  return asked.flatMap(([open, question]) => (open ? [question] : [])).slice(0, MAX_QUESTIONS);
}
