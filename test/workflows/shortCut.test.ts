import { ShortCut } from '../../workflows/shortCut';

it('opens once the queue was found to be short', () => {
  const shortCut = new ShortCut(true);
  expect(shortCut.open).toBe(false);
  shortCut.answered(20);
  expect(shortCut.open).toBe(true);
  // A call that came past the queue tells nothing of it.
  shortCut.answered(undefined);
  expect(shortCut.open).toBe(true);
});

it('stays closed while the queue is long', () => {
  const shortCut = new ShortCut(true);
  shortCut.answered(25_000);
  expect(shortCut.open).toBe(false);
});

it('closes for good when a call was sent back', () => {
  const shortCut = new ShortCut(true);
  shortCut.answered(20);
  shortCut.sentBack();
  shortCut.answered(20);
  expect(shortCut.open).toBe(false);
});

it('is not there for agents of a fleet, nor of versions before', () => {
  const shortCut = new ShortCut(false);
  shortCut.answered(0);
  expect(shortCut.open).toBe(false);
});
