import { Refusal, type Instance } from '../../lib/instance.ts';
import type { Wallets } from '../wallets.ts';

export function walletRoutes(app: Instance, wallets: Wallets): void {
  app.route('POST', '/wallets', async ({ body }, reply) => {
    const { owner } = body;
    if (typeof owner !== 'string' || owner === '') throw new Refusal(400, 'no_owner');
    reply.code(201).send(await wallets.add(owner));
  });

  app.route('GET', '/wallets/:id', async ({ params }, reply) => {
    const wallet = await wallets.find(params['id'] ?? '');
    if (wallet === null) throw new Refusal(404, 'no_such_wallet');
    reply.send(wallet);
  });

  app.route('POST', '/wallets/:id/deposits', async ({ params, body }, reply) => {
    const { cents } = body;
    const wallet = await wallets.find(params['id'] ?? '');
    if (wallet === null) throw new Refusal(404, 'no_such_wallet');
    if (typeof cents !== 'number' || !(cents > 0)) throw new Refusal(400, 'invalid_amount');
    wallet.cents += cents;
    wallet.entries.push({ at: wallets.now(), cents, text: 'deposit' });
    await wallets.save(wallet);
    reply.code(201).send(wallet);
  });
}
