import { jest } from '@jest/globals';
import { OWNER, TENANT_ADMINISTRATOR } from '../../../core/policy/built-in.ts';
import { createSignInLink } from '../../../core/sign-in/sign-in.ts';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import type { Route } from '../../../lambdas/shared/routes/route.ts';
import type { System } from '../../../local/system.ts';
import { linkIn, Visitor } from '../../../local/visitor.ts';
import { somebody } from '../../support/people.ts';
import {
  addWorkOrder,
  DISPATCHER,
  readRecord,
  startPropertyManagement,
  TECHNICIAN,
  takeOn,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { addressOf, NOTHING } from '../../support/route-requests.ts';
import { signInToken, siteRuntime, staffSession } from '../../support/site-runtime.ts';
import { photograph, watchCalls } from '../../support/witness.ts';

jest.setTimeout(120_000);

const QUARTER = 15 * 60_000;

let system: System;
let dispatcher: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await staffSession(system, DISPATCHER);
}, 180_000);

afterAll(() => system?.stop());

const begin = () => takeOn(system, dispatcher);

const formTokenIn = (html: string) => /name="formToken" value="([^"]+)"/.exec(html)?.[1] ?? '';

/** Another site's page, open in somebody's browser: it sends their cookies, and its own Origin. */
async function fromElsewhere(
  { cookies }: Visitor,
  path: string,
  { method = 'POST', type = 'application/x-www-form-urlencoded', body = '', origin = '' },
): Promise<{ status: number; text: string }> {
  const answer = await fetch(new URL(path, system.url), {
    method,
    redirect: 'manual',
    headers: {
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(body !== '' && { 'content-type': type }),
      ...(origin !== '' && { origin }),
    },
    ...(body !== '' && { body }),
  });
  return { status: answer.status, text: await answer.text() };
}

describe('two passes and a staff session in one browser', () => {
  it('[D22] all work, none displaces another, and All my work unites the passes', async () => {
    const one = await begin();
    const two = await begin();
    const browser = await staffSession(system, TECHNICIAN);
    for (const { link } of [one, two, one]) {
      const { pathname, search } = new URL(link);
      expect((await browser.get(pathname + search)).status).toBe(303);
    }
    expect([...browser.cookies.keys()].filter((name) => name.startsWith('dp_pass_'))).toHaveLength(2);

    expect((await browser.get('/me')).json).toMatchObject({ type: 'user', name: 'Theo Technician' });
    for (const [mine, other] of [
      [one, two],
      [two, one],
    ] as const) {
      const me = (await browser.get('/me', mine.pass)).json as { type: string; name: string };
      expect(me.type).toBe('tokenUser');
      expect((await browser.get(`/production/records/${mine.id}`, mine.pass)).status).toBe(200);
      expect((await browser.get(`/production/records/${other.id}`, mine.pass)).status).toBe(404);
      for (const [page, alsoOther] of [
        [mine.home, false],
        [`${mine.home}?all=yes`, true],
      ] as const) {
        const { text } = await browser.get(page);
        expect([page, text.includes(mine.id), text.includes(other.id)]).toEqual([page, true, alsoOther]);
      }
    }

    const path = `/production/records/${one.id}/operations/complete`;
    expect((await browser.json('POST', path, { values: {} }, one.pass)).status).toBe(200);
    expect((await browser.get(one.home)).status).toBe(410);
    expect((await browser.get(two.home)).status).toBe(200);
    expect((await browser.get('/me')).json).toMatchObject({ name: 'Theo Technician' });
    expect((await browser.get(`${two.home}?all=yes`)).text).not.toContain(one.id);
  });

  it('[D22] a cookie planted under the name of another pass lets nobody in', async () => {
    const one = await begin();
    const two = await begin();
    const browser = new Visitor(system.url);
    const [shortOne, shortTwo] = [one, two].map(({ home }) => home.split('/')[2]);
    browser.setCookie(`dp_pass_${shortOne}`, two.token);
    expect((await browser.get(one.home)).status).toBe(410);
    expect((await browser.get(`/production/records/${two.id}`, one.pass)).status).toBe(410);
    browser.setCookie(`dp_pass_${shortTwo}`, two.token);
    const home = await browser.get(two.home);
    expect([home.status, home.text.includes(one.id)]).toEqual([200, false]);
    // Of two cookies with one name the first counts; the second cannot be slipped in behind it.
    const answer = await fetch(new URL(two.home, system.url), {
      headers: { cookie: `dp_pass_${shortTwo}=nonsense; dp_pass_${shortTwo}=${two.token}` },
    });
    expect(answer.status).toBe(410);
  });

  it('[F40] a pass is no session: staff’s pages do not open with it', async () => {
    const { visitor, pass, token } = await begin();
    for (const path of ['/app/production', '/app/production/work-orders', '/admin/apps', '/me/sessions']) {
      const { status } = await visitor.get(path);
      expect([path, [303, 401, 403, 404].includes(status)]).toEqual([path, true]);
      const named = await visitor.get(path, pass);
      expect([path, named.text.includes('Dana'), named.status < 500]).toEqual([path, false, true]);
    }
    const session = new Visitor(system.url);
    session.setCookie('dp_session', token);
    expect((await session.get('/me')).json).toMatchObject({ type: 'anonymous' });
  });
});

