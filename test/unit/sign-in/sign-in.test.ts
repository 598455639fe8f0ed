import { DaypassError } from '../../../core/errors.ts';
import type { Mail } from '../../../core/mail/mail.ts';
import { signInAs } from '../../../core/sign-in/issuer.ts';
import { createSignInLink, redeemSignIn, requestSignIn, signOut } from '../../../core/sign-in/sign-in.ts';
import { formatToken, readToken } from '../../../core/tokens/token.ts';
import { AT, callerOf, idOf, NOW, principalOf, refusal, SiteMemory } from '../../fixtures/site-memory.ts';

const MINUTE = 60_000;
const PAT = idOf(7000);
const pat = principalOf({ id: PAT, email: 'Pat@people.example' });
const siteWith = () =>
  new SiteMemory().add(
    pat,
    { id: 'carl', type: 'tokenUser', email: 'carl@contractor.example' },
    { id: 'nomail', type: 'user' },
  );
const request = { siteName: 'Harbour', contact: 'desk@harbour.example' };
const session = (at: number) => ({
  kind: 'addCredential',
  credential: {
    id: idOf(at),
    principalId: PAT,
    kind: 'session',
    keyId: '0002',
    createdAt: AT,
    expiresAt: NOW + 12 * 60 * MINUTE,
  },
});
const tokenOf = (kind: 'session' | 'signIn', credentialId: string, { runtime }: SiteMemory) =>
  formatToken({ kind, principalId: PAT, credentialId }, runtime.keyring, runtime.siteId);

/** Asks for a link, and answers the mails that were sent. */
async function ask(site: SiteMemory, email: string, to?: string): Promise<Mail[]> {
  const mails: Mail[] = [];
  const mailer = { send: async (mail: Mail) => void mails.push(mail) };
  await requestSignIn({ ...site.runtime, mailer }, { ...request, email, ...(to && { to }) });
  return mails;
}

describe('a mailed link to sign in', () => {
  it('goes to the address on file, whatever was typed, and works for a quarter of an hour', async () => {
    const site = siteWith();
    const [mail] = await ask(site, ' ＰＡＴ@people.example ', '/app/production?a=b&c');
    const token = tokenOf('signIn', idOf(1), site);
    const link = `https://passes.example/sign-in/link?token=${token}&to=%2Fapp%2Fproduction%3Fa%3Db%26c`;
    const { html, ...sent } = mail as Mail;
    expect(sent).toEqual({
      to: 'Pat@people.example',
      subject: 'Sign in to Harbour',
      replyTo: 'desk@harbour.example',
      text: `Hello Pat Person, here is your link to sign in.\n\nSign in:\n${link}\n\nIt works once and for 15 minutes. If you did not ask for it, ignore this mail: nothing happens without the link.\n\nHarbour\ndesk@harbour.example\n`,
      tags: { purpose: 'signIn' },
    });
    expect(html).toContain(link.replaceAll('&', '&amp;'));
    expect(site.commits).toEqual([
      [
        {
          kind: 'addCredential',
          credential: {
            id: idOf(1),
            principalId: PAT,
            kind: 'signIn',
            keyId: '0002',
            createdAt: AT,
            expiresAt: NOW + 15 * MINUTE,
          },
        },
      ],
    ]);
    expect(site.turns).toEqual([['signIn', PAT, { at: NOW, windowMs: 15 * MINUTE, limit: 5 }]]);
  });

  it('leads nowhere in particular where no page asked', async () => {
    const site = siteWith();
    expect(await createSignInLink(site.runtime, pat)).toBe(
      `https://passes.example/sign-in/link?token=${tokenOf('signIn', idOf(1), site)}`,
    );
  });

  it.each(['nobody@people.example', 'carl@contractor.example', ''])(
    'is not made for %j, and costs nobody a turn',
    async (email) => {
      const site = siteWith();
      expect([await ask(site, email), site.commits, site.turns]).toEqual([[], [], []]);
    },
  );

  it('is neither made nor mailed once too many were asked for', async () => {
    const site = siteWith();
    site.takeTurn = () => false;
    expect([await ask(site, 'pat@people.example'), site.commits]).toEqual([[], []]);
  });

  it('is redeemed for a session of twelve hours in one transaction with its own end', async () => {
    const site = siteWith();
    expect(await redeemSignIn(site.runtime, tokenOf('signIn', idOf(9), site))).toEqual({
      token: tokenOf('session', idOf(1), site),
      expiresAt: NOW + 12 * 60 * MINUTE,
      principalId: PAT,
      email: 'Pat@people.example',
    });
    expect(site.commits).toEqual([
      [
        {
          kind: 'endCredential',
          principalId: PAT,
          credentialId: idOf(9),
          reason: 'redeemed',
          at: NOW,
          requireLive: true,
          signInLink: true,
        },
        session(1),
      ],
    ]);
  });

  it('that is used, forged, of another kind or of nobody opens nothing, and says the same each time', async () => {
    const site = siteWith();
    const { keyring, siteId } = site.runtime;
    const of = (principalId: string) =>
      formatToken({ kind: 'signIn', principalId, credentialId: idOf(9) }, keyring, siteId);
    site.add({ id: idOf(7001), type: 'tokenUser' });
    for (const text of ['', tokenOf('session', idOf(9), site), of(idOf(7001)), of(idOf(7002))]) {
      expect((await refusal(() => redeemSignIn(site.runtime, text)))[0]).toBe('CREDENTIAL_INVALID');
    }
    for (const [thrown, told] of [
      ['PASS_ENDED', 'CREDENTIAL_INVALID'],
      ['UNAVAILABLE', 'UNAVAILABLE'],
    ] as const) {
      site.beforeCommit = () => {
        throw new DaypassError(thrown);
      };
      expect((await refusal(() => redeemSignIn(site.runtime, tokenOf('signIn', idOf(9), site))))[0]).toBe(
        told,
      );
    }
    expect(site.commits).toEqual([]);
  });

  it('of somebody without an address signs in, too: the first owner may have none', async () => {
    const site = siteWith().add({ id: PAT, type: 'user' });
    expect((await redeemSignIn(site.runtime, tokenOf('signIn', idOf(9), site))).email).toBe('');
  });
});

