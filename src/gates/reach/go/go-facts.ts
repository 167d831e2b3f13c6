/** What one file of Go says of itself and of others: all that is looked at when packages are put together. */

/** What a stretch of code names. */
export interface GoMentions {
  /** Names that stand alone: of its own package, or of its own function. */
  names: ReadonlySet<string>;
  /** `.Name`, of whatever. */
  selected: readonly GoSelected[];
}

export interface GoSelected {
  name: string;
  /** The plain name before the dot: a package, or a value. null: something else. */
  from: string | null;
  /** The arguments of a call; null where there is none, or they cannot be counted. */
  given: number | null;
}

/** How many arguments a method takes; `open`: more may follow. */
export interface GoArity {
  takes: number;
  open: boolean;
}

export interface GoDeclaration extends GoArity {
  kind: 'func' | 'method' | 'type' | 'value';
  name: string;
  /** The type whose method it is. */
  of: string | null;
  line: number;
  mentions: GoMentions;
  /** What it takes and returns. */
  signature: GoMentions;
  /** Runs when its package is loaded: `init`, and values that are made by a call. */
  runs: boolean;
  /** Called from outside of all Go: an exported symbol, a linked name. */
  outside: boolean;
  /** Takes what a web framework hands to a handler. */
  handles: boolean;
}

export interface GoFileFacts {
  package: string;
  /** `alias`: the name in this file, `.` or `_`; null: the package's own. */
  imports: readonly { alias: string | null; path: string }[];
  declarations: readonly GoDeclaration[];
  /** What interfaces ask for, named ones and others. */
  interfaces: readonly (GoArity & { name: string })[];
  /** Names that texts hold: for whoever looks methods up while it runs. */
  texts: ReadonlySet<string>;
  generated: boolean;
  /** Built where somebody says so only: other tags than those of systems. */
  tagged: boolean;
}
