// An agent for tests of the command line: it hands in what each role needs, and hangs where it is told to.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

const order = JSON.parse(readFileSync(0, 'utf8'));
const [, , dir] = process.argv;
appendFileSync(
  `${dir}/calls.log`,
  `${order.invocation_id} ${process.pid} ${order.instructions.includes('Think less') ? 'edited' : 'as_started'}\n`,
);
if (existsSync(`${dir}/stubborn`)) process.on('SIGTERM', () => {});
if (existsSync(`${dir}/hang`) && order.role !== 'reviewer') setInterval(() => {}, 1_000);
else {
  const common = { status: 'complete', summary: `Done by ${order.agent}` };
  const review = { verdict: 'pass', findings: [], resolved: [] };
  console.log(JSON.stringify(order.role === 'reviewer' ? { ...common, ...review } : common));
}
