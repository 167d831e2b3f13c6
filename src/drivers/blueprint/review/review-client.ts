import { contractRowsOf } from '../layout/client-layout.ts';
import type { Site } from '../parts/part.ts';
import { callOf, methodOf, pathOf, routeOf, type Operation } from '../understand/resource.ts';
import { deficiency, type ReviewFinding } from './finding.ts';

/** The client has a method for each route that sends exactly that request, a type, and a row in the contract. */
export function reviewClient(site: Site): ReviewFinding[] {
  const { client, resource } = site;
  if (!resource.client) return [];
  if (client === null)
    return [
      deficiency(
        null,
        'The requirements ask for the client, and no client is there.',
        'Name the repository of the client.',
      ),
    ];
  const { files } = client;
  const types = files.read(client.typesFile) ?? '';
  const typedef = types.split('\n').find((line) => line.endsWith(` ${resource.names.pascal} */`)) ?? '';
  const untyped = resource.fields.filter((field) => !typedef.includes(`${field.name}: `));
  const typePlace = { repo: files.name, file: client.typesFile };
  return [
    ...(typedef === ''
      ? [
          deficiency(
            typePlace,
            `The client has no type ${resource.names.pascal} in ${client.typesFile}.`,
            'Add it.',
          ),
        ]
      : untyped.map((field) =>
          deficiency(
            typePlace,
            `The client's type ${resource.names.pascal} lacks \`${field.name}\`.`,
            'Add it.',
          ),
        )),
    ...resource.operations.flatMap((operation) => reviewCall(site, client, operation)),
  ];
}

function reviewCall(site: Site, client: NonNullable<Site['client']>, operation: Operation): ReviewFinding[] {
  const { files, clientFile, contractFile } = client;
  const { resource } = site;
  const call = callOf(resource, operation);
  const route = routeOf(resource, operation);
  const source = files.read(clientFile) ?? '';
  const rows = contractRowsOf(files.read(contractFile) ?? '');
  const listed = rows.some((row) => `${row.method} ${row.path}` === route && row.call === call);
  return [
    ...(sendsRequest(source, site, operation)
      ? []
      : [
          deficiency(
            { repo: files.name, file: clientFile },
            `The client has no ${call} that sends \`${route}\`.`,
            'Add the method.',
          ),
        ]),
    ...(listed
      ? []
      : [
          deficiency(
            { repo: files.name, file: contractFile },
            `${contractFile} has no row for \`${route}\` with ${call}.`,
            'Add the row.',
          ),
        ]),
  ];
}

function sendsRequest(source: string, site: Site, operation: Operation): boolean {
  const { resource } = site;
  const start = source.search(new RegExp(`^ +(?:async )?${callOf(resource, operation)}\\b`, 'm'));
  if (start < 0) return false;
  const rest = source.slice(start);
  const method = rest.slice(0, rest.indexOf('\n', rest.indexOf('send(')));
  const base = pathOf(resource, 'create');
  const path = operation === 'get' ? `\`${base}/\${encodeURIComponent(${resource.key})}\`` : `'${base}'`;
  return method.includes(`send('${methodOf(operation)}', ${path}`);
}
