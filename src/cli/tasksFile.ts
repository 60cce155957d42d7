/** The file of `bga spawn --many`: a task on each line, and every complaint says which line it is about. */
import { readFile } from 'node:fs/promises';
import { MOST_TASKS } from '../agents/defaults';
import { UserError } from '../agents/errors';
import { taskInput } from '../agents/inputs';
import type { SpawnRequest } from '../agents/spawnRequest';
import { checkedFields, readStdin } from './input';

export interface TaskLine {
  /** How it is named to whoever wrote it. */
  name: string;
  request: SpawnRequest;
}

/**
 * @param file a path, or - for stdin
 * @param common what holds for every task that does not say otherwise
 */
export async function readTasks(file: string, common: object): Promise<TaskLine[]> {
  const source = `--many ${file}`;
  const text = file === '-' ? await readStdin() : await readFile(file, 'utf8').catch(unreadable(source));
  const lines = text.split('\n').map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const given = lines.filter(({ line }) => line !== '');
  if (given.length === 0)
    throw new UserError('invalid', `${source} names no task. Write one on each line, such as ${EXAMPLE}.`);
  if (given.length > MOST_TASKS)
    throw new UserError(
      'invalid',
      `${source} names ${given.length} tasks; at most ${MOST_TASKS} tasks can be started at once. Split the file.`,
    );
  return given.map(({ line, number }) => taskOf(line, `${source}, line ${number}`, common));
}

const EXAMPLE = '{"task": "…"}';

function taskOf(line: string, name: string, common: object): TaskLine {
  return { name, request: checkedFields(taskInput, { ...common, ...parsed(line, name) }, name) };
}

function parsed(line: string, name: string): object {
  try {
    const value: unknown = JSON.parse(line);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  } catch {
    // Told below, as anything else that is no object.
  }
  throw new UserError('invalid', `${name} is no JSON object such as ${EXAMPLE}.`);
}

function unreadable(source: string) {
  return (error: unknown): never => {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError('invalid', `${source} cannot be read: ${why}`);
  };
}
