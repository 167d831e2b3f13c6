/**
 * Path globs: `*` within a name, `**` over names, `?` one character. A glob without a slash matches the last name. `a/**`
 * matches `a` too: what stands in a folder's place, a link say, is the folder for whoever follows it.
 */
export function matchesGlob(glob: string, path: string): boolean {
  return compileGlob(glob)(path);
}

/** The glob as a test, for looking at many paths. */
export function compileGlob(glob: string): (path: string) => boolean {
  const folder = glob.endsWith('/**');
  const names = folder ? glob.slice(0, -3) : glob;
  const pattern = names.replace(/\*\*\/|\*\*|\*|\?|[^*?]+/g, (part) => {
    if (part === '**/') return '(?:[^/]+/)*';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  const regexp = new RegExp(`^${pattern}${folder ? '(?:/.*)?' : ''}$`, 'su');
  const whole = glob.includes('/');
  return (path) => regexp.test(whole ? path : (path.split('/').at(-1) ?? path));
}
