/** A model that plays a script for the in-process driver, without a gateway in between. */
import { UNKNOWN_USAGE } from '../../driver.ts';
import type { ModelAccess } from '../../../gateway/gateway.ts';
import type { WireName } from '../../../gateway/wire.ts';
import {
  openFakeModel,
  type FakeAnswer,
  type FakeCall,
  type FakeModel,
  type FakeReply,
  type FakeScript,
} from '../../../testing/fake-model/fake-model.ts';

export const DONE = { status: 'complete', summary: 'did coder' };

/** One call of one tool, with something said before it. */
export function call(name: string, args: unknown, text?: string): FakeAnswer {
  return { kind: 'answer', toolCalls: [{ name, args }], ...(text === undefined ? {} : { text }) };
}

export const submit = (result: unknown = DONE): FakeAnswer => call('submit_result', result);

/** What the tools gave back so far, in order. */
export function toolResults({ turns }: FakeCall): string[] {
  return turns
    .flatMap(({ parts }) => parts)
    .flatMap((part) => (part.kind === 'tool_result' ? [part.text] : []));
}

export interface PlayedModel extends AsyncDisposable {
  model: FakeModel;
  access: ModelAccess;
  /** From here on, one reply after the other, or what a function says. */
  play(script: FakeScript | [FakeReply, ...FakeReply[]]): void;
}

/** All providers of one address; `provider` speaks `wire`. */
export async function openPlayedModel(
  provider: string = 'anthropic',
  wire: WireName = 'anthropic_messages',
  contextTokens: number | null = null,
): Promise<PlayedModel> {
  let script: FakeScript = () => ({ kind: 'hang' });
  const model = await openFakeModel({ script: (asked) => script(asked) });
  return {
    model,
    access: {
      token: 'token-of-this-invocation',
      providers: [{ name: provider, wires: [wire], usable: true, keyEnv: null, contextTokens }],
      baseUrl: () => model.url,
      usage: () => UNKNOWN_USAGE,
      stopped: new AbortController().signal,
      stop: () => null,
      varies: () => undefined,
      idle: () => Promise.resolve(),
    },
    play: (given) => {
      const queue = Array.isArray(given) ? [...given] : [];
      script = Array.isArray(given)
        ? () => (queue.length > 1 ? queue.shift() : queue[0]) ?? { kind: 'hang' }
        : given;
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}
