import type { Field, Resource } from '../understand/resource.ts';

/** A valid body, for documents, tests and trials. Different numbers give different keys. */
export function exampleOf(resource: Resource, n: number): Record<string, string | number> {
  return Object.fromEntries(resource.fields.map((field) => [field.name, exampleValue(resource, field, n)]));
}

function exampleValue(resource: Resource, field: Field, n: number): string | number {
  switch (field.kind) {
    case 'text':
      return field.name === resource.key
        ? `${resource.names.pascal.charAt(0)}-${n}`
        : `some ${field.name.replaceAll('_', ' ')}`;
    case 'positive integer':
      return 1250;
    case 'date':
      return '2026-03-31';
    case 'one of':
      return field.values[0] ?? '';
  }
}

/** Values that a field must refuse. `undefined` stands for a body without the field. */
export function wrongValuesOf(field: Field): unknown[] {
  switch (field.kind) {
    case 'text':
      return ['', '  ', 7, null, undefined];
    case 'positive integer':
      return [0, -1, 1.5, '1', null, undefined];
    case 'date':
      return ['2026-02-30', 'tomorrow', 20_260_331, null, undefined];
    case 'one of':
      return ['none of them', '', 7, null, undefined];
  }
}
