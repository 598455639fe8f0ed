import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What the functions and the local system itself have printed. */
export interface LogBook {
  /** Adds text that a source printed; lines are kept apart. */
  write(source: string, text: string): void;
  /** The lines of one source (whole name or a part of it), or of all; oldest first. */
  lines(source?: string): string[];
  /** The sources that have printed something. */
  sources(): string[];
  /** Resolves when everything is in the files. */
  flushed(): Promise<void>;
}

interface Line {
  source: string;
  text: string;
}

const KEPT = 50_000;

/** Keeps lines in memory and, if a directory is given, in a file per source there (begun anew). */
export function createLogBook(directory?: string): LogBook {
  let lines: Line[] = [];
  let writing: Promise<unknown> = directory
    ? rm(directory, { recursive: true, force: true }).then(() => mkdir(directory, { recursive: true }))
    : Promise.resolve();

  return {
    write(source, text) {
      for (const line of text.split('\n')) if (line) lines.push({ source, text: line });
      if (lines.length > 2 * KEPT) lines = lines.slice(-KEPT);
      if (!directory) return;
      const file = join(directory, `${source}.log`);
      writing = writing
        .then(() => appendFile(file, text.endsWith('\n') ? text : `${text}\n`))
        .catch(() => {});
    },
    lines: (source) =>
      lines
        .filter(
          (line) =>
            !source || line.source === source || line.source.toLowerCase().includes(source.toLowerCase()),
        )
        .map(({ text }) => text),
    sources: () => [...new Set(lines.map(({ source }) => source))],
    flushed: async () => void (await writing),
  };
}
