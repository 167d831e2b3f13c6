/** Requirements, research, plan and selection: complete, true, and no more than was asked for. */
import { RepoFiles } from '../layout/repo-files.ts';
import { choiceSentences, type LayoutChoice } from '../layout/layout-choice.ts';
import type { Layout } from '../layout/read-layout.ts';
import { understandWithAnswers } from '../understand/apply-answers.ts';
import { habitsOf } from '../understand/habits.ts';
import { readResource, readStatements, type Habitat, type Statement } from '../understand/requirements.ts';
import { describeKind, routeOf, type Resource } from '../understand/resource.ts';
import { deficiency, type ReviewFinding } from './finding.ts';

export function reviewRequirements(
  request: string,
  answers: string[],
  layout: Layout,
  text: string,
): ReviewFinding[] {
  const wanted = understandWithAnswers(request, answers, habitsOf(layout)).resource;
  const found = readResource(text);
  const place = null;
  if (wanted === null)
    return [
      deficiency(
        place,
        'The request leaves questions open, and the requirements do not ask them.',
        'Ask the person.',
      ),
    ];
  if (found === null)
    return [
      deficiency(
        place,
        'The requirements do not describe a resource with a key and operations.',
        'State each field, each operation and the key as one sentence each.',
      ),
    ];
  const missing = missingFromRequirements(wanted, found);
  const functional = readStatements(text, 'F');
  const criteria = readStatements(text, 'A');
  const unproven = functional.filter(
    (statement) => !criteria.some((criterion) => covers(criterion, statement, layout.service)),
  );
  const { apiFile } = layout.service;
  const documented = criteria.some((criterion) => criterion.text.startsWith(`\`${apiFile}\` describes `));
  return [
    ...missing.map((what) =>
      deficiency(place, `The requirements do not state ${what}, which the request asks for.`, 'State it.'),
    ),
    ...unproven.map((statement) =>
      deficiency(
        place,
        `No acceptance criterion says how to see that ${statement.id} is met: ${statement.text}`,
        'Add one.',
      ),
    ),
    ...(documented || !wanted.operations.includes('create')
      ? []
      : [
          deficiency(
            place,
            `No acceptance criterion says that \`${apiFile}\`, where the routes are described, describes the new ones.`,
            'Add one of its own.',
          ),
        ]),
  ];
}

/** What a person answered about the layout stands in the requirements: later agents know of it from there alone. */
export function reviewChoice(choice: LayoutChoice, text: string): ReviewFinding[] {
  return choiceSentences(choice)
    .filter((sentence) => !text.includes(sentence))
    .map((sentence) =>
      deficiency(null, `The requirements do not say what was answered: "${sentence}"`, 'State it.'),
    );
}

function missingFromRequirements(wanted: Resource, found: Resource): string[] {
  const fields = wanted.fields.filter(
    (field) =>
      !found.fields.some((each) => each.name === field.name && describeKind(each) === describeKind(field)),
  );
  return [
    ...fields.map((field) => `the field \`${field.name}\` (${describeKind(field)})`),
    ...wanted.operations
      .filter((operation) => !found.operations.includes(operation))
      .map((operation) => `\`${routeOf(wanted, operation)}\``),
    ...(wanted.key === found.key ? [] : [`\`${wanted.key}\` as the key`]),
    ...(wanted.client && !found.client ? ['the client'] : []),
  ];
}

/** A criterion covers a statement that speaks of the same field or the same route. */
function covers(criterion: Statement, statement: Statement, { refusals }: Habitat): boolean {
  const { invalid, conflict } = refusals;
  const field = /has `([a-z0-9_]+)`/.exec(statement.text)?.[1];
  if (field !== undefined)
    return criterion.text.includes(` answers ${invalid.status} `) && criterion.text.includes(`\`${field}\``);
  if (statement.text.startsWith('A second '))
    return criterion.text.startsWith('A second ') && criterion.text.includes(` answers ${conflict.status}`);
  if (statement.text.startsWith('The client')) return criterion.text.startsWith('The client');
  const route = /^`([^`]+)`/.exec(statement.text)?.[1];
  return route !== undefined && criterion.text.startsWith(`\`${route}\` answers 20`);
}

/** What research says it saw has to be there. */
export function reviewResearch(repos: { name: string; path: string }[], text: string): ReviewFinding[] {
  const value = JSON.parse(text) as { research?: { findings?: string[]; recommendations?: string[] } }; // checked when it was handed in
  const { findings = [], recommendations = [] } = value.research ?? {};
  const empty = [
    ...(findings.length === 0
      ? [deficiency(null, 'The research names nothing that was seen.', 'Name what is there, with its place.')]
      : []),
    ...(recommendations.length === 0
      ? [deficiency(null, 'The research recommends nothing.', 'Say what follows from it.')]
      : []),
  ];
  const places = findings.flatMap((finding) =>
    citedPlaces(
      finding,
      repos.map((repo) => repo.name),
    ),
  );
  if (findings.length > 0 && places.length === 0) {
    return [
      ...empty,
      deficiency(null, 'No finding of the research names a file.', 'Name the place of each.'),
    ];
  }
  return [...empty, ...places.flatMap((place) => wrongPlace(repos, place))];
}

