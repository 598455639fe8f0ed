import type { Route } from '../../../local/http-front/api-definition.ts';
import { createRouteTable } from '../../../local/http-front/route-table.ts';

const routes = (...keys: string[]): Route[] =>
  keys.map((key) => {
    const [method = '', path = ''] = key.split(' ');
    return { key, method, path, functionArn: 'arn', timeoutMs: 1 };
  });

const KEYS = [
  '$default',
  'ANY /{proxy+}',
  'GET /pets/{id}',
  'GET /pets/dog',
  'ANY /pets/cat',
  'GET /pets/{id}/toys/{toy}',
  'ANY /admin/{proxy+}',
  'GET /{environment}/apps',
  'GET /',
];

describe('the priority of routes', () => {
  const find = createRouteTable(routes(...KEYS));

  it.each([
    ['GET', '/pets/dog', 'GET /pets/dog', 'a literal before a variable'],
    ['GET', '/pets/cat', 'ANY /pets/cat', 'a literal for any method before a variable for this one'],
    ['GET', '/pets/7', 'GET /pets/{id}', 'a variable before a greedy one'],
    ['POST', '/pets/7', 'ANY /{proxy+}', 'a greedy one when the method does not fit'],
    ['GET', '/admin/apps', 'GET /{environment}/apps', 'a whole path before a longer greedy one'],
    ['GET', '/admin/apps/7', 'ANY /admin/{proxy+}', 'the longest greedy one'],
    ['GET', '/', 'GET /', 'the root'],
    ['POST', '/', '$default', 'the default where a greedy variable would be empty'],
  ])('%s %s goes to %s: %s', (method, path, key) => {
    expect(find(method, path)?.route.key).toBe(key);
  });

  it('finds nothing where no route fits and there is no default', () => {
    const strict = createRouteTable(routes('GET /pets/{id}'));
    expect(strict('GET', '/pets')).toBeUndefined();
    expect(strict('GET', '/pets/')).toBeUndefined();
    expect(strict('HEAD', '/pets/7')).toBeUndefined();
  });

  it('hands over path variables decoded, the greedy one with its slashes', () => {
    expect(find('GET', '/pets/a%20b/toys/%C3%A9')?.pathParameters).toEqual({ id: 'a b', toy: 'é' });
    expect(find('PUT', '/files/a/b')?.pathParameters).toEqual({ proxy: 'files/a/b' });
  });
});
