/** The JSON Schemas that come with the package, as file names and contents. */
import { detectionJsonSchema } from '../intake/detection.ts';
import { configJsonSchema } from './load-config.ts';
import { profileJsonSchema } from './profile-schema.ts';
import { workflowJsonSchema } from './load-workflow.ts';
import { outcomeJsonSchema } from './outcome-schema.ts';
import { rehearsalJsonSchema } from './rehearsal-schema.ts';
import { statementJsonSchema } from './statement-schema.ts';
import { resultJsonSchema } from './result-schema.ts';
import { OUTPUT_SHAPES } from './result-shapes.ts';

/** Every file of `schemas/`, by name. They are written by `npm run schemas`, never by hand. */
export function publishedSchemas(): Map<string, string> {
  const results = Object.keys(OUTPUT_SHAPES).map((output) => {
    return [
      `result-${output}.json`,
      titled(`A result of the kind ${output}`, resultJsonSchema(output, 'specialist')),
    ] as const;
  });
  return new Map([
    ['workflow.schema.json', titled('A workflow', workflowJsonSchema())],
    ['baton.schema.json', titled('baton.yaml', configJsonSchema())],
    ['profile.schema.json', titled('A profile', profileJsonSchema())],
    ['detection.schema.json', titled('What baton detect says of a text', detectionJsonSchema())],
    ['outcome.schema.json', titled('What baton report --format s2 says of a run', outcomeJsonSchema())],
    ['statement.schema.json', titled('The statement about a pull request', statementJsonSchema())],
    ['rehearsal.schema.json', titled('What baton rehearse --json says', rehearsalJsonSchema())],
    ['result-review.json', titled('A verdict', resultJsonSchema('review', 'reviewer'))],
    ...results,
  ]);
}

function titled(title: string, schema: object): string {
  return `${JSON.stringify({ title, ...schema }, null, 2)}\n`;
}
