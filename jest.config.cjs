const path = require('node:path');

module.exports = {
  testEnvironment: path.join(__dirname, 'tools/jest/env.cjs'),
  testEnvironmentOptions: { customExportConditions: ['@paperzoo/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': path.join(__dirname, 'tools/jest/esbuild-transform.cjs') },
  testMatch: ['<rootDir>/{src,test}/**/*.test.{ts,mjs}'],
  cacheDirectory: path.join(__dirname, '.jest-cache'),
  testTimeout: 60_000,
};
