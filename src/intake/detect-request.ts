/** From a text to what it asks for: rules on words, without a model, the same answer every time. */
import { TOPICS, type Effort, type RequestPattern, type Topic } from '../core/words.ts';
import { askedWorkflow, questionsFor, specialistFor, usualWorkflow, type WorkflowChoice } from './choices.ts';
import { reachOf, type Reach } from './reach.ts';
import {
  cutSentence,
  DIRECT_EFFORTS,
  quote,
  STRAIGHT_EFFORT,
  WORKFLOW_NAMES,
  type Detection,
  type NotTriggered,
  type Specialist,
} from './detection.ts';
import { effortOf } from './effort.ts';
import { withoutExclusions } from './masks.ts';
import { ownWordsIn, type OwnWords } from './own-words.ts';
import { patternOf } from './patterns.ts';
import { readText, type Clause, type ReadText } from './read-text.ts';
import type { Request } from './request.ts';
import { asksForRepair } from './request-words.ts';
import { backendBesides, frontendWork, isForReading, meansSoftware } from './sides.ts';
import { frontendPartsOf } from './spun-off.ts';
import { topicsOf } from './topics.ts';
import { asNeed, wishedFor } from './wishes.ts';
import { whyNothing, type Explained } from './why-nothing.ts';

/** A text as the rules see it, all that it asks for, and how to quote it. */
interface Seen {
  read: ReadText;
  asked: readonly Request[];
  own: OwnWords;
}

/** Says what a text asks for, who it goes to, and why. Never throws, whatever the text is. */
export function detectRequest(text: string): Detection {
  const read = readText(text);
  const own = ownWordsIn(read.head);
  const { asked, requests } = requestsIn(read);
  if (requests.length === 0) return notTriggered(text, { read, asked, own });
  return detected(requests, { read, asked, own });
}

/** The frontend work that a text asks for besides backend work: items of their own, and no part of the run. */
export function spunOffParts(text: string): string[] {
  const read = readText(text);
  const { asked, requests } = requestsIn(read);
  return requests.length === 0 ? [] : partsOf(asked, ownWordsIn(read.head));
}

function partsOf(asked: readonly Request[], own: OwnWords): string[] {
  const parts = asked.flatMap(({ words }) => frontendPartsOf(words)).map(wishedFor);
  return [...new Set(parts.map((part) => own(part)))];
}

/** All that is asked for, and what of it is backend work. */
function requestsIn(read: ReadText): { asked: Request[]; requests: Request[] } {
  const asked = read.clauses.flatMap(requestOf);
  return { asked, requests: asked.filter((request) => isBackend(request)) };
}

function requestOf({ kind, raw, words }: Clause): Request[] {
  if (kind !== 'request' && kind !== 'symptom') return [];
  const kept = asNeed(withoutExclusions(words));
  return [{ raw, said: words, words: kept, pattern: patternOf(kept), symptom: kind === 'symptom' }];
}

function isBackend({ raw, words, pattern, symptom }: Request): boolean {
  if (frontendWork(words) !== null) return backendBesides(words);
  return (
    pattern !== null ||
    (!isForReading(words) && meansSoftware(withoutExclusions(raw), symptom || asksForRepair(words)))
  );
}

/** What a run has where neither a flag nor the words say more. */
const UNRECOGNISED = { mode: 'orchestrated', workflow: WORKFLOW_NAMES[0], effort: 'medium' } as const;

/** Only what is seen to be something else is elsewhere; what says nothing to the rules runs like any other request. */
function notTriggered(text: string, { read, asked, own }: Seen): NotTriggered {
  const frontend = asked.find(({ words }) => frontendWork(words) !== null);
  const { elsewhere, reasons, questions } =
    frontend === undefined ? whyNothing(text, read, own) : frontendOnly(frontend, own);
  const nothing = { triggered: false as const, pattern: null, topics: [] };
  const said = { reasons: reasons.map(cutSentence), questions };
  if (elsewhere)
    return { ...nothing, mode: 'elsewhere', workflow: null, effort: null, specialist: null, ...said };
  const all = [
    ...said.reasons,
    'Nothing was recognised, which speaks for nobody else: a workflow takes it as it is.',
  ];
  return { ...nothing, ...UNRECOGNISED, specialist: null, reasons: all, questions };
}

function frontendOnly({ said, words }: Request, own: OwnWords): Explained {
  return {
    elsewhere: true,
    reasons: [
      `This is frontend work, by the word ${quote(own(frontendWork(words) ?? ''))} in ${quote(own(said))}: it belongs to a frontend workflow, as an item of its own.`,
    ],
    questions: [],
  };
}

