/** Checks what agents hand in. It fails closed: what is not clearly a result or a verdict is none. */
import { z } from 'zod';
import type {
  Blocked,
  Cover,
  Finding,
  Hash,
  Preparation,
  ReviewResult,
  WorkResult,
} from '../core/results.ts';
import { ENVIRONMENTS, type Concern, type Effort, type Role } from '../core/words.ts';
import type { PlanningGuide } from '../core/plan/guide.ts';
import { pathProblem, plainPath } from './claimed-path.ts';
import { showValue } from './diagnose.ts';
import { endpointProblems } from './endpoint-shape.ts';
import {
  deploymentProblems,
  moduleProblems,
  planProblems,
  pullRequestProblems,
  selectionProblems,
  validationProblems,
  tasksOf,
  type WorkFacts,
} from './result-checks.ts';
import type { NeedBody, PlanBody } from './plan-shape.ts';
import { commonShape, OUTPUT_SHAPES, shapeOf, type CommonBody } from './result-shapes.ts';
import { reviewSchema, type ReviewBody } from './review-shape.ts';
import type { DeploymentBody, ValidationBody } from './whole-shapes.ts';
import { ruleOf, showPath } from './schema-issues.ts';

const MAX_PROBLEMS = 50;

/** What an agent says it did; it is compared with what is measured. */
export interface Claims {
  files: string[];
  tests_passed: boolean | null;
  pull_requests: string[];
}

export type WorkParse =
  | { ok: true; result: WorkResult; claims: Claims; body: unknown }
  | { ok: false; problems: string[] };

export interface ReviewFacts {
  /** `<step>/r<round>/<reviewer>`: what ids of new findings begin with. */
  idPrefix: string;
  reviewer: string;
  /** Ids of this reviewer's earlier findings. */
  knownFindings: string[];
  /** Steps whose author may own a finding. */
  authors: string[];
  repos: string[];
  /** What the verdict has to say something about. */
  areas: string[];
  /** The hash that was handed out for judgement. */
  to: Hash;
  hash: (text: string) => Hash;
}

export type ReviewParse = { ok: true; review: ReviewResult } | { ok: false; problems: string[] };

const jsonSchemas = new Map<string, object>();

/** The JSON Schema of a result, for the work order; a reviewer that is asked for a `review` gets that of a verdict. */
export function resultJsonSchema(output: string, role: Role, guide: PlanningGuide | null = null): object {
  // Making one costs more than a durable step; a plan's is made for its guide, a few times in a run.
  if (guide !== null) return makeResultSchema(output, role, guide);
  const key = `${role === 'reviewer' && output === 'review'}/${output}`;
  const known = jsonSchemas.get(key) ?? makeResultSchema(output, role, null);
  jsonSchemas.set(key, known);
  return known;
}

/** Fields that a complete result of this kind has to carry and that no other kind needs. */
export function requiredFields(output: string, role: Role): string[] {
  const shape =
    role === 'reviewer' && output === 'review' ? reviewSchema.shape : (OUTPUT_SHAPES[output] ?? {});
  return Object.entries(shape)
    .filter(
      ([key, schema]) =>
        !Object.hasOwn(commonShape, key) && !(schema as z.ZodType).safeParse(undefined).success,
    ) // shapes hold zod types
    .map(([key]) => key);
}

function makeResultSchema(output: string, role: Role, guide: PlanningGuide | null): object {
  if (role === 'reviewer' && output === 'review') return toJsonSchema(reviewSchema);
  const shape = Object.entries(shapeOf(output, guide)).map(([key, schema]) => {
    const described = (schema as z.ZodType).meta()?.description ?? ''; // shapes hold zod types
    const description = `Required when the status is complete. ${described}`.trim();
    return [key, (schema as z.ZodType).optional().meta({ description })] as const;
  });
  return toJsonSchema(z.object({ ...commonShape, ...Object.fromEntries(shape) }));
}

const commonSchema = z.object(commonShape);
const completeSchemas = new Map<string, typeof commonSchema>();

/** Made once per output kind: putting a schema together costs more than checking with it. */
function completeSchema(output: string, guide: PlanningGuide | null): typeof commonSchema {
  if (guide !== null) return z.object({ ...commonShape, ...shapeOf(output, guide) });
  const known = completeSchemas.get(output) ?? z.object({ ...commonShape, ...shapeOf(output, null) });
  completeSchemas.set(output, known);
  return known;
}

