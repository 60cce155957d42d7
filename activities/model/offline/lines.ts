/** What a line of code is, told from its shape alone: no parser, many languages. */
type LineRole = 'definition' | 'declaration' | 'use' | 'import' | 'listing' | 'comment';

export interface LineShape {
  role: LineRole;
  /** The name that the line defines or declares. */
  name?: string;
  /** What it defines, in the line's own word: `function`, `class`, … */
  what?: string;
}

const ID = '[\\p{L}_$#][\\p{L}\\p{N}_$]*';
const MODIFIERS =
  '(?:(?:export|default|public|private|protected|internal|static|abstract|async|readonly|override|final|inline|extern|pub(?:\\([^)]*\\))?|unsafe|virtual|sealed|partial|open|suspend|data|declare|get|set|local|global|typedef|extend)\\s+)*';
const KEYWORDS =
  'async function\\*?|function\\*?|class|const enum|const|let|var|def|defp|defmodule|fn|func|fun|type|interface|struct|enum|union|trait|module|namespace|mod|macro_rules!|object|record|protocol|val|sub|message|service|package';

const KEYWORD = new RegExp(
  `^\\s*${MODIFIERS}(${KEYWORDS})\\s+(?:\\([^)]*\\)\\s*)?(?:mut\\s+)?(?:[\\w$]+[.:]+)*(${ID})`,
  'u',
);
const DEFINE = /^\s*#\s*define\s+(\w+)/;
const MEMBER = new RegExp(`^\\s*(?:[\\w$]+\\.)+(${ID})\\s*=[^=>]\\s*(?=\\S)`, 'u');
const FUNCTION_VALUE = new RegExp(
  `^\\s*${MODIFIERS}['"]?(${ID})['"]?\\s*[:=]\\s*(?:async\\s+)?(?:function\\b|\\([^)]*\\)[^;]*=>|${ID}\\s*=>|class\\b)`,
  'u',
);
const METHOD = new RegExp(`^\\s*${MODIFIERS}\\*?\\s*(${ID})\\s*(?:<[^(]*>)?\\(.*(?:\\{|\\()\\s*$`, 'u');
const METHOD_SIGNATURE = new RegExp(
  `^\\s*${MODIFIERS}(${ID})\\??\\s*(?:<[^(]*>)?\\(.*\\)\\s*:\\s*[^;]+;\\s*$`,
  'u',
);
// `static int name(char *p) {` and `public Foo name(Bar b) {`
const TYPED_FUNCTION = new RegExp(
  `^\\s*${MODIFIERS}[\\p{L}_][\\w<>\\[\\],.:*& ]*[\\s*&](${ID})\\s*\\([^;]*\\{?\\s*$`,
  'u',
);
const FIELD = new RegExp(`^\\s*${MODIFIERS}['"]?(${ID})['"]?[?!]?\\s*:\\s*\\S`, 'u');
const ASSIGNMENT = new RegExp(`^\\s*(?:[\\w$]+\\.)*(${ID})\\s*(?::=|=(?![=>]))`, 'u');
const INNER_FUNCTION = new RegExp(`[=(:]\\s*(?:async\\s+)?(function\\*?)\\s+(${ID})\\s*\\(`, 'u');

const STATEMENTS =
  /^(?:if|for|while|switch|return|catch|await|throw|new|else|do|typeof|case|delete|yield|assert|expect|require|super|constructor|describe|it|test|in|not|with|try|match|elif|except|from|import|print|raise|go|defer|select|range|default)$/;
const COMMENT =
  /^\s*(?:\/\/|\/?\*(?!\s*\w+\s*\()|<!--|--\s|;;|#(?!\s*(?:define|include|if|endif|pragma|import|undef)|\[|\p{L}+\s*[(:=]))/u;
const IMPORT =
  /^\s*(?:import\b|from\s+\S+\s+import\b|export\s+(?:type\s+)?(?:\{.*\}|\*.*)\s*(?:from\b.*)?;?$|use\s+[\w:]+|#\s*include|using\s|require\b|(?:const|let|var)\s+(?:\{[^}]*\}|[\w$]+)\s*=\s*(?:await\s+)?(?:require|import)\()/;
const LISTED = new RegExp(`^\\s*(?:type\\s+)?${ID}(?:\\s+as\\s+${ID})?\\s*,?\\s*$`, 'u');
const LOOSE_EXPORT = new RegExp(
  `^\\s*(?:module\\.)?exports\\.${ID}\\s*=\\s*(?:${ID})?\\s*;?\\s*(?://.*)?$`,
  'u',
);

export function shapeOf(text: string): LineShape {
  if (COMMENT.test(text)) return { role: 'comment' };
  if (IMPORT.test(text)) return { role: 'import' };
  if (LISTED.test(text) || LOOSE_EXPORT.test(text)) return { role: 'listing' };
  const keyword = KEYWORD.exec(text);
  if (keyword) return named('definition', keyword[2], keyword[1]);
  const macro = DEFINE.exec(text);
  if (macro) return named('definition', macro[1], 'macro');
  const inner = INNER_FUNCTION.exec(text);
  const member = MEMBER.exec(text);
  if (member && (inner || /^\S/.test(text) || /\b(?:prototype|exports)\./.test(text))) {
    // module.exports = function name () {
    return named(
      'definition',
      member[1] === 'exports' ? inner?.[2] : member[1],
      inner ? 'function' : 'member',
    );
  }
  const value = FUNCTION_VALUE.exec(text);
  if (value && !isStatement(value[1])) return named('definition', value[1], 'function');
  if (inner) return named('definition', inner[2], 'function');
  return memberShape(text);
}

function memberShape(text: string): LineShape {
  const method = METHOD.exec(text);
  if (method && /\{\s*$/.test(text) && !/=>\s*\{\s*$|function\b/.test(text) && !isStatement(method[1])) {
    return named('definition', method[1], 'method');
  }
  const signature = METHOD_SIGNATURE.exec(text);
  if (signature && !isStatement(signature[1])) return named('declaration', signature[1], 'method');
  const typed = TYPED_FUNCTION.exec(text);
  if (
    typed &&
    /\{\s*$|^\w/.test(text) &&
    !isStatement(firstWord(text)) &&
    !isStatement(typed[1]) &&
    !/[=.]|=>/.test(text.slice(0, typed[0].indexOf('(')))
  ) {
    return named('definition', typed[1], 'function');
  }
  const field = FIELD.exec(text);
  if (field && !isStatement(field[1])) return named('declaration', field[1], 'field');
  const assignment = ASSIGNMENT.exec(text);
  if (assignment) {
    return /^\S/.test(text)
      ? named('definition', assignment[1], 'variable')
      : named('declaration', assignment[1], 'assignment');
  }
  return { role: 'use' };
}

const firstWord = (text: string): string => /^\s*(\w*)/.exec(text)?.[1] ?? '';
const isStatement = (word: string | undefined): boolean => word === undefined || STATEMENTS.test(word);

function named(role: LineRole, name: string | undefined, what: string | undefined): LineShape {
  return { role, ...(name === undefined ? {} : { name }), ...(what === undefined ? {} : { what }) };
}
