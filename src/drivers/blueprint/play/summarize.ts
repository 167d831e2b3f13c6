import { choiceSentences, type LayoutChoice } from '../layout/layout-choice.ts';
import { readLayoutWithAnswers, type Layout } from '../layout/read-layout.ts';
import { answersOf, needsClarification, type Order, type Result } from '../order.ts';
import { understandWithAnswers } from '../understand/apply-answers.ts';
import { endpointsOf } from '../understand/endpoints.ts';
import { habitsOf } from '../understand/habits.ts';
import { acceptanceCriteria, functionalStatements, type Requirements } from '../understand/requirements.ts';
import type { Resource } from '../understand/resource.ts';

/** Turns the request into requirements, or into questions. */
export function summarize(order: Order): Result {
  const { reading, choice, others } = readLayoutWithAnswers(order.workspace.repos, answersOf(order));
  if (reading.kind === 'unknown') return needsClarification(reading.questions);
  const { layout } = reading;
  const { resource, decisions, questions } = understandWithAnswers(order.request, others, habitsOf(layout));
  if (resource === null) return needsClarification(questions);
  return {
    status: 'complete',
    summary: `${resource.names.many}: ${resource.fields.length} fields, ${resource.operations.join(', ')}${resource.client ? ', in service and client' : ''}`,
    decisions: [...choiceSentences(choice), ...decisions],
    requirements: requirementsOf(resource, layout, choice),
    endpoints: endpointsOf(resource, layout.service.files.name),
    handoff: 'Each acceptance criterion is one thing that can be seen from outside.',
  };
}

function requirementsOf(resource: Resource, layout: Layout, choice: LayoutChoice): Requirements {
  const { service, client } = layout;
  const repos = [service.files.name, ...(resource.client && client !== null ? [client.files.name] : [])];
  return {
    functional: functionalStatements(resource),
    non_functional: [
      'SQL takes values as parameters only.',
      `Every error has the shape that \`${service.apiFile}\` documents.`,
      'Every new route, and every refusal, has a test.',
    ],
    constraints: [
      'No new dependency.',
      'Existing routes, tests and migrations stay as they are.',
      ...choiceSentences(choice),
    ],
    dependencies: [
      `The validators of \`${service.files.name}/${service.validatorsFile}\`.`,
      `The migrations in \`${service.files.name}/${service.migrationsDir}\`.`,
    ],
    affected_systems: [...repos, `table \`${resource.names.snakeMany}\` (new)`],
    acceptance_criteria: acceptanceCriteria(resource, service),
  };
}
