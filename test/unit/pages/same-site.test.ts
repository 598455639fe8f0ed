import fc from 'fast-check';
import { sameSitePath } from '../../../lambdas/portal/same-site.ts';

const SITE = 'https://passes.example.org';

describe('where to go after signing in', () => {
  it.each([
    ['/app/production/orders?view=all', '/app/production/orders?view=all'],
    ['/pass/Abcd1234', '/pass/Abcd1234'],
    ['/app/../errors', '/errors'],
    ['/app#fragment', '/app'],
  ])('may be %s', (to, path) => expect(sameSitePath(to, SITE)).toBe(path));

  it.each([
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/..//evil.example',
    '/.//evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    'app/production',
    '',
    undefined,
  ])('is never %j', (to) => expect(sameSitePath(to, SITE)).toBeUndefined());

  it('never leads to another host, whatever is asked for', () => {
    const part = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '//',
      '@',
      'evil.example',
      ':',
      '?',
      '#',
      '\t',
      '%2f',
      'a',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const path = sameSitePath(`/${parts.join('')}`, SITE);
        // A browser resolves the Location header against the page it comes from.
        if (path !== undefined) expect(new URL(path, `${SITE}/sign-in/link`).origin).toBe(SITE);
      }),
      { numRuns: 2000 },
    );
  });
});