describe('requests that another site makes in somebody’s browser', () => {
  const ORIGINS = () => [
    '',
    'https://evil.example',
    'null',
    `${system.url}0`,
    system.url.replace('http:', 'https:'),
  ];
  const REFUSED = 'The request came from another site.';

  it('are refused on every route that writes, for passes and staff alike, and nothing is written', async () => {
    const contractor = await begin();
    const everything = await somebody(system, OWNER, TENANT_ADMINISTRATOR, 'dispatcher');
    const pass = contractor.home.split('/')[2] ?? '';
    const values = {
      environment: 'production',
      target: 'production',
      app: 'work-orders',
      recordType: 'work-order',
      record: contractor.id,
      operation: 'delete',
      pass,
      user: everything.id,
    };
    await contractor.visitor.get(contractor.home);
    await everything.get('/app/production');
    const link = await signInToken(system, TECHNICIAN);
    const before = await photograph(system);
    const writing = ROUTES.filter(({ method }) => method !== 'GET');
    for (const route of writing) {
      const [victim, page] = route.path.startsWith('/pass/')
        ? [contractor.visitor, contractor.home]
        : [everything, '/app/production'];
      const form = new URLSearchParams({
        formToken: formTokenIn((await victim.get(page)).text),
        email: DISPATCHER,
        token: 'x',
        'field.building': 'Evil',
      });
      const sent =
        route.answers === 'page'
          ? { body: form.toString() }
          : { method: route.method, type: 'application/json', body: route.body ? '{}' : '' };
      for (const origin of ORIGINS()) {
        const { status, text } = await fromElsewhere(victim, addressOf(route, values), { ...sent, origin });
        expect([route.id, origin, status, text.includes(REFUSED)]).toEqual([route.id, origin, 403, true]);
      }
    }
    // Nor does another site use the forms of somebody who has not signed in: it could sign them in as somebody else.
    for (const [path, form] of [
      ['/sign-in', { email: DISPATCHER }],
      ['/sign-in/link', { token: link }],
    ] as const) {
      const body = new URLSearchParams(form).toString();
      for (const origin of ORIGINS()) {
        const { status, text } = await fromElsewhere(new Visitor(system.url), path, { body, origin });
        expect([path, origin, status, text.includes(REFUSED)]).toEqual([path, origin, 403, true]);
      }
    }
    expect(await photograph(system)).toEqual(before);

    // The same person's own page may: it is the origin that was refused.
    const own = { method: 'DELETE', origin: system.url };
    const path = addressOf(ROUTES.find(({ id }) => id === 'deleteUser') as Route, { user: NOTHING });
    expect((await fromElsewhere(everything, path, own)).status).toBe(404);
    const page = `/pass/${pass}/records/${contractor.id}/operations/complete`;
    const formToken = formTokenIn((await contractor.visitor.get(page)).text);
    const body = new URLSearchParams({ formToken }).toString();
    const reported = await fromElsewhere(contractor.visitor, page, { body, origin: system.url });
    expect([reported.status, (await readRecord(dispatcher, contractor.id)).state]).toEqual([303, 'Closed']);
  });

  it('are refused without the form token of the very person, on every page that asks for one', async () => {
    const contractor = await begin();
    const other = await begin();
    const path = `${contractor.home}/records/${contractor.id}/operations/complete`;
    const right = formTokenIn((await contractor.visitor.get(path)).text);
    const theirs = formTokenIn(
      (await other.visitor.get(`${other.home}/records/${other.id}/operations/complete`)).text,
    );
    const staff = formTokenIn((await dispatcher.get('/app/production')).text);
    expect([right, theirs, staff].filter((token) => token === '')).toEqual([]);
    const flipped = right.slice(0, -1) + (right.endsWith('A') ? 'B' : 'A');
    for (const formToken of ['', 'x', theirs, staff, flipped, `${right}A`]) {
      const answer = await contractor.visitor.form(path, { formToken });
      expect([formToken, answer.status]).toEqual([formToken, 403]);
    }
    expect((await contractor.visitor.form(path, {})).status).toBe(403);
    expect((await readRecord(dispatcher, contractor.id)).state).toBe('Active');
    expect((await contractor.visitor.form(path, { formToken: right })).status).toBe(303);
  });

  it('cannot use the API with a cookie, whatever they declare the body to be', async () => {
    const { id } = await addWorkOrder(dispatcher, workOrder());
    const path = `/production/records/${id}/operations/complete`;
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json']) {
      for (const origin of ['https://evil.example', undefined]) {
        const cookie = `dp_session=${dispatcher.cookies.get('dp_session')}`;
        const { status } = await fetch(new URL(path, system.url), {
          method: 'POST',
          headers: { cookie, 'content-type': type, ...(origin && { origin }) },
          body: '{"values": {}}',
        });
        expect([type, origin, status]).toEqual([type, origin, 403]);
      }
    }
    expect((await readRecord(dispatcher, id)).state).toBe('Active');
  });

  it('may not read answers: no address allows another origin', async () => {
    for (const [method, path] of [
      ['OPTIONS', `${WORK_ORDERS}/records`],
      ['GET', '/me'],
      ['GET', '/openapi.json'],
      ['GET', '/'],
    ] as const) {
      const answer = await dispatcher.send(method, path, {
        headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
      });
      expect([path, answer.headers.get('access-control-allow-origin')]).toEqual([path, null]);
      expect([path, answer.headers.get('cross-origin-resource-policy')]).toEqual([path, 'same-origin']);
    }
  });
});

