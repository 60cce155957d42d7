/** The one codec, of clients and of workers: compression, then encryption. */
export { dataConverterOf } from './dataConverter';
export { MissingKeyError } from './errors';
export { keysPath } from './keyFile';
export { type Keyring, NO_KEYS, openKeyring, strangeKey } from './keyring';
export { startCodecServer } from './server';
export { codecToken } from './token';
export { transcodeWith } from './transcode';
