export interface Entry {
  at: number;
  cents: number;
  text: string;
}

export interface Wallet {
  id: string;
  owner: string;
  cents: number;
  entries: Entry[];
}

export interface Wallets {
  add(owner: string): Promise<Wallet>;
  find(id: string): Promise<Wallet | null>;
  save(wallet: Wallet): Promise<void>;
  now(): number;
}

/** Gives out copies: what is not saved is not kept. */
export function createWallets(now: () => number = Date.now): Wallets {
  const wallets = new Map<string, Wallet>();
  return {
    now,
    add: async (owner) => {
      const wallet: Wallet = { id: `w${wallets.size + 1}`, owner, cents: 0, entries: [] };
      wallets.set(wallet.id, wallet);
      return structuredClone(wallet);
    },
    find: async (id) => structuredClone(wallets.get(id) ?? null),
    save: async (wallet) => {
      wallets.set(wallet.id, structuredClone(wallet));
    },
  };
}
