import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, linkIn, Visitor } from '../../../local/visitor.ts';
import { fieldsOf, sendForm, submit } from '../../support/page-forms.ts';
import { arrive, takeOn } from '../../support/property-management.ts';
import type { Asker } from '../../support/route-askers.ts';
import { staffSession } from '../../support/site-runtime.ts';

/** A form that did what it was sent for: of which route, with which of its actions, and what came. */
export interface SentForm {
  what: string;
  answer: Answer;
  /** The page that it leads to, loaded twice. */
  loaded: Answer[];
}

/** Every form that pages send, by route and, where one address does several things, by action. */
export function formsOfPages(): string[] {
  return ROUTES.filter(({ answers, method }) => answers === 'page' && method === 'POST').flatMap((route) => {
    const shape = 'body' in route && 'shape' in route.body ? (route.body.shape as object) : {};
    const actions = 'action' in shape ? (shape.action as { options: readonly string[] }).options : [''];
    return actions.map((action) => `${route.id} ${action}`.trim());
  });
}

/** Sends each form of the pages so that it succeeds, as those do whose pages they are. */
export async function sendEachForm(system: System, owner: Asker, dispatcher: Asker): Promise<SentForm[]> {
  const sent: SentForm[] = [];
  const note = async (what: string, visitor: Visitor, sending: Promise<Answer>) => {
    const answer = await sending;
    const to = answer.headers.get('location');
    sent.push({ what, answer, loaded: to ? [await visitor.follow(to), await visitor.follow(to)] : [] });
  };
  const fill = (what: string, path: string, label: string, values = {}) =>
    note(what, owner.visitor, sendForm(owner.visitor, path, label, values));
  const first = async (list: string) =>
    [
      ...(await owner.visitor.get(list)).text.matchAll(
        new RegExp(`${list.split('?')[0]}/([0-9A-Za-z]{22})`, 'g'),
      ),
    ][0]?.[0] ?? '';

  await fill('addUser', '/manage/users', 'New user', {
    firstName: 'Eva',
    lastName: 'Each',
    email: 'eva@abc.example',
  });
  const user = await first('/manage/users?search=eva@abc.example');
  await fill('userRun save', user, 'Names and roles', { lastName: 'Every' });
  await fill('userRun signOut', user, 'Sessions');
  await fill('userRun delete', user, 'Delete user');
  await fill('addRole', '/manage/roles', 'New role', { id: 'every', name: 'Every' });
  await fill('roleRun save', '/manage/roles/every', 'Role', { name: 'Each' });
  await fill('roleRun remove', '/manage/roles/every', 'Remove role');
  await fill('addServiceAccount', '/manage/service-accounts', 'New service account', { name: 'AAA first' });
  const machine = await first('/manage/service-accounts');
  const until = new Date(system.clock.now() + 86_400_000).toISOString().slice(0, 10);
  await fill('serviceAccountRun save', machine, 'Name and roles', { name: 'AAA' });
  await fill('serviceAccountRun createKey', machine, 'New key', {
    name: 'Nightly',
    environment: 'test',
    until,
  });
  await fill('serviceAccountRun revokeKey', machine, 'Revoke Nightly');
  await fill('serviceAccountRun delete', machine, 'Delete service account');
  await fill('environmentRun', '/manage/environments', 'test');
  await fill('listsRun', '/manage/lists', 'Refresh Contractors, Contractor Tokens, test');

  const job = await takeOn(system, dispatcher.visitor);
  const other = await takeOn(system, dispatcher.visitor);
  const browser = new Visitor(system.url);
  await note('takePass', browser, browser.form('/', { token: job.token }));
  const record = `${job.home}/records/${job.id}`;
  const complete = `${record}/operations/complete`;
  await note('passRun', browser, submit(browser, complete, { completionNotes: 'All done' }));

  const { visitor: staff, formToken } = dispatcher;
  const add = '/app/production/work-orders/work-order/operations/add';
  await note(
    'addRun',
    staff,
    submit(staff, add, {
      number: 'WO-each',
      building: 'Mill House',
      category: 'Maintenance',
      description: 'A noise',
      dueDate: '2099-03-31',
    }),
  );
  await system.settled();
  const passes = async (action: string, more = {}) => {
    const grant = await grantOf(staff, other.email);
    return staff.form('/passes/production', { formToken, grant, action, ...more });
  };
  await note('changePasses resend', staff, passes('resend'));
  await note('changePasses extend', staff, passes('extend', { until }));
  await note('changePasses revoke', staff, passes('revoke'));
  await note('changePasses revokeNow', staff, passes('revokeNow'));
  await system.settled();
  await note('runAgain', staff, staff.form(`/app/production/records/${other.id}/task-runs`, { formToken }));
  await arrive(system, other.email);

  const dana = new Visitor(system.url);
  const edit = `/app/production/records/${other.id}/operations/edit`;
  await note('formRun', staff, submit(staff, edit, { building: 'Tower' }));

  const known = new Set((await system.mail.messages()).map(({ messageId }) => messageId));
  await note('requestSignIn', dana, dana.form('/sign-in', { email: 'dana@abc.example' }));
  const mail = await system.mail.waitFor(
    ({ to, messageId }) => to.includes('dana@abc.example') && !known.has(messageId),
  );
  const link = new URL(linkIn(mail.text));
  const redeem = fieldsOf((await dana.get(link.pathname + link.search)).text);
  await note('redeemSignIn', dana, dana.form('/sign-in/link', redeem));
  await staffSession(system, 'dana@abc.example');
  const account = await dana.get('/account');
  const [, session = ''] =
    / name="session" value="([0-9A-Za-z]+)"/.exec(
      account.text.replace(/<tr(?:(?!<\/tr>).)*this browser.*?<\/tr>/s, ''),
    ) ?? [];
  const { formToken: hers = '' } = fieldsOf(account.text);
  await note('accountRun', dana, dana.form('/account', { formToken: hers, session }));
  const leaving = await staffSession(system, 'dana@abc.example');
  const { formToken: own = '' } = fieldsOf((await leaving.get('/account')).text);
  await note('signOut', leaving, leaving.form('/sign-out', { formToken: own }));
  return sent;
}

async function grantOf(staff: Visitor, email: string): Promise<string> {
  const { passes } = (await staff.get('/admin/tokens/production?limit=100')).json as {
    passes: { id: string; email?: string }[];
  };
  return passes.find((pass) => pass.email === email)?.id ?? '';
}
