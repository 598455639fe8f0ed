import type { IncomingMessage } from 'node:http';
import { addressUnderOwnName, foreignRequest } from '../../../local/dashboard/guard.ts';

const request = (method: string, headers: Record<string, string>, url = '/') =>
  ({ method, headers, url }) as unknown as IncomingMessage;

describe('the dashboard answers its own pages only', () => {
  it.each([
    ['localhost:4001', true],
    ['127.0.0.1:4001', true],
    ['localhost', true],
    ['evil.example', false],
    ['localhost.evil.example:4001', false],
    ['127.0.0.1.evil.example', false],
    ['evil.example@localhost.example', false],
    ['192.168.1.7:4001', false],
    ['', false],
  ])('a request for %j: %s', (host, own) => {
    expect(foreignRequest(request('GET', { host })) === undefined).toBe(own);
  });

  it.each([
    [{ origin: 'http://localhost:4001' }, true],
    [{ origin: 'http://localhost:4000' }, false],
    [{ origin: 'https://evil.example' }, false],
    [{ origin: 'null' }, false],
    [{}, false],
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'cross-site' }, false],
    [{ 'sec-fetch-site': 'same-site' }, false],
  ])('a form that comes with %j: %s', (headers, own) => {
    const posted = request('POST', { host: 'localhost:4001', ...(headers as Record<string, string>) });
    expect(foreignRequest(posted) === undefined).toBe(own);
  });

  it('leads who comes by 127.0.0.1 to localhost, where the cookies of the site hold', () => {
    const by = (host: string, method = 'GET') =>
      addressUnderOwnName(request(method, { host }, '/as/dana?x=1'));
    expect(by('127.0.0.1:4001')).toBe('http://localhost:4001/as/dana?x=1');
    expect(by('localhost:4001')).toBeUndefined();
    expect(by('127.0.0.1:4001', 'POST')).toBeUndefined();
  });
});
