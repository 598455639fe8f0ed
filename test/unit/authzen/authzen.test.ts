import {
  type RemovedRule,
  together,
  type WrittenChange,
  writtenChange,
} from '../../../core/authzen/changes.ts';
import { evaluate, evaluateAll } from '../../../core/authzen/evaluate.ts';
import { explainQuestion } from '../../../core/authzen/explain.ts';
import { type Question, questionsSchema } from '../../../core/authzen/question.ts';
import { recordTypeNamed, targetOf } from '../../../core/authzen/resources.ts';
import { searchActions, searchSubjects } from '../../../core/authzen/search.ts';
import { searchResources } from '../../../core/authzen/search-resources.ts';
import { resolveSubject } from '../../../core/authzen/subjects.ts';
import { DaypassError } from '../../../core/errors.ts';
import type { Rule } from '../../../core/policy/types.ts';
import type { Credential } from '../../../core/principals.ts';
import { NOW, REPAIRS, RepairSite } from '../../fixtures/repairs.ts';

const AT = '2027-03-10T09:00:00.000Z';
const user = (id: string, properties?: object) =>
  ({ type: 'user', id, ...(properties && { properties }) }) as never;
const action = (name: string, properties?: object) => ({ name, ...(properties && { properties }) }) as never;
const job = (id: string, properties?: object) =>
  ({ type: 'job', id, ...(properties && { properties }) }) as never;

async function siteWithJob(): Promise<RepairSite> {
  const site = new RepairSite();
  await site.job({ title: 'Mend', hours: 2, worker: 'bob', secret: 'x' });
  return site;
}

const token = (site: RepairSite, id: string, more: Partial<Credential> = {}) => {
  site.store.principals.set(id, {
    id,
    type: 'tokenUser',
    name: id,
    roles: ['machine'],
    profiles: [],
    createdAt: AT,
  });
  site.store.credentials.push({
    id: `c-${id}`,
    principalId: id,
    kind: 'access',
    environment: 'production',
    keyId: '0002',
    createdAt: AT,
    expiresAt: NOW + 1,
    ceiling: { app: 'repairs', recordType: 'job' },
    ...more,
  });
};

