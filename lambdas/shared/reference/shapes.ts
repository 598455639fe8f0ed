import { z } from 'zod';
import { ENVIRONMENTS } from '../../../core/environments.ts';

/** Parts that many answers share. */
export const ID = z.string().meta({ examples: ['7fXq2LmT0aVbN4cRkWz9Es'] });
export const NAMED = { id: z.string(), name: z.string() };
export const TIME = z.iso.datetime();
export const DAY = z.iso.date();
export const VERSION = z
  .int()
  .describe('Goes back as If-Match: "3"')
  .meta({ examples: [3] });
export const CURSOR = z
  .string()
  .optional()
  .describe('Goes on with the next page; absent on the last one')
  .meta({ examples: ['b3BhcXVl…'] });
export const ENVIRONMENT = z.enum(ENVIRONMENTS).meta({ examples: ['production'] });
export const ENVIRONMENT_LIST = z.array(ENVIRONMENT);
export const ROLE_IDS = z.array(z.string()).meta({ examples: [['inspector']] });
/** A field's value as a record has it. */
export const FIELD_VALUE = z
  .union([
    z.string(),
    z.number(),
    z.boolean(),
    z.array(z.string()),
    z.strictObject({ lat: z.number(), lon: z.number() }),
    z.null(),
  ])
  .meta({ examples: ['A text'] });
export const VALUES = z
  .record(z.string(), FIELD_VALUE)
  .describe('Field id → value')
  .meta({ examples: [{ title: 'A text', dueDate: '2027-03-31' }] });
