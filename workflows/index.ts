export { agent } from './agent';
export { gate } from './gate';
export { session } from './session';
