/** How the handlers of a service are written: by the framework that calls them, with the names that are used here. */
import { dependenciesOf } from './packages.ts';
import type { RepoFiles } from './repo-files.ts';

export const FRAMEWORKS = ['node:http', 'express', 'fastify', 'hono'] as const;
export type Framework = (typeof FRAMEWORKS)[number];

/** What a handler needs of a request, in the order in which it is taken. */
const NEEDS = ['database', 'params', 'body'] as const;
export type Need = (typeof NEEDS)[number];

export interface HandlerStyle {
  framework: Framework;
  /** What a handler is given: `request`, `response`; empty where it is given what it needs by name. */
  parameters: string[];
  /** The lines that take each need out of the request, as the handlers that are there have them. */
  takes: Partial<Record<Need, string>>;
}

/** The plain style of `node:http`: a handler is given what it needs, and returns status and body. */
const PLAIN: HandlerStyle = { framework: 'node:http', parameters: [], takes: {} };

/** Which frameworks the package depends on; without one it is `node:http`, and of two nobody knows. Never empty. */
export function frameworksOf(files: RepoFiles): [Framework, ...Framework[]] {
  const dependencies = dependenciesOf(files);
  const [first = 'node:http', ...others] = FRAMEWORKS.filter((name) => dependencies.includes(name));
  return [first, ...others];
}

/** Reads the style off handlers that are there; null where they take what they need in another form. */
export function readHandlerStyle(framework: Framework, handlers: string): HandlerStyle | null {
  if (framework === 'node:http') return PLAIN;
  const given = /^export (?:async )?function \w+\((\w+(?:, \w+)*)\) \{$/m.exec(handlers)?.[1];
  const parameters = given?.split(', ') ?? [];
  const takes = Object.fromEntries(
    NEEDS.map((need) => [
      need,
      new RegExp(`^ {2}const (?:\\{ ${need} \\}|${need}) = .*;$`, 'm').exec(handlers)?.[0],
    ]),
  );
  const isWhole = NEEDS.every((need) => takes[need] !== undefined);
  return isWhole && parameters.length === (framework === 'hono' ? 1 : 2)
    ? { framework, parameters, takes }
    : null;
}

/** The first lines of a handler, up to where it has what it needs. */
export function handlerHead(
  { parameters, takes }: HandlerStyle,
  name: string,
  needs: readonly Need[],
): string {
  if (parameters.length === 0) return `export function ${name}({ ${needs.join(', ')} }) {\n`;
  const lines = needs.flatMap((need) => takes[need] ?? []);
  const start = lines.some((line) => line.includes(' await ')) ? 'export async function' : 'export function';
  return `${start} ${name}(${parameters.join(', ')}) {\n${lines.map((line) => `${line}\n`).join('')}`;
}

/** The statement that answers with this status and body. */
export function answerWith({ framework, parameters }: HandlerStyle, status: number, body: string): string {
  const last = parameters.at(-1) ?? '';
  switch (framework) {
    case 'node:http':
      return `return { status: ${status}, body: ${body} };`;
    case 'express':
      return `${last}${status === 200 ? '' : `.status(${status})`}.json(${body});`;
    case 'fastify':
      return `${last}${status === 200 ? '' : `.code(${status})`}.send(${body});`;
    case 'hono':
      return `return ${last}.json(${body}${status === 200 ? '' : `, ${status}`});`;
  }
}
