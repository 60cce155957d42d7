const KIND =
  '(?:function|class|method|type|interface|struct|enum|constant|variable|symbol|field|macro|module|component|hook|trait)';
const WORD = '([\\p{L}_$][\\p{L}\\p{N}_$]*)';
const ASKED =
  '(?:defined|declared|implemented|used|called|invoked|referenced|imported|instantiated|thrown|raised)';
const END = '(?=\\s*(?:[?.,;!]|$))';

// Plain words have the shape of prose; only where they stand tells that one is meant as a name.
const POSITIONS = [
  new RegExp(
    `\\b(?:where|how)(?:'s|\\s+is|\\s+are)\\s+(?:the\\s+)?(?:${KIND}\\s+)?${WORD}\\s+(?:${KIND}\\s+)?${ASKED}\\b`,
    'giu',
  ),
  new RegExp(
    `\\b(?:uses?|calls?|callers|usages?|references?|definition|declaration|implementation|imports?)\\s+(?:(?:of|to|for)\\s+)?(?:the\\s+)?(?:${KIND}\\s+)?${WORD}${END}`,
    'gimu',
  ),
  new RegExp(`\\bthe\\s+${KIND}\\s+${WORD}${END}`, 'gimu'),
];

/** Words that stand where a symbol is named, as in "Where is merge defined?". */
export function symbolsByPosition(text: string): string[] {
  return POSITIONS.flatMap((position) => [...text.matchAll(position)].flatMap(([, name]) => name ?? []));
}
