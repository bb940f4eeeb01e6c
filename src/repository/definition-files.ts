import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../shared/errors.js';

/** Folders that hold no definitions: dependencies, and whatever begins with a dot. */
const SKIPPED_FOLDER = /^(node_modules|__pycache__|\..*)$/;
const DEFINITION_FILE = /^(?!.*(\.d\.ts|\.(test|spec)\.[^.]+)$).*\.(ts|js|mjs)$/;

/**
 * The definition files of a feature repository: every .ts, .js and .mjs below the folder, without declarations and
 * tests, and without what `.feastignore` names; absolute paths, sorted. Feast: repo_operations.py, get_repo_files.
 * @throws CodedError CONFIG_NOT_FOUND when the folder does not exist
 */
export function findDefinitionFiles(repoPath: string): string[] {
  if (statSync(repoPath, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new CodedError('CONFIG_NOT_FOUND', `${repoPath} is not a folder; expected a feature repository`);
  }
  const ignored = readIgnorePatterns(repoPath);
  const isIgnored = (path: string) => ignored.some((pattern) => pattern.test(path));
  const found = new Set<string>();
  const visit = (folder: string) => {
    for (const entry of readdirSync(join(repoPath, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (isIgnored(path)) continue;
      if (entry.isDirectory()) {
        if (!SKIPPED_FOLDER.test(entry.name)) visit(path);
      } else if (DEFINITION_FILE.test(entry.name) && isFile(join(repoPath, path))) {
        found.add(realpathSync(join(repoPath, path)));
      }
    }
  };
  visit('');
  return [...found].sort();
}

/** Follows links; one that leads nowhere is no file. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** One pattern a line, `#` begins a comment. Feast: repo_operations.py, read_feastignore. */
function readIgnorePatterns(repoPath: string): RegExp[] {
  const file = join(repoPath, '.feastignore');
  if (!isFile(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map(globPattern);
}

/**
 * Python's pathlib globs, which Feast uses: anchored at the folder, `*` and `?` within a name, `**` for any number
 * of folders. A folder that matches is ignored with all it holds.
 */
function globPattern(glob: string): RegExp {
  const parts = glob.replace(/^\.?\/+|\/+$/g, '').split('/');
  const source = parts.map((part, index) => {
    const isLast = index === parts.length - 1;
    if (part === '**') return isLast ? '.*' : '(?:[^/]+/)*';
    return namePattern(part) + (isLast ? '' : '/');
  });
  return new RegExp(`^${source.join('')}$`);
}

function namePattern(glob: string): string {
  return glob.replace(/\[!?[^\]]+\]|[\s\S]/g, (token) => {
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.length > 1) return token.replace(/^\[!/, '[^').replace(/\\/g, '\\\\');
    return token.replace(/[.*+?^${}()|[\]\\]/, '\\$&');
  });
}
