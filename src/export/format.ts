import type { ExportDocument } from './document';
import { markdownOf } from './markdown';

export const FORMATS = ['md', 'json'] as const;
export type Format = (typeof FORMATS)[number];

export const WRITERS: Record<Format, (document: ExportDocument) => string> = {
  md: markdownOf,
  json: (document) => `${JSON.stringify(document, null, 2)}\n`,
};