describe('[D6] one question', () => {
  it('is answered with the reason, the rules and the fields to who may ask about others', async () => {
    const site = await siteWithJob();
    const ask = (question: Question) => evaluate(site.as('ann'), question);
    const on = { subject: user('bob'), resource: job('r1') };

    expect(await ask({ ...on, action: action('change') })).toEqual({
      decision: true,
      context: {
        reason: 'GRANTED',
        rules: ['repairs/permissions/2/change'],
        fields: ['helper', 'hours', 'secret'],
      },
    });
    expect(await ask({ ...on, action: action('remove') })).toEqual({
      decision: false,
      context: { reason: 'NOT_GRANTED', rules: [], fields: [] },
    });
    // What was asked for is refused; which fields there are is told nevertheless.
    expect(await ask({ ...on, action: action('change', { fields: ['hours', 'title'] }) })).toMatchObject({
      decision: false,
      context: { reason: 'FIELD', fields: ['helper', 'hours', 'secret'] },
    });
    const one = async (fields: string) =>
      (await ask({ ...on, action: action('change', { fields }) })).decision;
    expect([await one('hours'), await one('title')]).toEqual([true, false]);
  });

  it('about oneself is answered, and no more told than that', async () => {
    const site = await siteWithJob();
    const own = { subject: user('bob'), action: action('look'), resource: job('r1') };
    expect(await evaluate(site.as('bob'), own)).toEqual({ decision: true });
    expect(await evaluate(site.as('bob'), { ...own, resource: job('r9') })).toEqual({ decision: false });
    expect(await evaluate(site.as('ann'), { ...own, subject: user('ann') })).toMatchObject({
      decision: true,
      context: { fields: '*' },
    });
    const add = { ...own, action: action('add'), resource: job('new', { title: 'a' }) };
    expect(await evaluate(site.as('bob'), add)).toEqual({ decision: false });
  });

  it.each<[string, Partial<Question>]>([
    ['somebody else', { subject: user('cid') }],
    ['oneself with other roles', { subject: user('bob', { roles: ['chief'] }) }],
    ['a record as it might be', { resource: job('r1', { worker: 'bob' }) }],
    ['somebody who is called the same', { subject: { type: 'serviceAccount', id: 'bob' } }],
  ])('about %s is not answered without the right to ask', async (_, more) => {
    const site = await siteWithJob();
    const own = { subject: user('bob'), action: action('look'), resource: job('r1') };
    await expect(evaluate(site.as('bob'), { ...own, ...more })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(evaluate(site.pass('bob'), own)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it.each<[string, object, boolean]>([
    ['as they are', user('cid'), false],
    ['with a role besides', user('cid', { role: 'chief' }), true],
    ['with roles besides', user('cid', { roles: ['x', 'chief'] }), true],
    ['with what is no role', user('cid', { roles: [7] }), false],
    ['who does not exist', user('dan'), false],
    ['who does not exist, made of properties', user('dan', { role: 'chief' }), true],
    ['of another type than they are', { type: 'robot', id: 'ann' }, false],
    ['of a type that there is none of', { type: 'ghost', id: 'ann', properties: { role: 'chief' } }, false],
    [
      'a token user who does not exist',
      { type: 'tokenUser', id: 'p9', properties: { role: 'chief' } },
      false,
    ],
    ['who has not signed in', { type: 'anonymous', id: 'anonymous', properties: { role: 'chief' } }, false],
  ])('is about a subject %s', async (_, subject, expected) => {
    const site = await siteWithJob();
    const question = { subject: subject as never, action: action('look'), resource: job('r1') };
    expect((await evaluate(site.as('ann'), question)).decision).toBe(expected);
  });

  it.each<[string, object, object, boolean]>([
    ['a record as it is', action('look'), job('r1'), true],
    ['by app and type', action('look'), { type: 'repairs/job', id: 'r1' }, true],
    ['by too many names', action('look'), { type: 'repairs/job/x', id: 'r1' }, false],
    ['of another type', action('view'), { type: 'house', id: 'r1' }, false],
    ['as it might be', action('look'), job('r1', { worker: 'cid' }), false],
    ['that is not there', action('look'), job('r9'), false],
    ['that is not there, and might be', action('look'), job('r9', { worker: 'bob' }), true],
    ['in another state', action('finish'), job('r1', { state: 'Done' }), false],
    ['with an owner that is no field of it', action('look'), job('r1', { owner: 'cid' }), true],
    ['as it would be saved', action('change', { hours: 3 }), job('r1'), true],
    ['as it would be saved, for somebody else', action('change', { worker: 'cid' }), job('r1'), false],
    ['with what is no field', action('change', { hours: 3, other: 1 }), job('r1'), true],
    ['when it is viewed, which writes nothing', action('look', { worker: 'cid' }), job('r1'), true],
    ['a list', action('open'), { type: 'view', id: 'repairs/job/mine' }, true],
    ['a list that is not theirs', action('open'), { type: 'view', id: 'repairs/job/of-kind' }, false],
    ['a list by too many names', action('open'), { type: 'view', id: 'repairs/job/mine/x' }, false],
    ['an app that there is none of', action('open'), { type: 'app', id: 'other' }, false],
    ['a service', action('call'), { type: 'service', id: 'open-jobs' }, false],
    ['an environment', action('signIn'), { type: 'environment', id: 'production' }, true],
    ['an environment that there is none of', action('signIn'), { type: 'environment', id: 'moon' }, false],
  ])('is about %s', async (_, asked, resource, expected) => {
    const site = await siteWithJob();
    const question = { subject: user('bob'), action: asked as never, resource: resource as never };
    expect((await evaluate(site.as('ann'), question)).decision).toBe(expected);
  });

  it('about an environment is answered of one’s own alone, by a key of it', async () => {
    const site = await siteWithJob();
    const signIn = (id: string) => ({
      subject: user('ann'),
      action: action('signIn'),
      resource: { type: 'environment', id },
    });
    const key = site.as('ann', {
      credential: { id: 'k', kind: 'apiKey', expiresAt: NOW + 1, environment: 'production' },
    });
    expect((await evaluate(site.as('ann'), signIn('staging'))).context?.reason).not.toBeUndefined();
    expect(await evaluate(key, signIn('staging'))).toEqual({ decision: false });
    expect((await evaluate(key, signIn('production'))).decision).toBe(true);
  });
});

it('[D6] nothing is answered about a record by the name of another type, or of another app', async () => {
  const other = { ...structuredClone(REPAIRS), id: 'other', services: [] };
  const house = other.recordTypes[1]?.fields.find(({ id }) => id === 'house');
  Object.assign(house ?? {}, { target: { app: 'other', recordType: 'house' } });
  const site = new RepairSite(undefined, [other]);
  await site.job({ title: 'Mend' });
  const ask = async (type: string, name: string) =>
    (
      await evaluate(site.as('ann'), {
        subject: user('ann'),
        action: action(name),
        resource: { type, id: 'r1', properties: { title: 'a', street: 'Elm' } },
      })
    ).decision;

  expect(await ask('repairs/job', 'look')).toBe(true);
  expect([
    await ask('other/job', 'look'),
    await ask('repairs/house', 'view'),
    await ask('job', 'look'),
  ]).toEqual([false, false, false]);
});

describe('[D6] several questions', () => {
  const ask = async (site: RepairSite, questions: Parameters<typeof evaluateAll>[1]) =>
    evaluateAll(async () => site.as('ann'), questions);

  it.each([
    ['subject', { type: 'user' }],
    ['subject', { id: 'bob' }],
    ['subject', { properties: { role: 'chief' } }],
    ['action', { properties: { method: 'GET' } }],
    ['resource', { type: 'job' }],
    ['resource', { id: 'r1' }],
    ['resource', { properties: { worker: 'cid' } }],
  ])('have a default that is only a part of a %s: %j', (member, part) => {
    const questions = { [member]: part, evaluations: [{}] };
    expect(questionsSchema.parse(questions)).toEqual(questions);
  });

  it('take what they lack from the defaults: required parts one by one, the rest whole', async () => {
    const site = await siteWithJob();
    const answer = await ask(site, {
      subject: user('bob', { role: 'chief' }),
      action: action('remove'),
      resource: { type: 'job', properties: { worker: 'cid' } },
      evaluations: [
        { resource: { id: 'r1' } },
        { subject: { id: 'bob' }, resource: { id: 'r1' } },
        { subject: { id: 'ann' }, resource: { id: 'r1' } },
        { subject: { id: 'ann' }, action: { name: 'look' }, resource: { type: 'house', id: 'r1' } },
      ],
    });
    expect(answer).toMatchObject({
      evaluations: [{ decision: true }, { decision: false }, { decision: true }, { decision: false }],
    });
  });

  it('are denied one by one where they cannot be answered, with the first thing that is wrong', async () => {
    const site = await siteWithJob();
    const open = async (context: Question['context']) => {
      if (context?.environment === 'staging') throw new DaypassError('FORBIDDEN', 'not there');
      return site.as('ann');
    };
    const base = { subject: user('ann'), action: action('look'), context: { environment: 'production' } };
    const answer = await evaluateAll(open, {
      ...base,
      evaluations: [
        { resource: { type: 'job' } },
        7,
        [],
        { resource: job('r1'), context: { environment: 'staging' } },
        { resource: job('r1') },
      ],
    });
    expect(answer).toEqual({
      evaluations: [
        {
          decision: false,
          context: { error: { status: 400, message: '/resource/id: expected string, received undefined' } },
        },
        {
          decision: false,
          context: { error: { status: 400, message: '/: expected object, received undefined' } },
        },
        {
          decision: false,
          context: { error: { status: 400, message: '/: expected object, received undefined' } },
        },
        { decision: false, context: { error: { status: 403, message: 'not there' } } },
        expect.objectContaining({ decision: true }),
      ],
    });
    const broken = async () => {
      throw new DaypassError('UNAVAILABLE');
    };
    await expect(
      evaluateAll(broken, { ...base, evaluations: [{ resource: job('r1') }] }),
    ).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });

  it.each<[string | undefined, boolean[]]>([
    [undefined, [true, false, true]],
    ['execute_all', [true, false, true]],
    ['deny_on_first_deny', [true, false]],
    ['permit_on_first_permit', [true]],
  ])('with %s are answered so far', async (semantic, expected) => {
    const site = await siteWithJob();
    const answer = await ask(site, {
      action: action('look'),
      resource: job('r1'),
      evaluations: [{ subject: user('bob') }, { subject: user('cid') }, { subject: user('ann') }],
      ...(semantic && { options: { evaluations_semantic: semantic as never } }),
    });
    const { evaluations } = answer as { evaluations: { decision: boolean }[] };
    expect(evaluations.map(({ decision }) => decision)).toEqual(expected);
  });

  it('that are none are the one at the top', async () => {
    const site = await siteWithJob();
    const one = { subject: user('bob'), action: action('look'), resource: job('r1') };
    expect(await ask(site, { ...one, evaluations: [] })).toMatchObject({ decision: true });
    await expect(ask(site, { subject: user('bob') })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

describe('[D6] searches', () => {
  const resource = job('r1');

  it('find subjects of one type, page by page, until the last page is full', async () => {
    const site = await siteWithJob();
    const find = (type: string, page?: object) =>
      searchSubjects(site.as('ann'), { subject: { type }, action: action('look'), resource, page } as never);
    const entity = (type: string, ...ids: string[]) => ids.map((id) => ({ type, id }));

    expect(await find('user')).toEqual({
      results: entity('user', 'ann', 'bob'),
      page: { next_token: '', count: 2 },
    });
    const first = await find('user', { limit: 1 });
    expect(first).toEqual({
      results: entity('user', 'ann'),
      page: { next_token: expect.stringMatching(/.+/), count: 1 },
    });
    const second = await find('user', { limit: 1, token: first.page.next_token });
    expect(second.results).toEqual(entity('user', 'bob'));
    // Cid is still to be looked at.
    const third = await find('user', { limit: 1, token: second.page.next_token });
    expect(third).toEqual({ results: [], page: { next_token: '', count: 0 } });
    expect((await find('user', { limit: 2, token: '' })).results).toHaveLength(2);
    site.store.principals.delete('cid');
    expect((await find('user', { limit: 2 })).page.next_token).toBe('');
    expect((await find('robot')).results).toEqual(entity('robot', 'fixer'));
    expect((await find('serviceAccount')).results).toEqual([]);
    expect((await find('anonymous')).results).toEqual([]);
  });

  it('look at a thousand accounts for one page, and go on', async () => {
    const siteOf = async (count: number) => {
      const site = await siteWithJob();
      const cid = site.store.principals.get('cid');
      for (let at = 0; at < count; at++) {
        const id = `m${String(at).padStart(4, '0')}`;
        site.store.principals.set(id, { ...(cid as NonNullable<typeof cid>), id, name: `A ${id}` });
      }
      return site;
    };
    const search = { subject: { type: 'user' }, action: action('look'), resource };
    const site = await siteOf(1000);
    const first = await searchSubjects(site.as('ann'), search);
    expect([first.results, first.page.next_token === '']).toEqual([[], false]);
    const second = await searchSubjects(site.as('ann'), {
      ...search,
      page: { token: first.page.next_token },
    });
    expect([second.results.map(({ id }) => id), second.page.next_token]).toEqual([['ann', 'bob'], '']);
    // Three more than these are a thousand.
    const all = await searchSubjects((await siteOf(997)).as('ann'), search);
    expect([all.results.map(({ id }) => id), all.page.next_token]).toEqual([['ann', 'bob'], '']);
  });

  it('go on for who got the token, in the same environment and search', async () => {
    const site = await siteWithJob();
    await site.job({ title: 'Other', worker: 'bob' });
    const subjects = { subject: { type: 'user' }, action: action('look'), resource };
    const { page } = await searchSubjects(site.as('ann'), { ...subjects, page: { limit: 1 } });
    const again = { ...subjects, page: { token: page.next_token } };
    const staging = { ...site.as('ann'), published: { ...site.published, environment: 'staging' as const } };
    const refused = { code: 'REQUEST_INVALID' };

    expect((await searchSubjects(site.as('ann'), again)).results).toHaveLength(1);
    for (const [session, asked] of [
      [site.as('dan', { roles: ['chief'] }), again],
      [staging, again],
      [site.as('ann'), { ...again, resource: job('r2') }],
      [site.as('ann'), { ...again, action: action('change') }],
      [site.as('ann'), { ...again, subject: { type: 'robot' } }],
    ] as const)
      await expect(searchSubjects(session, asked)).rejects.toMatchObject(refused);

    const records = { subject: user('bob'), action: action('look'), resource: { type: 'job' } };
    const found = await searchResources(site.as('ann'), { ...records, page: { limit: 1 } });
    const token = { token: found.page.next_token };
    for (const other of [
      { ...records, resource: { type: 'repairs/job' } },
      { ...records, resource: { type: 'job', properties: { hours: 1 } } },
      { ...records, subject: user('ann') },
    ])
      await expect(searchResources(site.as('ann'), { ...other, page: token })).rejects.toMatchObject(refused);
  });

  it('look at ten pages of lists for one page of records, and never find more than were asked for', async () => {
    const site = new RepairSite(({ permissions }) =>
      permissions?.push({
        role: 'worker',
        effect: 'deny',
        recordType: 'job',
        operations: ['finish'],
        when: 'record.kind == "Lift"',
      }),
    );
    for (let at = 10; at < 24; at++)
      await site.job({ title: `${at}`, worker: 'bob', kind: at < 21 ? 'Lift' : 'Roof' });
    const search = { subject: user('bob'), action: action('finish'), resource: { type: 'job' } };
    const find = async (limit: number, token?: string) => {
      const { results, page } = await searchResources(site.as('ann'), {
        ...search,
        page: { limit, token },
      } as never);
      return { ids: results.map(({ id }) => id), token: page.next_token };
    };
    const first = await find(1);
    expect(first).toEqual({ ids: [], token: expect.stringMatching(/.+/) });
    expect((await find(1, first.token)).ids).toEqual(['r12']);
    expect((await find(2)).ids).toEqual(['r12', 'r13']);
    expect((await find(50)).ids).toEqual(['r12', 'r13', 'r14']);
  });

  it('find the holders of live passes, and nobody for what there is none of', async () => {
    const site = await siteWithJob();
    token(site, 'p1');
    site.store.grants.push({
      id: 'g1',
      environment: 'production',
      recordId: 'r1',
      status: 'live',
      principalId: 'p1',
      credentialId: 'c-p1',
    } as never);
    const search = { subject: { type: 'tokenUser' }, action: action('look') };
    expect((await searchSubjects(site.as('ann'), { ...search, resource })).results).toEqual([
      { type: 'tokenUser', id: 'p1' },
    ]);
    expect((await searchSubjects(site.as('ann'), { ...search, resource: job('r9') })).results).toEqual([]);
    await expect(searchSubjects(site.as('bob'), { ...search, resource })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('find actions: of a record that is there none that adds, of one that might be that, too', async () => {
    const site = await siteWithJob();
    const find = async (who: string, about: object) =>
      (await searchActions(site.as(who), about as never)).results.map(({ name }) => name);
    expect(await find('ann', { subject: user('bob'), resource })).toEqual(['look', 'change', 'finish']);
    expect(await find('ann', { subject: user('ann'), resource: job('r9', { state: 'Open' }) })).toEqual([
      'add',
      'look',
      'change',
      'finish',
      'remove',
    ]);
    expect(await find('bob', { subject: user('bob'), resource })).toEqual(['look', 'change', 'finish']);
    expect(
      await find('ann', { subject: user('ann'), resource: { type: 'view', id: 'repairs/job/all' } }),
    ).toEqual(['open']);
    expect(await find('ann', { subject: user('nobody'), resource })).toEqual([]);
    await expect(find('bob', { subject: user('cid'), resource })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(
      find('bob', { subject: user('bob'), resource: job('r1', { hours: 1 }) }),
    ).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('find records once each, in the lists without parameters, page by page', async () => {
    const site = await siteWithJob();
    await site.job({ title: 'Another', worker: 'bob' });
    await site.job({ title: 'Cid’s', worker: 'cid' });
    const find = (about: object, page?: object, who = 'ann') =>
      searchResources(site.as(who), {
        subject: user('bob'),
        action: action('look'),
        resource: { type: 'job' },
        ...about,
        page,
      } as never);
    const ids = ({ results }: { results: { id: string }[] }) => results.map(({ id }) => id);

    expect(await find({})).toEqual({
      results: [
        { type: 'job', id: 'r2' },
        { type: 'job', id: 'r1' },
      ],
      page: { next_token: '', count: 2 },
    });
    const first = await find({}, { limit: 1 });
    const second = await find({}, { limit: 1, token: first.page.next_token });
    expect([ids(first), ids(second)]).toEqual([['r2'], ['r1']]);
    const third = await find({}, { limit: 1, token: second.page.next_token });
    expect([third.results, third.page.next_token]).toEqual([[], '']);
    await expect(find({ action: action('change') }, { token: first.page.next_token })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      problems: [{ path: '/page/token', message: 'does not belong to this list; start again without it' }],
    });

    expect(ids(await find({ action: action('remove') }))).toEqual([]);
    expect(ids(await find({ subject: user('ann'), action: action('add') }))).toEqual([]);
    expect(ids(await find({ subject: user('nobody') }))).toEqual([]);
    expect(ids(await find({ resource: { type: 'job', properties: { worker: 'cid' } } }))).toEqual([]);
    expect(ids(await find({}, undefined, 'bob'))).toEqual(['r2', 'r1']);
    await expect(find({ subject: user('cid') }, undefined, 'bob')).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(find({ resource: { type: 'job', properties: {} } }, undefined, 'bob')).rejects.toMatchObject(
      { code: 'FORBIDDEN' },
    );
  });

  it('find lists and apps', async () => {
    const site = await siteWithJob();
    const find = async (type: string, who = 'bob') =>
      (
        await searchResources(site.as('ann'), {
          subject: user(who),
          action: action('open'),
          resource: { type },
        })
      ).results;
    expect(await find('view')).toEqual([
      { type: 'view', id: 'repairs/job/all' },
      { type: 'view', id: 'repairs/job/mine' },
    ]);
    expect((await find('view', 'ann')).map(({ id }) => id)).toContain('repairs/house/houses');
    expect(await find('app', 'cid')).toEqual(await find('app'));
    expect(await find('service')).toEqual([]);
    expect(await find('ghost')).toEqual([]);
  });
});

describe('[D6] an explanation', () => {
  const explain = (site: RepairSite, more: Partial<Question> = {}) =>
    explainQuestion(site.as('ann'), {
      subject: user('cid'),
      action: action('finish'),
      resource: job('r1'),
      ...more,
    });

  it('says what lacks, and the one permission that would do: for the operation and the view it needs', async () => {
    const site = await siteWithJob();
    const answer = await explain(site);
    expect(answer).toMatchObject({ decision: false, reason: 'SCOPE', fields: [] });
    expect(answer).not.toHaveProperty('refused');
    const [rule] = answer.nearest?.add ? [answer.nearest.add] : [];
    expect(rule).toMatchObject({
      app: 'repairs',
      permission: { recordType: 'job', operations: ['look', 'finish'] },
      rule: { actions: ['look', 'finish'] },
    });
    expect(answer.tiers.map(({ tier }) => tier)).toEqual(
      [...new Set(answer.tiers.map(({ tier }) => tier))].sort(),
    );
  });

  it('says that the record may not be viewed, where that alone is what lacks', async () => {
    const site = new RepairSite(({ permissions }) =>
      permissions?.push({ subject: 'cid', recordType: 'job', operations: ['finish'] }),
    );
    await site.job({ title: 'Mend', worker: 'bob' });
    expect(await explain(site)).toMatchObject({
      decision: false,
      reason: 'SCOPE',
      detail: 'the record may not be viewed',
      nearest: { add: { permission: { operations: ['look'] } } },
    });
  });

  it('says first what the operation itself lacks, and tells the rules of both in the order of tiers', async () => {
    const site = new RepairSite(({ permissions }) =>
      permissions?.push({ subject: 'cid', effect: 'deny', recordType: 'job', operations: ['look'] }),
    );
    await site.job({ title: 'Mend', worker: 'bob' });
    const removing = await explain(site, { action: action('remove') });
    expect(removing).toMatchObject({ decision: false, reason: 'NOT_GRANTED' });
    expect(removing).not.toHaveProperty('detail');
    expect((await explain(site)).tiers.map(({ tier }) => tier)).toEqual([1, 2]);
  });

  it('says nothing of viewing where all is granted, and which fields are refused', async () => {
    const site = await siteWithJob();
    const granted = await explain(site, { subject: user('bob') });
    expect(granted).toMatchObject({
      decision: true,
      reason: 'GRANTED',
      rules: ['repairs/permissions/2/finish'],
    });
    expect(granted).not.toHaveProperty('detail');
    const refused = await explain(site, {
      subject: user('bob'),
      action: action('change', { fields: ['hours', 'title'] }),
    });
    expect(refused).toMatchObject({ decision: false, reason: 'FIELD', refused: ['title'] });
  });

  it.each<[string, Partial<Credential> | undefined, string]>([
    ['has run out', { expiresAt: NOW }, 'EXPIRED'],
    ['was ended', { expiresAt: NOW, endedAt: AT }, 'REVOKED'],
  ])('says of a pass that it %s', async (_, credential, reason) => {
    const site = await siteWithJob();
    token(site, 'p1', credential);
    token(site, 'p1', { id: 'before', endedAt: AT });
    const subject = { type: 'tokenUser', id: 'p1' };
    expect(await explain(site, { subject })).toEqual({
      decision: false,
      reason,
      rules: [],
      fields: [],
      tiers: [],
      nearest: null,
    });
  });

  it('is there for nobody and nothing, and for who may ask about others alone', async () => {
    const site = await siteWithJob();
    const nothing = (path: string, message: string) => ({ code: 'NOT_FOUND', problems: [{ path, message }] });
    token(site, 'p1', { endedAt: AT, environment: 'staging' });
    token(site, 'p1', { endedAt: AT, kind: 'signIn' });
    for (const subject of [user('dan'), { type: 'tokenUser', id: 'p1' }])
      await expect(explain(site, { subject })).rejects.toMatchObject(nothing('/subject', 'names nobody'));
    await expect(explain(site, { resource: job('r9') })).rejects.toMatchObject(
      nothing('/resource', 'names nothing in this environment'),
    );
    const own = { subject: user('bob'), action: action('look'), resource: job('r1') };
    await expect(explainQuestion(site.as('bob'), own)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('[D6] what would turn a decision round is written', () => {
  const rule = (more: Partial<Rule> = {}): Rule =>
    ({
      id: 'x',
      subjects: [{ kind: 'role', id: 'worker' }],
      actions: ['look'],
      effect: 'allow',
      ...more,
    }) as Rule;
  const record = { type: 'record', app: 'repairs', recordType: 'job', id: 'r1' } as const;
  const request = { action: 'look', resource: record };
  const written = (add: Rule, about: object = request) => writtenChange({ add } as never, about as never, []);

  it.each<[string, Partial<Rule>, object, object | undefined]>([
    ['of a role', {}, {}, { role: 'worker', recordType: 'job', operations: ['look'] }],
    [
      'of an account',
      { subjects: [{ kind: 'principal', id: 'bob' }] as never },
      {},
      { subject: 'bob', recordType: 'job', operations: ['look'] },
    ],
    [
      'that denies',
      { effect: 'deny' },
      {},
      { role: 'worker', effect: 'deny', recordType: 'job', operations: ['look'] },
    ],
    [
      'of some fields',
      { fields: ['a'] },
      {},
      { role: 'worker', recordType: 'job', operations: ['look'], fields: { look: ['a'] } },
    ],
    ['of all fields', { fields: '*' }, {}, { role: 'worker', recordType: 'job', operations: ['look'] }],
    [
      'of a list',
      {},
      { action: 'open', resource: { ...record, type: 'view', id: 'mine' } },
      { role: 'worker', recordType: 'job', views: ['mine'] },
    ],
    [
      'of whoever has signed in by no role',
      { subjects: [{ kind: 'level', id: 'admin' }] as never },
      {},
      undefined,
    ],
    ['of what no app says', {}, { action: 'call', resource: { type: 'service', id: 's' } }, undefined],
  ])('as the permission %s', (_, more, about, permission) => {
    const add = rule(more);
    expect(written(add, { ...request, ...about })).toEqual({
      add: { rule: add, ...(permission && { app: 'repairs', permission }) },
    });
  });

  it('as what is to be taken out, and where it stands', () => {
    const tiers = [
      { rules: [{ id: 'a', source: 'repairs#/permissions/3' }] },
      { rules: [{ id: 'b', source: 'roles/worker' }] },
    ] as never;
    const removed = (remove: string[], about: object = request) =>
      writtenChange({ remove } as never, about as never, tiers).remove as RemovedRule[];
    const place = { rule: 'a', source: 'repairs#/permissions/3', app: 'repairs', at: '/permissions/3' };

    expect(removed(['a', 'b', 'c'])).toEqual([
      { ...place, operations: ['look'] },
      { rule: 'b', source: 'roles/worker' },
      { rule: 'c', source: '' },
    ]);
    expect(removed(['a'], { action: 'open', resource: { ...record, type: 'view', id: 'mine' } })).toEqual([
      { ...place, views: ['mine'] },
    ]);
    expect(removed(['a'], { action: 'call', resource: { type: 'service', id: 's' } })).toEqual([
      { rule: 'a', source: 'repairs#/permissions/3' },
    ]);
  });

  it('as one change where several are needed together', () => {
    const add = (operation: string, fields?: string[]): WrittenChange => ({
      add: {
        rule: rule({ actions: [operation] }),
        app: 'repairs',
        permission: {
          role: 'worker',
          recordType: 'job',
          operations: [operation],
          ...(fields && { fields: { [operation]: fields } }),
        },
      },
    });
    const remove = (id: string): WrittenChange => ({ remove: [{ rule: id, source: '' }] });

    expect(together([add('look', ['a']), add('finish', ['b'])])).toEqual({
      add: {
        rule: rule({ actions: ['look', 'finish'] }),
        app: 'repairs',
        permission: {
          role: 'worker',
          recordType: 'job',
          operations: ['look', 'finish'],
          fields: { look: ['a'], finish: ['b'] },
        },
      },
    });
    expect(together([add('look'), add('finish')])?.add?.permission).not.toHaveProperty('fields');
    expect(together([remove('a'), remove('b')])).toEqual({
      remove: [
        { rule: 'a', source: '' },
        { rule: 'b', source: '' },
      ],
    });
    expect(together([remove('a'), add('look')])).toEqual({ ...add('look'), ...remove('a') });
    expect(together([add('look'), remove('a')])).toEqual({ ...add('look'), ...remove('a') });
    expect([together([null, add('look')]), together([add('look'), null])]).toEqual([null, null]);
  });
});

describe('[D6] what is asked of the decision', () => {
  async function asked(name: string, properties: object, entity: object | undefined = undefined) {
    const site = await siteWithJob();
    const stored = site.store.records.get('r1');
    const target = targetOf(
      site.type('job'),
      entity ? undefined : stored,
      entity as never,
      entity ? 'new' : undefined,
    );
    return target.asked(action(name, properties), site.as('cid').caller, NOW + 1);
  }
  const values = { title: 'Mend', hours: 2, worker: 'bob', secret: 'x', day: '2027-03-10' };
  const saved = { updatedBy: 'cid', updatedAt: '2027-03-10T09:00:00.001Z' };
  const known = expect.objectContaining({ type: 'record', id: 'r1', state: 'Open', owner: 'bob', values });

  it('of a change is the record as it is, and as it would be saved: by whom, when, whose, in which state', async () => {
    expect(await asked('change', { hours: 3, fields: ['title', 'hours'], other: 1 })).toEqual({
      resource: known,
      fields: ['hours', 'title'],
    });
    const proposed = async (name: string, properties: object) => {
      const { resource } = await asked(name, properties);
      return [resource.proposed, resource.proposedMeta];
    };
    expect(await proposed('change', { hours: 3 })).toEqual([
      { ...values, hours: 3 },
      { ...saved, owner: 'bob' },
    ]);
    expect(await proposed('finish', { hours: 3 })).toEqual([
      { ...values, hours: 3 },
      { ...saved, owner: 'bob', state: 'Done' },
    ]);
    expect(await proposed('change', { worker: 'cid' })).toEqual([
      { ...values, worker: 'cid' },
      { ...saved, owner: 'cid' },
    ]);
    expect(await proposed('change', { worker: null })).toEqual([
      { ...values, worker: null },
      { ...saved, owner: 'ann' },
    ]);
  });

  it('of what saves nothing is the record as it is', async () => {
    for (const [name, properties, fields] of [
      ['look', { hours: 3, fields: 'title' }, ['title']],
      ['change', {}, []],
      ['remove', { hours: 3 }, ['hours']],
    ] as const) {
      const { resource, ...rest } = await asked(name, properties);
      expect([rest, resource.proposed, resource.values]).toEqual([{ fields }, undefined, values]);
    }
  });

  it('of adding is what would be added, and nothing that is there', async () => {
    const entity = { title: 'New', state: 'Open', owner: 'cid', other: 1 };
    expect(await asked('add', { hours: 1 }, entity)).toEqual({
      resource: {
        type: 'record',
        app: 'repairs',
        recordType: 'job',
        id: 'new',
        values: undefined,
        state: 'Open',
        owner: 'cid',
        proposed: { title: 'New', hours: 1 },
      },
      fields: ['hours'],
    });
  });

  it('is nothing by a record type that two apps have, unless the app is named', async () => {
    const site = await siteWithJob();
    const apps = new Map(site.published.site.apps);
    const repairs = apps.get('repairs');
    if (repairs) apps.set('copy', { ...repairs, id: 'copy' });
    const session = {
      ...site.as('ann'),
      published: { ...site.published, site: { ...site.published.site, apps } },
    };
    expect(recordTypeNamed(session, 'job')).toBeUndefined();
    expect(recordTypeNamed(session, 'repairs/job')?.id).toBe('job');
    expect(recordTypeNamed(site.as('ann'), 'job')?.id).toBe('job');
  });
});

it('[D6] a subject as it might be has roles besides, and other profiles, level, names and email instead', async () => {
  const site = new RepairSite();
  Object.assign(site.store.principals.get('cid') ?? {}, {
    profiles: ['p'],
    level: 'guest',
    email: 'c@example.org',
  });
  const might = async (properties: object) => resolveSubject(site.as('ann'), user('cid', properties));
  const cid = {
    outcome: 'ok',
    principalId: 'cid',
    type: 'user',
    name: 'Cid',
    email: 'c@example.org',
    roles: ['worker'],
    profiles: ['p'],
    level: 'guest',
    channel: 'browser',
  };
  expect(await might({})).toEqual(cid);
  expect(await might({ level: 'owner', name: 7, profiles: 'q', role: 'worker' })).toEqual({
    ...cid,
    profiles: ['q'],
  });
  expect(
    await might({
      level: 'user',
      name: 'C',
      firstName: 'Ci',
      lastName: 'D',
      email: 'd@example.org',
      profiles: [],
      role: 'a',
      roles: ['b', 'a'],
    }),
  ).toEqual({
    ...cid,
    level: 'user',
    name: 'C',
    firstName: 'Ci',
    lastName: 'D',
    email: 'd@example.org',
    profiles: [],
    roles: ['worker', 'a', 'b'],
  });
  expect(await resolveSubject(site.as('ann'), { type: 'robot', id: 'r', properties: { role: 'a' } })).toEqual(
    {
      outcome: 'ok',
      principalId: 'r',
      type: 'robot',
      name: '',
      roles: ['a'],
      profiles: [],
      channel: 'workflow',
    },
  );
});

it('[D6] a change that lacks the view, too, is given both for the fields that were asked for', async () => {
  const site = await siteWithJob();
  const { nearest } = await explainQuestion(site.as('ann'), {
    subject: user('cid'),
    action: action('change', { hours: 3 }),
    resource: job('r1'),
  });
  expect(nearest?.add?.permission).toMatchObject({
    operations: ['look', 'change'],
    fields: { look: ['hours'], change: ['hours'] },
  });
});
