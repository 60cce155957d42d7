export { type FilterOptions, type FilterResult, filterLines } from './filterLines';
