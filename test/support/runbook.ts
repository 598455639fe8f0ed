import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { System } from '../../local/system.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMMAND = join(ROOT, 'test/support/aws-command.ts');
const STAGE = 'local';

/** The runbook's shell blocks, by section and step. */
export class Runbook {
  readonly #system: System;
  readonly #text = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
  readonly #folder = mkdtempSync(join(tmpdir(), 'daypass-runbook-'));

  constructor(system: System) {
    this.#system = system;
  }

  /**
   * Runs what a section tells to run, as it stands there, and gives back what was printed. `variables` are set before;
   * `<name>` stands for what a person has to fill in; `files` lie in the folder where the commands run.
   */
  async follow(
    section: string,
    step: 'Look at' | 'Do',
    filled: {
      variables?: Record<string, string>;
      names?: Record<string, string>;
      files?: Record<string, string>;
    } = {},
  ): Promise<string> {
    const { variables = {}, names = {}, files = {} } = filled;
    for (const [name, content] of Object.entries(files)) writeFileSync(join(this.#folder, name), content);
    let commands = this.#commands(section, step);
    for (const [name, value] of Object.entries(names)) commands = commands.replaceAll(`<${name}>`, value);
    const script = `set -eu\naws() { "${process.execPath}" "${COMMAND}" "$@"; }\n${commands}`;
    const env = { ...process.env, ...this.#variables, ...variables, NODE_OPTIONS: '' };
    const { stdout } = await run('bash', ['-c', script], { env, cwd: this.#folder });
    return stdout;
  }

  /** The log lines for which a section tells to look, as far as it names them by their words. */
  logged(section: string): string[] {
    const tails = this.#section(section).matchAll(
      /aws logs tail \/aws\/lambda\/daypass-\$STAGE-([\w-]+) .*--filter-pattern '"([^"]+)"'/g,
    );
    return [...tails].flatMap(([, name, words = '']) =>
      this.#system.logs(`daypass-${STAGE}-${name}`).filter((line) => line.includes(words)),
    );
  }

  get #variables(): Record<string, string> {
    const machine = `arn:aws:states:us-east-1:000000000000:stateMachine:daypass-${STAGE}-token-access`;
    return {
      AWS_ENDPOINT_URL: this.#system.awsEndpointUrl,
      AWS_REGION: 'us-east-1',
      ACCOUNT: '000000000000',
      STAGE,
      MACHINE: machine,
    };
  }

  #section(name: string): string {
    const text = this.#text.split(/^## /m).find((each) => each.startsWith(`${name}\n`));
    if (!text) throw new Error(`The runbook has no section "${name}".`);
    return text;
  }

  #commands(section: string, step: string): string {
    const text = this.#section(section);
    const from = text.indexOf(`**${step}.**`);
    const to = step === 'Look at' ? text.indexOf('**Do.**') : text.length;
    const blocks = [...text.slice(from, to).matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block);
    const inline = [...text.slice(from, to).matchAll(/`(aws sqs purge-queue [^`]+)`/g)].map(
      ([, line]) => line,
    );
    if (blocks.length + inline.length === 0) throw new Error(`"${section}" tells nothing to run to ${step}.`);
    return [...blocks, ...inline].join('\n');
  }
}
