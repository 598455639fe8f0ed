import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createDocumentClient, createStore } from '../lambdas/shared/table/store.ts';
import {
  activateKey,
  addKey,
  type KeySecret,
  keyIds,
  parseKeySecret,
  replaceKey,
  retiredIds,
  retireKey,
} from './key-rotation/key-secret.ts';
import { readCurrent, readPrevious, replaceVersion } from './key-rotation/secret-versions.ts';
import { signedWith } from './key-rotation/signed-with.ts';
import { openSite, SITE_OPTIONS, SITE_USAGE, type Site } from './site-address/open-site.ts';

const USAGE = `Usage: npm run keys -- [list | add | activate ID | retire ID | replace ID | undo]
                       [--journal] [--at-once] [--end-what-it-signed]
                       [--stage STAGE [--config FILE] [--profile NAME]]

Shows or changes the keys that tokens are signed with; with --journal, those that chain the journal. No key is printed.

  list         the ids, and which key signs (default)
  add          adds a key that signs nothing yet
  activate ID  signs with it from now on; ten minutes after it was added, or --at-once
  retire ID    takes a key out that signs no more; ten minutes after the last change, and when no live pass or API key
               was signed with it, or --end-what-it-signed
  replace ID   in an emergency: takes a key out at once, and all that it signed with it; if it is the one that signs,
               a new one does from then on
  undo         puts back what there was before the last change; a second one takes that back again

${SITE_USAGE}
These need the rights to read and change the secret (GetSecretValue, PutSecretValue, UpdateSecretVersionStage); to
retire, also to read the site's table.`;

interface Asked {
  command: string;
  id: string;
  journal: boolean;
  atOnce: boolean;
  endWhatItSigned: boolean;
  site: Site;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      journal: { type: 'boolean', default: false },
      'at-once': { type: 'boolean', default: false },
      'end-what-it-signed': { type: 'boolean', default: false },
      ...SITE_OPTIONS,
      help: { type: 'boolean', default: false },
    },
  });
  const [command = 'list', id, ...more] = positionals;
  const alone = ['list', 'add', 'undo'].includes(command);
  const known = alone || ['activate', 'retire', 'replace'].includes(command);
  if (values.help || !known || alone !== (id === undefined) || more.length > 0) {
    console.log(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const site = await openSite(values);
  const secret = values.journal ? site.journalKeysArn : site.signingKeysArn;
  const does = values.journal ? 'chains the journal' : 'signs';
  const client = new SecretsManagerClient(site.aws);
  if (command === 'list') {
    show(parseKeySecret((await readCurrent(client, secret)).text), does);
    return;
  }
  const asked = {
    command,
    id: id ?? '',
    journal: values.journal,
    atOnce: values['at-once'],
    endWhatItSigned: values['end-what-it-signed'],
    site,
  };
  const keys =
    command === 'undo' ? await undone(client, secret, asked) : await changed(client, secret, asked);
  show(keys, does);
  console.log(`\n${CONSEQUENCES[command]}`);
}

async function changed(client: SecretsManagerClient, secret: string, asked: Asked): Promise<KeySecret> {
  const current = await readCurrent(client, secret);
  const age = asked.atOnce ? Number.POSITIVE_INFINITY : asked.site.now() - current.createdAt.getTime();
  const keys = await change(parseKeySecret(current.text), age, asked);
  await replaceVersion(client, secret, current, keys);
  return keys;
}

async function change(
  keys: KeySecret,
  age: number,
  { command, id, journal, endWhatItSigned, site }: Asked,
): Promise<KeySecret> {
  if (command === 'add') return addKey(keys, newKey()).secret;
  if (command === 'activate') return activateKey(keys, id, age);
  if (journal) throw new Error(KEPT_FOR_EVER);
  if (command === 'replace') return replaceKey(keys, id, newKey());
  if (endWhatItSigned) return retireKey(keys, id, Number.POSITIVE_INFINITY);
  const left = retireKey(keys, id, age);
  await requireUnused(site, id, keyIds(keys));
  return left;
}

const newKey = () => randomBytes(48).toString('hex');
const KEPT_FOR_EVER =
  'A key of the journal is never taken out: without it, what it chained cannot be verified.';

async function requireUnused(site: Site, id: string, listed: readonly string[]): Promise<void> {
  const store = createStore(createDocumentClient(site.aws), site.tableName);
  const { passes, apiKeys } = await signedWith(store, id, { listed, now: site.now() });
  if (passes + apiKeys === 0) return;
  const used = `${passes} live ${passes === 1 ? 'pass' : 'passes'} and ${apiKeys} API ${apiKeys === 1 ? 'key' : 'keys'}`;
  throw new Error(
    `${used} were signed with ${id} and would be refused. Wait until they have ended, or say --end-what-it-signed.`,
  );
}

async function undone(client: SecretsManagerClient, secret: string, asked: Asked): Promise<KeySecret> {
  const current = await readCurrent(client, secret);
  const keys = keysBefore((await readPrevious(client, secret)).text);
  requireSigningKeyKept(keys, current.text, asked);
  // As another version: functions need their time for it as for any other change.
  await replaceVersion(client, secret, current, keys);
  return keys;
}

function keysBefore(text: string): KeySecret {
  try {
    return parseKeySecret(text);
  } catch {
    throw new Error(
      'Before the last change, the secret held no keys as functions take them, either. Look for an older version with ' +
        '`aws secretsmanager list-secret-version-ids --include-deprecated`.',
    );
  }
}

/** What was signed since would be refused. If the current text is no secret with keys, nothing was. */
function requireSigningKeyKept(
  keys: KeySecret,
  currentText: string,
  { journal, endWhatItSigned }: Asked,
): void {
  let active: string;
  try {
    active = parseKeySecret(currentText).active;
  } catch {
    return;
  }
  if (keyIds(keys).includes(active)) return;
  if (journal) throw new Error(KEPT_FOR_EVER);
  if (endWhatItSigned) return;
  throw new Error(
    `${active} signs now, and was not there before the last change: what it signed would be refused. ` +
      'If you want that, say --end-what-it-signed.',
  );
}

function show(keys: KeySecret, does: string): void {
  for (const id of keyIds(keys)) console.log(id === keys.active ? `${id}  ${does}` : id);
  for (const id of retiredIds(keys)) console.log(`${id}  retired`);
}

const CONSEQUENCES: Record<string, string> = {
  add: 'Functions know it within five minutes. Activate it ten minutes from now.',
  activate: 'What was signed before stays as it is. Functions sign with it within five minutes.',
  retire: 'Within five minutes, whatever it signed is refused.',
  replace:
    'Within five minutes, whatever it signed is refused. Until every function knows the new key, some requests fail and\n' +
    'can be repeated. People sign in again; send live passes again from the page of live passes; make its API keys anew.',
  undo: 'Functions take these keys up within five minutes.',
};

main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
