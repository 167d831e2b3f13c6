import { readClientLayout, type ClientLayout } from './client-layout.ts';
import { RepoFiles } from './repo-files.ts';
import { readServiceLayout, type ServiceLayout } from './service-layout.ts';

export interface Layout {
  service: ServiceLayout;
  /** null where no repository holds a client that is recognised. */
  client: ClientLayout | null;
}

export type WorkspaceReading = { kind: 'found'; layout: Layout } | { kind: 'unknown'; questions: string[] };

/** Finds the service, and the client where there is one, among the checkouts of the workspace. */
export function readLayout(repos: { name: string; path: string }[]): WorkspaceReading {
  const all = repos.map((repo) => new RepoFiles(repo));
  const services = all.map((files) => ({ files, reading: readServiceLayout(files) }));
  const clients = all.map((files) => readClientLayout(files));
  const [service, ...others] = services.flatMap(({ reading }) => (reading.kind === 'found' ? [reading] : []));
  const client = clients.find((reading) => reading.kind === 'found');
  if (service === undefined) {
    const looked = services.flatMap(({ files, reading }) =>
      reading.kind === 'unknown' ? [`in ${files.name} I do not find ${reading.missing.join(' or ')}`] : [],
    );
    return {
      kind: 'unknown',
      questions: [
        `Where is the service, and how is a resource laid out in it? ${capital(looked.join('; '))}.`,
      ],
    };
  }
  if (others.length > 0) {
    const names = [service, ...others].map(({ layout }) => layout.files.name);
    return {
      kind: 'unknown',
      questions: [
        `Which of ${names.join(', ')} is it for? I build in one service, and ask for a run with that one.`,
      ],
    };
  }
  return {
    kind: 'found',
    layout: { service: service.layout, client: client?.kind === 'found' ? client.layout : null },
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
