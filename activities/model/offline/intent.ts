/** What kind of places a task asks for first. */
export type Intent = 'definitions' | 'uses' | 'both';

const USES =
  /\b(?:us(?:e|es|ed|ing|age|ages|er|ers)|calls?|called|callers?|calling|invok\w+|referenc\w+|consum\w+|depend\w*|thrown|throws?|raised|emitted|instantiat\w+|import(?:s|ed)?)\b/i;
const DEFINITIONS =
  /\b(?:defin\w+|declar\w+|implement(?:ed|ation|s)?|locat\w+|lives?|introduced|signature|constructor)\b/i;

export function readIntent(task: string): Intent {
  const text = task
    .slice(0, 2_000)
    // "a function called x" names it, and "what does x call" asks for its body.
    .replace(/\b(?:function|class|method|file|type|variable|constant|something)\s+called\b/gi, ' ')
    .replace(/\bwhat\s+(?:does|do)\s+\S+\s+(?:call|use|invoke|import)\b/gi, ' defined ');
  const uses = USES.test(text);
  const definitions = DEFINITIONS.test(text);
  if (uses === definitions) return 'both';
  return uses ? 'uses' : 'definitions';
}

/** What a scout without a language model cannot do of a task; undefined when it asks only for places. */
export function beyondReach(task: string): string | undefined {
  const text = task.slice(0, 2_000);
  if (
    /\b(?:implement|write|fix|refactor|add|create|rename|remove|rewrite|migrate|patch|port|optimi[sz]e)\b(?!\s*(?:s|ed)\b)/i.test(
      text,
    ) &&
    !/^\s*(?:where|which|who|find|show|list)\b/i.test(text)
  ) {
    return 'It cannot write or change code. These are the places where such work would begin.';
  }
  if (
    /\b(?:review|audit|judge|assess|evaluate|decide|recommend|plan|design|compare|secur\w+|vulnerab\w+|bugs?|correct)\b/i.test(
      text,
    ) &&
    !/^\s*(?:where|which|who|find|show|list)\b/i.test(text)
  ) {
    return 'It cannot judge code, plan or decide. These are the places to look at.';
  }
  if (/\b(?:why|how|explain|what\s+happens|describe|summar\w+)\b/i.test(text)) {
    return 'It cannot explain what the code does. These are the places that would tell.';
  }
  return undefined;
}
