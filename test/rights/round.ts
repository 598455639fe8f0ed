import { isDeepStrictEqual } from 'node:util';
import type { AppDefinition } from '../../core/apps/definition.ts';
import { randomId } from '../../core/tokens/base62.ts';
import type { System } from '../../local/system.ts';
import type { Answer } from '../../local/visitor.ts';
import { type Attempt, type Plan, routeOf, send, type Try } from './attempt.ts';
import { designAttempts } from './design-attempts.ts';
import { holderOf } from './holders.ts';
import { judgeAnswer, mayView } from './judge-answers.ts';
import { judgeRecords } from './judge-records.ts';
import { judgeRights } from './judge-rights.ts';
import { peopleAttempts } from './people-attempts.ts';
import { hasRight, mayDo, rightsOf } from './reach.ts';
import { harmlessRuns, questionsAbout, readAttempts, recordReads, searches } from './read-attempts.ts';
import { recordAttempts } from './record-attempts.ts';
import { OPERATIONS, RUNNING } from './site.ts';
import { readStored, type Stored } from './stored.ts';
import { plantWorld, type Trier, type World } from './world.ts';

/** What came out of one random site. */
export interface Round {
  seed: number;
  /** Each a sentence with the seed, who tried, what they held, what they sent and what came of it. */
  findings: string[];
  requests: number;
  /** Requests that changed something. */
  changes: number;
  routes: Set<string>;
}

export interface RoundOptions {
  /** Which part of all requests is sent, from 0 to 1: fewer on more sites find more than many on one. */
  share: number;
  /** Only requests to these routes. */
  only?: ReadonlySet<string>;
}

/** How many people and machines try, each on a site that the ones before have left behind. */
const TRIERS = 3;

/** Lays out a random site and lets some of its people try everything. */
export async function runRound(system: System, seed: number, options: RoundOptions): Promise<Round> {
  const world = await plantWorld(system, seed);
  const round: Round = { seed, findings: [], requests: 0, changes: 0, routes: new Set() };
  const shuffled = world.triers
    .map((trier) => ({ trier, at: world.dice.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ trier }) => trier);
  for (const trier of shuffled.slice(0, TRIERS)) await tryEverything(world, trier, round, options);
  return round;
}

async function tryEverything(
  world: World,
  trier: Trier,
  round: Round,
  { share, only }: RoundOptions,
): Promise<void> {
  let stored = await readStored(world.system);
  const held = [...rightsOf(stored, holderOf(stored, trier))].sort().join(' ');
  const roles = stored.principals.get(trier.id)?.roles.join(', ') || 'no role';
  const found = (attempt: Attempt, answer: Answer, sentences: string[]) => {
    if (sentences.length > 0)
      round.findings.push(describe(round.seed, trier, { roles, held }, attempt, answer, sentences));
  };
  const ask = async (attempt: Attempt): Promise<Answer> => {
    round.requests += 1;
    round.routes.add(attempt.route);
    const answer = await send({ trier }, attempt);
    const judgeSeen = (at: Stored) => judgeAnswer(at, world.canaries, trier, answer, attempt.service);
    let seen = judgeSeen(stored);
    // What a write leads to may be seen where the record as it is now may be.
    if (seen.length > 0 && routeOf(attempt.route).method !== 'GET')
      seen = judgeSeen(await readStored(world.system));
    found(attempt, answer, [
      ...seen,
      ...judgeKeyAnswer(trier, attempt, answer),
      ...(answer.status >= 500 ? [`BROKEN it answers ${answer.status}`] : []),
    ]);
    return answer;
  };

  for (const attempt of world.dice.some(readAttempts({ world, stored, trier }), NEAR * share))
    if (!only || only.has(attempt.route)) await ask(attempt);
  const looked = only ? [] : await lookAtRecords(world, stored, trier, ask, share);
  for (const attempt of looked) found(...attempt);

  const scene = { world, stored, trier };
  for (const plans of [recordAttempts(scene), designAttempts(scene), peopleAttempts(scene)]) {
    for (const make of chosen(world, plans, share)) {
      const attempt = make({ world, stored, trier });
      if (!attempt || (only && !only.has(attempt.route))) continue;
      const answer = await ask(attempt);
      if (answer.status >= 400) continue;
      const after = await readStored(world.system);
      if (isDeepStrictEqual(after, stored)) continue;
      round.changes += 1;
      found(attempt, answer, [
        ...judgeRights(stored, after, trier),
        ...judgeRecords(stored, after, trier, attempt),
      ]);
      stored = after;
      if (!stored.principals.has(trier.id) && trier.type !== 'anonymous') return;
    }
  }
}

