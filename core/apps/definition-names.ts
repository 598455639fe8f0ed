import { z } from 'zod';
import { readableEmail } from '../mail/address.ts';
import { BUILT_IN_ROLES, SYSTEM_ROLES } from '../policy/built-in.ts';

/** What is on every object in JavaScript already (`constructor`, `toString`, …): as a name it would not be data. */
const notInherited = (name: string) => !(name in Object.prototype);
const inherited = 'this name means something to every object already; choose another';

/** Ids of apps, record types, operations, views, tasks, people and the like. */
export const id = z
  .string()
  .regex(
    /^[a-z][A-Za-z0-9-]{0,47}$/,
    'an id starts with a small letter; letters, digits and hyphens; at most 48',
  )
  .refine(notInherited, inherited)
  .meta({ id: 'Id' });

/** Reserved in the expression language: `record.in` could not be read. */
const CEL_RESERVED = new Set(
  'as break const continue else false for function if import in let loop namespace null package return true var void while'.split(
    ' ',
  ),
);

/** Ids that expressions name after a dot: no hyphen, which would be a minus there. */
export const fieldId = z
  .string()
  .regex(
    /^[a-z][A-Za-z0-9]{0,47}$/,
    'a field id starts with a small letter; letters and digits (an expression would read a hyphen as minus); at most 48',
  )
  .refine(notInherited, inherited)
  .refine((name) => !CEL_RESERVED.has(name), 'this word is reserved in expressions; choose another')
  .meta({ id: 'FieldId' });

export const stateId = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9-]{0,47}$/,
    'a state id starts with a letter; letters, digits and hyphens; at most 48',
  )
  .refine(notInherited, inherited)
  .meta({
    id: 'StateId',
    description: 'As conditions and filters write it, e.g. `record.state == "Active"`',
  });

/** A custom role of the site, or a system role: whom permissions can name. */
export const grantedRole = z
  .union([z.enum([...SYSTEM_ROLES]), id], {
    error: `name a role of the site by its id, or ${[...SYSTEM_ROLES].join(' or ')}`,
  })
  .meta({ id: 'GrantedRole' });

/** Of a user, service account, robot or token user: as lists and the access API name it. */
export const accountId = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,48}$/, 'name an account by its id')
  .meta({ id: 'AccountId' });

/** A custom role of the site, or a built-in role: what people can hold. */
export const heldRole = z
  .union([z.enum([...BUILT_IN_ROLES]), id], {
    error: `name a role of the site by its id, or one of ${[...BUILT_IN_ROLES].join(', ')}`,
  })
  .meta({ id: 'HeldRole' });

export const label = z.string().min(1).max(200).meta({ id: 'Label' });

export const expression = z
  .string()
  .min(1)
  .max(2000)
  .meta({ id: 'Expression', description: 'A CEL expression' });
export const emailAddress = z
  .string()
  .refine((text) => readableEmail(text) !== undefined, {
    error: 'write an email address like name@example.org',
  })
  .meta({ format: 'email' });
