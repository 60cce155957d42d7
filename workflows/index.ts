export { agent } from './agent';
export { session } from './session';
