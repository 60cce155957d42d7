import type { PayloadCodec } from '@temporalio/common';
import { compressing } from './compress';
import { encrypting } from './encrypt';
import type { Keyring } from './keyring';
import { lenient } from './lenient';
import type { Transcode } from './server';

/** The codecs of clients and workers, in their order; what cannot be read says why, in its place. */
export function transcodeWith(compression: boolean, keyring: Keyring): Transcode {
  const codecs: PayloadCodec[] = [lenient(compressing(compression)), lenient(encrypting(keyring))];
  return async (direction, payloads) => {
    let result = payloads;
    for (const codec of direction === 'encode' ? codecs : [...codecs].reverse())
      result = await codec[direction](result);
    return result;
  };
}
