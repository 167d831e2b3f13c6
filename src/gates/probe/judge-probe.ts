/** Makes findings out of what came back. Pure. */
import { nameOfEndpoint, type Endpoint } from '../../core/checks/endpoints.ts';
import type { ChangedLine } from '../change/changed-lines.ts';
import type { FindingDraft } from '../findings.ts';
import type { Judgement } from '../suites/judge-tests.ts';
import { EXPECTATIONS, faultOf, type Fault } from './expectations.ts';
import { findRoute } from './find-route.ts';
import type { ProbePlan } from './plan-cases.ts';
import type { ProbeAnswer, ProbeCase } from './probe-case.ts';
import type { ProbeReport } from './read-answers.ts';

const MAX_FINDINGS = 60;
const MAX_EXAMPLES = 6;
const MAX_BODY = 200;

interface Judged {
  one: ProbeCase;
  answer: ProbeAnswer;
  fault: Fault;
}

export interface ProbeSubject {
  repo: string;
  endpoints: readonly Endpoint[];
  plan: ProbePlan;
  /** What the change added, to say where an endpoint is written. */
  added: readonly ChangedLine[];
}

/** The same fault of the same field is one finding, with each request that showed it. */
export function judgeProbe(subject: ProbeSubject, report: ProbeReport): Judgement {
  if (report.problem !== null) return notStarted(subject, report);
  const { endpoints, plan } = subject;
  const byCase = new Map(report.answers.map((answer) => [answer.case, answer]));
  const judged = plan.cases.flatMap((one): Judged[] => {
    const answer = byCase.get(one.id);
    const fault =
      answer === undefined ? null : faultOf(one.kind, answer, endpoints[one.endpoint]?.success ?? 200);
    return answer === undefined || fault === null ? [] : [{ one, answer, fault }];
  });
  const groups = [
    ...Map.groupBy(
      judged.filter(isNews(judged)),
      ({ one, fault }) => `${one.endpoint} ${one.field ?? ''} ${fault}`,
    ),
  ];
  const drafts = groups.flatMap(([, found]) => draftOf(subject, found)).slice(0, MAX_FINDINGS);
  const untried = report.answers.filter(({ outcome }) => outcome === 'no_setup' || outcome === 'not_sent');
  const summary = summarise(subject, report, { untried, faults: judged.length, findings: drafts.length });
  if (drafts.length > 0) return { status: 'fail', summary, tests: null, drafts };
  // Where a right request was never sent, green would say what nobody saw.
  const isWhole = untried.length === 0 && plan.withoutId.length === 0 && plan.leftOut === 0;
  return { status: isWhole ? 'pass' : 'unverified', summary, tests: null, drafts };
}

/** Where a right request is refused, others that are right as well say nothing new. */
function isNews(judged: readonly Judged[]): (each: Judged) => boolean {
  const refused = new Set(
    judged.flatMap(({ one, fault }) =>
      one.kind === 'valid' && isOfRightRequest(fault) ? [one.endpoint] : [],
    ),
  );
  return ({ one, fault }) =>
    one.kind === 'valid' ||
    !refused.has(one.endpoint) ||
    EXPECTATIONS[one.kind] !== 'success' ||
    !isOfRightRequest(fault);
}

const isOfRightRequest = (fault: Fault): boolean =>
  fault === 'refused_right' || fault === 'wrong_status' || fault === 'server_error';

function notStarted({ repo, endpoints }: ProbeSubject, { problem, words }: ProbeReport): Judgement {
  const last = words === '' ? '' : ` Its last words:\n${words}`;
  const draft: FindingDraft = {
    severity: 'major',
    blocking: true,
    repo,
    file: null,
    line: null,
    identity: 'not_started',
    problem: `The service could not be asked for ${endpoints.map(nameOfEndpoint).join(', ')}: ${problem}.${last}`,
    fix: 'Make it start from a fresh checkout with the environment that the gate gives it, and listen on the port that it is told.',
  };
  return { status: 'fail', summary: `the service did not start: ${problem}`, tests: null, drafts: [draft] };
}

