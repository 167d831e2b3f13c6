import { describe, expect, it } from 'vitest';
import { CONCERNS } from '../../core/words.ts';
import { concernsOfChange, concernsOfRequest } from './detect-concerns.ts';
import { CONCERN_RULES } from './concern-rules.ts';
import { cpuMs, within } from '../../testing/time-bounds.ts';

const added = (text: string, path = 'src/app.ts') => ({ repo: 'api', path, line: 7, text });
const names = (text: string, path?: string): string[] =>
  concernsOfChange([], [added(text, path)]).map((each) => each.name);
const byPath = (path: string): string[] => concernsOfChange([{ repo: 'api', path }], []).map((c) => c.name);
const asked = (request: string): string[] => concernsOfRequest(request).map((each) => each.name);

/** Trigger, a line of a change that pulls it, a path, a request. */
const SECURITY = [
  ['user_data', 'const { email } = req.body;', 'src/users/store.ts', 'Store the personal data of members'],
  [
    'authentication',
    'const claims = jwt.verify(header);',
    'src/auth/guard.ts',
    'Let people log in by e-mail',
  ],
  [
    'external_api',
    'const answer = await fetch(partnerUrl);',
    'src/integrations/crm.ts',
    'Call the third-party API',
  ],
  [
    'uploads',
    "router.post('/a', multer().single('picture'));",
    'src/upload.ts',
    'Let members upload pictures',
  ],
  ['payments', 'await stripe.refunds.create(order);', 'lib/payments/card.ts', 'Take payments by card'],
] as const;
const PERFORMANCE = [
  [
    'large_data',
    'await store.insertMany(rows);',
    'migrations/004.sql',
    'Import CSV files with millions of rows',
  ],
  ['hot_endpoint', 'app.use(countRequests);', 'src/middleware/trace.ts', 'It is called 500 times per second'],
  ['real_time', 'const socket = new WebSocket(url);', 'src/realtime/feed.ts', 'Show it in real time'],
  ['background_job', 'await mailQueue.add(message);', 'src/jobs/mail.ts', 'Send the mails in the background'],
  ['cache', 'const known = cache.get(id);', 'src/cache/lru.ts', 'Cache the answers'],
] as const;

describe('what a change touches', () => {
  it.each(SECURITY)('R28, R29: sees the security trigger %s', (name, line, path, request) => {
    expect(names(line)).toContain(name);
    expect(byPath(path)).toContain(name);
    expect(asked(request)).toContain(name);
  });

  it.each(PERFORMANCE)('R29: sees the performance trigger %s', (name, line, path, request) => {
    expect(names(line)).toContain(name);
    expect(byPath(path)).toContain(name);
    expect(asked(request)).toContain(name);
  });

  it('R28: sees user input and secrets', () => {
    expect(names('const page = request.query.page;')).toContain('user_data');
    expect(names("const apiKey = settings.get('crm');")).toContain('secrets');
    expect(byPath('.env.production')).toContain('secrets');
  });

  it('sees infrastructure, frontend and documentation by their paths', () => {
    expect(byPath('infra/main.tf')).toContain('infrastructure');
    expect(byPath('Dockerfile')).toContain('infrastructure');
    expect(byPath('web/pages/Home.tsx')).toContain('frontend');
    expect(byPath('docs/api.md')).toContain('documentation');
  });

  it('sees nothing in a change that touches none of it, nor in words of documents', () => {
    expect(names('return a + b;')).toEqual([]);
    expect(byPath('src/numbers/sum.ts')).toEqual([]);
    expect(names('Log in with your password.', 'docs/start.md')).toEqual([]);
    expect(asked('Add up the numbers of a list')).toEqual([]);
  });

  it('names the first place of each, paths before lines', () => {
    expect(
      concernsOfChange(
        [{ repo: 'api', path: 'src/cache.ts' }],
        [added('cache.set(1)'), added('login()'), { ...added('logout()'), line: 9 }],
      ),
    ).toEqual([
      { name: 'authentication', where: 'api/src/app.ts:7' },
      { name: 'cache', where: 'api/src/cache.ts' },
    ]);
  });

  it('has a rule for every concern', () => {
    expect(CONCERN_RULES.map((rule) => rule.name)).toEqual(CONCERNS);
  });

  it('DOS-4: reads hostile lines in linear time', async () => {
    const lines = ['a', '-', '/', 'A_', 'process.env.', 'BEGIN '].map((part) => added(part.repeat(500_000)));
    const files = [{ repo: 'api', path: `${'a/'.repeat(2_000)}!` }];
    await within(1_000, () => concernsOfChange(files, lines), { clock: cpuMs });
  });
});
