import { css, html, type TemplateResult } from 'lit';

/** Comments, attributes, numbers, keywords and types of WGSL, which has no strings. */
const TOKEN = new RegExp(
  [
    String.raw`(?<comment>//.*|/\*[\s\S]*?\*/)`,
    String.raw`(?<attribute>@\w+)`,
    String.raw`\b(?<literal>0x[\da-fA-F]+[iu]?|\d[\d.]*(?:[eE][-+]?\d+)?[iufh]?|true|false)\b`,
    String.raw`\b(?<keyword>alias|break|case|const|continue|continuing|default|diagnostic|discard|else` +
      String.raw`|enable|fn|for|if|let|loop|override|requires|return|struct|switch|var|while)\b`,
    String.raw`\b(?<type>(?:vec[234]|mat[234]x[234])[fiuh]?|[fiu]32|f16|bool|array|atomic|ptr|real)\b`,
  ].join('|'),
  'g',
);

/** A text of WGSL with what its tokens are as classes: comment, attribute, literal, keyword, type. */
export function coloured(text: string): (string | TemplateResult)[] {
  const parts: (string | TemplateResult)[] = [];
  let from = 0;
  for (const { 0: token, index, groups = {} } of text.matchAll(TOKEN)) {
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
    parts.push(text.slice(from, index), html`<span class=${kind}>${token}</span>`);
    from = index + token.length;
  }
  return [...parts, text.slice(from)];
}

/** The colours of these classes. */
export const wgslColours = css`
  .comment {
    color: var(--soft);
    font-style: italic;
  }
  .attribute,
  .literal {
    color: var(--second);
  }
  .keyword {
    color: var(--third);
  }
  .type {
    color: var(--accent);
  }
`;
