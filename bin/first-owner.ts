import { parseArgs } from 'node:util';
import { designEvent } from '../core/journal/design-event.ts';
import { readableEmail } from '../core/mail/address.ts';
import { accountChange } from '../core/people/session.ts';
import { OWNER, TENANT_ADMINISTRATOR } from '../core/policy/built-in.ts';
import { normaliseEmail, type Principal } from '../core/principals.ts';
import { createSignInLink } from '../core/sign-in/sign-in.ts';
import { connect, openSite, SITE_OPTIONS, SITE_USAGE } from './site-address/open-site.ts';
import { operator, operatorName } from './site-files/operator.ts';

const USAGE = `Usage: npm run first-owner -- EMAIL NAME [--stage STAGE [--config FILE] [--profile NAME]]

Makes the first owner of a site, who is also its tenant administrator, and prints a link that signs them in
once, within 15 minutes. No mail is sent, so it works while SES is in its sandbox. Run again for the same email, it
prints a new link.

${SITE_USAGE}
These need the rights to read and write the site's table and to read its keys.`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { ...SITE_OPTIONS, help: { type: 'boolean', default: false } },
  });
  const [typed = '', ...words] = positionals;
  const email = readableEmail(typed);
  if (values.help || !email || words.length === 0) {
    console.log(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const runtime = await connect(await openSite(values)).runtime();
  const known = await runtime.store.readUserByEmail(normaliseEmail(email));
  if (known && !known.roles.includes(OWNER)) {
    throw new Error(`${email} is a user already, and no owner. Only an owner can make another one.`);
  }
  const owner: Principal = known ?? {
    id: runtime.newId(),
    type: 'user',
    name: words.join(' '),
    email,
    roles: [OWNER, TENANT_ADMINISTRATOR],
    profiles: [],
    createdAt: new Date(runtime.now()).toISOString(),
  };
  if (!known) {
    const signing = { caller: operator(operatorName('first-owner')), now: runtime.now(), runtime };
    const event = designEvent(signing, accountChange(undefined, owner));
    await runtime.store.commit([
      { kind: 'addUser', principal: owner, email },
      { kind: 'addDesignEvent', event },
    ]);
  }
  console.log(
    `${owner.name} signs in here, once, within 15 minutes:\n\n  ${await createSignInLink(runtime, owner)}\n`,
  );
}

main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
