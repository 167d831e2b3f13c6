/** Writes the JSON Schemas of `schemas/` from the ones that the loaders use: `npm run schemas`. */
import { writeFileSync } from 'node:fs';
import { publishedSchemas } from '../src/definitions/published-schemas.ts';

for (const [name, text] of publishedSchemas()) {
  writeFileSync(new URL(`../schemas/${name}`, import.meta.url), text);
}
