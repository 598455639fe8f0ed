export { stopSharedDatabase as default } from './shared-database.ts';
