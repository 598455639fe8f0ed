import { writeFileSync } from 'node:fs';
import { arch, cpus, totalmem } from 'node:os';
import type { Measured } from './measure.ts';

/** One table of the report. Ratios are against the first contender. */
export interface Section {
  readonly title: string;
  readonly unit: string;
  readonly measured: readonly Measured[];
}

/** An aim: how many times faster than a contender (`atLeast`), or at most how many times slower (`atMost`). */
export interface Aim {
  readonly what: string;
  readonly ratio: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export function isMet({ ratio, atLeast = 0, atMost = Number.POSITIVE_INFINITY }: Aim): boolean {
  return ratio >= atLeast && ratio <= atMost;
}

export function ratioOf(section: Section, name: string, against = 0): number {
  const base = section.measured[against]?.nanoseconds ?? Number.NaN;
  return (section.measured.find((each) => each.name === name)?.nanoseconds ?? Number.NaN) / base;
}

const HERE = new URL('../results/', import.meta.url);

export function writeReport(sections: readonly Section[], aims: readonly Aim[], questions: number): string {
  const machine = {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cpu: cpus()[0]?.model ?? arch(),
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
  const checked = aims.map((aim) => ({ ...aim, met: isMet(aim) }));
  const text = [
    '# Decisions, measured',
    '',
    `${machine.date}, Node ${machine.node}, ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB.`,
    'One process, interleaved rounds, medians of the thread’s processor time (first use: of fresh processes’ wall time).',
    `Every engine first gave the reference interpreter’s answer, fields included, to ${questions} questions.`,
    'Written by `npm run bench:policy`.',
    '',
    '| aim | measured | wanted | |',
    '|---|---:|---:|---|',
    ...checked.map(
      ({ what, ratio, atLeast, atMost, met }) =>
        `| ${what} | ${figure(ratio)}× | ${atLeast === undefined ? `≤ ${atMost}×` : `≥ ${atLeast}×`} | ${met ? 'met' : 'not met'} |`,
    ),
    ...sections.flatMap(table),
    '',
  ].join('\n');
  const file = { machine, questions, aims: checked, sections };
  writeFileSync(new URL('policy.json', HERE), `${JSON.stringify(file, null, 2)}\n`);
  writeFileSync(new URL('policy.md', HERE), text);
  return text;
}

function table({ title, unit, measured }: Section): string[] {
  const base = measured[0]?.nanoseconds ?? Number.NaN;
  return [
    '',
    `## ${title}`,
    '',
    `| engine | time per ${unit} | against the first | spread |`,
    '|---|---:|---:|---:|',
    ...measured.map(
      ({ name, nanoseconds, spread }) =>
        `| ${name} | ${duration(nanoseconds)} | ${figure(nanoseconds / base)}× | ± ${Math.round(spread * 100)} % |`,
    ),
  ];
}

function duration(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${nanoseconds.toFixed(0)} ns`;
  if (nanoseconds < 1e6) return `${figure(nanoseconds / 1e3)} µs`;
  return `${figure(nanoseconds / 1e6)} ms`;
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
