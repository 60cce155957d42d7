/** Behaviour tests against real parts; `npm run build` first, because some of them start the built `bga`. */
module.exports = {
  rootDir: __dirname,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
    // An ES module, which jest cannot require as Node does.
    'fast-string-truncated-width/.+\\.js$': ['@swc/jest', { module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: ['/node_modules/(?!fast-string-truncated-width/)'],
  globalSetup: '<rootDir>/test/support/globalSetup.ts',
  globalTeardown: '<rootDir>/test/support/globalTeardown.ts',
  reporters: ['default', '<rootDir>/test/support/countsReporter.js'],
  testSequencer: '<rootDir>/test/support/sequencer.js',
  // Three were no faster on two cores (the runs are bound by them), and failed more often.
  maxWorkers: 2,
  testTimeout: 60_000,
  // A test that fails before it has stopped what it started is to be red, not to hang.
  forceExit: process.env.CI === 'true',
};
