/** The one codec, of clients and of workers: compression, then encryption. */
export { dataConverterOf } from './dataConverter';
export { MissingKeyError, UnreadableError } from './errors';
export { addKey, findKeys, keysPath } from './keyFile';
export { type Keyring, NO_KEYS, openKeyring, strangeKey } from './keyring';
export { lenient } from './lenient';
export { type CodecServer, startCodecServer } from './server';
export { codecToken } from './token';
export { transcodeWith } from './transcode';