describe('where a link leads', () => {
  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/./\\evil.example',
    '/.//evil.example',
    '/%2e%2e//evil.example',
    'javascript:alert(1)',
    'evil.example',
    'http:evil.example',
    '/x\r\nSet-Cookie: dp_session=evil',
    ' /app',
    '@evil.example',
    '/@evil.example/..//evil.example',
  ])('is never another site: %j', async (to) => {
    const { link } = await begin();
    const { searchParams } = new URL(link);
    const query = new URLSearchParams({ token: searchParams.get('token') ?? '', to });
    const landing = await new Visitor(system.url).get(`/?${query}`);
    expect(landing.status).toBe(303);
    const location = landing.headers.get('location') ?? '';
    expect([to, new URL(location, system.url).origin, location.startsWith('//')]).toEqual([
      to,
      system.url,
      false,
    ]);
    expect(landing.headers.getSetCookie().every((cookie) => cookie.startsWith('dp_pass_'))).toBe(true);

    const runtime = await siteRuntime(system);
    const user = await runtime.store.readUserByEmail(DISPATCHER);
    const signIn = new URL(await createSignInLink(runtime, user as never));
    const token = signIn.searchParams.get('token') ?? '';
    const done = await new Visitor(system.url).form('/sign-in/link', { token, to });
    expect(done.status).toBe(303);
    expect(new URL(done.headers.get('location') ?? '', system.url).origin).toBe(system.url);
    const page = await new Visitor(system.url).get(`/sign-in?${new URLSearchParams({ to })}`);
    expect(page.text).not.toMatch(/(href|action)="[^"]*evil/);
  });

  it('is the page that was asked for, if it is one of this site', async () => {
    const { link, id, home } = await begin();
    const token = new URL(link).searchParams.get('token') ?? '';
    const to = `${home}/records/${id}`;
    const landing = await new Visitor(system.url).get(`/?${new URLSearchParams({ token, to })}`);
    expect(landing.headers.get('location')).toBe(to);
  });
});

