/** The routes of a resource as data, for the gate that asks the running service. */
import type { Endpoint, EndpointField } from '../../../core/checks/endpoints.ts';
import { functionalStatements } from './requirements.ts';
import { methodOf, routeOf, type Field, type Operation, type Resource } from './resource.ts';

export function endpointsOf(resource: Resource, repo: string): Endpoint[] {
  const statements = functionalStatements(resource);
  return resource.operations.map((operation) => ({
    method: methodOf(operation),
    path: `/${resource.names.kebabMany}${operation === 'get' ? `/{${resource.key}}` : ''}`,
    requirement:
      statements.find(({ text }) => text.startsWith(`\`${routeOf(resource, operation)}\` `))?.id ?? '',
    success: operation === 'create' ? 201 : 200,
    repo,
    fields: fieldsOf(resource, operation),
  }));
}

function fieldsOf(resource: Resource, operation: Operation): EndpointField[] {
  switch (operation) {
    case 'create':
      return resource.fields.map((field) => bodyField(field, field.name === resource.key));
    case 'list':
      return [];
    case 'get':
      return [{ name: resource.key, in: 'path', type: 'string', required: true }];
  }
}

function bodyField({ name, kind, values }: Field, unique: boolean): EndpointField {
  const field = { name, in: 'body' as const, required: true };
  switch (kind) {
    case 'text':
      return { ...field, type: 'string', min_length: 1, ...(unique ? { unique } : {}) };
    case 'positive integer':
      return { ...field, type: 'integer', min: 1 };
    case 'date':
      return { ...field, type: 'date' };
    case 'one of':
      return { ...field, type: 'enum', values };
  }
}
