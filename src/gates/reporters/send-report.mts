/**
 * Hands a report in. It runs inside the runner, behind the wall, copied beside the reporter that uses it: it imports only
 * Node. What went through a socket nobody can take back or write over, unlike a file. It connects before the first test
 * runs: a runner that a test ends is seen to have begun and to have said nothing.
 */
import { connect } from 'node:net';

const socket = connect(process.env.BATON_TEST_REPORT ?? '');
const closed = new Promise<void>((resolve, reject) => {
  socket.once('error', reject);
  socket.once('close', () => resolve());
});
closed.catch(() => {}); // told to whoever hands in
socket.resume();
// A runner that waits until nothing is left to do does not wait for this.
socket.unref();

/** One line of JSON for each fact, and a last one that counts the others: half a report can be told from a whole one. */
export async function sendReport(lines: readonly object[]): Promise<void> {
  const text = [...lines, { kind: 'end', count: lines.length }]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
  socket.ref();
  socket.end(text);
  await closed;
}