/** Checks a work result; every problem at once, as sentences for the agent. */
export function parseWorkResult(output: string, value: unknown, facts: WorkFacts): WorkParse {
  const common = commonSchema.safeParse(value);
  if (!common.success) return refuse(sentencesOf(common.error.issues, value));
  // Who is blocked cannot deliver: only a complete result has to carry its output.
  const whole =
    common.data.status === 'complete' ? completeSchema(output, facts.guide).safeParse(value) : common;
  if (!whole.success) return refuse(sentencesOf(whole.error.issues, value));
  const body: CommonBody & Record<string, unknown> = whole.data;
  const problems = [
    ...commonProblems(common.data, facts),
    ...selectionProblems(output, body, facts),
    ...(common.data.status === 'complete' ? moduleProblems(body['needs'], facts) : []),
    ...planProblems(body['plan'], body['needs'], facts),
    ...endpointProblems(body['endpoints'], { repos: facts.repos, requirements: idsOf(body['requirements']) }),
    ...pullRequestProblems(body['pull_requests'], facts),
    ...deploymentProblems(body['deployment'], facts),
    ...validationProblems(body['validation']),
  ];
  if (problems.length > 0) return refuse(problems);
  const { claims } = common.data;
  return {
    ok: true,
    result: workResult(common.data, body as ShapeBody), // parsed by OUTPUT_SHAPES
    claims: { ...claims, files: claims.files.map(plainPath) },
    body,
  };
}

/** Of requirements that were handed in with it; null: there are none. */
function idsOf(requirements: unknown): string[] | null {
  const parsed = requirements as Record<'functional' | 'acceptance_criteria', { id: string }[]> | undefined; // parsed by OUTPUT_SHAPES
  if (parsed === undefined) return null;
  return [...parsed.functional, ...parsed.acceptance_criteria].map(({ id }) => id);
}

/** Checks a verdict. Missing, misspelled, contradictory or for another hash: no verdict. */
export function parseReviewResult(value: unknown, facts: ReviewFacts): ReviewParse {
  const parsed = reviewSchema.safeParse(value);
  if (!parsed.success) return refuse(sentencesOf(parsed.error.issues, value));
  const body = parsed.data;
  const problems = [
    ...verdictProblems(body, facts),
    ...body.findings.flatMap((f, i) => findingProblems(f, i, facts)),
  ];
  if (problems.length > 0) return refuse(problems);
  const { verdict, summary, confirms, areas } = body;
  return {
    ok: true,
    review: {
      verdict,
      summary,
      findings: toFindings(body, facts),
      resolved: [...new Set(body.resolved)],
      ...(confirms.length === 0 ? {} : { confirms }),
      ...(areas.length === 0 ? {} : { areas }),
    },
  };
}

function toJsonSchema(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { io: 'input' });
}

function commonProblems(common: CommonBody, facts: WorkFacts): string[] {
  const problems = common.claims.files.flatMap((file, index) => {
    const problem = pathProblem(file);
    return problem === null ? [] : [`claims.files[${index}] is ${showValue(file)}: ${problem}`];
  });
  for (const { finding } of common.disputes) {
    if (!facts.knownFindings.includes(finding))
      problems.push(`disputes: there is no open finding ${showValue(finding)}`);
  }
  if (common.status === 'blocked' && common.blocked_reason === undefined) {
    problems.push('blocked_reason is missing: the status is blocked');
  }
  return problems;
}

/** Fields of some shapes that decisions rest on. */
interface ShapeBody {
  plan?: PlanBody;
  needs?: NeedBody[];
  concerns?: Concern[];
  effort?: Effort | undefined;
  covers?: Cover[];
  validation?: ValidationBody;
  deployment?: DeploymentBody;
}

function workResult(common: CommonBody, shape: ShapeBody): WorkResult {
  const { needs, concerns, effort, covers, plan, validation, deployment } = shape;
  const { status, summary, decisions, open_questions, disputes, blocked_reason, attempted } = common;
  const blocked: Blocked | null =
    status === 'blocked' ? { reason: blocked_reason ?? 'unknown', detail: summary, attempted } : null;
  return {
    status,
    summary,
    decisions,
    open_questions,
    needs: (needs ?? []).map(({ modules, ...need }) => ({
      ...need,
      ...(modules === undefined ? {} : { modules }),
    })),
    blocked,
    disputes,
    ...(concerns === undefined || concerns.length === 0 ? {} : { concerns }),
    ...(effort === undefined ? {} : { effort }),
    ...(covers === undefined || covers.length === 0 ? {} : { covers }),
    ...(validation === undefined || validation.checks.length === 0 ? {} : { checks: validation.checks }),
    ...(deployment === undefined ? {} : { preparation: preparationOf(deployment) }),
    ...(plan === undefined ? {} : { tasks: tasksOf(plan) }),
    ...(common.recommendations.length === 0 ? {} : { recommendations: common.recommendations }),
  };
}

function preparationOf({ environments, scripts }: DeploymentBody): Preparation {
  return {
    environments: ENVIRONMENTS.map((name) => ({ name, files: environments[name].files.map(plainPlace) })),
    scripts: scripts.map(plainPlace),
  };
}

/** `repo/path` without detours. */
function plainPlace(file: string): string {
  const slash = file.indexOf('/');
  return `${file.slice(0, slash)}/${plainPath(file.slice(slash + 1))}`;
}

