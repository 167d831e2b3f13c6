import { readClientLayout, type ClientLayout } from './client-layout.ts';
import { chooseLayout, NOTHING_CHOSEN, type LayoutChoice, type LayoutQuestion } from './layout-choice.ts';
import { RepoFiles } from './repo-files.ts';
import { readServiceLayout, type ServiceLayout } from './service-layout.ts';

export interface Layout {
  service: ServiceLayout;
  /** null where no repository holds a client that is recognised. */
  client: ClientLayout | null;
}

/** `open`: what an answer can settle; null: nothing can but other files. */
export type WorkspaceReading =
  | { kind: 'found'; layout: Layout }
  | { kind: 'unknown'; questions: string[]; open: LayoutQuestion | null };

interface Repo {
  name: string;
  path: string;
}

/** Finds the service, and the client where there is one, among the checkouts of the workspace. */
export function readLayout(repos: Repo[], choice: LayoutChoice = NOTHING_CHOSEN): WorkspaceReading {
  const all = repos.map((repo) => new RepoFiles(repo));
  const services = all.map((files) => ({ files, reading: readServiceLayout(files, choice) }));
  const clients = all.map((files) => readClientLayout(files));
  const found = services.flatMap(({ reading }) => (reading.kind === 'found' ? [reading] : []));
  const chosen = found.filter(({ layout }) => layout.files.name === choice.service);
  const [service, ...others] = chosen.length > 0 ? chosen : found;
  const client = clients.find((reading) => reading.kind === 'found');
  if (service === undefined) {
    const looked = services.flatMap(({ files, reading }) =>
      reading.kind === 'unknown' ? [`in ${files.name} I do not find ${reading.missing.join(' or ')}`] : [],
    );
    const open = services.flatMap(({ reading }) =>
      reading.kind === 'unknown' && reading.open !== null ? [reading.open] : [],
    );
    const answerable = open.length === 1 ? (open[0] ?? null) : null;
    const notFound = looked.join('; ');
    return {
      kind: 'unknown',
      questions: [
        `${answerable === null ? `This layout is not known: ${notFound}` : `Where is the service, and how is a resource laid out in it? ${capital(notFound)}`}. ${waysOn(answerable)}`,
      ],
      open: answerable,
    };
  }
  if (others.length > 0) {
    const options = [service, ...others].map(({ layout }) => layout.files.name);
    return {
      kind: 'unknown',
      questions: [`Which of ${options.join(', ')} is it for? (Its name: I build in one service.)`],
      open: { about: 'service', options },
    };
  }
  return {
    kind: 'found',
    layout: { service: service.layout, client: client?.kind === 'found' ? client.layout : null },
  };
}

function waysOn(open: LayoutQuestion | null): string {
  switch (open?.about) {
    case undefined:
      return '(No answer makes up for that: another driver is needed, or another service, with --repo PATH.)';
    case 'plain':
      return 'Shall the new routes go without that? ("without it"; if they need it, another driver has to do it.)';
    case 'framework':
      return `Which is meant? (${open.options.join(' or ')}.)`;
    case 'service':
      return '(Its name.)';
  }
}

export interface AnsweredLayout {
  reading: WorkspaceReading;
  choice: LayoutChoice;
  /** Answers that were about something else. */
  others: string[];
}

/** Reads the layout with what people answered, oldest first: a layout is asked about before anything else is. */
export function readLayoutWithAnswers(repos: Repo[], answers: readonly string[]): AnsweredLayout {
  let choice = NOTHING_CHOSEN;
  let reading = readLayout(repos, choice);
  let missed: string | null = null;
  const others: string[] = [];
  for (const answer of answers) {
    if (reading.kind === 'found' || reading.open === null) {
      others.push(answer);
      continue;
    }
    const next = chooseLayout(reading.open, answer, choice);
    missed = next === null ? answer : null;
    if (next === null) continue;
    choice = next;
    reading = readLayout(repos, choice);
  }
  if (reading.kind === 'found' || missed === null) return { reading, choice, others };
  const [first = '', ...more] = reading.questions;
  const questions = [`I did not understand the answer "${missed.trim()}". ${first}`, ...more];
  return { reading: { ...reading, questions }, choice, others };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
