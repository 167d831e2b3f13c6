/** Path globs: `*` within a name, `**` over names, `?` one character. A glob without a slash matches the last name. */
export function matchesGlob(glob: string, path: string): boolean {
  return compileGlob(glob)(path);
}

/** The glob as a test, for looking at many paths. */
export function compileGlob(glob: string): (path: string) => boolean {
  const pattern = glob.replace(/\*\*\/|\*\*|\*|\?|[^*?]+/g, (part) => {
    if (part === '**/') return '(?:[^/]+/)*';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  const regexp = new RegExp(`^${pattern}$`, 'su');
  const whole = glob.includes('/');
  return (path) => regexp.test(whole ? path : (path.split('/').at(-1) ?? path));
}
