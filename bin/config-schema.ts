import { z } from 'zod';
import { configSchema } from '../lib/config.ts';

// Prints the JSON Schema that config/schema.json keeps for editors: npm run schemas.
console.log(JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' }), null, 2));
