import { StreamFault } from './anthropic-errors';

/** The longest reply of a model is half of this on the wire; more is a fault that would fill the worker's memory. */
const MAX_REPLY_BYTES = 32 * 1024 * 1024;

/** The SDK swallows the API's keep-alive pings, so silence is judged by the bytes. */
export function listeningFetch(heard: () => void, tellType: (contentType: string) => void): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    heard();
    tellType(response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '');
    if (!response.body) return response;
    let bytes = 0;
    const listener = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        heard();
        bytes += chunk.byteLength;
        if (bytes > MAX_REPLY_BYTES)
          controller.error(new StreamFault('The API sent more than any reply holds.'));
        else controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(listener), response);
  };
}
