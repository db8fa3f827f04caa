/** One token of WGSL: a word, a number or a sign. */
export interface Token {
  kind: 'word' | 'number' | 'sign' | 'end';
  text: string;
  line: number;
}

const pattern =
  /(?<blank>\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<word>[A-Za-z_]\w*)|(?<number>0[xX][\da-fA-F]+[iu]?|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[iufh]?)|(?<sign>->|&&|\|\||<<=|>>=|\+\+|--|[-+*/%&|^=!<>]=|<<|[-+*/%&|^=!<>~@(){}[\].,;:])/y;

/** Splits WGSL into tokens. `>>` stays two tokens, since it may close two templates. */
export function scan(code: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < code.length) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(code)?.groups;
    if (!groups) throw new Error(`line ${line}: '${code[at]}' is no WGSL.`);
    const { blank, word, number, sign } = groups;
    if (blank) line += blank.split('\n').length - 1;
    else if (word) tokens.push({ kind: 'word', text: word, line });
    else if (number) tokens.push({ kind: 'number', text: number, line });
    else tokens.push({ kind: 'sign', text: sign, line });
  }
  tokens.push({ kind: 'end', text: 'end of file', line });
  return tokens;
}
