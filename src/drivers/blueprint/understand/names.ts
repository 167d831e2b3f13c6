/** The spellings of a resource's name that code, SQL and paths need. */
export interface Names {
  /** `credit note` */
  one: string;
  many: string;
  /** `credit_note`, `credit_notes` */
  snake: string;
  snakeMany: string;
  /** `credit-notes` */
  kebabMany: string;
  /** `creditNote`, `creditNotes` */
  camel: string;
  camelMany: string;
  /** `CreditNote`, `CreditNotes` */
  pascal: string;
  pascalMany: string;
  /** `CREDIT_NOTE` */
  constant: string;
  /** `a credit note`, `an invoice` */
  withArticle: string;
}

/** Derives every spelling from the plural in plain words, and from the singular where it is not the usual one. */
export function namesOf(several: string, single?: string): Names {
  const many = wordsOf(several);
  const one = single === undefined ? [...many.slice(0, -1), singular(many.at(-1) ?? '')] : wordsOf(single);
  const pascal = one.map(capital).join('');
  const pascalMany = many.map(capital).join('');
  return {
    one: one.join(' '),
    many: many.join(' '),
    snake: one.join('_'),
    snakeMany: many.join('_'),
    kebabMany: many.join('-'),
    camel: lowerFirst(pascal),
    camelMany: lowerFirst(pascalMany),
    pascal,
    pascalMany,
    constant: one.join('_').toUpperCase(),
    withArticle: `${/^[aeiou]/.test(one[0] ?? '') ? 'an' : 'a'} ${one.join(' ')}`,
  };
}

/** `invoices` → `invoice`, `categories` → `category`, `boxes` → `box`. */
export function singular(word: string): string {
  if (/[^aeiou]ies$/.test(word)) return word.replace(/ies$/, 'y');
  if (/(?:ss|x|ch|sh|z)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

/** `invoice` → `invoices`, `category` → `categories`, `box` → `boxes`. */
export function plural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, 'ies');
  return /(?:s|x|ch|sh|z)$/.test(word) ? `${word}es` : `${word}s`;
}

export function snakeCase(words: string): string {
  return words
    .toLowerCase()
    .trim()
    .replaceAll(/[^a-z0-9]+/g, '_');
}

const wordsOf = (words: string): string[] =>
  words
    .toLowerCase()
    .trim()
    .split(/[\s_-]+/);
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const lowerFirst = (word: string): string => word.charAt(0).toLowerCase() + word.slice(1);
