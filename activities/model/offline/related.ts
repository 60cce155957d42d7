/** Stems that name the same matter in code: a task and the code it asks about often choose different ones. */
const GROUPS = [
  'cancel abort kill',
  'error fail exception',
  'delet remov destroy',
  'auth login credential',
  'config setting option',
  'retry backoff',
  'timeout deadlin',
  'sav persist stor',
  'validat verif',
  'encrypt cipher crypt',
  'permission access authoriz',
  'concurren parallel',
  'partial incomplet',
  'pars decod',
  'serializ encod stringif',
  'render draw',
  'creat build',
  'shutdown stop',
].map((group) => group.split(' '));

const RELATED = new Map(
  GROUPS.flatMap((group) => group.map((word) => [word, group.filter((other) => other !== word)])),
);

export const relatedTo = (stemmed: string): readonly string[] => RELATED.get(stemmed) ?? [];
