import { createInstance, type Instance } from '../lib/instance.ts';
import { statementRoutes } from './plugins/statements.ts';
import { walletRoutes } from './plugins/wallets.ts';
import { createWallets, type Wallets } from './wallets.ts';

export function buildApp(wallets: Wallets = createWallets()): Instance {
  const app = createInstance();
  walletRoutes(app, wallets);
  statementRoutes(app, wallets);
  return app;
}
