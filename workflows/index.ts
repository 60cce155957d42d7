export { agent } from './agent';
