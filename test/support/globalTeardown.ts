import { removeShared } from './shared';

export default function globalTeardown(): void {
  removeShared();
}
