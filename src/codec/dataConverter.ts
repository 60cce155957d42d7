import { join } from 'node:path';
import type { DataConverter } from '@temporalio/common';
import type { Config } from '../config/config';
import { compressing } from './compress';
import { encrypting } from './encrypt';
import type { Keyring } from './keyring';

/** For activities and clients; workflows have it in their bundle. */
const FAILURE_CONVERTER = join(__dirname, '..', '..', 'workflows', 'failureConverter');

/** With a key, messages and stack traces of failures become payloads as well: they would be recorded in the clear. */
export function dataConverterOf(
  { compression }: Pick<Config, 'compression'>,
  keyring: Keyring,
): DataConverter {
  return {
    payloadCodecs: [compressing(compression), encrypting(keyring)],
    ...(keyring.keys().length > 0 ? { failureConverterPath: FAILURE_CONVERTER } : {}),
  };
}
