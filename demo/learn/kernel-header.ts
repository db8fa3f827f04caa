/** What a kernel's file says of itself. */
export interface KernelHeader {
  /** The formula of the first line. */
  formula: string;
  /** Paragraphs below it. */
  text: string[];
  /** Layout, Threads, Sync, Compare and whatever else it has, in order. */
  fields: { name: string; text: string }[];
}

/** Reads the header comment of a kernel. */
export function kernelHeader(code: string): KernelHeader {
  const lines = code.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  const [first, ...rest] = lines.slice(0, end < 0 ? undefined : end);
  const header: KernelHeader = {
    formula: first.replace(/^\/\/ \w+ \/ \w+: /, ''),
    text: [],
    fields: [],
  };
  let fresh = true;
  for (const line of rest.map((text) => text.slice(2))) {
    const [, name, begin] = /^ ([A-Z]\w+) {2,}(.*)/.exec(line) ?? [];
    const text = line.trim();
    const last = header.fields.at(-1);
    if (name) header.fields.push({ name, text: begin });
    else if (last && text) last.text += ` ${text}`;
    else if (text && fresh) header.text.push(text);
    else if (text) header.text[header.text.length - 1] += ` ${text}`;
    fresh = !text;
  }
  return header;
}
