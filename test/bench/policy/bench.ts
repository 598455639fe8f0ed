/** `npm run bench:policy`: measures the decision function against the engines that people would otherwise pick. */
import { preparsePolicySet } from '@cedar-policy/cedar-wasm/nodejs';
import { decide } from '../../../core/policy/decide.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { encodePolicy } from '../../../core/policy/text.ts';
import { corpusPolicy } from '../../corpus/load.ts';
import { referenceDecide } from '../../unit/policy/reference.ts';
import { casbin } from './casbin.ts';
import { caslCached, caslPerRequest } from './casl.ts';
import { cedar } from './cedar.ts';
import type { Engine } from './engine.ts';
import { measureFirstUse } from './first-use-file.ts';
import { floor } from './floor.ts';
import { type Contender, measure } from './measure.ts';
import { ours } from './ours.ts';
import { type Aim, isMet, ratioOf, type Section, writeReport } from './report.ts';
import { scaled } from './scaling.ts';
import { type Answer, CASES, FIELDS, type Kind, PEOPLE, QUESTIONS, requestOf } from './workload.ts';

const cedarDesk = cedar();
const engines = [ours(), caslCached(), caslPerRequest(), await casbin(), cedarDesk, floor()];
agree(engines);

const decision = section('Help desk: one decision', 'decision', (engine) => ({
  units: engine.sample,
  run: engine.decisions(QUESTIONS.slice(0, engine.sample)),
}));
const fields = section('Help desk: one decision with its permitted fields', 'decision', (engine) => ({
  units: engine.sample,
  run: engine.fieldSets(QUESTIONS.slice(0, engine.sample)),
}));
const lists = (['supportStaff', 'customer'] as const).map((group) =>
  section(
    `Help desk: 1,000 cases filtered and masked for ${group === 'customer' ? 'a customer, who sees about 50' : 'support staff, who see all'}`,
    'list',
    (engine) => {
      const person = PEOPLE.find((each) => each.group === group);
      if (!person) throw new Error(`nobody is of the group ${group}`);
      const share = engine.sample < 100 ? 0.05 : 1;
      return { units: share, run: engine.list(person, CASES.slice(0, CASES.length * share)) };
    },
  ),
);
const desk = corpusPolicy('help-desk').policy.document;
const deskText = encodePolicy(desk);
const deskJson = JSON.stringify(desk);
const load: Section = {
  title: 'Help desk: load',
  unit: 'load',
  measured: measure([
    { name: 'Daypass', units: 1, run: () => loadPolicy(deskText) },
    { name: 'JSON.parse of the same', units: 1, run: () => JSON.parse(deskJson) },
    { name: 'Cedar (wasm), preparse', units: 1, run: () => cedarDesk.load?.() },
  ]),
};

const sizes = [100, 1000, 10_000].map((rules) => ({ rules, ...scaled(rules) }));
for (const { document, input, requests } of sizes) agreeScaled(document, input, requests);
const scaling: Section = {
  title: 'Scaling: one decision among so many rules',
  unit: 'decision',
  measured: measure(
    sizes.map(({ rules, document, requests }): Contender => {
      const policy = loadPolicy(document);
      return {
        name: `${rules} rules`,
        units: requests.length,
        run() {
          let granted = 0;
          for (const request of requests) if (decide(policy, request).decision) granted++;
          return granted;
        },
      };
    }),
  ),
};

const large = sizes.at(-1);
if (!large) throw new Error('there is no largest size');
const text = encodePolicy(large.document);
const json = JSON.stringify(large.document);
const authored = JSON.stringify(large.input.rules);
const staticPolicies = large.cedar;
const loadLarge: Section = {
  title: 'Load of 10,000 rules',
  unit: 'load',
  measured: measure(
    [
      { name: 'Daypass', units: 1, run: () => loadPolicy(text) },
      { name: 'JSON.parse of the same', units: 1, run: () => JSON.parse(json) },
      { name: 'JSON.parse of the rules as written', units: 1, run: () => JSON.parse(authored) },
      { name: 'Cedar (wasm), preparse', units: 1, run: () => preparsePolicySet('large', { staticPolicies }) },
    ],
    11,
    2,
  ),
};
const firstUse: Section = {
  title: 'First use of a role in a fresh process, 10,000 rules loaded',
  unit: 'first answer',
  measured: measureFirstUse(large),
};

