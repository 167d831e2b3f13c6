/** The statement about a pull request in its body: a part that Baton owns, between two hidden lines. */
import { gzipSync } from 'node:zlib';
import { cutBody } from './cut-body.ts';
import { BLOCK, findEnvelopes, PACKED } from '../proof/baton-verify.mts';

/**
 * The body with exactly this statement in it, once. Where all of it is longer than `maxChars`, the body is cut and not the statement;
 * one that leaves no room for words says where it is instead.
 */
export function writeStatement(body: string, statement: string, maxChars: number): string {
  const text = withoutStatement(body).trimEnd();
  const block = blockFor(statement, maxChars);
  const room = maxChars - block.length - 3;
  return `${cutBody(text, room)}\n\n${block}\n`;
}

function withoutStatement(body: string): string {
  const start = body.indexOf(BLOCK.begin);
  const end = body.indexOf(BLOCK.end, start);
  if (start < 0 || end < 0) return body;
  return body.slice(0, start).trimEnd() + '\n\n' + body.slice(end + BLOCK.end.length).trimStart();
}

/** As it is, else packed, else not at all: at least a quarter is for what people read. */
function blockFor(statement: string, maxChars: number): string {
  const packed = `${PACKED}${gzipSync(statement).toString('base64')}`;
  const blocks = [statement.trim(), packed].map((inside) =>
    [
      BLOCK.begin,
      `<details><summary>Statement for <code>baton verify</code> (in-toto, ${signedBy(statement)})</summary>`,
      '',
      '```',
      inside,
      '```',
      '',
      '</details>',
      BLOCK.end,
    ].join('\n'),
  );
  return (
    blocks.find((block) => block.length <= maxChars * 0.75) ??
    'The statement about this change is too long for this text: `baton report --format statements` prints it.'
  );
}

/** As the envelope says itself; whether that is so, `verify` finds out. */
function signedBy(statement: string): string {
  const [signature] = findEnvelopes(statement)[0]?.signatures ?? [];
  return signature === undefined ? 'not signed' : `signed by ${signature.keyid ?? 'a key'}`;
}
