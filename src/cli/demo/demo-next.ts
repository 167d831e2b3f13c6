/** Three lines to paste after a demo: look at what was made, tamper with a copy of the store, go on with an own repository. */
import type { JournalEvent } from '../../core/events.ts';
import { fetchCommands, localForgeDir, quote } from '../render/result-text.ts';

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
    `  ${tamperCommand(runId, stateDir)} && BATON_HOME=${quote(tamperedDir(stateDir))} baton verify ${runId}`,
    '  # a repository and an agent of your own',
    `  cd YOUR-REPOSITORY && ${elsewhere} run "Add …" --agent-command "node your-agent.mjs"`,
  ];
}

function tamperedDir(stateDir: string): string {
  return `${stateDir}-tampered`;
}

/** Changes one byte, in a copy: the store itself stays as it is. */
function tamperCommand(runId: string, stateDir: string): string {
  const [store, copy] = [quote(stateDir), quote(tamperedDir(stateDir))];
  return `rm -rf ${copy} && cp -r ${store} ${copy} && ${flipCommand(runId, quote(`${tamperedDir(stateDir)}/journal.db`))}`;
}

/** Writes one letter of the run's last event in upper case: one byte, and the file keeps its length. */
function flipCommand(runId: string, journal: string): string {
  const code = [
    'const fs = require("fs"), file = process.argv[1]',
    `found = /${runId}.{1,120}"type":"run_end(?=ed")/s.exec(fs.readFileSync(file, "latin1"))`,
  ].join(', ');
  const write = 'fs.writeSync(fs.openSync(file, "r+"), "E", found.index + found[0].length)';
  return `node -e '${code}; ${write}' ${journal}`;
}
