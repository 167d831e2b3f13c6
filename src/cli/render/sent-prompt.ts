/** What an agent was sent in a step, from the journal: its instructions and the text behind them. */
import type { JournalEvent } from '../../core/events.ts';
import type { Hash } from '../../core/results.ts';
import type { RunSnapshot } from '../../engine/engine.ts';
import { readOrder, type SentOrder, type ShownOrder } from '../../engine/sent-order.ts';
import type { Journal } from '../../journal/journal.ts';
import { usageError } from '../command.ts';
import type { RunHistory, StepHistory } from './history.ts';

export interface ShownPrompt
  extends ShownOrder, Pick<SentOrder, 'agent' | 'role' | 'access' | 'round' | 'attempt' | 'tokens'> {
  key: string;
  /** Keys of the other invocations of the step whose orders are kept. */
  others: string[];
}

/** The last one of the step's work; `of` chooses another by its agent or its key. */
export async function readSentPrompt(
  journal: Pick<Journal, 'getArtifact'>,
  { started }: RunHistory,
  { step, of }: { step: StepHistory; of: string | undefined },
): Promise<ShownPrompt> {
  const readText = async (hash: Hash): Promise<string> => {
    const stored = await journal.getArtifact(started.run_id, hash);
    if (stored === null) throw new Error(`artifact ${hash} is missing`);
    return new TextDecoder().decode(stored.body);
  };
  const kept = await Promise.all(
    step.all.flatMap(sentIn).map(async ({ key, hash }) => ({
      key,
      order: JSON.parse(await readText(hash)) as SentOrder, // written by keepOrder, kept by its hash
    })),
  );
  const wanted = kept.filter(({ key, order }) =>
    of === undefined ? order.output !== 'review' : key === of || order.agent === of,
  );
  const chosen = wanted.at(-1) ?? (of === undefined ? kept.at(-1) : undefined);
  const keys = kept.map(({ key }) => key);
  if (chosen === undefined) throw nothingKept(step.step.id, of, keys);
  const { agent, role, access, round, attempt, tokens } = chosen.order;
  const snapshot = JSON.parse(await readText(started.snapshot)) as RunSnapshot; // written by startRun, kept by its hash
  return {
    key: chosen.key,
    agent,
    role,
    access,
    round,
    attempt,
    tokens,
    ...(await readOrder(chosen.order, {
      runId: started.run_id,
      request: started.request,
      snapshot,
      readText,
    })),
    others: keys.filter((key) => key !== chosen.key),
  };
}

function sentIn({ event }: JournalEvent): { key: string; hash: Hash }[] {
  if (event.type !== 'invocation_ended' && event.type !== 'review_ended') return [];
  return event.sent === undefined ? [] : [{ key: event.key, hash: event.sent }];
}

function nothingKept(step: string, of: string | undefined, keys: string[]): Error {
  return of === undefined || keys.length === 0
    ? usageError(
        `Nothing that was sent in ${step} is kept.`,
        'It is kept when an agent has ended; runs of older versions have none.',
      )
    : usageError(
        `${step} has nothing that was sent to "${of}".`,
        `Name an agent, or one of: ${keys.join(', ')}.`,
      );
}

/** How the driver handed it over. */
function handedOver({ driver, stdin }: ShownOrder): string {
  switch (driver) {
    case 'acp':
      return 'sent to the agent as its first prompt; the instructions as its system prompt where it takes one, else in front';
    case 'in-process':
      return 'sent to the model as its first message; the instructions as its system prompt';
    case 'command':
      return stdin === null
        ? 'sent to the program as one line of JSON, which versions before this one did not keep: these are its texts'
        : 'sent to the program as one line of JSON, which stands whole at the end; before it, the texts in it';
    case 'blueprint':
    case 'scripted':
      return `sent to nobody: the driver \`${driver}\` asks no model, and has these texts in its work order`;
  }
}

/** Whether what is shown is what was handed over. */
function vouched({ handed, is_as_sent }: ShownOrder): string {
  if (handed === null || is_as_sent === null)
    return 'no hash of it was kept then: this is put together as this version does it';
  return is_as_sent
    ? `as it was sent, secrets aside (sha256 ${handed.slice(0, 12)})`
    : `NOT as it was sent: its hash was ${handed.slice(0, 12)}, and what is put together here has another one`;
}

export function sentPromptLines(shown: ShownPrompt): string[] {
  const { key, tokens, others, stdin, schema, later } = shown;
  const total = tokens.instructions + tokens.prompt + tokens.context;
  return [
    `${key}: ${shown.agent} (${shown.role}, ${shown.access}), round ${shown.round}, attempt ${shown.attempt}`,
    `about ${total} tokens: instructions ${tokens.instructions}, prompt ${tokens.prompt}, context ${tokens.context}`,
    handedOver(shown),
    vouched(shown),
    ...(others.length === 0 ? [] : [`others (--of KEY): ${others.join(', ')}`]),
    '',
    '---- instructions',
    ...shown.instructions.split('\n'),
    '',
    '---- text',
    ...shown.text.split('\n'),
    ...later.flatMap((text) => ['', '---- told later', ...text.split('\n')]),
    ...(schema === null
      ? []
      : [
          '',
          '---- result schema, with the tool that takes the result',
          ...JSON.stringify(schema, null, 1).split('\n'),
        ]),
    ...(stdin === null ? [] : ['', '---- stdin', stdin.trimEnd()]),
  ];
}
