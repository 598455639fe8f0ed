export { startSharedDatabase as default } from './shared-database.ts';
