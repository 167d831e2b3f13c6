/** Path globs: `*` within a name, `**` over names, `?` one character. A glob without a slash matches the last name. */
export function matchesGlob(glob: string, path: string): boolean {
  const whole = glob.includes('/') ? path : (path.split('/').at(-1) ?? path);
  const pattern = glob.replace(/\*\*\/|\*\*|\*|\?|[^*?]+/g, (part) => {
    if (part === '**/') return '(?:[^/]+/)*';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${pattern}$`, 'u').test(whole);
}