/** Requests that some right leads near to are sent more often than those that are far from all of them. */
function* chosen({ dice }: World, plans: Iterable<Plan>, share: number): Generator<Try> {
  for (const { tries, near } of plans) if (dice.chance(near ? share * NEAR : share)) yield* tries;
}

const NEAR = 5;

/** A key of one environment is answered nothing by another. */
function judgeKeyAnswer(
  { environment }: Trier,
  { route, values, body }: Attempt,
  { status, json }: Answer,
): string[] {
  if (environment === undefined || status >= 300) return [];
  // Questions that are refused one by one are answered as a whole.
  const { evaluations } = (json ?? {}) as { evaluations?: { context?: { error?: object } }[] };
  if (evaluations?.every(({ context }) => context?.error)) return [];
  const { path } = routeOf(route);
  if (path.startsWith('/admin/') && !path.includes('{target}'))
    return [`KEY a key of ${environment} is answered about the site`];
  const asked = path.includes('{environment}')
    ? values?.environment
    : path.includes('{target}')
      ? values?.target
      : (body?.context as { environment?: string } | undefined)?.environment;
  return asked === undefined || asked === environment
    ? []
    : [`KEY a key of ${environment} is answered by ${asked}`];
}

type Ask = (attempt: Attempt) => Promise<Answer>;

/** Records that are out of sight must be answered like records that do not exist. */
async function lookAtRecords(
  world: World,
  stored: Stored,
  trier: Trier,
  ask: Ask,
  share: number,
): Promise<[Attempt, Answer, string[]][]> {
  const told: [Attempt, Answer, string[]][] = [];
  const rights = rightsOf(stored, holderOf(stored, trier));
  for (const record of world.dice.some([...stored.records.values()], 0.5)) {
    const { environment, app, id } = record;
    const absent = randomId();
    const hidden = mayView(stored, trier, record) === undefined;
    const place = { environment, app: stored.running.get(environment)?.get(app) as AppDefinition };
    const near = OPERATIONS.some((operation) => mayDo(place, holderOf(stored, trier), operation, record));
    const aboutOthers = hasRight(rights, 'design:account:read') || hasRight(rights, 'service:access');
    const requests = (about: string) => [
      ...recordReads(environment, app, about).filter(
        ({ route }) => route !== 'readRecordAccess' || !aboutOthers,
      ),
      ...(hidden ? harmlessRuns(environment, about) : []),
      ...(aboutOthers || trier.type === 'anonymous' ? [] : questionsAbout(trier, environment, app, about)),
    ];
    const [there, nowhere] = [requests(id), requests(absent)];
    for (const [at, attempt] of there.entries()) {
      if (!world.dice.chance(near ? share * NEAR : share)) continue;
      const answer = await ask(attempt);
      if (!hidden) continue;
      const other = await ask(nowhere[at] as Attempt);
      const [one, two] = [plain(answer, id), plain(other, absent)];
      if (one !== two)
        told.push([
          attempt,
          answer,
          [`SIGHT a record out of sight is not answered as one that is absent: ${one} / ${two}`],
        ]);
    }
  }
  for (const environment of RUNNING) for (const attempt of searches(trier, environment)) await ask(attempt);
  return told;
}

/** An answer without what is different each time. */
function plain({ status, json, text }: Answer, id: string): string {
  const said =
    json === undefined
      ? text.replace(/<script.*?<\/script>/gs, '').replace(/<[^>]*>/g, ' ')
      : JSON.stringify(json);
  return `${status} ${said
    .replaceAll(id, 'ID')
    .replace(/"requestId":"[^"]*"|request \S+=/g, '')
    .replace(/\s+/g, ' ')}`.slice(0, 400);
}

/** Of one request: who gains a role gains many things at once. */
const MOST_SENTENCES = 5;

function describe(
  seed: number,
  { name, type, environment }: Trier,
  { roles, held }: { roles: string; held: string },
  attempt: Attempt,
  { status }: Answer,
  sentences: string[],
): string {
  const { route, values = {}, query = '', body, aim } = attempt;
  const what = body && JSON.stringify(body).length < 400 ? ` ${JSON.stringify(body)}` : '';
  const more = sentences.length - MOST_SENTENCES;
  return [
    ...sentences.slice(0, MOST_SENTENCES),
    ...(more > 0 ? [`… and ${more} more of the same request`] : []),
    `  seed ${seed}: ${name} (${type}${environment ? `, key of ${environment}` : ''}; ${roles}) sent ${route} ${JSON.stringify(values)}${query}${what} → ${status}${aim ? ` (${aim})` : ''}`,
    `  held: ${held || 'nothing'}`,
  ].join('\n');
}
