import { shapeOf } from '../../../../activities/model/offline/lines';

describe('the shape of a line', () => {
  it.each([
    ['export async function load<T>(path: string): Promise<T> {', 'load'],
    ['  private async fetchAll(url: string): Promise<void> {', 'fetchAll'],
    ['const parse = (text) => text', 'parse'],
    ['Reader.prototype.skip = function skip(length) {', 'skip'],
    ['exports.decode = function (x) {', 'decode'],
    ['module.exports = function getCallers () {', 'getCallers'],
    ['def area_of(self):', 'area_of'],
    ['func (mux *ServeMux) Handle(pattern string, handler Handler) {', 'Handle'],
    ['pub(crate) fn spawn<F>(f: F) -> Handle {', 'spawn'],
    ['static int parse_line(char *line) {', 'parse_line'],
    ['#define MAX_SIZE 10', 'MAX_SIZE'],
    ['type Tier = (typeof TIERS)[number];', 'Tier'],
    ['export interface $ZodNullable<T> extends $ZodType {', '$ZodNullable'],
    ['  get name() {', 'name'],
  ])('is a definition: %s', (text, name) => {
    expect(shapeOf(text)).toMatchObject({ role: 'definition', name });
  });

  it.each([
    ['  if (isReady(x)) {', 'use'],
    ['  return parse(text);', 'use'],
    ['  for (const x of all(y)) {', 'use'],
    ['  applyAll(a, b);', 'use'],
    ['// function old() {', 'comment'],
    [' * Calls parse().', 'comment'],
    ['# a remark of Python', 'comment'],
    ["import { parse } from './parse';", 'import'],
    ["const { parse } = require('./parse')", 'import'],
    ['  parse,', 'listing'],
    ['exports.parse = parse;', 'listing'],
    ['  name?: string;', 'declaration'],
    ['  next(value: string): void;', 'declaration'],
  ])('%s is: %s', (text, role) => {
    expect(shapeOf(text).role).toBe(role);
  });
});
