export { filterLines } from './filterLines';
