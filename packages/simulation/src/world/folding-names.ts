/** Names of which a disk that folds them can hold only some. */
import { byteStringFromText } from '@holdfast/platform';

/** In worlds whose seed begins so, some disks fold names. */
export const foldingPrefix = 'fold-';

const foldedNames = ['a.txt', 'A.TXT', 'A.txt', 'B.txt', 'b.TXT', 'CAF\u00c9', 'caf\u00e9'];
const foldedDirectories = ['docs', 'DOCS', 'Docs/Deep', 'photos', 'Photos'];

export const foldingNames = [...foldedNames, 'cafe\u0301', 'c', 'C'].map(byteStringFromText);
export const foldingDirectories = ['', '', '', ...foldedDirectories].map(byteStringFromText);
