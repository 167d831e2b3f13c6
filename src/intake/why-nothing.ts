/** Why a text asks for nothing that Baton builds, and what would help. */
import { quote } from './detection.ts';
import type { OwnWords } from './own-words.ts';
import type { ReadText } from './read-text.ts';
import { saysWhatIsNot } from './request-words.ts';
import { isForReading, meansSoftware } from './sides.ts';
import { asNeed } from './wishes.ts';

export interface Explained {
  /** Whether it is seen to be something else; false where the rules see nothing, whatever it may be. */
  elsewhere: boolean;
  reasons: string[];
  questions: string[];
}

const ENGLISH =
  /\b(?:the|a|an|and|or|of|to|for|in|is|are|with|that|this|it|we|i|you|not|do|on|from|by|as|be|please|our|my)\b/gi;
const OTHERS =
  /(?<![\p{L}\p{N}])(?:der|das|und|nicht|bitte|eine?n?|für|mit|ist|wir|auf|zu|dem|le|la|les|une?|pour|et|avec|est|nous|des|du|el|los|las|por|para|una?|que|necesito|necesitamos|il|che|gli|uma|não|het|een|voor|niet)(?![\p{L}\p{N}])/giu;

/** The first explanation that holds. */
export function whyNothing(text: string, read: ReadText, own: OwnWords): Explained {
  if (text.trim() === '') return tell('The text is empty.', ['What shall be built?']);
  const { clauses } = read;
  if (clauses.length === 0)
    return read.skipped
      ? tell('There is only code, quoted text or a comment: none of it is read as a request.')
      : tell('There are no words in the text.');
  if (!looksEnglish(text))
    return tell(
      'The text does not look like English, and the rules read English only. `baton run` takes a request in any language; what its agents make of it is up to them.',
    );
  const asks = clauses.find(({ kind }) => kind === 'request' || kind === 'symptom');
  if (asks !== undefined && isForReading(asNeed(asks.words)))
    return elsewhere(`This is something to be read or looked at, not software: ${quote(own(asks.words))}.`);
  if (asks !== undefined)
    return tell(
      `Something is asked for, and nothing in it says that it is software: ${quote(own(asks.words))}.`,
    );
  const refused = clauses.find(({ kind, words }) => kind === 'negated' && !saysWhatIsNot(words));
  if (refused !== undefined)
    return elsewhere(
      `The text says what shall not be done, and asks for nothing else: ${quote(own(refused.words))}.`,
    );
  const question = clauses.find(({ kind }) => kind === 'question');
  if (question !== undefined)
    return elsewhere(
      `This is a question, not a request to build something: ${quote(own(question.words))}.`,
      meansSoftware(question.words) ? ['Shall something be built or changed? Then say what.'] : [],
    );
  const statement = clauses.map(({ words }) => words).join('. ');
  return tell(
    `Nothing is asked for: ${quote(own(statement))}.`,
    meansSoftware(statement) ? ['Shall something be built or changed? Then say what.'] : [],
  );
}

function tell(reason: string, questions: string[] = []): Explained {
  return { elsewhere: false, reasons: [reason], questions };
}

function elsewhere(reason: string, questions: string[] = []): Explained {
  return { elsewhere: true, reasons: [reason], questions };
}

/** By small words and by script; short texts without any of them count as English. */
function looksEnglish(text: string): boolean {
  const head = text.slice(0, 4000);
  const letters = head.match(/\p{L}/gu)?.length ?? 0;
  const latin = head.match(/\p{Script=Latin}/gu)?.length ?? 0;
  if (letters > 0 && latin < letters / 2) return false;
  return (head.match(OTHERS)?.length ?? 0) <= (head.match(ENGLISH)?.length ?? 0);
}
