import { ReferencePage } from '../../../lambdas/portal/pages/reference.tsx';
import { ANYWHERE, type DescribedGroup, describeApi } from '../../../lambdas/portal/reference/described.ts';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import { outline } from './outline.ts';

const SITE = 'https://daypass.example';
const row = (name: string, required: boolean) => ({
  name,
  type: `type of ${name}`,
  required,
  text: `Text of ${name}`,
});

describe('the page of the API reference', () => {
  const groups: DescribedGroup[] = [
    {
      id: 'records',
      title: 'Records',
      text: 'What people work with.',
      routes: [
        {
          id: 'editRecord',
          method: 'PATCH',
          path: '/{environment}/records/{record}',
          summary: 'Edits a record',
          callers: 'Anybody with a credential.',
          parameters: [
            { ...row('environment', true), place: 'path' },
            { ...row('If-Match', false), place: 'header' },
          ],
          body: { rows: [row('values', true), row('values.title', false)], example: '{"values":{}}' },
          answers: [
            { status: '200', text: 'The record', rows: [row('id', true)], example: '{"id":"x"}' },
            { status: '204', text: 'Nothing has changed' },
            { status: '207', text: 'A list', rows: [], example: '[]' },
          ],
          errors: ['NOT_FOUND', 'VERSION_MISMATCH'],
          curl: 'curl -X PATCH',
        },
      ],
    },
    {
      id: 'own',
      title: 'The caller',
      text: 'Who one is.',
      routes: [
        {
          id: 'writeMe',
          method: 'PUT',
          path: '/me',
          summary: 'Writes',
          callers: 'People.',
          parameters: [],
          body: { rows: [], example: '{}' },
          answers: [],
          errors: [],
          curl: 'curl',
        },
        {
          id: 'readMe',
          method: 'GET',
          path: '/me',
          summary: 'Reads',
          callers: 'Anybody.',
          parameters: [],
          answers: [],
          errors: ['NOT_FOUND'],
          curl: 'curl me',
        },
      ],
    },
  ];
  const lines = outline(<ReferencePage groups={groups} siteUrl={SITE} />);

  it('says what holds everywhere, and leads to every address', () => {
    expect(lines.slice(0, lines.indexOf('p What people work with.') - 1)).toEqual([
      'h1 API reference',
      'p Every address that answers JSON: who may call it, what goes in, what comes out. For programs the same is at [/openapi.json](/openapi.json) (OpenAPI 3.1).',
      'p In the examples, {code $SITE} is {code https://daypass.example}, {code $KEY} an API key of a service account (or {code -b "$COOKIE"} with a signed-in browser’s cookie and {code -H "Origin: $SITE"} when something is written), and names in capitals are ids. A click marks a line whole, to be copied.',
      'li What a caller may not see is absent: 404 for a record, no member for a field. Members and parameters that are not listed are refused; answers may gain members.',
      'li A version is an ETag: send it back as {code If-Match: "3"}, and a write is refused if somebody was faster. An {code Idempotency-Key} makes a repetition within a day harmless.',
      'li Errors are problem documents (RFC 9457) with a stable [code](/errors). Any address may answer [CREDENTIAL_INVALID](/errors#CREDENTIAL_INVALID) (401), [REQUEST_INVALID](/errors#REQUEST_INVALID) (400), [RATE_LIMITED](/errors#RATE_LIMITED) (429), [INTERNAL](/errors#INTERNAL) (500), [UNAVAILABLE](/errors#UNAVAILABLE) (503).',
      'nav.addresses aria-label=Addresses',
      'h2 [Records](#records)',
      'li [{span.method PATCH} /{environment}/records/{record}](#editRecord)',
      'h2 [The caller](#own)',
      'li [{span.method PUT} /me](#writeMe)',
      'li [{span.method GET} /me](#readMe)',
      'section.group labelled “Records”',
    ]);
  });

  it('tells of each address who may call it, what goes in, what comes out, and how it fails', () => {
    expect(lines.slice(lines.indexOf('p What people work with.') - 1)).toEqual([
      'h2 Records',
      'p What people work with.',
      'article.route labelled “PATCH /{environment}/records/{record}”',
      'h3 {span.method PATCH} {code /{environment}/records/{record}}',
      'p Edits a record. {span.aside-text (editRecord)}',
      'p {strong Who may call it:} Anybody with a credential.',
      'caption Parameters{span.unseen of editRecord}',
      'th Name',
      'th Type',
      'th Meaning',
      'td {code environment}',
      'td type of environment in path',
      'td Text of environment',
      'td {code If-Match} optional',
      'td type of If-Match in header',
      'td Text of If-Match',
      'caption Body{span.unseen of editRecord}',
      'th Name',
      'th Type',
      'th Meaning',
      'td {code values}',
      'td type of values',
      'td Text of values',
      'td {code values.title} optional',
      'td type of values.title',
      'td Text of values.title',
      'details.example',
      'summary Example{span.unseen : Example of a body for editRecord}',
      'pre {"values":{}}',
      'caption Answer 200: The record{span.unseen of editRecord}',
      'th Name',
      'th Type',
      'th Meaning',
      'td {code id}',
      'td type of id',
      'td Text of id',
      'details.example',
      'summary Example{span.unseen : Example of the answer 200 of editRecord}',
      'pre {"id":"x"}',
      'p {strong Answer 204: Nothing has changed}, with an empty body.',
      'p {strong Answer 207: A list}.',
      'p {strong Errors:} [NOT_FOUND](/errors#NOT_FOUND) (404), [VERSION_MISMATCH](/errors#VERSION_MISMATCH) (412)',
      'pre.line curl -X PATCH',
      'section.group labelled “The caller”',
      'h2 The caller',
      'p Who one is.',
      'article.route labelled “PUT /me”',
      'h3 {span.method PUT} {code /me}',
      'p Writes. {span.aside-text (writeMe)}',
      'p {strong Who may call it:} People.',
      'p Body: Any members, as described above.',
      'details.example',
      'summary Example{span.unseen : Example of a body for writeMe}',
      'pre {}',
      'p {strong Errors:}',
      'pre.line curl',
      'article.route labelled “GET /me”',
      'h3 {span.method GET} {code /me}',
      'p Reads. {span.aside-text (readMe)}',
      'p {strong Who may call it:} Anybody.',
      'p {strong Errors:} [NOT_FOUND](/errors#NOT_FOUND) (404)',
      'pre.line curl me',
    ]);
  });
});

