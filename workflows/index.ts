export { agent } from './agent';
export { gate } from './gate';
export { key } from './key';
export { namedSession } from './namedSession';
export { session } from './session';
