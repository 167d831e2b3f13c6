/** The rules as a program of command protocol 1: one work order on stdin, one result as the last line of stdout. */
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { parseOrder } from './order.ts';
import { play } from './players.ts';

const { values } = parseArgs({
  options: { careless: { type: 'string' }, pace: { type: 'string', default: '0' } },
});
const order = parseOrder(await text(process.stdin));
process.stderr.write(`${order.agent}: rules at work\n`);
// People watch: rules answer in milliseconds, which nobody can follow.
await sleep(Number(values.pace));
const result = await play(order, values.careless === undefined ? null : Number(values.careless));
process.stdout.write(`${JSON.stringify(result)}\n`);
