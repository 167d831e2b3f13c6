/** Modules of Python that stand in the way of others: what lies at the root of the path is found before the library. */

/** What pytest itself loads. */
const OF_PYTEST = '_pytest colorama exceptiongroup iniconfig packaging pluggy py pygments pytest tomli';
/** The library of Python 3.9 to 3.14, without what is old or of other systems; `test` is a folder of tests. */
const OF_PYTHON =
  'abc argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 calendar cmath cmd code codecs codeop collections compileall compression concurrent configparser contextlib contextvars copy copyreg csv ctypes ' +
  'dataclasses datetime dbm decimal difflib dis doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip ' +
  'hashlib heapq hmac html http imaplib imp importlib inspect io ipaddress itertools json keyword linecache locale logging lzma mailbox marshal math mimetypes mmap modulefinder multiprocessing netrc ntpath numbers opcode ' +
  'operator optparse os pathlib pdb pickle pickletools pkgutil platform plistlib poplib posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pyexpat queue quopri random re readline reprlib resource runpy sched ' +
  'secrets select selectors shelve shlex shutil signal site smtplib socket socketserver sqlite3 ssl stat statistics string stringprep struct subprocess symtable sys sysconfig syslog tabnanny tarfile tempfile termios textwrap ' +
  'threading time timeit token tokenize tomllib trace traceback tracemalloc tty types typing unicodedata unittest urllib uuid venv warnings wave weakref webbrowser wsgiref xml xmlrpc zipapp zipfile zipimport zlib zoneinfo';
const LIBRARY = new Set(`${OF_PYTEST} ${OF_PYTHON}`.split(' '));

/**
 * The first part of a path that is found in place of a module of Python's library or of pytest: `json.py`, `src/random`; null
 * where none is. `folders`: those from which a run looks for modules.
 */
export function shadowIn(path: string, folders: readonly string[]): string | null {
  if (!path.endsWith('.py')) return null;
  for (const folder of folders) {
    const prefix = folder === '.' ? '' : `${folder}/`;
    if (!path.startsWith(prefix)) continue;
    const [first = ''] = path.slice(prefix.length).split('/');
    if (LIBRARY.has(first.replace(/\.py$/u, ''))) return `${prefix}${first}`;
  }
  return null;
}
