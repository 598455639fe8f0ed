import { jest } from '@jest/globals';
import type { Runtime } from '../../../core/runtime.ts';
import { shortId } from '../../../core/tokens/token.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, Visitor } from '../../../local/visitor.ts';
import { readable } from '../../support/page-forms.ts';
import {
  DISPATCHER,
  livePassOf,
  startPropertyManagement,
  takeOn,
} from '../../support/property-management.ts';
import { plantCredential, siteRuntime, staffSession } from '../../support/site-runtime.ts';

jest.setTimeout(60_000);

const DAY_MS = 86_400_000;

let system: System;
let dispatcher: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await staffSession(system, DISPATCHER);
}, 120_000);

afterAll(() => system?.stop());

const issue = (description: string, more = {}) => takeOn(system, dispatcher, { description, ...more });

/** A pass that ended some time ago, without its workflow. */
async function finishedJob(runtime: Runtime, job: number) {
  const { token, principalId, credentialId } = await plantCredential(system, {
    type: 'tokenUser',
    kind: 'access',
    roles: [],
    environment: 'production',
  });
  const at = system.clock.now() + job;
  await runtime.store.commit([
    { kind: 'endCredential', principalId, credentialId, reason: 'completed', at, requireLive: true },
  ]);
  const short = shortId(credentialId);
  return { name: `dp_pass_${short}`, token, home: `/pass/${short}` };
}

const passesIn = (browser: Visitor) => [...browser.cookies.keys()].filter((name) => /dp_pass_/.test(name));

describe('a browser that a contractor has used for many jobs', () => {
  it('[D22] shows the live ones together, and carries only few of the finished ones along', async () => {
    const runtime = await siteRuntime(system);
    const browser = new Visitor(system.url);
    const finished: string[] = [];
    for (let job = 0; job < 30; job++) {
      const { name, token, home } = await finishedJob(runtime, job);
      finished.push(home);
      browser.setCookie(name, token);
    }
    browser.setCookie('dp_pass_00000000', 'what is no token at all');
    const first = await issue('The drain is blocked.');
    const second = await issue('The window is broken.');
    const landing = await browser.get(first.linkPath);
    expect(landing.status).toBe(303);
    await browser.get(second.linkPath);

    const page = await browser.get(`${second.home}?all=yes`);
    expect(readable(page.text)).toContain(first.order.title);
    expect(readable(page.text)).toContain(second.order.title);
    expect(passesIn(browser).length).toBeLessThanOrEqual(5);
    expect(browser.cookies.has('dp_pass_00000000')).toBe(false);
    // What was finished last is what somebody may look at again.
    const last = await browser.get(finished.at(-1) ?? '');
    expect([last.status, readable(last.text)]).toEqual([410, expect.stringContaining('This job is done')]);
  });

  it('[D22] unites live passes that stand behind ended ones, also where none was landed on since', async () => {
    const runtime = await siteRuntime(system);
    const ended: [string, string][] = [];
    for (let job = 0; job < 12; job++) {
      const { name, token } = await finishedJob(runtime, job);
      ended.push([name, token]);
    }
    const first = await issue('The gate squeaks.');
    const second = await issue('The bell is silent.');
    const landed = new Visitor(system.url);
    await landed.get(first.linkPath);
    await landed.get(second.linkPath);
    const browser = new Visitor(system.url);
    for (const [name, token] of [...ended, ...landed.cookies]) browser.setCookie(name, token);

    const page = await browser.get(`${first.home}?all=yes`);
    expect(readable(page.text)).toContain(second.order.title);
    expect(passesIn(browser).length).toBeLessThanOrEqual(5);
  });

  it('[D22] keeps those that it got last where very many are live, and the one that it is used with', async () => {
    const own = await issue('The key is lost.');
    const browser = new Visitor(system.url);
    await browser.get(own.linkPath);
    const others: string[] = [];
    for (let job = 0; job < 42; job++) {
      const { token, credentialId } = await plantCredential(system, {
        type: 'tokenUser',
        kind: 'access',
        roles: [],
        environment: 'production',
      });
      others.push(`dp_pass_${shortId(credentialId)}`);
      browser.setCookie(others.at(-1) ?? '', token);
    }
    expect((await browser.get(own.home)).status).toBe(200);
    expect(passesIn(browser)).toEqual([`dp_pass_${own.home.split('/')[2]}`, ...others.slice(2)]);
  });
});

/** When a browser drops the pass cookie that it was given with an answer. */
function droppedAt({ headers }: Answer): number {
  const [cookie = ''] = headers.getSetCookie().filter((line) => /dp_pass_/.test(line));
  return Date.parse(/Expires=([^;]+)/.exec(cookie)?.[1] ?? '');
}

it('a pass whose end staff have moved keeps the browser in that followed the link before', async () => {
  const { order, linkPath, home } = await issue('The roof leaks.', {
    dueDate: new Date(system.clock.now() + 10 * DAY_MS).toISOString().slice(0, 10),
  });
  const browser = new Visitor(system.url);
  const landing = await browser.get(linkPath);
  const pass = await livePassOf(dispatcher, order.id);
  const end = Date.parse(pass?.expiresAt ?? '');
  const until = new Date(end + 20 * DAY_MS).toISOString();
  expect(
    (await dispatcher.json('POST', `/admin/tokens/production/${pass?.id}/extend`, { until })).status,
  ).toBe(200);
  await system.clock.advance(end + DAY_MS - system.clock.now());

  expect(droppedAt(landing)).toBeGreaterThan(system.clock.now());
  const page = await browser.get(home);
  expect([page.status, readable(page.text)]).toEqual([200, expect.stringContaining(order.title)]);
});
