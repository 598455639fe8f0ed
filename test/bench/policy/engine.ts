import type { Answer, DeskRecord, Person, Question } from './workload.ts';

/** One way to answer the help desk's questions, with everything prepared that it can prepare. */
export interface Engine {
  readonly name: string;
  /** For comparing the engines with each other, one by one. */
  answer(question: Question): Answer;
  /** Prepares the questions and gives back what is timed: asking all, and counting what is granted. */
  decisions(questions: readonly Question[]): () => number;
  /** The same with the permitted fields of each, counted. */
  fieldSets(questions: readonly Question[]): () => number;
  /** The values of the records that a person may view, masked. */
  list(person: Person, records: readonly DeskRecord[]): () => readonly object[];
  /** From the stored policy to an engine that can be asked; absent where there is nothing to load. */
  load?(): unknown;
  /** How many questions one timed sample takes. */
  readonly sample: number;
}
