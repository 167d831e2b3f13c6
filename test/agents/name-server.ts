/** A name server that knows no name and remembers what it was asked: what a program without a network wanted to reach. */
import { createSocket } from 'node:dgram';

const NAME_ERROR = 0x81_83;

export interface NameServer extends AsyncDisposable {
  /** Each name once, in the order first asked. */
  names(): string[];
}

/** Listens on loopback, on the port that every resolver asks. */
export async function openNameServer(): Promise<NameServer> {
  const asked = new Set<string>();
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const question = readQuestion(message);
    if (question === null) return;
    asked.add(question.name);
    const answer = Buffer.from(message.subarray(0, question.end));
    answer.writeUInt16BE(NAME_ERROR, 2);
    answer.fill(0, 6, 12); // no answers, no authorities, nothing additional
    socket.send(answer, port, address);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('error', reject);
  socket.bind(53, '127.0.0.1', resolve);
  await promise;
  return {
    names: () => [...asked],
    [Symbol.asyncDispose]: () => new Promise((closed) => socket.close(() => closed())),
  };
}

/** The first question of a query; null where it is none. `end` is where it ends. */
function readQuestion(message: Buffer): { name: string; end: number } | null {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at]; length !== undefined && length > 0; length = message[at]) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  return message.length < end || labels.length === 0 ? null : { name: labels.join('.'), end };
}
