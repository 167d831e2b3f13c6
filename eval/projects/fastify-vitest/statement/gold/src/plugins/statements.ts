import { Refusal, type Instance } from '../../lib/instance.ts';
import { readDays, readPage, statementOf } from '../statement.ts';
import type { Wallets } from '../wallets.ts';

export function statementRoutes(app: Instance, wallets: Wallets): void {
  app.route('GET', '/wallets/:id/statement', async ({ params, query }, reply) => {
    const days = readDays(query['days']);
    const page = readPage(query['page']);
    const wallet = await wallets.find(params['id'] ?? '');
    if (wallet === null) throw new Refusal(404, 'no_such_wallet');
    reply.code(200).send(statementOf(wallet.entries, wallets.now(), days, page));
  });
}
