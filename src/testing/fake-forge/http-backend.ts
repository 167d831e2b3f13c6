/** Git over HTTP for tests: `git http-backend`, git's own CGI program, over a folder of bare repositories. */
import { spawn } from 'node:child_process';
import type { IncomingHttpHeaders } from 'node:http';

export interface GitCallOverHttp {
  /** Holds `OWNER/NAME.git`. */
  root: string;
  method: string;
  /** `/OWNER/NAME.git/info/refs` */
  path: string;
  query: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Who pushes. */
  user: string;
}

export async function answerGit(call: GitCallOverHttp): Promise<Response> {
  const { headers } = call;
  const output = await runBackend(call.body, {
    PATH: process.env['PATH'] ?? '',
    GIT_PROJECT_ROOT: call.root,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    REQUEST_METHOD: call.method,
    PATH_INFO: call.path,
    QUERY_STRING: call.query,
    CONTENT_TYPE: headers['content-type'] ?? '',
    CONTENT_LENGTH: String(call.body.length),
    HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
    GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
    REMOTE_USER: call.user,
    REMOTE_ADDR: '127.0.0.1',
  });
  const end = output.indexOf('\r\n\r\n');
  if (end < 0) return new Response('git http-backend said nothing', { status: 500 });
  const lines = output.subarray(0, end).toString('latin1').split('\r\n');
  const fields = lines.map((line) => [
    line.slice(0, line.indexOf(':')),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);
  const status = fields.find(([name]) => name?.toLowerCase() === 'status')?.[1] ?? '200';
  const given = fields.filter(([name]) => name?.toLowerCase() !== 'status') as [string, string][];
  return new Response(new Uint8Array(output.subarray(end + 4)), {
    status: Number.parseInt(status, 10),
    headers: given,
  });
}

function runBackend(body: Buffer, env: Record<string, string>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stdin.on('error', () => undefined);
    child.stdin.end(body);
    child.on('error', reject);
    child.on('close', () => resolve(Buffer.concat(chunks)));
  });
}
