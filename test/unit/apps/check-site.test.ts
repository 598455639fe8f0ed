import { checkSite, requireValidSite } from '../../../core/apps/check-site.ts';

// biome-ignore lint/suspicious/noExplicitAny: the point is to write what does not fit
type Loose = any;

function siteFile(): Loose {
  return {
    name: 'Hotel',
    contact: 'desk@hotel.example',
    roles: [
      { id: 'clerk', name: 'Clerk', environments: ['test'] },
      { id: 'guest', name: 'Guest', environments: [] },
    ],
    people: [
      { id: 'ann', kind: 'user', name: 'Ann', email: 'ann@hotel.example', roles: ['clerk', 'Owner'] },
      { id: 'robot', kind: 'robot', name: 'Robot', roles: ['guest'], apps: ['desk'] },
      { id: 'till', kind: 'serviceAccount', name: 'Till', roles: ['guest', 'clerk'] },
    ],
  };
}

const person = (id: string, more: object = {}) => ({ id, kind: 'user', name: 'P', roles: [], ...more });

describe('a site file', () => {
  it('that is right is read as it is; without people it has none', () => {
    expect(checkSite(siteFile())).toEqual({ site: siteFile(), problems: [] });
    const { people: _, ...none } = siteFile();
    expect(requireValidSite(none)).toEqual({ ...none, people: [] });
  });

  it.each<{ of: string; change: (site: Loose) => void; problems: [string, string][] }>([
    {
      of: 'two roles of one id and one name',
      change: (site) => site.roles.push({ id: 'clerk', name: 'Guest', environments: [] }),
      problems: [
        ['/roles/2/id', '"clerk" is there already; choose another id'],
        ['/roles/2/name', '"Guest" is there already; choose another name'],
      ],
    },
    {
      of: 'two people of one id and one address, however it is written',
      change: (site) => site.people.push(person('robot', { email: 'ANN@hotel.example' })),
      problems: [
        ['/people/3/id', '"robot" is there already; choose another id'],
        ['/people/3/email', '"ann@hotel.example" is there already; choose another email'],
      ],
    },
    {
      of: 'a user without an address',
      change: (site) => site.people.push(person('bob')),
      problems: [['/people/3', '"bob" is a user and signs in by mail: add "email"']],
    },
    {
      of: 'addresses of whom nobody signs in as',
      change: (site) => {
        site.people[1].email = 'r@hotel.example';
        site.people[2].email = 't@hotel.example';
      },
      problems: [
        ['/people/1/email', 'only users sign in; remove "email" from "robot"'],
        ['/people/2/email', 'only users sign in; remove "email" from "till"'],
      ],
    },
    {
      of: 'apps of whom is no robot',
      change: (site) => {
        site.people[0].apps = [];
        site.people[2].apps = ['desk'];
      },
      problems: [
        ['/people/0/apps', 'only robots run tasks and services; remove "apps" from "ann"'],
        ['/people/2/apps', 'only robots run tasks and services; remove "apps" from "till"'],
      ],
    },
    {
      of: 'roles that do not exist',
      change: (site) => {
        site.people[0].roles = ['clerk', 'clerc'];
        site.people[2].roles = ['keeper-of-the-keys'];
      },
      problems: [
        ['/people/0/roles/1', 'there is no role "clerc". Did you mean "clerk"?'],
        [
          '/people/2/roles/0',
          'there is no role "keeper-of-the-keys". There is "clerk", "guest", "Owner", "Maintainer", "Developer", "Publisher", "TenantAdministrator", "PublicSiteAdministrator".',
        ],
      ],
    },
    {
      of: 'built-in roles of machines',
      change: (site) => {
        site.people[1].roles = ['guest', 'Owner'];
        site.people[2].roles = ['Developer'];
      },
      problems: [
        ['/people/1/roles/1', '"Owner" is for users; give "robot" a custom role'],
        ['/people/2/roles/0', '"Developer" is for users; give "till" a custom role'],
      ],
    },
    {
      of: 'members that are missing, misspelt or no addresses',
      change: (site) => {
        delete site.contact;
        site.people[0].mail = 'x';
        site.environments = { test: { acounts: {} } };
        site.people[0].email = 'ann';
      },
      problems: [
        ['', '"contact" is missing; add it: a text is needed here'],
        ['/environments/test/acounts', '"acounts" is not known here; remove it. Did you mean "accounts"?'],
        ['/people/0/email', 'write an email address like name@example.org'],
        ['/people/0/mail', '"mail" is not known here; remove it. Did you mean "email"?'],
      ],
    },
  ])('is refused for $of', ({ change, problems }) => {
    const site = siteFile();
    change(site);

    expect(checkSite(site).problems.map(({ path, message }) => [path, message])).toEqual(problems);
    const refused = expect.objectContaining({
      code: 'DEFINITION_INVALID',
      message: expect.stringContaining(`${problems[0]?.[0] || '/'}: ${problems[0]?.[1]}`),
      problems: problems.map(([path, message]) => ({ path, message })),
    });
    expect(() => requireValidSite(site)).toThrow(refused);
  });
});
