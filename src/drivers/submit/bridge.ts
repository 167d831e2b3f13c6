/**
 * For agents that start MCP servers as programs and speak to none over HTTP: passes each line of stdin on to the submit
 * server, and its answers to stdout. It imports nothing but Node's own, since little else can be seen behind a wall.
 */
import { createInterface } from 'node:readline';

const url = process.env['BATON_SUBMIT_URL'] ?? '';
const token = process.env['BATON_SUBMIT_TOKEN'] ?? '';
let version: string | null = null;

/** An answer is JSON, or a stream of events that hold it. */
async function answersOf(response: Response): Promise<string[]> {
  const text = await response.text();
  if (!(response.headers.get('content-type') ?? '').includes('text/event-stream'))
    return text.trim() === '' ? [] : [text];
  return text.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice('data:'.length)] : []));
}

async function passOn(line: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...(version === null ? {} : { 'mcp-protocol-version': version }),
    },
    body: line,
  });
  for (const answer of await answersOf(response)) {
    const message = JSON.parse(answer) as { result?: { protocolVersion?: string } }; // our own server's
    version = message.result?.protocolVersion ?? version;
    process.stdout.write(`${JSON.stringify(message)}\n`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== '') await passOn(line);
}
