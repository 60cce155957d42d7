/** Encryption of payloads: AES-256-GCM, with the id of the key in the metadata. */
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { damaged, MissingKeyError, printable } from './errors';
import type { Keyring } from './keyring';
import { bytesOf, ENCODINGS, encodingOf, payloadFrom, textOf, wrapped } from './payload';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The name that Temporal's samples use. */
const KEY_ID = 'encryption-key-id';

/** Encrypts with the first key, when there is one; decrypts with whichever key it was. Anything else passes as it is. */
export function encrypting(keyring: Keyring): PayloadCodec {
  return {
    encode: async (payloads) => {
      const [key] = keyring.keys();
      if (!key) return payloads;
      return payloads.map((payload) =>
        wrapped(seal(bytesOf(payload), key.secret), { encoding: ENCODINGS.encrypted, [KEY_ID]: key.id }),
      );
    },
    decode: async (payloads) => payloads.map((payload) => decrypted(payload, keyring)),
  };
}

function decrypted(payload: Payload, keyring: Keyring): Payload {
  if (encodingOf(payload) !== ENCODINGS.encrypted) return payload;
  const id = textOf(payload, KEY_ID) ?? '';
  const key = keyring.find(id);
  if (!key) throw new MissingKeyError(id);
  try {
    return payloadFrom(open(payload.data ?? new Uint8Array(), key.secret));
  } catch (error) {
    throw damaged(`encrypted with key ${printable(id)}`, error);
  }
}

/** Nonces are random: a key is good for some billion payloads. */
function seal(bytes: Uint8Array, secret: KeyObject): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, secret, nonce, { authTagLength: TAG_BYTES });
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

function open(sealed: Uint8Array, secret: KeyObject): Uint8Array {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const body = sealed.subarray(NONCE_BYTES, -TAG_BYTES);
  const cipher = createDecipheriv(CIPHER, secret, nonce, { authTagLength: TAG_BYTES });
  cipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([cipher.update(body), cipher.final()]);
}
