// ESM all the way down: @swc/jest strips the types, Jest runs native modules (--experimental-vm-modules).
const project = (displayName, testMatch, extra = {}) => ({
  displayName,
  testMatch,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic', importSource: 'preact' } },
        },
        module: { type: 'es6' },
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out'],
  ...extra,
});

/** One DynamoDB Local for all test files that need one. */
const onDynamodb = {
  globalSetup: '<rootDir>/test/support/before-all-tests.ts',
  globalTeardown: '<rootDir>/test/support/after-all-tests.ts',
};

export default {
  maxWorkers: 2,
  // Modules of test files that are over stay in memory: a worker that is full of them only collects garbage.
  workerIdleMemoryLimit: '1GB',
  // Real engines on a busy machine: a test that waits for a condition says itself what it waited for in vain.
  testTimeout: 60_000,
  projects: [
    project('unit', ['<rootDir>/test/unit/**/*.test.ts', '<rootDir>/test/unit/**/*.test.tsx']),
    project('contract', ['<rootDir>/test/contract/**/*.test.ts'], onDynamodb),
    project('infra', ['<rootDir>/test/infra/**/*.test.ts']),
    project('workflow', ['<rootDir>/test/workflow/**/*.test.ts'], onDynamodb),
    project('e2e', ['<rootDir>/test/e2e/**/*.test.ts'], onDynamodb),
  ],
};
