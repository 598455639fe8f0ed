import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LocalSystemError } from '../assembly/problem.ts';

/** DynamoDB Local is compiled for this version. */
const OLDEST_JAVA = 17;

const REMEDY =
  'Install a Java runtime of version 17 or newer (https://adoptium.net), or give the address of a running ' +
  'DynamoDB Local: DAYPASS_DYNAMODB_ENDPOINT=http://localhost:8000 npm start';

/** The command that starts a Java new enough for DynamoDB Local; refuses with what to do when there is none. */
export async function findJava(): Promise<string> {
  const command = process.env.JAVA_HOME ? `${process.env.JAVA_HOME}/bin/java` : 'java';
  let answer: string;
  try {
    const { stdout, stderr } = await promisify(execFile)(command, ['-version']);
    answer = stderr + stdout;
  } catch {
    throw new LocalSystemError(`No Java was found (${command}), and the local table needs one. ${REMEDY}`);
  }
  const version = Number(/version "(?:1\.)?(\d+)/.exec(answer)?.[1]);
  if (version < OLDEST_JAVA) {
    throw new LocalSystemError(`Java ${version} is too old for the local table. ${REMEDY}`);
  }
  return command;
}
