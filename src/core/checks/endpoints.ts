/** The HTTP endpoints that accepted requirements, or the accepted plan, say a change brings. */
import type { EndpointMethod, FieldPlace, FieldType } from '../words.ts';

export interface EndpointField {
  name: string;
  in: FieldPlace;
  type: FieldType;
  required: boolean;
  min?: number | undefined;
  max?: number | undefined;
  min_length?: number | undefined;
  max_length?: number | undefined;
  /** All that are allowed. */
  values?: string[] | undefined;
  /** No two of what is created may have the same. */
  unique?: boolean | undefined;
}

export interface Endpoint {
  method: EndpointMethod;
  /** `/orders/{id}`. */
  path: string;
  /** The id of the requirement that asks for it. */
  requirement: string;
  /** The status of a request that is right. */
  success: number;
  /** Left out: the only repository of the run that answers requests. */
  repo?: string | undefined;
  fields: EndpointField[];
  /** Values of fields, by name, that are right together. */
  example?: Record<string, unknown> | undefined;
}

/** `POST /orders`: an endpoint's name, whatever its parameters are called. */
export function nameOfEndpoint({ method, path }: Pick<Endpoint, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

/** The last word on each, in the order of the results: a plan may say more of what the requirements name. */
export function endpointsIn(bodies: readonly (Record<string, unknown> | null)[]): Endpoint[] {
  const all = bodies.flatMap((body) => (body?.['endpoints'] ?? []) as Endpoint[]); // checked when they were handed in
  const byShape = new Map(all.map((endpoint) => [shapeOf(endpoint), endpoint]));
  return [...byShape.values()];
}

function shapeOf(endpoint: Endpoint): string {
  return nameOfEndpoint(endpoint).replaceAll(/\{[^}]*\}/g, '{}');
}
