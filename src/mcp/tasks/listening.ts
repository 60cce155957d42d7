/**
 * Who asks to be told of tasks without declaring the extension is refused, as the extension has it. The SDK answers
 * `subscriptions/listen` before any handler of ours, and passes over what it does not know.
 */
import {
  MissingRequiredClientCapabilityError,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/server';
import { type ErrorAnswer, idOf } from '../errorAnswer';
import { BY_REQUEST } from '../revision';
import { declaresTasksIn, TASKS } from './extension';

export function listeningRefused(message: unknown): ErrorAnswer | undefined {
  const { method, params, id } = Object(message);
  const { _meta: meta, notifications } = Object(params);
  const wantsTasks = method === 'subscriptions/listen' && Object(notifications).taskIds !== undefined;
  // To earlier revisions the method does not exist.
  const isKnown = String(Object(meta)[PROTOCOL_VERSION_META_KEY] ?? '') >= BY_REQUEST;
  if (!wantsTasks || !isKnown || declaresTasksIn(meta)) return undefined;
  const error = new MissingRequiredClientCapabilityError({ requiredCapabilities: { extensions: TASKS } });
  const { code, message: text, data } = error;
  return { jsonrpc: '2.0', id: idOf(id), error: { code, message: text, data } };
}
