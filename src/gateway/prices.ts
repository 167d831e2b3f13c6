/** What a call cost. The table is that of `@pydantic/genai-prices`, in the version that the lockfile pins. */
import type { Provider, ProviderPrice } from './provider.ts';
import type { TokenCounts } from './wire.ts';

/** Dollars, rounded to a millionth of a cent; null: nobody knows the price of this model. */
export type PriceCall = (provider: Provider, model: string | null, counts: TokenCounts) => number | null;

const PER = 1_000_000;

/** Loads the table, which takes some hundred milliseconds: once per gateway. */
export async function loadPrices(now: () => Date): Promise<PriceCall> {
  const { calcPrice, findProvider } = await import('@pydantic/genai-prices');

  /** A server of one's own is in no table, whatever its models are called. */
  function tableOf({ kind, baseUrl }: Provider): string | null {
    if (kind !== 'openai_compatible') return kind;
    return findProvider({ providerApiUrl: baseUrl.href })?.id ?? null;
  }

  return (provider, model, counts) => {
    if (provider.price !== null) return round(ownPrice(provider.price, counts));
    const providerId = tableOf(provider);
    if (providerId === null || model === null) return null;
    try {
      const found = calcPrice(toTableUsage(counts), model, { providerId, timestamp: now() });
      return found === null ? null : round(found.total_price);
    } catch {
      // Counts that contradict each other, or a price without a part that was used.
      return null;
    }
  };
}

function toTableUsage(counts: TokenCounts): Record<string, number> {
  return {
    input_tokens: counts.input,
    cache_read_tokens: counts.cachedInput,
    cache_write_tokens: counts.cacheWrites,
    ...(counts.hourlyCacheWrites > 0 ? { cache_write_1h_tokens: counts.hourlyCacheWrites } : {}),
    output_tokens: counts.output,
  };
}

function ownPrice(price: ProviderPrice, counts: TokenCounts): number {
  const { input, cachedInput = input, cacheWrites = input, output } = price;
  const fresh = Math.max(0, counts.input - counts.cachedInput - counts.cacheWrites);
  const sum =
    fresh * input +
    counts.cachedInput * cachedInput +
    counts.cacheWrites * cacheWrites +
    counts.output * output;
  return sum / PER;
}

function round(usd: number): number {
  return Math.round(usd * 1e8) / 1e8;
}
