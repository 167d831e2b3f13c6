/** Puts a script's reply on the line: whole, in parts, slowly, broken, or not at all. */
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { FakeAnswer, FakeCall, FakeReply } from './fake-model.ts';
import type { FakeWire, RecognisedCall, WireEvent } from './fake-wire.ts';

interface Sending {
  wire: FakeWire;
  call: FakeCall;
  framing: RecognisedCall['framing'];
  reply: FakeReply;
}

export async function sendReply(response: ServerResponse, sending: Sending): Promise<void> {
  const { wire, call, reply } = sending;
  switch (reply.kind) {
    case 'hang':
      return;
    case 'error': {
      const { status, type = null, message = `status ${status}` } = reply;
      response.writeHead(status, { 'content-type': 'application/json', ...reply.headers });
      response.end(JSON.stringify(reply.body ?? wire.error({ status, type, message })));
      return;
    }
    case 'answer':
      return call.stream
        ? stream(response, sending, { answer: reply, afterParts: Number.POSITIVE_INFINITY })
        : whole(response, sending, reply);
    case 'cut':
      return call.stream ? stream(response, sending, reply) : half(response, sending, reply.answer);
  }
}

function whole(response: ServerResponse, { wire, call }: Sending, answer: FakeAnswer): void {
  response.writeHead(200, { 'content-type': 'application/json', ...answer.headers });
  response.end(JSON.stringify(wire.answer(call, answer)));
}

function half(response: ServerResponse, { wire, call }: Sending, answer: FakeAnswer): void {
  const text = Buffer.from(JSON.stringify(wire.answer(call, answer)));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
  response.write(text.subarray(0, Math.floor(text.length / 2)), () => response.destroy());
}

async function stream(
  response: ServerResponse,
  { wire, call, framing }: Sending,
  { answer, afterParts }: { answer: FakeAnswer; afterParts: number },
): Promise<void> {
  const type = framing === 'sse' ? 'text/event-stream; charset=utf-8' : 'application/json';
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache', ...answer.headers });
  const events = wire.events(call, answer);
  for (const [index, event] of events.entries()) {
    if (response.destroyed) return;
    if (index >= afterParts) {
      response.destroy();
      return;
    }
    if (index > 0 && answer.paceMs !== undefined) await pause(answer.paceMs);
    await write(response, framing === 'sse' ? toSse(event) : toArrayPart(event, index));
  }
  response.end(framing === 'sse' ? '' : ']');
}

async function write(response: ServerResponse, text: string): Promise<void> {
  await new Promise<void>((resolve) => response.write(text, () => resolve()));
}

function toSse({ event, data }: WireEvent): string {
  const name = event === undefined ? '' : `event: ${event}\n`;
  return `${name}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}

function toArrayPart({ data }: WireEvent, index: number): string {
  return `${index === 0 ? '[' : ',\r\n'}${typeof data === 'string' ? data : JSON.stringify(data)}`;
}
