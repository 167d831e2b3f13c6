/** What is known of a file of Python by reading it. */

export interface PythonDeclaration {
  /** The class whose method it is; null: it stands by itself. */
  of: string | null;
  name: string;
  line: number;
  isClass: boolean;
  /** Names of the classes that it comes from, without their modules. */
  bases: string[];
  /** What stands above it, without arguments: `app.get`. */
  decorators: string[];
}

export interface PythonMention {
  name: string;
  /** Behind a point: of an object, or of a module. */
  isAttribute: boolean;
  /** The bare name before the point; null: there is none. */
  of: string | null;
  /** The declaration around it; null: what runs when the file is loaded. */
  by: PythonDeclaration | null;
  /** Stands in a decorator. */
  isDecorator: boolean;
  /** A point stands behind it: something of it is used. */
  isReceiver: boolean;
}

export interface PythonImport {
  /** As written, with the points before it. */
  module: string;
  /** `*`: all of them; null: the module itself. */
  name: string | null;
  /** What the file calls it. */
  as: string;
}

export interface PythonFacts {
  declarations: PythonDeclaration[];
  mentions: PythonMention[];
  imports: PythonImport[];
  /** Texts that are a name, or names with points and colons between them. */
  texts: { text: string; by: PythonDeclaration | null }[];
  /** Collections of routes that somebody has to take in: `router = APIRouter()`. */
  routers: ReadonlySet<string>;
  /** Beginnings of names that are looked up: `getattr(self, 'do_' + what)`. */
  prefixes: string[];
  /** It looks up names that it makes while it runs. */
  looksUp: boolean;
  /** Names of modules all of which it may go over (`dir(rules)`); `__name__` is the file itself. */
  goesOver: string[];
  /** Classes are found by what they come from. */
  listsClasses: boolean;
  /** It loads modules whose names are made while it runs, with the texts that stand there. */
  loads: string[] | null;
  /** It does something where it is started: `if __name__ == '__main__'`, a first line with `#!`, an app that servers take. */
  isStarted: boolean;
  /** It does something by being loaded, besides declaring: a call stands at its outermost level. */
  acts: boolean;
}
