import type { BuiltInName } from './builtIn';

/** One clue about what kind of work a task is. */
export interface Clue {
  type: BuiltInName;
  words: RegExp;
  weight: number;
}

/**
 * The verbs that ask for a kind of work. At the head of a sentence (`Fix the login`, `please review …`) they count for
 * much; in its midst (`the plan of the fix`) they are mere mentions.
 */
export const VERBS: Readonly<Partial<Record<BuiltInName, string>>> = {
  explore: 'find|locate|list|show|count|search|grep|look up|tell me where',
  research:
    'research|investigate|explain|summari[sz]e|analy[sz]e|survey|study|describe|understand|trace|map|document how|compare|look into|tell me about',
  review:
    'review|critique|check|verify|proofread|inspect|look over|look at|give feedback|(?:do|perform|make|run) (?:\\w+ ){1,3}review',
  plan:
    'plan|design|outline|propose|draft a plan|break down|sketch|scope|estimate|think through|' +
    '(?:make|write|create|draft|prepare|produce|give me|come up with) (?:\\w+ ){1,4}plan',
  implement:
    'implement|fix|add|write|refactor|rename|remove|delete|replace|convert|migrate|port|create|build|make|bump|upgrade|extract|update|change|move|' +
    'patch|wire|support|introduce|repair|resolve|correct|optimi[sz]e|simplify|handle|drop|cache|let|allow|enable|disable|generate|code',
  audit: 'audit|pentest|threat[- ]model|harden',
  decide: 'decide|choose|recommend|pick|advise|weigh|evaluate whether',
};

/** A verb at the head of a sentence outweighs any one mention. */
export const VERB_WEIGHT = 5;

const clue = (type: BuiltInName, weight: number, words: RegExp): Clue => ({ type, words, weight });

/** Each counts once, however often it occurs. The words are looked for in lower case. */
export const CLUES: readonly Clue[] = [
  clue('explore', 4, /\bwhere(?:'s)?\b/),
  clue(
    'explore',
    3,
    /\b(?:which|what) (?:files?|functions?|class(?:es)?|modules?|tests?|packages?|lines?|director(?:y|ies)|endpoints?)\b/,
  ),
  clue(
    'explore',
    3,
    /\b(?:who|what) (?:calls|uses|imports|sets|reads|writes)\b|\bcallers?\b|\b(?:usages|usage of|occurrences|references)\b/,
  ),
  clue('explore', 2, /\b(?:defined|declared|located|implemented|called|used|handled)\b/),
  clue('explore', 2, /\bhow many\b|\bis there (?:a|an|any)\b|\bdo we have\b/),
  clue('explore', 2, /\bhow (?:does|do|is|are)\b/),
  clue('explore', 2, /\bwhat (?:is|are|does|happens)\b/),

  clue('research', 5, /\bresearch\b|\bdeep dive\b|\broot cause\b/),
  clue('research', 4, /\binvestigat(?:e|ion)\b|\bsurvey\b|\boverview\b|\bend[- ]to[- ]end\b/),
  clue('research', 3, /\bexplain\b|\bsummar(?:y|i[sz]e)\b|\bwhy (?:does|do|is|are|did)\b|\banalysis\b/),
  clue('research', 2, /\bhow .{1,60}?\b(?:works?|interacts?|flows?|behaves?)\b|\barchitecture of\b/),
  clue('research', 2, /\bacross (?:the|all|every|our|both)\b|\bin (?:detail|depth)\b|\bthroughout\b/),

  clue('review', 4, /\breview\b/),
  clue('review', 6, /\bfind (?:all |any |the )?(?:bugs|mistakes)\b/),
  clue(
    'review',
    3,
    /\b(?:pull request|merge request|prs?|mrs?)\b|\b(?:diff|patch|commit|branch|changeset)\b/,
  ),
  clue(
    'review',
    3,
    /\bfor (?:bugs|correctness|mistakes|errors|problems|regressions)\b|\bsanity[- ]check\b|\bready to (?:merge|ship)\b|\bcritique\b/,
  ),

  clue(
    'plan',
    4,
    /\b(?:a|an|the|only|just|step[- ]by[- ]step|migration|implementation|rollout|detailed|test) plan\b/,
  ),
  clue(
    'plan',
    3,
    /\broadmap\b|\bplan (?:for|to|how|the)\b|\bbreak .{1,40} down\b|\bdesign doc\b|\brfc\b|\bproposal\b/,
  ),
  clue(
    'plan',
    3,
    /\bhow (?:should|would|could|can|do|might) (?:we|i|you) (?:best )?(?:implement|migrate|add|build|refactor|approach|split|introduce|structure|go about)\b/,
  ),
  clue('plan', 3, /\bhow (?:should|would) (?:we|i|you)\b/),
  clue('plan', 3, /\bwhat would it take\b|\bsteps (?:needed|required|to)\b/),

  clue(
    'implement',
    3,
    /\bimplement (?:a|an|the|this|it)\b|\bfix (?:a|an|the|this|it|that)\b|\b(?:write|add) (?:\w+ ){0,2}tests?\b/,
  ),
  // What comes first is then only the way to it.
  clue('implement', 6, /\band (?:fix|implement|repair)\b/),
  clue(
    'implement',
    2,
    /\b(?:crash(?:es)?|bug|typo|failing|broken)\b|\b(?:should|must|needs? to) (?:return|accept|support|be able)\b/,
  ),

  clue('audit', 6, /\baudit\b/),
  clue(
    'audit',
    5,
    /\bvulnerab\w+|\bsecurity (?:holes?|issues?|flaws?|problems?|bugs?|review|check|audit|risks?|analysis)\b|\bthreat[- ]model\w*|\bpen(?:etration)?[- ]?test\w*/,
  ),
  clue(
    'audit',
    3,
    /\bexploit\w*|\battack(?:ers?|s| surface)\b|\b(?:sql|command|code|prompt) injection\b|\b(?:xss|csrf|ssrf|rce|cves?|owasp)\b|\bpath traversal\b/,
  ),
  clue('audit', 4, /\bsecurity (?:review|audit)\b/),
  clue('audit', 3, /\bsecur(?:e|ity)\b|\bleak (?:secrets|credentials|keys)\b|\bmalicious\b/),

  clue(
    'decide',
    6,
    /\b(?:should|shall) (?:we|i) (?:\w+ ){0,8}?(?:or|over|instead of|rather than|versus|vs)\b/,
  ),
  clue('decide', 5, /(?<!how )\b(?:should|shall) (?:we|i)\b/),
  clue(
    'decide',
    4,
    /\bdeci(?:de|sion)\b|\bpros and cons\b|\btrade-?offs?\b|\bchoose between\b|\bwhich (?:\w+ ){0,3}(?:is|are|would be) (?:better|best|safer|right)\b/,
  ),
  clue(
    'decide',
    3,
    /\b(?:versus|vs)\b|\bworth (?:it|\w+ing)\b|\bwhether (?:to|we should)\b|\bgo with\b|\bbetter choice\b|\bwhich (?:\w+ ){0,3}should\b/,
  ),
  clue('decide', 6, /\brecommend\w*/),
];