const aims: Aim[] = [
  {
    what: 'decision, against CASL with a cached ability',
    ratio: ratioOf(decision, 'CASL, cached ability'),
    atLeast: 2,
  },
  {
    what: 'decision and fields, against CASL with a cached ability',
    ratio: ratioOf(fields, 'CASL, cached ability'),
    atLeast: 6,
  },
  { what: 'decision and fields, against casbin', ratio: ratioOf(fields, 'casbin'), atLeast: 400 },
  {
    what: 'decision and fields, against Cedar',
    ratio: ratioOf(fields, 'Cedar (wasm), preparsed'),
    atLeast: 1000,
  },
  ...lists.map((list) => ({
    what: `${list.title.split(': ')[1]}, against CASL`,
    ratio: ratioOf(list, 'CASL, cached ability'),
    atLeast: 6,
  })),
  {
    what: 'load of 10,000 rules, against JSON.parse of the same',
    ratio: 1 / ratioOf(loadLarge, 'JSON.parse of the same'),
    atMost: 2,
  },
  {
    what: 'load of 10,000 rules, against JSON.parse of the rules as written',
    ratio: 1 / ratioOf(loadLarge, 'JSON.parse of the rules as written'),
    atMost: 2,
  },
  {
    what: 'load of 10,000 rules, against Cedar',
    ratio: ratioOf(loadLarge, 'Cedar (wasm), preparse'),
    atLeast: 40,
  },
  { what: 'decision among 10,000 rules, against 100', ratio: ratioOf(scaling, '10000 rules'), atMost: 1.2 },
  {
    what: 'first use of a role, against CASL building one ability',
    ratio: 1 / ratioOf(firstUse, 'CASL, building one ability'),
    atMost: 1,
  },
];

console.log(
  writeReport([decision, fields, ...lists, load, scaling, loadLarge, firstUse], aims, QUESTIONS.length),
);
const missed = aims.filter((aim) => !isMet(aim));
console.log(missed.length === 0 ? 'All aims met.' : `${missed.length} of ${aims.length} aims not met.`);

function section(title: string, unit: string, of: (engine: Engine) => Omit<Contender, 'name'>): Section {
  return { title, unit, measured: measure(engines.map((engine) => ({ name: engine.name, ...of(engine) }))) };
}

/** Every engine answers every question as the reference interpreter does, before anything is timed. */
function agree(all: readonly Engine[]): void {
  const { input } = corpusPolicy('help-desk');
  const normal = ({ decision: granted, fields: set }: Answer, kind: Kind) =>
    JSON.stringify([granted, [...(set === '*' ? FIELDS[kind] : set)].sort()]);
  for (const question of QUESTIONS) {
    const expected = normal(referenceDecide(input, requestOf(question)), question.record.kind);
    for (const engine of all) {
      const found = normal(engine.answer(question), question.record.kind);
      if (found !== expected) {
        throw new Error(
          `${engine.name} answers ${found}, the reference ${expected}, to ${JSON.stringify(question)}`,
        );
      }
    }
  }
}

function agreeScaled(
  document: (typeof sizes)[number]['document'],
  input: (typeof sizes)[number]['input'],
  requests: (typeof sizes)[number]['requests'],
): void {
  const policy = loadPolicy(document);
  for (const request of requests.slice(0, 64)) {
    if (decide(policy, request).decision !== referenceDecide(input, request).decision) {
      throw new Error(`the engine and the reference differ on ${JSON.stringify(request)}`);
    }
  }
}
