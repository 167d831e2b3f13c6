import { createInstance, type Instance } from '../lib/instance.ts';
import { transferRoutes } from './plugins/transfers.ts';
import { walletRoutes } from './plugins/wallets.ts';
import { createWallets, type Wallets } from './wallets.ts';

export function buildApp(wallets: Wallets = createWallets()): Instance {
  const app = createInstance();
  walletRoutes(app, wallets);
  transferRoutes(app, wallets);
  return app;
}
