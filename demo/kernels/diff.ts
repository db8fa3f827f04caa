/** A line of a diff: kept, taken away or added. */
export interface DiffLine {
  mark: ' ' | '-' | '+';
  text: string;
}

/** Lines of two texts, those of the longest common subsequence kept. Source: Wagner and Fischer 1974. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  // common[i][j]: most lines that a from i on and b from j on share
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i][j] =
        a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ mark: ' ', text: a[i++] });
      j++;
    } else if (j === b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1])) {
      lines.push({ mark: '-', text: a[i++] });
    } else lines.push({ mark: '+', text: b[j++] });
  }
  return lines;
}

/** The lines of a diff that are near a change; null stands for those left out between. */
export function hunks(lines: readonly DiffLine[], around = 2): (DiffLine | null)[] {
  const near = lines.map((_, i) =>
    lines.slice(Math.max(0, i - around), i + around + 1).some(({ mark }) => mark !== ' '),
  );
  const found: (DiffLine | null)[] = [];
  lines.forEach((line, i) => {
    if (near[i]) found.push(line);
    else if (found.length && found.at(-1) !== null) found.push(null);
  });
  if (found.at(-1) === null) found.pop();
  return found;
}