describe('signing in as somebody whose address is known', () => {
  const ask = (email: string, headers: Record<string, string> = {}) =>
    new Visitor(system.url).send('POST', '/sign-in', {
      body: new URLSearchParams({ email }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });

  // Both limits count by quarters of an hour: a test that began at the end of one would have two of them.
  beforeEach(() => system.clock.moveTo(Math.ceil((system.clock.now() + 1) / QUARTER) * QUARTER));

  it('sends a few links and no more, answers always the same, and never to the address as typed', async () => {
    await system.mail.clear();
    const answers = await Promise.all([
      ...Array.from({ length: 8 }, () => ask(TECHNICIAN)),
      ask('nobody@abc.example'),
      ask(TECHNICIAN.toUpperCase()),
      ask('ｔｈｅｏ@abc.example'),
    ]);
    const pages = answers.map(({ status, text, headers }) => [status, text, headers.get('location')]);
    expect(new Set(pages.slice(0, 9).map((page) => JSON.stringify(page))).size).toBe(1);
    await system.settled();
    const mails = await system.mail.messages();
    expect(mails.map(({ to }) => to)).toEqual(Array(5).fill([TECHNICIAN]));
  });

  /** Asks for addresses that nobody has, until the network may not ask for another one. Answers how many were let through. */
  async function useUp(): Promise<number> {
    let passed = 0;
    for (let tried = 0; tried < 400; tried += 40) {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) => ask(`guess-${tried + index}@abc.example`)),
      );
      passed += answers.filter(({ status }) => status === 303).length;
      if (answers.some(({ status }) => status === 429)) return passed;
    }
    throw new Error('the network may ask for as many addresses as it likes');
  }

  it('is limited for each network address, whichever addresses are tried', async () => {
    expect(await useUp()).toBe(200);
    const answer = await ask('another@abc.example');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
    // Asking again does not help either, and an account is refused as nobody is.
    for (const email of ['another@abc.example', 'another@abc.example', 'guess-1@abc.example', TECHNICIAN])
      expect([email, (await ask(email)).status]).toEqual([email, 429]);
    // What a client claims about itself changes nothing.
    const forwarded = await ask('another@abc.example', {
      'x-forwarded-for': '203.0.113.9',
      forwarded: 'for=203.0.113.9',
    });
    expect(forwarded.status).toBe(429);
    await system.clock.advance(QUARTER);
    expect((await ask('another@abc.example')).status).toBe(303);
  });

  it.each(['nobody@abc.example', TECHNICIAN])(
    'shuts nobody else out of an office by asking for %s again and again, in all spellings',
    async (email) => {
      const spellings = [email, email.toUpperCase(), ` ${email}`];
      const statuses: number[] = [];
      for (let asked = 0; asked < 12; asked++)
        statuses.push((await ask(spellings[asked % spellings.length] ?? '')).status);
      expect(statuses).toEqual([...Array(10).fill(303), 429, 429]);
      await Promise.all(Array.from({ length: 60 }, () => ask(email)));
      // The whole network's turns but one are still there.
      expect(await useUp()).toBe(199);
    },
  );

  it('from a browser that has signed in before is let through when its network is used up, for its own address alone', async () => {
    const browser = new Visitor(system.url);
    const token = await signInToken(system, TECHNICIAN);
    const signedIn = await browser.form('/sign-in/link', { token });
    const cookie = signedIn.headers.getSetCookie().find((each) => each.startsWith('dp_known='));
    expect(cookie).toMatch(/^dp_known=[\w-]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    expect(cookie).not.toContain('theo');
    await useUp();
    await system.mail.clear();

    const own = await browser.form('/sign-in', { email: TECHNICIAN });
    const others = await browser.form('/sign-in', { email: DISPATCHER });
    const elsewhere = await ask(TECHNICIAN);
    expect([own.status, others.status, elsewhere.status]).toEqual([303, 429, 429]);
    await system.settled();
    expect((await system.mail.messages()).map(({ to }) => to)).toEqual([[TECHNICIAN]]);

    // The cookie lets nobody in, and is worth ten links a quarter of an hour.
    const known = new Visitor(system.url);
    known.setCookie('dp_known', browser.cookies.get('dp_known') ?? '');
    expect((await known.get('/admin/apps')).status).toBe(401);
    const more: number[] = [];
    for (let asked = 0; asked < 10; asked++)
      more.push((await known.form('/sign-in', { email: TECHNICIAN })).status);
    expect(more).toEqual([...Array(9).fill(303), 429]);
    // One that somebody made up, or that was changed, is none.
    known.setCookie('dp_known', `${(browser.cookies.get('dp_known') ?? '').slice(0, -3)}AAA`);
    expect((await known.form('/sign-in', { email: TECHNICIAN })).status).toBe(429);
  });

  it('with an address of any length and script never fails on our side', async () => {
    for (const email of [
      'ﷺ'.repeat(200),
      `${'ﷺ'.repeat(200)}@abc.example`,
      `${'a'.repeat(310)}@abc`,
      '@',
      'a@b@c',
      '\u0000@x',
    ]) {
      const answer = await ask(email);
      expect([email.slice(0, 5), [303, 400, 422].includes(answer.status)]).toEqual([email.slice(0, 5), true]);
    }
    expect(system.logs('portal').filter((line) => line.includes('was not sent'))).toEqual([]);
  });

  it('shuts nobody out: what a request reads does not grow with the links that were asked for', async () => {
    const runtime = await siteRuntime(system);
    const user = await runtime.store.readUserByEmail(DISPATCHER);
    const fresh = await staffSession(system, DISPATCHER);
    for (let made = 0; made < 300; made += 20)
      await Promise.all(Array.from({ length: 20 }, () => createSignInLink(runtime, user as never)));
    const watch = watchCalls(system);
    expect((await fresh.get('/me')).json).toMatchObject({ name: 'Dana Dispatcher' });
    const reads = watch.by('authorizer');
    expect(reads.map(({ operation, readUnits }) => [operation, readUnits])).toEqual([['Query', 1]]);
  });

  it('a link is used once, by one, and not after its time', async () => {
    await system.mail.clear();
    const linked = async () => {
      await ask(TECHNICIAN);
      const mail = await system.mail.waitFor(({ to }) => to.includes(TECHNICIAN));
      await system.mail.clear();
      return new URL(linkIn(mail.text)).searchParams.get('token') ?? '';
    };
    const press = (token: string) => new Visitor(system.url).form('/sign-in/link', { token });

    const used = await linked();
    expect((await press(used)).status).toBe(303);
    const again = await press(used);
    expect([again.status, again.headers.getSetCookie()]).toEqual([410, []]);

    system.clock.freeze();
    const [intime, kept] = [await linked(), await linked()];
    const end = system.clock.now() + QUARTER;
    await system.clock.moveTo(end - 1);
    const entered = await press(intime);
    expect(entered.status).toBe(303);
    await system.clock.moveTo(end);
    const late = await press(kept);
    expect([late.status, late.headers.getSetCookie()]).toEqual([410, []]);

    // Nor does the session that came of it outlast its end, for its holder or in anybody's list.
    const [session = ''] = entered.headers.getSetCookie().map((line) => line.split(/[=;]/)[1] ?? '');
    const holder = new Visitor(system.url);
    holder.setCookie('dp_session', session);
    const over = end - 1 + 12 * 60 * 60_000;
    await system.clock.moveTo(over - 1);
    expect((await holder.get('/me')).json).toMatchObject({ type: 'user' });
    const younger = await staffSession(system, TECHNICIAN);
    const listed = async () =>
      ((await younger.get('/me/sessions')).json as { sessions: { id: string }[] }).sessions;
    const before = await listed();
    await system.clock.moveTo(over);
    expect((await holder.get('/me')).json).toMatchObject({ type: 'anonymous' });
    const after = await listed();
    expect([
      before.length - after.length,
      after.map(({ id }) => before.some((each) => each.id === id)),
    ]).toEqual([1, after.map(() => true)]);
    system.clock.resume();
  });
});