describe('the description of the API', () => {
  const groups = describeApi(SITE);
  const described = groups.flatMap(({ routes }) => routes);
  const json = ROUTES.filter(({ answers }) => answers === 'json');

  it('holds every address that answers JSON once, as the table of routes has it', () => {
    const told = (all: readonly { id: string; method: string; path: string; summary: string }[]) =>
      all.map(({ id, method, path, summary }) => `${id}: ${method} ${path} ${summary}`).sort();
    expect(told(described)).toEqual(told(json));
  });

  it('gives each a command line with its method, its credential, its conditions and no name left in braces', () => {
    for (const { id, curl, callers, body } of described) {
      const route = json.find((each) => each.id === id);
      const address = /"\$SITE([^"]*)"$/.exec(curl)?.[1] ?? '';
      const people = curl.includes('-b "$COOKIE"');
      const key = curl.includes('-H "Authorization: Bearer $KEY"');
      const method = /-X (\w+)/.exec(curl)?.[1] ?? (curl.includes('--json') ? 'POST' : 'GET');
      expect([id, method]).toEqual([id, route?.method]);
      expect([id, curl.includes('If-Match')]).toEqual([id, route?.ifMatch !== undefined]);
      expect([id, curl.includes('Idempotency-Key')]).toEqual([id, route?.idempotent === true]);
      expect([id, curl.includes('--json')]).toEqual([id, body !== undefined]);
      expect([id, curl.includes('Origin')]).toEqual([id, people && route?.method !== 'GET']);
      expect([id, people || key]).toEqual([id, !callers.startsWith('Anybody, also')]);
      expect([id, people && key]).toEqual([id, false]);
      expect([id, address.split('/').length]).toEqual([id, route?.path.split('/').length]);
      expect([id, address]).toEqual([id, expect.stringMatching(/^[\w\-/.$?=&]+$/)]);
    }
  });

  it('names parameters with their place, errors of each, and once those of all', () => {
    const find = (wanted: string) => described.find(({ id }) => id === wanted);
    expect(find('readRecord')?.parameters).toEqual([
      {
        name: 'environment',
        place: 'path',
        required: true,
        type: '"development" | "test" | "staging" | "production"',
        text: 'Where',
      },
      { name: 'record', place: 'path', required: true, type: 'id', text: 'Id of the record' },
    ]);
    expect(find('endSession')?.parameters).toEqual([
      { name: 'session', place: 'path', required: true, type: 'id', text: 'Id of the session' },
    ]);
    expect(find('suggestPeople')?.parameters).toEqual([
      { name: 'text', place: 'query', required: true, type: 'text, at most 100 characters', text: '' },
    ]);
    expect(find('readRecord')?.answers.map(({ status, text }) => [status, text])).toEqual([
      ['200', 'The record as the caller may see it; its version is the ETag'],
    ]);
    expect(find('readRecord')?.errors).toEqual(['NOT_FOUND']);
    expect(ANYWHERE).toEqual([
      'CREDENTIAL_INVALID',
      'REQUEST_INVALID',
      'RATE_LIMITED',
      'INTERNAL',
      'UNAVAILABLE',
    ]);
  });

  it('says of every parameter in an address what it stands for', () => {
    const stands = described.flatMap(({ parameters }) =>
      parameters.filter(({ place }) => place === 'path').map(({ name, text }) => `${name}: ${text}`),
    );
    expect([...new Set(stands)].sort()).toEqual([
      'account: Id of the service account',
      'app: Id of the app',
      'environment: Where',
      'grant: Id of the pass',
      'key: Id of the key',
      'operation: Id of the operation',
      'record: Id of the record',
      'recordType: Id of the record type in the app',
      'role: Id of the role',
      'service: Id of the service in the app',
      'session: Id of the session',
      'subject: Id of a user, service account, robot or pass holder; or `anonymous`',
      'target: The environment',
      'user: Id of the user',
      'view: Id of the view',
    ]);
  });
});