interface Place {
  repo: string;
  path: string;
  line: number | null;
}

function citedPlaces(text: string, repos: string[]): Place[] {
  return [...text.matchAll(/`([\w.-]+)\/([\w./-]+)(?::(\d+))?`/g)]
    .map(([, repo = '', path = '', line]) => ({ repo, path, line: line === undefined ? null : Number(line) }))
    .filter((place) => repos.includes(place.repo));
}

function wrongPlace(repos: { name: string; path: string }[], place: Place): ReviewFinding[] {
  const repo = repos.find((each) => each.name === place.repo);
  if (repo === undefined) return [];
  const files = new RepoFiles(repo);
  const text = files.read(place.path);
  const isFolder = text === null && files.list().some((path) => path.startsWith(`${place.path}/`));
  const lines = text?.split('\n').length ?? 0;
  if (isFolder || (text !== null && (place.line ?? 1) <= lines)) return [];
  const where = `${place.repo}/${place.path}${place.line === null ? '' : `:${place.line}`}`;
  return [deficiency(null, `The research names \`${where}\`, which is not there.`, 'Name what is there.')];
}

interface PlanFacts {
  text: string;
  functional: Statement[];
  research: string[];
}

/** Every requirement has a task, tests and documentation are planned, every research output is cited. */
export function reviewPlan({ text, functional, research }: PlanFacts): ReviewFinding[] {
  const value = JSON.parse(text) as { plan?: PlanText }; // checked when it was handed in
  const { tasks = [], cites = [], rollback = [] } = value.plan ?? {};
  const described = tasks.map((task) => task.description).join('\n');
  const findings: string[] = [
    ...functional
      .filter(
        ({ id }) =>
          !new RegExp(`\\b${id}\\b`).test(
            tasks
              .filter(isBuilding)
              .map((task) => task.description)
              .join('\n'),
          ),
      )
      .map(({ id, text: what }) => `No task of the plan builds ${id}: ${what}`),
    ...research.filter((name) => !cites.includes(name)).map((name) => `The plan does not cite ${name}.`),
    ...(/\btests?\b/i.test(described) ? [] : ['The plan has no task for tests.']),
    ...(/\bdescribe|document/i.test(described) ? [] : ['The plan has no task for documentation.']),
    ...(tasks.some((task) => task.agent.startsWith('validation'))
      ? []
      : ['The plan has no task for validation.']),
    ...(rollback.length === 0 ? ['The plan does not say how the change is taken back.'] : []),
    ...(tasks.some((task) => /migration/.test(task.description)) &&
    !/DROP TABLE|table/i.test(rollback.join('\n'))
      ? ['The rollback does not say what becomes of the new table.']
      : []),
    ...(tasks.some((task) => /migration/.test(task.description)) && !/revert/i.test(rollback.join('\n'))
      ? ['The rollback does not say how the code is taken back.']
      : []),
  ];
  const ids = tasks.map((task) => task.id);
  const dangling = tasks.flatMap((task) =>
    task.depends_on
      .filter((id) => !ids.includes(id))
      .map((id) => `${task.id} depends on ${id}, which the plan does not have.`),
  );
  return [...findings, ...dangling].map((problem) => deficiency(null, problem, 'Complete the plan.'));
}

interface PlanText {
  tasks?: { id: string; agent: string; description: string; depends_on: string[] }[];
  cites?: string[];
  rollback?: string[];
}

function isBuilding(task: { agent: string }): boolean {
  return !/^(?:unit-testing|validation)-agent$/.test(task.agent);
}

/** Needed is who has a task in the accepted plan; everybody else is not. */
export function reviewSelection(text: string, plan: string): ReviewFinding[] {
  const { needs = [] } = JSON.parse(text) as { needs?: { agent: string; needed: boolean; reason: string }[] }; // checked when it was handed in
  const planned = new Set([...plan.matchAll(/"agent":\s*"([a-z0-9-]+)"/g)].map((match) => match[1]));
  return needs.flatMap((need) => {
    if (need.needed === planned.has(need.agent)) return [];
    const problem = need.needed
      ? `${need.agent} is said to be needed, and the accepted plan has no task for it.`
      : `${need.agent} is said not to be needed, and the accepted plan has a task for it.`;
    return [deficiency(null, problem, 'Select by the accepted plan.')];
  });
}
