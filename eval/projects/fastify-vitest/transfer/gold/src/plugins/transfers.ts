import { Refusal, type Instance } from '../../lib/instance.ts';
import type { Wallet, Wallets } from '../wallets.ts';

const MOST_EUROS = 500;
const MOST_TEXT = 40;

export interface Transfer {
  from: string;
  to: string;
  cents: number;
  text: string;
}

/** One percent, in whole cents. */
export function feeOf(cents: number): number {
  return Math.ceil(cents / 100);
}

export function readTransfer(body: Record<string, unknown>): Transfer {
  const { from, to, euros, text = '' } = body;
  if (typeof from !== 'string' || typeof to !== 'string') throw new Refusal(400, 'no_wallets');
  if (from === to) throw new Refusal(400, 'same_wallet');
  if (typeof euros !== 'number' || !Number.isInteger(euros)) throw new Refusal(400, 'invalid_amount');
  if (euros < 1) throw new Refusal(400, 'invalid_amount');
  if (euros > MOST_EUROS) throw new Refusal(422, 'too_much');
  if (typeof text !== 'string') throw new Refusal(400, 'invalid_text');
  if (text.length > MOST_TEXT) throw new Refusal(400, 'text_too_long');
  return { from, to, cents: euros * 100, text };
}

function book(wallet: Wallet, at: number, cents: number, text: string): void {
  wallet.cents += cents;
  wallet.entries.push({ at, cents, text });
}

export function transferRoutes(app: Instance, wallets: Wallets): void {
  app.route('POST', '/transfers', async ({ body }, reply) => {
    const { from, to, cents, text } = readTransfer(body);
    const sender = await wallets.find(from);
    const receiver = await wallets.find(to);
    if (sender === null || receiver === null) throw new Refusal(404, 'no_such_wallet');
    const feeCents = feeOf(cents);
    if (sender.cents < cents + feeCents) throw new Refusal(409, 'not_enough');
    const at = wallets.now();
    book(sender, at, -(cents + feeCents), text);
    book(receiver, at, cents, text);
    await wallets.save(sender);
    await wallets.save(receiver);
    reply.code(201).send({ cents, feeCents, left: sender.cents });
  });
}
