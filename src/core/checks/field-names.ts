/** How fields of an endpoint name what stands within others: `address.zip` in `address`, `lines[].sku` in `lines`. */
import type { EndpointField } from './endpoints.ts';

/** A key, or 0 for the items of a list, which are all alike. */
export type Step = string | 0;

/** `lines[].sku`: lines, 0, sku. */
export function stepsOf(name: string): Step[] {
  return name.split('.').flatMap((part): Step[] => {
    const key = part.replaceAll('[]', '');
    const items = (part.length - key.length) / 2;
    return [key, ...Array.from({ length: items }, (): Step => 0)];
  });
}

/** Whether a field stands within another one: where nobody names `address`, `address.zip` is a key of the body like any other. */
export function isWithin(field: EndpointField, around: EndpointField): boolean {
  if (field.in !== 'body' || around.in !== 'body') return false;
  return (
    (around.type === 'object' && field.name.startsWith(`${around.name}.`)) ||
    (around.type === 'array' && field.name.startsWith(`${around.name}[]`))
  );
}

/** Whether it is an item of a list, and no key. */
export const isItem = ({ name }: Pick<EndpointField, 'name'>): boolean => name.endsWith('[]');
