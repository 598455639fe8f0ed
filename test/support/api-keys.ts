import type { System } from '../../local/system.ts';
import { type Answer, Visitor } from '../../local/visitor.ts';

/** An API key as the answer that makes it shows it, and a program that comes with it. */
export interface MadeKey {
  id: string;
  key: string;
  machine: Visitor;
}

let count = 0;

/** Service accounts and their keys, made by somebody who may. */
export class ApiKeys {
  readonly #system: System;
  readonly #by: Visitor;

  constructor(system: System, by: Visitor) {
    this.#system = system;
    this.#by = by;
  }

  async account(...roles: string[]): Promise<{ id: string; version: number }> {
    const answer = await this.#by.json('POST', '/admin/service-accounts', {
      name: `Program ${++count}`,
      roles,
    });
    if (answer.status !== 201) throw new Error(`Making an account answered ${answer.status}: ${answer.text}`);
    return answer.json as { id: string; version: number };
  }

  /** Asks for a key for thirty days. @param reach its environment, or that it is for the whole site */
  post(account: string, reach: object, by: Visitor = this.#by): Promise<Answer> {
    const expiresAt = new Date(this.#system.clock.now() + 30 * 86_400_000).toISOString();
    const key = { name: 'Nightly', expiresAt, ...reach };
    return by.json('POST', `/admin/service-accounts/${account}/keys`, key);
  }

  async make(account: string, reach: object): Promise<MadeKey> {
    const answer = await this.post(account, reach);
    if (answer.status !== 201) throw new Error(`Making a key answered ${answer.status}: ${answer.text}`);
    const { id, key } = answer.json as { id: string; key: string };
    return { id, key, machine: new Program(this.#system.url, key) };
  }
}

/** A program: it sends its key with every request, and keeps no cookie. */
class Program extends Visitor {
  readonly #key: string;

  constructor(url: string, key: string) {
    super(url);
    this.#key = key;
  }

  override send(
    method: string,
    path: string,
    request: { body?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.#key}`, ...request.headers };
    return super.send(method, path, { ...request, headers });
  }
}
