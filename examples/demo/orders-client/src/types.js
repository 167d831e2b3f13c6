/** @typedef {{ number: string, name: string, since: string }} Customer */
/** @typedef {{ number: string, customer: string, total_cents: number, status: 'open' | 'paid' | 'shipped', placed_on: string }} Order */

export {};
