import fc from 'fast-check';
import { checkApp } from '../../../core/apps/check.ts';
import { linkDefinitions } from '../../../core/apps/link.ts';
import { existingPath } from '../../../core/apps/problems.ts';
import { exampleApp, exampleApps, exampleNames } from '../../fixtures/property-management.ts';

const checked = exampleApps();
const apps = checked.map(({ definition }) => definition);
const names = exampleNames(apps);

type Place = { holder: Record<string | number, unknown>; key: string | number };

/** Every member of a document, however deep. */
function placesOf(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string | number, unknown>;
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => [{ holder, key }, ...placesOf(holder[key])]);
}

/** What a person or a program might leave behind: something else, something strange, a name from elsewhere, nothing. */
const leftovers = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    '',
    '*',
    '__proto__',
    'constructor',
    'record.number',
    'record.contractorLink',
    'token',
    'add',
  ),
  fc.constantFrom(
    'record.a.b.c',
    '"Yes" in record.number',
    '((((',
    'null',
    'formula',
    'tokens',
    'users',
    -1,
    1e308,
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constant(undefined),
);

const mutation = fc.record({
  at: fc.nat(),
  by: leftovers,
  how: fc.constantFrom('replace', 'remove', 'add', 'swap'),
});

function mutate(document: unknown, { at, by, how }: { at: number; by: unknown; how: string }): void {
  const places = placesOf(document);
  const { holder, key } = places[at % places.length] as Place;
  if (how === 'remove') {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  } else if (how === 'add') {
    const target = holder[key];
    if (Array.isArray(target)) target.push(by);
    else if (typeof target === 'object' && target !== null) Object.assign(target, { [String(by)]: by });
    else holder[key] = by;
  } else if (how === 'swap') {
    const other = places[(at * 31 + 7) % places.length] as Place;
    holder[key] = structuredClone(other.holder[other.key]);
  } else {
    holder[key] = by;
  }
}

function pathOf(pointer: string): string[] {
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

describe('checking a definition', () => {
  it.each(['work-orders', 'contractor-tokens'] as const)(
    'survives every mutation of %s, places each problem at something that exists, and links what it accepts',
    (id) => {
      fc.assert(
        fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
          const document: unknown = exampleApp(id);
          for (const each of mutations) mutate(document, each);
          // A document comes as JSON: what JSON cannot say is not in it.
          const sent = JSON.parse(JSON.stringify(document));

          const { app, problems } = checkApp(sent, names);

          expect(problems.length === 0).toBe(app !== undefined);
          if (app)
            linkDefinitions([
              ...checked.filter(({ definition }) => definition.id !== app.definition.id),
              app,
            ]);
          for (const problem of problems) {
            expect(existingPath(sent, pathOf(problem.path))).toEqual(pathOf(problem.path));
            expect(problem.message.length).toBeGreaterThan(10);
          }
        }),
        { numRuns: 300, seed: 20260101 },
      );
    },
  );

  it('survives documents of any shape', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (document) => {
        const { app, problems } = checkApp(document, names);
        expect(app).toBeUndefined();
        expect(problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it('what was found right is right again when it is read back', () => {
    for (const app of apps) {
      const again = checkApp(JSON.parse(JSON.stringify(app)), names);
      expect(again.problems).toEqual([]);
      expect(again.app?.definition).toEqual(app);
    }
  });
});