function summarise(
  { endpoints, plan }: ProbeSubject,
  { answers }: ProbeReport,
  found: { untried: readonly ProbeAnswer[]; faults: number; findings: number },
): string {
  const { untried, faults, findings } = found;
  const parts = [
    `${answers.length - untried.length} requests to ${endpoints.length} ${endpoints.length === 1 ? 'endpoint' : 'endpoints'}`,
    faults === 0
      ? 'all answered as they may be'
      : `${faults} not answered as they may be (${findings} findings)`,
  ];
  const [first] = untried;
  if (first !== undefined) parts.push(`${untried.length} not tried (${first.said})`);
  const withoutId = plan.withoutId.flatMap((at) => endpoints[at] ?? []).map(nameOfEndpoint);
  if (withoutId.length > 0)
    parts.push(`nothing makes an id for ${withoutId.join(', ')}: name one in its \`example\``);
  const notAsked = plan.notAsked.flatMap((at) => endpoints[at] ?? []).map(nameOfEndpoint);
  if (notAsked.length > 0)
    parts.push(`not asked at all, because there is too much to be sent: ${notAsked.join(', ')}`);
  if (plan.leftOut > 0) parts.push(`${plan.leftOut} more were left out`);
  return parts.join(', ');
}

function draftOf({ endpoints, added, repo }: ProbeSubject, found: readonly Judged[]): FindingDraft[] {
  const [first] = found;
  const endpoint = first === undefined ? undefined : endpoints[first.one.endpoint];
  if (first === undefined || endpoint === undefined) return [];
  const { fault, one } = first;
  const name = nameOfEndpoint(endpoint);
  const about = one.field === null ? '' : ` on \`${one.field}\``;
  const shown = found.slice(0, MAX_EXAMPLES).map(showExchange);
  const more = found.length > shown.length ? [`and ${found.length - shown.length} more`] : [];
  const place = findRoute(endpoint, added);
  return [
    {
      severity: 'major',
      blocking: true,
      repo,
      file: place?.path ?? null,
      line: place?.line ?? null,
      identity: `probe ${name} ${one.field ?? ''} ${fault}`,
      problem: `${name} (${endpoint.requirement})${about}: ${SAID[fault](endpoint)}\n${[...shown, ...more].join('\n')}`,
      fix: FIXES[fault],
    },
  ];
}

const SAID: Readonly<Record<Fault, (endpoint: Endpoint) => string>> = {
  ended: () => 'the service ends on this request.',
  no_answer: () => 'this request gets no answer.',
  server_error: () => 'the service fails where it has to answer.',
  refused_right: ({ success }) => `a right request is refused; ${success} is required.`,
  accepted_wrong: () => 'wrong input is accepted.',
  accepted_duplicate: () => 'a second one with the same value is accepted, and it has to be unique.',
  wrong_status: ({ success }) =>
    `the status is another than the required one (${success}; 404 for what is not there).`,
};

const FIXES: Readonly<Record<Fault, string>> = {
  ended: 'Handle the input, and answer a failure of the handler: one request must not end the service.',
  no_answer: 'Answer each request, also where its input is wrong or its handler fails.',
  server_error: 'Check the input before it is used, and refuse what is wrong with a 4xx.',
  refused_right:
    'Accept what the requirement allows, bounds included; if the requirement is wrong, dispute this with the reason.',
  accepted_wrong: 'Refuse it with a 4xx (400 or 422) before anything is stored.',
  accepted_duplicate: 'Refuse it with a 4xx (409), held by the store and not by a look before.',
  wrong_status: 'Answer with the status that the requirement names, and with 404 for an id that nobody has.',
};

function showExchange({ one, answer }: Judged): string {
  const { request } = one;
  const query = request.query.map(([name, value]) => `${name}=${value}`).join('&');
  const body = request.body === null ? '' : ` ${shorten(request.body)}`;
  const headers = request.headers
    .filter(({ isTried, value }) => isTried && value !== null)
    .map(({ name, value }) => ` ${name}: ${shorten(value ?? '')}`)
    .join('');
  const sent = `${request.method} ${request.path}${query === '' ? '' : `?${shorten(query)}`}${headers}${body}`;
  const said = answer.said === '' ? '' : `: ${shorten(answer.said)}`;
  const reply = answer.status === null ? answer.said : `${answer.status}${said}`;
  const died = answer.died
    ? `; the service ended${answer.lastWords === '' ? '' : ` with: ${shorten(answer.lastWords)}`}`
    : '';
  return `- ${one.shown}: \`${sent}\` → ${reply}${died}`;
}

/** On one line. */
function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > MAX_BODY ? `${line.slice(0, MAX_BODY)}…` : line;
}
