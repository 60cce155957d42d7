export { agent } from './agent';
export { gate } from './gate';
export { namedSession } from './namedSession';
export { session } from './session';
