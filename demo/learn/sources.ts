import type { ContractPage, FamilyPage, ModelTable, Outline } from '../../tools/pages.ts';
import type { Family } from '../../models/settings.ts';

/** By folder, what the path of its README is. */
const byFolder = <T>(found: Record<string, () => Promise<T>>): Record<string, () => Promise<T>> =>
  Object.fromEntries(
    Object.entries(found).map(([path, load]) => [path.split('/').at(-2) as string, load]),
  );

/** Loads the page of a contract, by its name. */
export const contractPages = byFolder(
  import.meta.glob<ContractPage>('../../shaders/*/README.md', {
    query: '?learn',
    import: 'default',
  }),
);

/** Loads the page of a folder of models, by its name. */
export const familyPages = byFolder(
  import.meta.glob<FamilyPage>('../../models/*/README.md', { query: '?learn', import: 'default' }),
);

const [loadOutline] = Object.values(
  import.meta.glob<Outline>('../../shaders/README.md', { query: '?learn', import: 'default' }),
);
const [loadTable] = Object.values(
  import.meta.glob<ModelTable>('../../models/README.md', { query: '?learn', import: 'default' }),
);
export { loadOutline, loadTable };

/** The folders of families that are not called as the commands call them. */
const FOLDERS: Partial<Record<Family, string>> = { ar: 'autoregressive', ebm: 'energy' };

/** The folder of a family's models. */
export const folderOf = (family: Family): string => FOLDERS[family] ?? family;
