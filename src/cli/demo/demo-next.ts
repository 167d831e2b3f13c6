/** Three lines to paste after a demo: look at what was made, tamper with a copy of the store, go on with an own repository. */
import type { JournalEvent } from '../../core/events.ts';
import { fetchCommands, localForgeDir } from '../render/result-text.ts';

/** Nothing for a run that has not ended. `elsewhere` is how Baton is started from another folder. */
export function nextLines(events: JournalEvent[], stateDir: string, elsewhere: string): string[] {
  const [started, ended] = [events[0]?.event, events.at(-1)?.event];
  if (started?.type !== 'run_started' || ended?.type !== 'run_ended') return [];
  const own = ended.pull_requests.find((pr) => pr.repo === 'orders-service') ?? ended.pull_requests[0];
  const look = own === undefined ? [] : fetchCommands(own, started.repos, localForgeDir(started, stateDir));
  const runId = started.run_id;
  return [
    '',
    'Now try:',
    ...(look.length === 0
      ? []
      : ['  # what was made, beside what it was made from', `  ${look.join(' && ')}`]),
    '  # one byte of a copy of the store is changed, and found: E_INTEGRITY, exit 5',
    `  baton demo --tamper ${runId}`,
    '  # a repository and an agent of your own',
    `  cd YOUR-REPOSITORY && ${elsewhere} run "Add …" --agent-command "node your-agent.mjs"`,
  ];
}