function verdictProblems(body: ReviewBody, facts: ReviewFacts): string[] {
  const problems: string[] = [];
  if (body.status !== 'complete') problems.push(`status is ${body.status}: nothing was judged`);
  const blocking = body.findings.filter((finding) => finding.blocking).length;
  if (body.verdict === 'fail' && blocking === 0) {
    problems.push(
      'verdict is fail, but no finding is blocking: name what has to be mended, earlier findings that still hold included',
    );
  }
  if (body.verdict !== 'fail' && blocking > 0) {
    problems.push(`verdict is ${body.verdict}, but ${blocking} of the findings are blocking`);
  }
  if (typeof body.judged === 'string' && body.judged !== facts.to) {
    problems.push(`E_STALE_REVIEW judged is ${showValue(body.judged)}, but ${facts.to} was handed out`);
  }
  for (const area of facts.areas) {
    if (!body.areas.some((each) => each.area === area)) problems.push(`areas: it says nothing about ${area}`);
  }
  for (const id of body.resolved) {
    if (!facts.knownFindings.includes(id))
      problems.push(`resolved: there is no earlier finding ${showValue(id)}`);
    if (body.findings.some((finding) => finding.id === id))
      problems.push(`${showValue(id)} is both resolved and upheld`);
  }
  return problems;
}

function findingProblems(
  finding: ReviewBody['findings'][number],
  index: number,
  facts: ReviewFacts,
): string[] {
  const problems: string[] = [];
  const { file, owner, repo } = finding;
  const path = file === null ? null : pathProblem(file);
  if (path !== null) problems.push(`findings[${index}].file is ${showValue(file)}: ${path}`);
  if (repo !== null && !facts.repos.includes(repo)) {
    problems.push(
      `findings[${index}].repo is ${showValue(repo)}: it must be one of ${facts.repos.join(', ')}`,
    );
  }
  if (owner !== null && !facts.authors.includes(owner)) {
    problems.push(
      `findings[${index}].owner is ${showValue(owner)}: it must be null or one of ${facts.authors.join(', ')}`,
    );
  }
  return problems;
}

function toFindings(body: ReviewBody, facts: ReviewFacts): Finding[] {
  const seen = new Set<string>();
  return body.findings.flatMap((finding, index) => {
    const { severity, blocking, line, problem, fix, owner } = finding;
    const place = placeOf(finding, facts.repos);
    const fingerprint = facts.hash([facts.reviewer, place.file ?? '', normalise(problem)].join('\n'));
    // An upheld finding keeps its id: the engine counts it as the same one.
    const upheld = finding.id !== undefined && facts.knownFindings.includes(finding.id) ? finding.id : null;
    const id = upheld ?? `${facts.idPrefix}/${index + 1}`;
    if (seen.has(id)) return [];
    seen.add(id);
    return [
      { id, fingerprint, source: facts.reviewer, severity, blocking, ...place, line, problem, fix, owner },
    ];
  });
}

/** The repository may be left out where only one can be meant. */
function placeOf(
  finding: { repo: string | null; file: string | null },
  repos: string[],
): Pick<Finding, 'repo' | 'file'> {
  const file = finding.file === null ? null : plainPath(finding.file);
  if (finding.repo !== null || file === null) return { repo: finding.repo, file };
  if (repos.length === 1) return { repo: repos[0] ?? null, file };
  const named = repos.find((repo) => file.startsWith(`${repo}/`));
  return named === undefined ? { repo: null, file } : { repo: named, file: file.slice(named.length + 1) };
}

/** The same problem told with other numbers or spaces is the same problem. */
function normalise(problem: string): string {
  return problem.toLowerCase().replaceAll(/\d+/g, '0').replaceAll(/\s+/g, ' ').trim();
}

function sentencesOf(issues: readonly z.core.$ZodIssue[], value: unknown): string[] {
  return issues.flatMap((issue) => {
    const path = showPath(issue.path.map((part) => (typeof part === 'number' ? part : String(part))));
    if (issue.code === 'unrecognized_keys') return unknownKeys(issue, path);
    if (path === '') return `the result is ${showValue(value)}: it must be an object`;
    const found = issue.path.reduce<unknown>(
      (at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part],
      value,
    ); // a zod path leads through objects
    return found === undefined
      ? `${path} is missing: it ${ruleOf(issue)}`
      : `${path} is ${showValue(found)}: it ${ruleOf(issue)}`;
  });
}

function unknownKeys({ keys, message }: z.core.$ZodIssueUnrecognizedKeys, path: string): string[] {
  const hints = message.split('\n');
  return keys.map((key, index) =>
    `${path}: the key ${showValue(key)} is unknown. ${hints[index] ?? ''}`.trim(),
  );
}

function refuse(problems: string[]): { ok: false; problems: string[] } {
  const more = problems.length - MAX_PROBLEMS;
  return {
    ok: false,
    problems: more > 0 ? [...problems.slice(0, MAX_PROBLEMS), `and ${more} more`] : problems,
  };
}
