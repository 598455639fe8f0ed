import { readKeyring } from '../../core/tokens/keyring.ts';

/**
 * What a secret with keys holds: their texts by id, and the id of the one to sign with, as `readKeyring` takes it. A key
 * that was taken out leaves its id with an empty text, so that no other key is ever called the same.
 */
export type KeySecret = Readonly<Record<string, string>> & { readonly active: string };

/** Functions look at the secret every five minutes, each on its own timer; this is longer than the last one takes. */
export const KNOWN_EVERYWHERE_MS = 10 * 60_000;

/** @throws Error when the text is no such secret, or holds something besides; it is never quoted */
export function parseKeySecret(text: string): KeySecret {
  try {
    const keyring = readKeyring(text);
    const secret = JSON.parse(text) as KeySecret;
    if ([...keyIds(secret), secret.active].every((id) => keyring.key(id))) return secret;
  } catch {
    // Told below, whatever is wrong with it.
  }
  throw new Error(
    'The secret does not hold keys as functions take them: {"active": "0001", "0001": "<32 characters or more>"}. ' +
      '`npm run keys -- undo` puts back what it held before.',
  );
}

/** The ids of the keys, in order. */
export function keyIds(secret: KeySecret): string[] {
  return everId(secret).filter((id) => secret[id] !== '');
}

/** The ids of those that were taken out, in order. */
export function retiredIds(secret: KeySecret): string[] {
  return everId(secret).filter((id) => secret[id] === '');
}

function everId({ active: _, ...keys }: KeySecret): string[] {
  return Object.keys(keys).sort();
}

/**
 * Adds a key that nothing is signed with yet.
 * @param text of the key: at least 32 random characters
 * @returns the secret, and the key's id: the next number that no key ever had
 * @throws Error after 9999
 */
export function addKey(secret: KeySecret, text: string): { secret: KeySecret; id: string } {
  const numbers = everId(secret)
    .filter((id) => /^\d{4}$/.test(id))
    .map(Number);
  const id = String(Math.max(0, ...numbers) + 1).padStart(4, '0');
  if (id.length > 4) throw new Error('There is no key id after 9999. Add a key of another name by hand.');
  return { secret: { ...secret, [id]: text } as KeySecret, id };
}

/**
 * Makes a key the one to sign with.
 * @param age milliseconds since the secret was changed last: a key that was added then is not known everywhere yet
 * @throws Error when there is no such key, it signs already, or it is too young: some functions would refuse what others sign with it
 */
export function activateKey(secret: KeySecret, id: string, age: number): KeySecret {
  requireListed(secret, id);
  if (secret.active === id) throw new Error(`${id} is the key to sign with already.`);
  requireKnown(
    age,
    `A function that has not seen ${id} yet would refuse what others sign with it: activate it`,
  );
  return { ...secret, active: id };
}

/**
 * Takes a key out: whatever it signed is refused from then on.
 * @param age milliseconds since the secret was changed last: until it is known everywhere, some may sign with the key yet
 * @throws Error when there is no such key, it is the one to sign with, or was until just now
 */
export function retireKey(secret: KeySecret, id: string, age: number): KeySecret {
  requireListed(secret, id);
  if (secret.active === id) throw new Error(`${id} is the key to sign with. Activate another one before.`);
  requireKnown(age, `A function that has not seen it yet may still sign with ${id}: retire it`);
  return { ...secret, [id]: '' };
}

/**
 * Takes a key out in one step, whichever it is, for when somebody else may know it. If it was the one to sign with, a new
 * one takes its place.
 * @param text of the new key
 * @throws Error when there is no such key
 */
export function replaceKey(secret: KeySecret, id: string, text: string): KeySecret {
  requireListed(secret, id);
  if (secret.active !== id) return { ...secret, [id]: '' };
  const added = addKey(secret, text);
  return { ...added.secret, active: added.id, [id]: '' };
}

function requireListed(secret: KeySecret, id: string): void {
  if (keyIds(secret).includes(id)) return;
  throw new Error(`There is no key ${id}. There are ${keyIds(secret).join(', ')}.`);
}

function requireKnown(age: number, otherwise: string): void {
  if (age >= KNOWN_EVERYWHERE_MS) return;
  const minutes = Math.ceil((KNOWN_EVERYWHERE_MS - Math.max(0, age)) / 60_000);
  throw new Error(
    `The keys were changed just now. ${otherwise} in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
  );
}
