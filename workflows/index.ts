export { agent } from './agent';
export { doctor } from './doctor';
export { gate } from './gate';
export { key } from './key';
export { namedSession } from './namedSession';
export { session } from './session';
