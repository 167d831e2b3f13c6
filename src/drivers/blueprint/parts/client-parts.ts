/** The client library: a method per route, its types, and the contract that both sides are held to. */
import { contractRowsOf, type ClientLayout } from '../layout/client-layout.ts';
import { callOf, methodOf, pathOf, type Operation, type Resource } from '../understand/resource.ts';
import { typedef } from './datatype-parts.ts';
import { filePattern, routePattern, wordPattern, type Part, type Site } from './part.ts';

export function clientParts(site: Site): Part[] {
  const { client, resource } = site;
  if (client === null) return [];
  return [
    typePart(client, resource),
    ...resource.operations.map((operation) => methodPart(client, resource, operation)),
    ...resource.operations.map((operation) => contractPart(client, resource, operation)),
  ];
}

function typePart(client: ClientLayout, resource: Resource): Part {
  const line = `${typedef(resource)}\n`;
  const { pascal } = resource.names;
  const last = /^(\/\*\* @typedef .*\*\/\n)(?![\s\S]*^\/\*\* @typedef )/m;
  return {
    id: 'client-type',
    apply: () => {
      client.files.edit(client.typesFile, (text) =>
        text.includes(` ${pascal} */`) ? text : text.replace(last, (found) => found + line),
      );
      client.files.edit(client.clientFile, (text) =>
        text.replace(/@import \{([^}]*)\}/, (found, names: string) =>
          wordPattern(pascal).test(names)
            ? found
            : `@import { ${[...names.split(','), pascal]
                .map((name) => name.trim())
                .sort()
                .join(', ')} }`,
        ),
      );
    },
    forget: () => client.files.edit(client.typesFile, (text) => text.replace(line, '')),
    concerns: [[filePattern(client.typesFile), wordPattern(pascal)]],
  };
}

function methodPart(client: ClientLayout, resource: Resource, operation: Operation): Part {
  const call = callOf(resource, operation);
  const method = methodSource(resource, operation);
  return {
    id: `client:${operation}`,
    apply: () =>
      client.files.edit(client.clientFile, (text) =>
        new RegExp(`^    ${call}:`, 'm').test(text) ? text : withMethod(text, resource, operation),
      ),
    forget: () =>
      client.files.edit(client.clientFile, (text) =>
        text.replace(method, '').replaceAll(/\n\n(?=  };\n)/g, '\n'),
      ),
    concerns: [
      [filePattern(client.clientFile), wordPattern(call)],
      [/the client has no|does not call/, wordPattern(call)],
      [/is not a function/, wordPattern(`client.${call}`)],
    ],
  };
}

function contractPart(client: ClientLayout, resource: Resource, operation: Operation): Part {
  const call = callOf(resource, operation);
  const row = contractRow(resource, operation);
  return {
    id: `contract:${operation}`,
    apply: () =>
      client.files.edit(client.contractFile, (text) =>
        contractRowsOf(text).some((each) => each.call === call)
          ? text
          : withContractRow(text, resource, operation),
      ),
    forget: () => client.files.edit(client.contractFile, (text) => text.replace(`,\n  ${row}`, '')),
    concerns: [
      [filePattern(client.contractFile), wordPattern(call)],
      [filePattern(client.contractFile), routePattern(resource, operation)],
    ],
  };
}

function contractRow(resource: Resource, operation: Operation): string {
  return `{ "method": "${methodOf(operation)}", "path": "${pathOf(resource, operation)}", "call": "${callOf(resource, operation)}" }`;
}

/** Rows and methods of a resource stand in the order of its operations. */
function laterText(
  text: string,
  resource: Resource,
  operation: Operation,
  source: (resource: Resource, operation: Operation) => string,
): string | undefined {
  const later = resource.operations.slice(resource.operations.indexOf(operation) + 1);
  return later.map((each) => source(resource, each)).find((each) => text.includes(each));
}

function withContractRow(text: string, resource: Resource, operation: Operation): string {
  const row = contractRow(resource, operation);
  const later = laterText(text, resource, operation, contractRow);
  return later === undefined
    ? text.replace(/\s*\]\s*$/, () => `,\n  ${row}\n]\n`)
    : text.replace(later, () => `${row},\n  ${later}`);
}

function withMethod(text: string, resource: Resource, operation: Operation): string {
  const method = methodSource(resource, operation);
  const later = laterText(text, resource, operation, methodSource);
  if (later !== undefined) return text.replace(later, () => method + later);
  const hasOwn = resource.operations.some((each) => text.includes(methodSource(resource, each)));
  // The object of calls is the last thing that the function returns.
  return text.replace(
    /^ {2}\};\n\}\n(?![\s\S]*^ {2}\};\n\}\n)/m,
    (end) => (hasOwn ? '' : '\n') + method + end,
  );
}

function methodSource(resource: Resource, operation: Operation): string {
  const { names, key } = resource;
  const call = callOf(resource, operation);
  const path = `/${names.kebabMany}`;
  switch (operation) {
    case 'create':
      return `    /** @param {${names.pascal}} ${names.camel} @returns {Promise<${names.pascal}>} */
    ${call}: (${names.camel}) => send('POST', '${path}', ${names.camel}),\n`;
    case 'list':
      return `    /** @returns {Promise<${names.pascal}[]>} */
    ${call}: async () => (await send('GET', '${path}')).${names.snakeMany},\n`;
    case 'get':
      return `    /** @returns {Promise<${names.pascal}>} */
    ${call}: (${key}) => send('GET', \`${path}/\${encodeURIComponent(${key})}\`),\n`;
  }
}