function detected(requests: Request[], { read, asked, own }: Seen): Detection {
  // What a statement beside the request says is part of it: "It has to process vulnerability data."
  const details = read.clauses.flatMap(({ kind, words }) => (kind === 'statement' ? [words] : [])).join('. ');
  const words = requests.map((request) => request.words).join('. ');
  const raw = requests.map((request) => request.raw).join('. ');
  const seen = topicsOf(withoutExclusions(`${raw}. ${details}`));
  const topics = TOPICS.filter((topic) => seen.some((each) => each.topic === topic));
  const first = requests.find(({ pattern }) => pattern !== null) ?? null;
  const reach = reachOf(requests, details);
  const frontend = asked.flatMap((request) => frontendWork(request.words) ?? []);
  const asks = askedWorkflow(requests);
  const split = whyOrchestrated(reach, frontend, asks);
  const weighed = effortOf({
    requests,
    reach,
    topics,
    orchestrated: split !== null,
    details,
    cut: read.cut,
  });
  const effort = DIRECT_EFFORTS.find((each) => each === weighed.effort);
  const alone = split === null && effort !== undefined;
  const specialist = alone ? specialistFor(reach, words, { effort, topics }) : null;
  const choice = asks ?? usualWorkflow(specialist, reach);
  const reasons = [
    patternReason(first, requests, own),
    ...topicReason(seen, own),
    ...modeReasons(reach, { split, specialist, effort: weighed.effort }),
    ...spunOffReason(partsOf(asked, own)),
    `Effort ${weighed.effort}: ${weighed.reason}.`,
    `Workflow ${choice.workflow}: ${choice.reason}.`,
    ...besides(read),
  ].map(cutSentence);
  const what = { triggered: true as const, pattern: first?.pattern ?? null, topics };
  const { workflow } = choice;
  const said = { reasons, questions: questionsFor(requests, topics, reach) };
  if (specialist !== null && effort !== undefined)
    return { ...what, mode: 'direct', workflow, effort, specialist, ...said };
  return { ...what, mode: 'orchestrated', workflow, effort: weighed.effort, specialist: null, ...said };
}

/** Why it takes more than one specialist; null where one is enough. */
function whyOrchestrated(
  reach: Reach,
  frontend: readonly string[],
  asks: WorkflowChoice | null,
): string | null {
  const [thing] = frontend;
  if (thing !== undefined)
    return `Frontend work is named as well (${quote(thing)}): it is spun off as an item of its own, and the backend part is orchestrated.`;
  if (reach.kinds.length >= 2) {
    const whole = reach.whole === null ? '' : ` (${reach.whole} is designed before it is built)`;
    return `Kinds of work: ${reach.kinds.join(', ')}${whole}. Two or more are orchestrated.`;
  }
  if (reach.layers.length >= 2)
    return `Layers: ${reach.layers.join(', ')}. Work that spans layers is orchestrated.`;
  if (reach.breadth !== null) return `It reaches over several parts (${quote(reach.breadth)}): orchestrated.`;
  if (reach.kinds[0] === 'plan') return 'A plan looks at every kind of work: orchestrated.';
  if (asks !== null) return `The workflow ${asks.workflow} is asked for, and it orchestrates.`;
  return null;
}

function patternReason(first: Request | null, requests: readonly Request[], own: OwnWords): string {
  if (first !== null) return `${SHAPES[first.pattern ?? 'implement_for']}: ${quote(own(first.said))}.`;
  const [request] = requests;
  const what = request?.symptom === true ? 'A report of something broken' : 'A request in its own words';
  return `${what}: ${quote(own(request?.said ?? ''))}.`;
}

/** What a request of each form is, at the front of a sentence. */
export const SHAPES: Readonly<Record<RequestPattern, string>> = {
  implement_for: 'A request to implement an API, endpoint or service for something',
  build_backend: 'A request to build a backend',
  need_api: 'A request for an API that does something',
  add_to_backend: 'A request to add something to the backend',
  create_types: 'A request to create data types or models',
  integrate_service: 'A request to integrate a service',
};

function topicReason(seen: readonly { topic: Topic; seen: string }[], own: OwnWords): string[] {
  if (seen.length === 0) return [];
  return [`Topics: ${seen.map(({ topic, seen: words }) => `${topic} (${quote(own(words))})`).join(', ')}.`];
}

interface Chosen {
  split: string | null;
  specialist: Specialist | null;
  effort: Effort;
}

function modeReasons(reach: Reach, { split, specialist, effort }: Chosen): string[] {
  if (split !== null) return [split];
  const [kind = 'code'] = reach.kinds;
  if (specialist === null)
    return [`One kind of work (${kind}), and too much of it for one specialist: orchestrated.`];
  const how =
    effort === STRAIGHT_EFFORT
      ? `it goes straight to ${specialist}`
      : `${specialist} does it, in the workflow's phase for the effort ${effort}`;
  return [`One kind of work (${kind}): ${how}; gates and review stay.`];
}

function spunOffReason(parts: readonly string[]): string[] {
  return parts.length === 0 ? [] : [`Spun off, not part of the run: ${parts.map(quote).join(', ')}.`];
}

const SKIPPING =
  /\b(?:skip|bypass|disable|without|no|ignore|omit)\b.{0,20}\b(?:reviews?|tests?|gates?|confirmation|approvals?)\b/i;

/** What is worth saying of the text around the request. */
function besides(read: ReadText): string[] {
  const all = read.clauses.map(({ words }) => words).join('. ');
  const skipping = SKIPPING.exec(all)?.[0];
  return [
    ...(skipping === undefined
      ? []
      : [`No words in a request leave out reviews, gates or approvals: ${quote(skipping)} changes nothing.`]),
    ...(read.skipped ? ['Code blocks, quoted lines and comments were not read as requests.'] : []),
  ];
}
