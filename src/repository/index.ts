export { findDefinitionFiles } from './definition-files.js';
export { parseRepository } from './parse-repository.js';
export { collectContents, type RepositoryContents, viewsOf } from './repository-contents.js';
