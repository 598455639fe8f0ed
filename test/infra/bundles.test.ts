import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stop } from 'esbuild';
import { bundleFunctions } from '../../lib/bundle.ts';
import { FUNCTION_NAMES } from '../../lib/names.ts';
import { ROOT } from './synthesise.ts';

const folder = mkdtempSync(join(tmpdir(), 'daypass-bundles-'));
const { outputs } = await bundleFunctions(ROOT, folder);
const outputOf = (name: string) =>
  Object.entries(outputs).find(([file]) => file.endsWith(`/${name}/index.mjs`))?.[1];

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stop();
});

describe('the bundle of', () => {
  it.each(FUNCTION_NAMES)('%s exports its handler, and needs nothing but Node beside itself', (name) => {
    const output = outputOf(name);
    const needed = (output?.imports ?? []).filter(({ external }) => external).map(({ path }) => path);

    expect(output?.exports).toContain('handler');
    expect(needed.filter((path) => !isBuiltin(path))).toEqual([]);
  });

  it.each(FUNCTION_NAMES)('%s holds none of the tools that build, test or run it on a laptop', (name) => {
    const inputs = Object.keys(outputOf(name)?.inputs ?? {});
    const foreign = inputs.filter((file) =>
      /^(bin|lib|local|test|examples)\/|node_modules\/(aws-cdk-lib|constructs|jest|esbuild|@aws-sdk\/client-cloudformation)\//.test(
        file,
      ),
    );

    expect(inputs.length).toBeGreaterThan(0);
    expect(foreign).toEqual([]);
  });

  it('authorizer starts without a schema library and without a document client', () => {
    const inputs = Object.keys(outputOf('authorizer')?.inputs ?? {});

    expect(
      inputs.filter((file) =>
        /node_modules\/(zod|@aws-sdk\/lib-dynamodb|@aws-lambda-powertools)\//.test(file),
      ),
    ).toEqual([]);
  });

  it('portal alone carries the client of OpenID Connect', () => {
    const carrying = FUNCTION_NAMES.filter((name) =>
      Object.keys(outputOf(name)?.inputs ?? {}).some((file) =>
        /node_modules\/(openid-client|oauth4webapi)\//.test(file),
      ),
    );

    expect(carrying).toEqual(['portal']);
  });

  it('every function can be read by people: stack traces lead to the source', () => {
    for (const name of FUNCTION_NAMES) {
      expect(readFileSync(join(folder, name, 'index.mjs'), 'utf8')).toMatch(
        /\/\/# sourceMappingURL=index\.mjs\.map\s*$/,
      );
    }
  });
});
