/**
 * An agent that knows the answer, for the driver `command`: whoever writes plays back the rounds, the first of which is 1, of the file that it is
 * given, and whoever reviews passes everything, so that gates alone are measured.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const order = JSON.parse(readFileSync(0, 'utf8'));
const play = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const resolved = order.findings.map(({ id }) => id);
const say = (result) => console.log(JSON.stringify({ status: 'complete', ...result }));

if (order.access === 'read') {
  const asked = order.context.find(({ name }) => name === 'review areas')?.text ?? '[]';
  const areas = JSON.parse(asked).map((area) => ({ area, said: 'nothing to say' }));
  say({ summary: 'read it', verdict: 'pass', findings: [], resolved, areas });
} else {
  const files = play.rounds[Math.min(order.round, play.rounds.length) - 1];
  for (const [path, text] of Object.entries(files)) {
    const file = join(order.workspace.repos[0].path, path);
    if (text === null) rmSync(file, { force: true });
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
  say({ summary: play.claims ? 'Everything is done; all tests are green.' : `Round ${order.round}.` });
}
