/** What the model answers beside the agent's work: titles, and whatever else is asked for in a fixed form. */
import type { FakeCall, FakeReply } from '../../src/testing/fake-model/fake-model.ts';
import { asObject, type Json } from '../../src/core/json.ts';

/** Programs ask again and again for a form that they do not get. */
export function answerAside(call: FakeCall): FakeReply {
  const schema = findForm(call);
  const text = schema === null ? 'A title.' : JSON.stringify(fillIn(schema));
  return { kind: 'answer', text };
}

/** The JSON Schema that the whole answer has to fit; null: it may be any text. */
export function findForm({ body }: FakeCall): Json | null {
  const { text, generationConfig } = asObject(body);
  const format = asObject(asObject(text)['format']);
  const config = asObject(generationConfig);
  const form = format['schema'] ?? config['responseJsonSchema'] ?? config['responseSchema'];
  return form === undefined ? null : asObject(form);
}

/** The least that fits. */
function fillIn(schema: Json): unknown {
  const [first] = Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : [];
  if (first !== undefined) return first;
  switch (String(schema['type']).toLowerCase()) {
    case 'object': {
      const properties = Object.entries(asObject(schema['properties']));
      return Object.fromEntries(properties.map(([name, inner]) => [name, fillIn(asObject(inner))]));
    }
    case 'array':
      return [];
    case 'number':
    case 'integer':
      return 1;
    case 'boolean':
      return true;
    default:
      return 'A title.';
  }
}
