import type { FieldKind } from '../understand/resource.ts';

/** How the recognised layout checks each kind of field. */
export const VALIDATORS: Readonly<Record<FieldKind, string>> = {
  text: 'text',
  'positive integer': 'positiveInteger',
  date: 'date',
  'one of': 'oneOf',
};
