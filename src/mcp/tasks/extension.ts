/** Tasks, `io.modelcontextprotocol/tasks`, an extension of revision 2026-07-28: who does not declare it sees no trace of it. */
import {
  CLIENT_CAPABILITIES_META_KEY,
  MissingRequiredClientCapabilityError,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

const EXTENSION = 'io.modelcontextprotocol/tasks';
export const TASKS = { [EXTENSION]: {} };

const declaring = z.looseObject({
  [CLIENT_CAPABILITIES_META_KEY]: z.looseObject({
    extensions: z.looseObject({ [EXTENSION]: z.looseObject({}) }),
  }),
});

/** Each request declares it for itself, whatever others on the same connection declared. */
export function declaresTasks({ mcpReq }: ServerContext): boolean {
  return declaresTasksIn(mcpReq.envelope);
}

/** @param meta `_meta` of a request */
export function declaresTasksIn(meta: unknown): boolean {
  return declaring.safeParse(meta).success;
}

/** @throws MissingRequiredClientCapabilityError for a request that does not declare it. */
export function insistOnTasks(context: ServerContext): void {
  if (!declaresTasks(context))
    throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { extensions: TASKS } });
}
