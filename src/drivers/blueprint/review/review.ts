/**
 * The reviewer: reads what is there, compares it with the accepted requirements, and names what is missing. It
 * knows nothing of how the work was made, and what a result says of itself counts for nothing.
 */
import { choiceIn } from '../layout/layout-choice.ts';
import { readLayout, readLayoutWithAnswers, type Layout } from '../layout/read-layout.ts';
import { acceptedText, answersOf, type Order, type Result } from '../order.ts';
import { siteOf, type Site } from '../parts/part.ts';
import { readResource, readStatements } from '../understand/requirements.ts';
import {
  reviewChoice,
  reviewPlan,
  reviewRequirements,
  reviewResearch,
  reviewSelection,
} from './review-artifacts.ts';
import { reviewClient } from './review-client.ts';
import { reviewDatatypes } from './review-datatypes.ts';
import { reviewDiff } from './review-diff.ts';
import { reviewDocuments } from './review-documents.ts';
import { deficiency, type ReviewFinding } from './finding.ts';
import { reviewHandlers } from './review-handlers.ts';
import { reviewPerformance } from './review-performance.ts';
import { reviewSecurity } from './review-security.ts';
import { reviewSubmission, reviewValidation } from './review-outcome.ts';
import { reviewTests } from './review-tests.ts';
import { subjectOf, type Subject } from './subject.ts';

/** What a change is judged as. */
export type Look = 'code' | 'security' | 'performance';

export function review(order: Order, look: Look = 'code'): Result {
  const subject = subjectOf(order);
  const findings = withEarlierIds(order, examine(order, subject, look));
  const blocking = findings.filter((finding) => finding.blocking);
  const held = new Set(findings.map((finding) => finding.id));
  const what = subject.agent ?? 'the whole change';
  return {
    status: 'complete',
    verdict: blocking.length > 0 ? 'fail' : findings.length > 0 ? 'pass_with_notes' : 'pass',
    summary:
      findings.length === 0
        ? `Looked at ${what}: nothing is missing.`
        : `Looked at ${what}: ${findings.length} finding${findings.length === 1 ? '' : 's'}. ${findings[0]?.problem ?? ''}`,
    findings,
    resolved: order.findings.map((finding) => finding.id).filter((id) => !held.has(id)),
  };
}

/** A finding that still holds keeps its id. */
function withEarlierIds(order: Order, findings: ReviewFinding[]): ReviewFinding[] {
  return findings.map((finding) => {
    const earlier = order.findings.find(
      (each) => each.problem === finding.problem && (each.file ?? null) === finding.file,
    );
    return earlier === undefined ? finding : { ...finding, id: earlier.id };
  });
}

function examine(order: Order, subject: Subject, look: Look): ReviewFinding[] {
  const accepted = acceptedText(order, 'requirements');
  const answered = readLayoutWithAnswers(order.workspace.repos, answersOf(order));
  const reading =
    subject.kind === 'requirements'
      ? answered.reading
      : readLayout(order.workspace.repos, choiceIn(accepted ?? ''));
  if (reading.kind === 'unknown')
    return reading.questions.map((question) =>
      deficiency(null, question, 'Bring the repository back into a state that can be read.'),
    );
  const { layout } = reading;
  if (subject.kind === 'requirements')
    return [
      ...reviewChoice(answered.choice, subject.text),
      ...reviewRequirements(order.request, answered.others, layout, subject.text),
    ];
  const resource = readResource(accepted ?? '');
  if (accepted === null || resource === null) {
    return [
      deficiency(
        null,
        'There are no accepted requirements to judge by.',
        'Hand in and review the requirements first.',
      ),
    ];
  }
  const facts: Facts = { order, subject, layout, site: siteOf(resource, layout), requirements: accepted };
  switch (look) {
    case 'code':
      return examineByKind(facts);
    case 'security':
      return reviewSecurity(facts.site, subject.diff);
    case 'performance':
      return reviewPerformance(facts.site, subject.diff);
  }
}

interface Facts {
  order: Order;
  subject: Subject;
  layout: Layout;
  site: Site;
  requirements: string;
}

function examineByKind(facts: Facts): ReviewFinding[] {
  const { order, subject, site, requirements } = facts;
  const criteria = readStatements(requirements, 'A');
  switch (subject.kind) {
    case 'research':
      return reviewResearch(order.workspace.repos, subject.text);
    case 'plan':
      return reviewPlan({
        text: subject.text,
        functional: readStatements(requirements, 'F'),
        research: order.context.filter((item) => item.kind === 'research').map((item) => item.name),
      });
    case 'selection':
      return reviewSelection(subject.text, acceptedText(order, 'plan') ?? '');
    case 'validation':
      return [...reviewValidation(subject.text, criteria, site), ...reviewChange(facts)];
    case 'submission':
      return reviewSubmission(subject.text, criteria, site);
    default:
      return reviewChange(facts);
  }
}

/** A change is judged by what its author had to do; one without an author by all of it. */
function reviewChange({ subject, site }: Facts): ReviewFinding[] {
  const diff = reviewDiff(subject.diff, subject.agent, site);
  switch (subject.agent) {
    case 'datatypes-agent':
      return [...diff, ...reviewDatatypes(site)];
    case 'feature-implementation-agent':
      return [...diff, ...reviewFeature(site)];
    case 'unit-testing-agent':
      return [...diff, ...reviewTests(site)];
    case null:
      return [...diff, ...reviewDatatypes(site), ...reviewFeature(site), ...reviewTests(site)];
    default:
      return diff;
  }
}

function reviewFeature(site: Site): ReviewFinding[] {
  return [...reviewHandlers(site), ...reviewDocuments(site), ...reviewClient(site)];
}
