import { fileURLToPath } from 'node:url';
import type { SeedOptions } from '../../local/seed.ts';

export const PERSON_DIRECTORY: SeedOptions = {
  folder: fileURLToPath(new URL('../../examples/person-directory', import.meta.url)),
  environment: 'production',
};