describe('an issuer', () => {
  it('signs in whom it knows by the address on file', async () => {
    const site = siteWith();
    const answer = await signInAs(site.runtime, { email: ' PAT@people.example', emailVerified: true });
    expect(answer).toEqual({
      token: tokenOf('session', idOf(1), site),
      expiresAt: NOW + 12 * 60 * MINUTE,
      principalId: PAT,
      email: 'Pat@people.example',
    });
    expect(readToken(answer.token, site.runtime.keyring, site.runtime.siteId)?.kind).toBe('session');
    expect(site.commits).toEqual([[session(1)]]);
  });

  it.each([
    ['not verified', 'pat@people.example', false],
    ['verified by a text', 'pat@people.example', 'true'],
    ['that is no text', ['pat@people.example'], true],
    ['of nobody', 'nobody@people.example', true],
    ['of a token user', 'carl@contractor.example', true],
    ['that only looks like it', 'ｐat@people.example', true],
  ])('signs in nobody by an address %s', async (_, email, emailVerified) => {
    const site = siteWith();
    expect((await refusal(() => signInAs(site.runtime, { email, emailVerified })))[0]).toBe(
      'SIGN_IN_REFUSED',
    );
    expect(site.commits).toEqual([]);
  });
});

describe('signing out', () => {
  it('ends the session that the caller came with', async () => {
    const site = siteWith();
    const credential = { id: 's', kind: 'session', expiresAt: NOW } as const;
    await signOut(site.runtime, callerOf({ principalId: PAT, credential }));
    expect(site.commits).toEqual([
      [
        {
          kind: 'endCredential',
          principalId: PAT,
          credentialId: 's',
          reason: 'signedOut',
          at: NOW,
          requireLive: false,
        },
      ],
    ]);
  });

  it.each(['access', 'apiKey', 'signIn', undefined] as const)(
    'ends no credential of kind %s',
    async (kind) => {
      const site = siteWith();
      await signOut(
        site.runtime,
        callerOf({ ...(kind && { credential: { id: 's', kind, expiresAt: NOW } }) }),
      );
      expect(site.commits).toEqual([]);
    },
  );
});
